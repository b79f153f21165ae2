"""Each verdict at the border of what it allows: at the limit nothing is said, one step beyond it is."""

import math

import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.diagnosis.layers import diagnose
from tinygrad_edu.diagnosis.verdicts import DEAD, ENOUGH, FACTOR, SATURATED, STEP, LayerNumbers, judged


def row(name: str, **changed: object) -> LayerNumbers:
    plain: dict[str, object] = {"kind": "relu", "units": 2, "mean": 0.0, "std": 1.0, "rms": 1.0, "gradient": 1.0}
    plain |= {"dead": None, "saturated": None, "is_uniform": False}
    plain |= {"parameter_rms": 1.0, "parameter_gradient": 1.0, "update_ratio": 0.01}
    return LayerNumbers(name, **{**plain, **changed})  # type: ignore[arg-type]


def above(x: float) -> float:
    return math.nextafter(x, math.inf)


LIMITS = {
    "exploding": ("gradient", FACTOR, 20, "a more than 1000 times the last one's"),
    "saturated": ("saturated", SATURATED, 20, "a 50%"),
    "steps too large": ("update_ratio", STEP, 20, "a 1 times"),
    "dead": ("dead", DEAD, ENOUGH, "a 50%"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_at_the_limit_nothing_is_said_and_beyond_it_is(name: str) -> None:
    field, limit, examples, words = LIMITS[name]
    assert judged([row("a", **{field: limit}), row("b")], examples) == ()
    (verdict,) = judged([row("a", **{field: above(limit)}), row("b")], examples)
    assert (verdict.name, verdict.layers) == (name, ("a",))
    assert words in verdict.why


def test_of_few_examples_only_a_layer_that_is_all_dead_is_told() -> None:
    assert judged([row("a", dead=0.99), row("b")], 9) == ()
    assert [each.name for each in judged([row("a", dead=0.99), row("b")], 10)] == ["dead"]
    (verdict,) = judged([row("a", dead=1.0), row("b")], 1)
    assert verdict.why == (
        "relus that are off on every example (1), of all in their layer: a 100%; no gradient gets past a layer that "
        "is all dead"
    )


def test_activations_and_vanishing_gradients_at_their_limits() -> None:
    assert judged([row("a"), row("b", rms=FACTOR)], 20) == ()
    (verdict,) = judged([row("a"), row("b", rms=above(FACTOR))], 20)
    assert verdict.name == "exploding"
    assert verdict.why == "activations of b more than 1000 times the first ones: rms 1 at a, 1e+03 at b"
    assert judged([row("a", gradient=1 / 1024), row("b", gradient=FACTOR / 1024)], 20) == ()
    (verdict,) = judged([row("a", gradient=1 / 1024), row("b", gradient=above(FACTOR / 1024))], 20)
    assert verdict.name == "vanishing"
    assert verdict.advice.startswith("relu with init='he_normal'")


def test_the_worst_layer_is_named_and_many_are_cut() -> None:
    rows = [row(f"l{i}", gradient=2000.0 + i) for i in (3, 1, 5, 2, 4)] + [row("last")]
    (verdict,) = judged(rows, 20)
    assert verdict.why == "gradient of l3, l1, …, l4 more than 1000 times the last one's: 2005 at l5, 1 at last"
    rows = [row(f"l{i}", gradient=1e-9 * i) for i in (3, 1, 2)] + [row("last")]
    (verdict,) = judged(rows, 20)
    assert verdict.why == "gradient of l3, l1, l2 less than 1/1000 of the last one's: 1e-09 at l1, 1 at last"
    rows = [row(name, gradient=x) for name, x in zip("abcd", (1e-9, 0.0, 1e-7, 1.0), strict=True)]
    assert judged(rows, 20)[0].why.endswith(": 0 at b, 1 at d")
    rows = [row("a"), row("b", rms=3000.0), row("c", rms=5000.0), row("d", rms=4000.0)]
    assert judged(rows, 20)[0].why.endswith("rms 1 at a, 5000 at c")


def test_a_layer_without_a_gradient_is_no_judge_of_others() -> None:
    assert judged([row("a", gradient=1e9), row("b", gradient=0.0)], 20) == ()
    assert judged([row("a", gradient=1e9), row("b", gradient=None)], 20) == ()
    assert judged([row("a", rms=0.0), row("b", rms=1e9)], 20) == ()
    assert judged([row("a", rms=None), row("b", rms=1e9)], 20) == ()
    assert judged([row("a", gradient=None), row("b", gradient=1e-9)], 20) == ()
    assert judged([row("a", gradient=1e-9), row("b", gradient=None)], 20) == ()
    found = judged([row("a", gradient=0.0), row("b", gradient=None)], 20)
    assert [each.name for each in found] == ["no gradient"]


def test_layers_before_a_dead_one_are_not_said_to_vanish() -> None:
    rows = [row("a", gradient=0.0), row("b", gradient=0.0, dead=1.0), row("c", gradient=1e-9), row("d")]
    assert [(each.name, each.layers) for each in judged(rows, 20)] == [("dead", ("b",)), ("vanishing", ("c",))]


def test_numbers_that_are_not_finite_end_it() -> None:
    for field in ("rms", "gradient", "parameter_rms", "parameter_gradient"):
        for odd in (math.nan, math.inf):
            (verdict,) = judged([row("a", dead=1.0), row("b", **{field: odd})], 20)
            assert (verdict.name, verdict.layers) == ("not finite", ("b",))
            assert verdict.why == "nan or inf in b"


@pytest.mark.parametrize("layers", [[], (), 3, None, {"a": 1}])
def test_a_model_whose_layers_are_no_list_of_layers_is_looked_at_from_outside(layers: object) -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            self.w = Value(2.0)
            self.layers = layers

        def __call__(self, x: list[float]) -> Value:
            return self.w * x[0]

    found = diagnose(Odd(), [([1.0], 2.0)], nn.mse_loss)
    assert "note: Odd has no list `layers`: only its parameters could be looked at" in str(found)
