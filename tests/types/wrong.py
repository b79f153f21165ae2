"""Wrong calls: type checkers refuse each line that is marked, and no other."""

import tinygrad_edu as tg
from tinygrad_edu import Value, losses, nn

a = Value(2.0)
tg.gradd(lambda x: x)  # wrong: there is no such name
tg.sin("1.0")  # wrong: a text
tg.sin()  # wrong: no argument
tg.arctan2(1.0)  # wrong: one argument of two
Value("2.0")  # wrong: a text
Value(2.0, lable="a")  # wrong: a misspelt keyword
a.backwards()  # wrong: a misspelt method
a.grad = "1"  # wrong: a text
a.data.backward()  # wrong: data is a number
a + "1"  # wrong: a text
tg.grad(3.0)  # wrong: no function
tg.jit(lambda x: x, backend=1)  # wrong: a number for a name
nn.MLP("2", [3, 1])  # wrong: a text for a size
nn.Conv2d  # wrong: no such name
model = nn.MLP(2, [3, 1])
model.cuda()  # wrong: a misspelt method, or another library's
nn.SGD(model)  # wrong: a model for its parameters
nn.SGD(model.parameters(), lr="0.1")  # wrong: a text for a rate
losses.huber_loss([a], [1.0], deltas=1.0)  # wrong: a misspelt keyword
losses.mse_loss([a])  # wrong: no targets
tg.draw(a, titel="x")  # wrong: a misspelt keyword
tg.explain(a).txt  # wrong: a misspelt attribute
tg.draw(a, blanks="grads")  # wrong: no such blanks
tg.quiz(2.5)  # wrong: no number of a chapter
tg.quiz(3).sheet(True)  # wrong: a keyword only


def cube(x: float) -> float:
    return x**3


tg.grad(cube)("2.0")  # wrong: a text for a number
tg.jit(cube)("2.0")  # wrong: a text for a number
text: str = tg.grad(cube)(2.0)  # wrong: a number is no text
