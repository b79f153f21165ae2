import math
import pickle
import random

import pytest

from tinygrad_edu import Value, datasets, fit, nn, softmax, tanh
from tinygrad_edu.engine import NOT_COMPUTED


def set_numbers(model, data):
    for p, x in zip(model.parameters(), data, strict=True):
        p.data = x


# --- linear ----------------------------------------------------------------------------------------------------------


def test_linear_is_the_weighted_sum_plus_the_bias():
    layer = nn.Linear(2, 3)
    set_numbers(layer, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.1, 0.2, 0.3])
    assert [y.data for y in layer([10.0, 1.0])] == [12.1, 34.2, 56.3]
    assert [name for name, _ in layer.named_parameters()][4:8] == ["weight[2][0]", "weight[2][1]", "bias[0]", "bias[1]"]
    assert [p.label for p in layer.parameters()][5:7] == ["weight[2][1]", "bias[0]"]


def test_linear_without_bias():
    layer = nn.Linear(2, 1, bias=False)
    set_numbers(layer, [1.0, 2.0])
    assert layer([10.0, 1.0]).data == 12.0
    assert (layer.parameter_count(), layer.bias, repr(layer)) == (2, None, "Linear(2, 1, bias=False)")


def test_linear_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Linear(3, 2, dtype=torch.float64)
    ours = nn.Linear(3, 2)
    ours.load_state_dict({name: p.tolist() for name, p in theirs.named_parameters()})
    x = [0.5, -1.5, 2.0]
    y = theirs(torch.tensor(x, dtype=torch.float64))
    y.sum().backward()
    outputs = ours(x)
    (outputs[0] + outputs[1]).backward()
    assert [z.data for z in outputs] == pytest.approx(y.tolist(), rel=1e-12)
    assert [[w.grad for w in row] for row in ours.weight] == theirs.weight.grad.tolist()
    assert [b.grad for b in ours.bias] == theirs.bias.grad.tolist()


def test_linear_starts_evenly_within_pytorchs_range_and_by_name():
    weights = [w.data for row in nn.Linear(16, 500, seed=1).weight for w in row]
    assert 0.24 < max(weights) < 0.25
    assert -0.25 < min(weights) < -0.24
    assert all(p.data == 0 for p in nn.Linear(3, 2, init="zeros").parameters())
    random.seed(5)
    one = nn.Linear(3, 2).state_dict()
    random.seed(5)
    assert nn.Linear(3, 2).state_dict() == one
    with pytest.raises(ValueError, match="number of outputs must be at least 1, got 0"):
        nn.Linear(2, 0)


def test_a_layer_of_one_input_takes_the_number_that_a_layer_of_one_output_gives():
    first, second = nn.Linear(2, 1), nn.Linear(1, 2)
    assert len(second(first([1.0, 2.0]))) == len(second(3.0)) == len(second([3.0])) == 2
    with pytest.raises(TypeError, match="expected a sequence of 2 numbers"):
        first(3.0)
    with pytest.raises(ValueError, match="got 3 inputs where 2 are expected"):
        first([1.0, 2.0, 3.0])


# --- activations as parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "output", "text"),
    [
        (nn.ReLU(), 0.0, "ReLU()"),
        (nn.LeakyReLU(), -0.02, "LeakyReLU()"),
        (nn.Sigmoid(), 1 / (1 + math.exp(2)), "Sigmoid()"),
        (nn.Tanh(), math.tanh(-2), "Tanh()"),
        (nn.Softplus(), math.log1p(math.exp(-2)), "Softplus()"),
        (nn.ELU(), math.expm1(-2), "ELU()"),
        (nn.SiLU(), -2 / (1 + math.exp(2)), "SiLU()"),
        (nn.GELU(), -2 * (1 + math.erf(-2 / math.sqrt(2))) / 2, "GELU()"),
        (nn.Elementwise("tanh"), math.tanh(-2), "Elementwise('tanh')"),
    ],
)
def test_activations_are_taken_of_each_number(part, output, text):
    x = Value(-2.0)
    assert part(x).data == pytest.approx(output)
    assert [part([x, x])[1].data, part((-2.0,))[0]] == pytest.approx([output, output])
    assert repr(part) == text
    assert part.parameters() == []
    assert repr(pickle.loads(pickle.dumps(part))) == text
    assert type(part).__module__ == "tinygrad_edu.nn"


def test_an_activation_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no activation is called 'rellu'"):
        nn.Elementwise("rellu")
    with pytest.raises(ValueError, match="a maxout has weights of its own: use Layer"):
        nn.Elementwise("maxout")


# --- sequential ------------------------------------------------------------------------------------------------------


def test_parts_are_called_one_after_another():
    model = nn.Sequential(nn.Linear(2, 3, seed=1), nn.ReLU(), nn.Linear(3, 2, seed=2), softmax)
    assert sum(y.data for y in model([1.0, -1.0])) == pytest.approx(1.0)
    assert next(model.named_parameters())[0] == "parts.0.weight[0][0]"
    assert (len(model), repr(model[1]), model.parameter_count()) == (4, "ReLU()", 17)
    assert list(model) == model.parts


def test_a_single_output_is_unwrapped_and_goes_on_as_a_list():
    model = nn.Sequential(nn.Linear(2, 1, seed=1), "tanh", nn.Linear(1, 1, seed=2))
    assert isinstance(model([1.0, 2.0]), Value)
    assert repr(model) == "Sequential(Linear(2, 1), Elementwise('tanh'), Linear(1, 1))"
    nested = nn.Sequential(
        nn.Sequential(nn.Linear(2, 1, seed=1)), nn.Elementwise(tanh), nn.Layer(1, 1, seed=3), nn.MLP(1, [1])
    )
    assert isinstance(nested([1.0, 2.0]), Value)


def test_sequential_computes_what_pytorch_computes():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid()
    ).double()
    ours = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    ours.load_state_dict({f"parts.{name}": p.tolist() for name, p in theirs.named_parameters()})
    y, z = theirs(torch.tensor([0.3, -0.8], dtype=torch.float64)), ours([0.3, -0.8])
    y.backward()
    z.backward()
    assert z.data == pytest.approx(y.item(), rel=1e-12)
    expected = [g for p in theirs.parameters() for g in p.grad.flatten().tolist()]
    assert [p.grad for p in ours.parameters()] == pytest.approx(expected, rel=1e-12)


def test_sequential_is_trained_staged_and_eagerly_alike():
    def train(backend):
        model = nn.Sequential(nn.Linear(2, 4, seed=1), nn.Tanh(), nn.Linear(4, 1, seed=2))
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        return fit(model, datasets.moons(30), optimizer=optimizer, epochs=10, batch_size=10, backend=backend)

    staged, eager = train("python"), train("eager")
    assert (staged.backend, eager.backend) == ("python", "eager")
    assert staged.loss == pytest.approx(eager.loss, rel=1e-10)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (nn.Sequential, r"takes its parts one by one, got \[\]"),
        (lambda: nn.Sequential([nn.Linear(1, 1)]), r"write Sequential\(a, b, c\)"),
        (
            lambda: nn.Sequential(nn.Linear(1, 1), nn.ReLU),
            r"part 1 must be a function, got the class ReLU: give an instance, ReLU",
        ),
        (lambda: nn.Sequential(nn.Linear(1, 1), 3), "part 1 must be a function, got 3"),
    ],
)
def test_parts_that_are_none_are_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_a_stack_is_a_module():
    model = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert all(p.grad is NOT_COMPUTED for p in model.parameters())
    assert model.eval()[1].training is False
