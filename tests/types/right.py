"""A user's program: type checkers accept all of it, and see the types that stand behind `reveal_type`.

test_types.py compares what mypy and pyright reveal with the comment at the end of each such line, and runs the program.
"""

from dataclasses import dataclass
from typing import reveal_type

import tinygrad_edu as tg
from tinygrad_edu import Value, losses, nn, optim, recurrent, schedules

# --- numbers and their gradients -------------------------------------------------------------------------------------

a, b = Value(2.0, label="a"), Value(3.0)
reveal_type(a + b)  # Value
reveal_type(a * 2)  # Value
reveal_type(2.0 / a)  # Value
reveal_type(-(a**2))  # Value
y = tg.sin(a * b) + b
reveal_type(tg.sin(a))  # Value
reveal_type(tg.sin(1.0))  # float
reveal_type(tg.relu(a - 1))  # Value
reveal_type(tg.arctan2(1.0, 2.0))  # float
reveal_type(tg.maximum(a, 0.0))  # Value
reveal_type(a.tanh())  # Value
reveal_type(tg.sum([a, b]))  # Value
reveal_type(tg.mean([1.0, 2.0]))  # float
reveal_type(tg.where(a > 1, a, 0.0))  # Value
reveal_type(tg.where(True, 1.0, 2.0))  # float
reveal_type(a > 1)  # bool

y.backward()
reveal_type(a.grad)  # float
reveal_type(a.data)  # float
slope: float = a.grad + 0.5 * a.data
a.data -= 0.1 * a.grad
with tg.no_grad():
    reveal_type(a + 1)  # Value

# --- transforms ------------------------------------------------------------------------------------------------------


def cube(x: float) -> float:
    return x**3


def weighted(point: list[float], weight: float = 1.0) -> float:
    return weight * tg.sum(x * x for x in point)


reveal_type(tg.grad(cube)(2.0))  # float
reveal_type(tg.derivative(cube, order=2)(2.0))  # float
reveal_type(tg.grad(weighted)([1.0, 2.0]))  # list[float]
reveal_type(tg.value_and_grad(weighted)([1.0, 2.0], 3.0))  # tuple[float, list[float]]
reveal_type(tg.grad(tg.grad(cube))(2.0))  # float
reveal_type(tg.grad(tg.sin)(2.0))  # float


def product(x: float, y: float) -> float:
    return x * y


def with_note(x: float) -> tuple[float, str]:
    return x * x, "squared"


def turned(point: list[float]) -> list[float]:
    return [-point[1], point[0]]


@dataclass
class Circle:
    radius: float


def area(circle: Circle) -> float:
    return 3.14 * circle.radius**2


@tg.grad
def slope_of_cube(x: float) -> float:
    return x**3


reveal_type(slope_of_cube(1.0))  # float
reveal_type(tg.grad(area)(Circle(1.0)))  # Circle
reveal_type(tg.grad(product, argnums=(0, 1))(1.0, 2.0))  # not yet tuple[float, float]
reveal_type(tg.grad(with_note, has_aux=True)(1.0))  # tuple[float, str]
reveal_type(tg.value_and_grad(with_note, has_aux=True)(1.0))  # tuple[tuple[float, str], float]
reveal_type(tg.jvp(cube, (2.0,), (1.0,)))  # tuple[float, float]
reveal_type(tg.jacobian(turned)([1.0, 2.0]))  # list[list[float]]
reveal_type(tg.hessian(weighted)([1.0, 2.0]))  # list[list[float]]
reveal_type(tg.hvp(weighted, ([1.0],), ([1.0],)))  # list[float]

# --- staging ---------------------------------------------------------------------------------------------------------

fast = tg.jit(cube)
reveal_type(fast(2.0))  # float
reveal_type(fast.source)  # str
reveal_type(tg.jit(tg.grad(weighted))([1.0, 2.0]))  # list[float]

# --- networks and fitting --------------------------------------------------------------------------------------------

model = nn.MLP(2, [3, 1], seed=0)
data = ([[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
history = tg.fit(model, data, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=2)
reveal_type(history)  # History
reveal_type(history.loss)  # list[float]
reveal_type(model.parameters())  # list[Value]
reveal_type(losses.mse_loss([a, b], [1.0, 2.0]))  # Value
reveal_type(losses.mse_loss([[a, b]], [[1.0, 2.0]]))  # Value
reveal_type(losses.mse_loss(a, 1.0))  # Value
reveal_type(losses.mse_loss([1.0, 2.0], [1.0, 2.0]))  # float
reveal_type(losses.huber_loss([a], [1.0], delta=0.5))  # Value
reveal_type(losses.cross_entropy([a, b], 1, label_smoothing=0.1))  # Value
reveal_type(losses.cross_entropy([[a, b]], [1], weight=[1.0, 2.0]))  # Value
reveal_type(losses.l2_penalty(model.parameters(), 0.1))  # Value
reveal_type(nn.Neuron(2)([1.0, a]))  # Value
reveal_type(recurrent.RNNCell(2, 3)([1.0, a]))  # list[Value]
reveal_type(a.item())  # float
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
grouped = optim.SGD([{"params": net.parameters(), "lr": 0.1}], lr=schedules.cosine(0.1, steps=10))
reveal_type(grouped.learning_rate())  # float
reveal_type(net.eval())  # Sequential


class Net(nn.Module):
    def __init__(self) -> None:
        self.fc = nn.Linear(2, 1)

    def forward(self, x: list[float]) -> Value:
        y: Value = self.fc(x)
        return y


tg.fit(Net(), data, loss=losses.mse_loss, validation=data, restore_best=True, epochs=2)


def line(p: list[float], x: float) -> float:
    return p[0] + p[1] * x


found = tg.least_squares(line, [0.0, 0.0], [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)])
reveal_type(found)  # Fit[list[float]]
reveal_type(found.p)  # list[float]

# --- seeing ----------------------------------------------------------------------------------------------------------

reveal_type(tg.explain(y).text)  # str
reveal_type(tg.draw(y))  # Drawing
reveal_type(tg.draw(y, blanks="gradients"))  # Drawing
quiz = tg.quiz("branches", seed=7)
reveal_type(quiz)  # Quiz
reveal_type(quiz.questions[0].check("1/3").is_right)  # bool
reveal_type(quiz.questions[0].solution().markdown)  # str
reveal_type(quiz.questions[0].answer)  # Fraction
reveal_type(quiz.score.right)  # int
reveal_type(quiz.sheet(solved=True))  # str
reveal_type(quiz.notebook())  # dict[str, object]
reveal_type(tg.gradcheck(cube, 2.0))  # GradCheck
