"""Why gradients are 0 and numbers not finite is told as ever, to the letter: see tests/kept.py."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.kept import Kept
from tinygrad_edu import Value
from tinygrad_edu.diagnosis.why import why_nan, why_zero


def swapped() -> str:
    w = Value(1.0, label="w")
    return str(why_zero(w * 2.0, w))


def of_cut(f: Callable[[Value, Value], Value], w: Any = -1.0, x: Any = 2.0, **options: Any) -> Callable[[], str]:
    def made() -> str:
        of, with_ = Value(w, label="w"), Value(x, label="x")
        found = why_zero(of, f(of, with_), **options)
        return f"{found.text}\n{found.markdown}\n{[each.count for each in found.places]} {found.left_out}"

    return made


def of_nan(f: Callable[[Value, Value], Value], x: Any = 0.0, y: Any = 1e200, **options: Any) -> Callable[[], str]:
    def made() -> str:
        found = why_nan(f(Value(x, label="x"), Value(y, label="y")), **options)
        return f"{found.text}\n{found.markdown}\n{[each.count for each in found.places]} {found.left_out}"

    return made


def batch(*, of: str = "relu", n: int = 5, bias: float = 0.0) -> Callable[[Value, Value], Value]:
    """One neuron on a batch of n examples."""

    def loss(w: Value, x: Value) -> Value:
        activate = getattr(tg, of)
        return tg.sum([activate(w * (i + 1.0) * x + bias) for i in range(n)])

    return loss


OUTPUTS: dict[str, Callable[[], str]] = {
    "off": of_cut(lambda w, x: tg.relu(w * x)), "off at 0": of_cut(lambda w, x: tg.relu(w * x), 0.0),
    "off in a batch": of_cut(batch()), "off both times": of_cut(batch(n=2)), "off once": of_cut(batch(n=1)),
    "off two of five": of_cut(lambda w, x: batch(n=2)(w, x) + tg.sum([tg.relu(w * -i - 9.0) * x for i in (1, 2, 3)])),
    "flat sigmoid": of_cut(batch(of="sigmoid", bias=-900.0)), "flat tanh": of_cut(batch(of="tanh", bias=50.0)),
    "flat softplus": of_cut(lambda w, x: tg.softplus(w * x - 900.0)), "kink": of_cut(lambda w, _: abs(w), 0.0),
    "kinks": of_cut(lambda w, x: abs(w) + abs(w * x), 0.0), "power": of_cut(lambda w, x: w**2 * x, 0.0),
    "powers": of_cut(lambda w, x: w**3 + (w * x) ** 2, 0.0), "times 0": of_cut(lambda w, x: w * x, x=0.0),
    "times off": of_cut(lambda w, x: w * tg.relu(x), x=-2.0), "times a sum of 0": of_cut(lambda w, x: w * (x - 2.0)),
    "square": of_cut(lambda w, _: w * w, 0.0), "product": of_cut(lambda w, x: tg.prod([w, x, 0.0, x])),
    "product of itself": of_cut(lambda w, x: tg.prod([w, x, w]), 0.0),
    "dot": of_cut(lambda w, x: tg.dot([x, w], [w, x]), x=0.0),
    "dot of itself": of_cut(lambda w, _: tg.dot([w], [w]), 0.0),
    "dot with 0s": of_cut(lambda w, x: tg.dot([x, w, w], [1.0, 0.0, x * 0.0])),
    "chosen": of_cut(lambda w, x: tg.max([w, x])), "chosen in a batch": of_cut(
        lambda w, x: tg.sum([tg.maximum(w, x + i) for i in range(3)])), "smaller": of_cut(tg.minimum, 3.0),
    "cancelled": of_cut(lambda w, x: w * x - x * w), "cancelled often": of_cut(
        lambda w, _: tg.sum([w * (-1.0) ** i for i in range(8)])), "six shares": of_cut(
        lambda w, _: tg.sum([w * (-1.0) ** i for i in range(6)])),
    "underflow": of_cut(lambda w, _: w * 1e-200 * 1e-200), "underflow twice": of_cut(
        lambda w, x: w * 1e-200 * 1e-200 + w * x * 1e-300 * 1e-200),
    "many places": of_cut(lambda w, x: tg.relu(w) + tg.tanh(w * 99.0) + tg.max([w, x]) + (w - w) + w * 0.0, most=3),
    "one place": of_cut(lambda w, x: tg.relu(w) + tg.tanh(w * 99.0) + tg.max([w, x]) + (w - w) + w * 0.0, most=1),
    "not 0": of_cut(lambda w, x: w * x), "not used": of_cut(lambda _, x: x * 2.0), "nan": of_cut(
        lambda w, x: tg.sqrt(w) * 0.0 + x, 0.0), "swapped": swapped,
    "namesake": of_cut(lambda _, x: Value(1.0, label="w") * x), "other branch": of_cut(
        lambda w, x: tg.where(x > 0, x * 2.0, w)),
    "overflow": of_nan(lambda _, y: y * y), "overflow in a sum": of_nan(lambda _, y: tg.sum([y * 1e108, y * 1e108])),
    "overflow of a quotient": of_nan(lambda x, y: y / 1e-200 + x),
    "of a dot": of_nan(lambda x, y: tg.dot([x, y], [y, y])),
    "of a product": of_nan(lambda _, y: tg.prod([y, y, y])), "of a power": of_nan(lambda _, y: (y * 1e-50) ** 2 * 1e99),
    "inf - inf": of_nan(lambda _, y: y * y - y * y), "0 times inf": of_nan(lambda x, y: x * (y * y)),
    "a nan comes in": of_nan(lambda x, y: x * y, math.nan), "as a number": of_nan(lambda x, y: x * math.nan + y),
    "inf as a number": of_nan(lambda x, y: x - math.inf + y), "two at once": of_nan(lambda x, y: y * y + (x + y) * y),
    "in a batch": of_nan(lambda x, y: tg.sum([y * y * (i + 1.0) + x for i in range(4)])),
    "of one neuron": of_nan(lambda x, y: tg.sum([y * (1e150 * (i + 1.0)) + x for i in range(4)])),
    "more than asked": of_nan(lambda x, y: y * y + tg.sum([y * 1e108, y * 1e108]) + tg.prod([y, y]) - x, most=2),
    "steep root": of_nan(lambda x, _: tg.sqrt(x)), "0 times steep": of_nan(lambda x, _: tg.sqrt(x) * 0.0),
    "steep power": of_nan(lambda x, _: x**0.5), "steep cube root": of_nan(lambda x, y: tg.cbrt(x) + y),
    "of -inf alone": of_nan(lambda x, _: tg.exp(tg.logsumexp([x - math.inf, -math.inf]))),
    "beyond on the way back": of_nan(lambda x, y: x * y * y), "shares add up": of_nan(
        lambda x, _: x * 1.7e308 + x * 1.7e308), "all fine": of_nan(lambda x, y: x + y),
    "harmless infinity": of_nan(lambda x, y: tg.exp(x) + y, -math.inf),
}  # fmt: skip
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_reason_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_reasons_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
