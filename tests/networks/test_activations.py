import math

import pytest

from tinygrad_edu import Value, relu, sin
from tinygrad_edu.nn import Maxout, Module, Neuron


def numbers(model):
    return [p.data for p in model.parameters()]


def set_numbers(model, data):
    for p, x in zip(model.parameters(), data, strict=True):
        p.data = x


@pytest.mark.parametrize(
    ("activation", "title", "output"),
    [
        ("relu", "ReLU", 0.0),
        ("leaky_relu", "LeakyReLU", -0.02),
        ("sigmoid", "Sigmoid", 1 / (1 + math.exp(2))),
        ("tanh", "Tanh", math.tanh(-2)),
        ("softplus", "Softplus", math.log1p(math.exp(-2))),
        ("elu", "ELU", math.expm1(-2)),
        ("silu", "SiLU", -2 / (1 + math.exp(2))),
        ("gelu", "GELU", -1.0 - math.erf(-math.sqrt(2))),
        ("linear", "Linear", -2.0),
        (sin, "sin", math.sin(-2)),
        (lambda z: z * z, "<lambda>", 4.0),
    ],
)
def test_activations_go_by_name_or_are_functions(activation, title, output):
    neuron = Neuron(1, activation=activation)
    set_numbers(neuron, [1.0, 0.0])
    assert neuron([-2.0]).data == pytest.approx(output)
    assert repr(neuron) == f"{title}Neuron(1)"


def test_an_activation_may_have_parameters_of_its_own():
    class Parametric(Module):
        def __init__(self):
            self.slope = Value(0.25)

        def __call__(self, z):
            return relu(z) - self.slope * relu(-z)

    neuron = Neuron(1, activation=Parametric())
    assert [name for name, _ in neuron.named_parameters()] == ["activation.slope", "w[0]", "b"]
    assert repr(neuron) == "ParametricNeuron(1)"


def test_maxout_is_the_largest_of_its_pieces():
    neuron = Neuron(2, activation=Maxout(3))
    set_numbers(neuron, [1.0, 0.0, 0.0, 1.0, -1.0, -1.0, 0.0, 0.5, 0.0])
    assert neuron([1.0, 2.0]).data == 2.5
    assert neuron([-3.0, -1.0]).data == 4.0
    assert [name for name, _ in neuron.named_parameters()][4:7] == ["w[2][0]", "w[2][1]", "b[0]"]
    assert [p.label for p in neuron.parameters()][4:7] == ["w3_1", "w3_2", "b1"]
    assert repr(neuron) == "MaxoutNeuron(2)"
    assert Neuron(2, activation="maxout").parameter_count() == 6
    unbiased = Neuron(2, activation="maxout", bias=False)
    set_numbers(unbiased, [1.0, 0.0, 0.0, 1.0])
    assert unbiased([1.0, 2.0]).data == 2.0


# --- an activation may be changed afterwards -------------------------------------------------------------------------


def test_nonlin_chooses_between_relu_and_linear_as_in_micrograd():
    neuron = Neuron(1)
    set_numbers(neuron, [1.0, 0.0])
    neuron.nonlin = False
    assert (neuron([-2.0]).data, repr(neuron), neuron.nonlin) == (-2.0, "LinearNeuron(1)", False)
    neuron.nonlin = True
    assert (neuron([-2.0]).data, repr(neuron), neuron.nonlin) == (0.0, "ReLUNeuron(1)", True)
    bent = Neuron(1, activation="tanh")
    bent.nonlin = True
    assert bent.activation == "tanh"


@pytest.mark.parametrize(("activation", "output"), [("tanh", math.tanh(-2)), (sin, math.sin(-2)), ("linear", -2.0)])
def test_an_activation_that_is_set_later_is_used(activation, output):
    neuron = Neuron(1)
    set_numbers(neuron, [1.0, 0.0])
    neuron.activation = activation
    assert neuron([-2.0]).data == pytest.approx(output)


def test_an_activation_that_does_not_exist_is_refused_when_it_is_used():
    neuron = Neuron(1)
    neuron.activation = "rellu"
    with pytest.raises(ValueError, match="no activation is called 'rellu'; there are relu"):
        neuron([1.0])


@pytest.mark.parametrize(
    ("start", "later"), [("relu", Maxout(2)), ("relu", "maxout"), ("maxout", "relu"), (Maxout(3), sin)]
)
def test_a_neuron_cannot_become_a_maxout_or_cease_to_be_one(start, later):
    neuron = Neuron(1, activation=start)
    neuron.activation = later
    with pytest.raises(ValueError, match="maxout neuron or another from the start"):
        neuron([1.0])
