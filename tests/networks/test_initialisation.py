import math
import random

import mpmath
import pytest

from tinygrad_edu import dot, recurrent
from tinygrad_edu.networks import initialisation
from tinygrad_edu.nn import MLP, Layer, Linear, Neuron


def numbers(model):
    return [p.data for p in model.parameters()]


def test_a_seed_gives_the_same_network_and_no_seed_another():
    assert numbers(MLP(2, [3, 1], seed=4)) == numbers(MLP(2, [3, 1], seed=4))
    assert numbers(MLP(2, [3, 1], seed=4)) == numbers(MLP(2, [3, 1], rng=random.Random(4)))
    assert numbers(MLP(2, [3, 1])) != numbers(MLP(2, [3, 1]))


MAKERS = [
    lambda **options: Neuron(2, **options),
    lambda **options: Layer(2, 3, **options),
    lambda **options: MLP(2, [3, 1], **options),
    lambda **options: Linear(2, 3, **options),
    lambda **options: recurrent.RNNCell(2, 3, **options),
    lambda **options: recurrent.LSTMCell(2, 3, **options),
    lambda **options: recurrent.GRUCell(2, 3, **options),
]


@pytest.mark.parametrize("make", MAKERS)
def test_seeding_pythons_generator_decides_the_weights_as_in_micrograd(make):
    random.seed(1337)
    first, second = numbers(make()), numbers(make())
    random.seed(1337)
    assert numbers(make()) == first
    assert numbers(make(rng=random)) == second
    assert first != second


@pytest.mark.parametrize("make", MAKERS)
def test_pythons_generator_is_left_alone_where_a_seed_or_another_is_given(make):
    random.seed(1)
    before = random.getstate()
    assert numbers(make(seed=4)) == numbers(make(rng=random.Random(4)))
    make(seed=4, init="normal")
    assert random.getstate() == before


def test_the_seed_1337_gives_the_weights_of_micrograds_demo():
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(6)]
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    assert [w.data for neuron in model.layers[0].neurons[:3] for w in neuron.w] == expected


def test_a_seed_and_a_generator_together_are_refused():
    with pytest.raises(ValueError, match="not both"):
        Neuron(1, seed=1, rng=random)


SPREADS = {
    "uniform": math.sqrt(1 / 3),
    "normal": 1.0,
    "zeros": 0.0,
    "glorot_uniform": math.sqrt(2 / 12),
    "glorot_normal": math.sqrt(2 / 12),
    "glorot_truncated": math.sqrt(2 / 12),
    "he_uniform": math.sqrt(2 / 4),
    "he_normal": math.sqrt(2 / 4),
}


@pytest.mark.parametrize("name", initialisation.SCHEMES)
def test_schemes_have_the_spread_that_their_formula_says(name):
    rng = random.Random(1)
    weights = [w for _ in range(200) for w in numbers(Layer(4, 8, init=name, rng=rng, bias=False))]
    sd = math.sqrt(dot(weights, weights) / len(weights))
    assert sd == pytest.approx(SPREADS[name], rel=0.03)
    assert abs(sum(weights) / len(weights)) <= 0.05 * SPREADS[name]


class Told:
    """A source of random numbers that notes down what it is asked for, and gives the numbers it was made of."""

    def __init__(self, *numbers):
        self.numbers, self.asked = list(numbers), []

    def uniform(self, a, b):
        self.asked.append((a, b))
        return self.numbers.pop(0)

    gauss = uniform


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("uniform", -1, 1),
        ("normal", 0.0, 1.0),
        ("glorot_uniform", -math.sqrt(6 / 8), math.sqrt(6 / 8)),
        ("glorot_normal", 0.0, math.sqrt(2 / 8)),
        ("he_uniform", -math.sqrt(6 / 3), math.sqrt(6 / 3)),
        ("he_normal", 0.0, math.sqrt(2 / 3)),
    ],
)
def test_each_scheme_asks_once_for_its_distribution(name, first, second):
    source = Told(0.125)
    assert initialisation.scheme(name)(source, 3, 5) == 0.125
    assert source.asked == [(first, second)]


def test_a_linear_layer_draws_within_one_over_the_root_of_its_inputs():
    source = Told(0.5, -0.25)
    layer = Linear(2, 1, rng=source)
    assert numbers(layer) == [0.5, -0.25, 0.0]
    assert source.asked == [(-1 / math.sqrt(2), 1 / math.sqrt(2))] * 2


def test_the_truncated_scheme_draws_until_one_is_within_two_standard_deviations():
    for last in (2.0, -2.0, 0.5):
        source = Told(math.nextafter(2.0, 3.0), -7.0, last)
        assert initialisation.glorot_truncated(source, 3, 5) == last * 0.5 / initialisation.TRUNCATED_SD
        assert source.asked == [(0.0, 1.0)] * 3
    with mpmath.workdps(30):
        variance = 1 - 4 * mpmath.npdf(2) / (2 * mpmath.ncdf(2) - 1)
        assert float(mpmath.sqrt(variance)) == pytest.approx(initialisation.TRUNCATED_SD, rel=1e-14)


def test_the_truncated_scheme_has_no_outliers():
    rng = random.Random(1)
    weights = numbers(Layer(50, 50, init="glorot_truncated", rng=rng, bias=False))
    assert max(map(abs, weights)) <= 2 * math.sqrt(2 / 100) / initialisation.TRUNCATED_SD


def test_a_scheme_may_be_a_function():
    layer = Layer(2, 3, init=lambda _, nin, nout: nin + nout / 10)
    assert numbers(layer) == [2.3, 2.3, 0.0] * 3


def test_a_scheme_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no initialisation is called 'xavier'; there are uniform, "):
        Neuron(1, init="xavier")
