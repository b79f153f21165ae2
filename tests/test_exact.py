"""Gradients of rational expressions, compared with zero tolerance.

With `Fraction` data every gradient is an exact rational number. The oracle is forward mode written out here on plain
Fractions: a value and its derivatives by all inputs, carried along by the sum, product and quotient rules. It shares
no code with the library, and no tolerance hides a wrong digit.
"""

import os
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value

EXPRESSIONS = 8_600
COMPARISONS = 50_000
MAX_DEPTH = 4

Rates = list[Fraction]


@dataclass
class Dual:
    """A rational number and its derivatives by every input."""

    value: Fraction
    rates: Rates

    # Most rates are 0: not to compute with these halves the time of the test.

    def __add__(self, other: "Dual") -> "Dual":
        return Dual(self.value + other.value, [a + b if a and b else a or b for a, b in self.paired(other)])

    def __sub__(self, other: "Dual") -> "Dual":
        return Dual(self.value - other.value, [a - b if b else a for a, b in self.paired(other)])

    def __mul__(self, other: "Dual") -> "Dual":
        x, y = self.value, other.value
        return Dual(x * y, [a * y + x * b if a or b else a for a, b in self.paired(other)])

    def __truediv__(self, other: "Dual") -> "Dual":
        x, y = self.value, other.value
        return Dual(x / y, [(a * y - x * b) / (y * y) if a or b else a for a, b in self.paired(other)])

    def paired(self, other: "Dual") -> Iterator[tuple[Fraction, Fraction]]:
        return zip(self.rates, other.rates, strict=True)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


def quarter(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-8, 8), 4)


class RandomExpression:
    """One expression computed twice, step by step: in Values and in Duals. Every step may use every earlier one."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        data = [quarter(rng) for _ in range(rng.randint(5, 7))]
        self.inputs = [Value(x) for x in data]
        self.n = len(data)
        self.text = [str(x) for x in data]
        self.values: list[Any] = list(self.inputs)
        self.duals = [Dual(x, [Fraction(i == k) for k in range(self.n)]) for i, x in enumerate(data)]
        self.depths = [0] * self.n
        for _ in range(rng.randint(4, 9)):
            self.step()
        self.finish()

    def operand(self) -> tuple[Any, Dual, int, str]:
        """An earlier result, or now and then a plain number: whole or a fraction."""
        if self.rng.random() < 0.12:
            x = self.rng.choice([self.rng.randint(-3, 3), quarter(self.rng)])
            return x, self.constant(x), 0, str(x)
        i = self.rng.choice([i for i, depth in enumerate(self.depths) if depth < MAX_DEPTH])
        return self.values[i], self.duals[i], self.depths[i], f"v{i}"

    def constant(self, x: int | Fraction) -> Dual:
        return Dual(Fraction(x), [Fraction(0)] * self.n)

    def step(self) -> None:
        x, dual_x, depth_x, text_x = self.operand()
        y, dual_y, depth_y, text_y = self.operand()
        if not isinstance(x, Value) and not isinstance(y, Value):
            return
        op = self.rng.choice("+-**//")
        if op == "/" and dual_y.value == 0:
            op = "-"
        self.append(
            OPERATIONS[op](x, y), OPERATIONS[op](dual_x, dual_y), max(depth_x, depth_y), f"{text_x} {op} {text_y}"
        )

    def append(self, value: Any, dual: Dual, depth: int, text: str) -> None:
        self.values.append(value)
        self.duals.append(dual)
        self.depths.append(depth + 1)
        self.text.append(text)

    def finish(self) -> None:
        """Join all that was computed, so that every input matters: as products, as an n-ary node, or summed up."""
        half = len(self.values) // 2
        halves = self.values[:half], self.values[half : 2 * half]
        kind = self.rng.choice(["dot", "sum", "prod", "last"])
        total = self.constant(0)
        if kind == "dot":
            self.root = tg.dot(*halves)
            for dual_x, dual_y in zip(self.duals[:half], self.duals[half : 2 * half], strict=True):
                total = total + dual_x * dual_y
        elif kind == "sum":
            self.root = tg.sum(self.values)
            for dual in self.duals:
                total = total + dual
        elif kind == "prod":
            self.root = tg.prod(self.values[-4:])
            total = self.constant(1)
            for dual in self.duals[-4:]:
                total = total * dual
        else:
            self.root = self.values[-1]
            total = self.duals[-1]
        self.exact = total
        self.text.append(f"{kind} of these")

    def check(self) -> int:
        """The number of gradients compared."""
        self.root.backward()
        where = "\n".join(f"v{i} = {text}" for i, text in enumerate(self.text))
        assert self.root.data == self.exact.value, where
        for i, (x, exact) in enumerate(zip(self.inputs, self.exact.rates, strict=True)):
            assert x.grad == exact, f"the gradient by v{i} is {x.grad}, should be {exact}\n{where}"
            assert not isinstance(x.grad, float), f"the gradient by v{i} is a float\n{where}"
        return len(self.inputs)


@pytest.mark.usefixtures("untraced")
def test_rational_gradients_are_exact() -> None:
    seed = 20240229 if os.environ.get("CI") else secrets.randbits(32)
    rng = random.Random(seed)
    compared = sum(RandomExpression(rng).check() for _ in range(EXPRESSIONS))
    assert compared >= COMPARISONS


def test_an_error_of_one_part_in_a_trillion_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    product = Value.__mul__

    def slightly_wrong(x: Value, y: Any) -> Value:
        node = product(x, y)
        if node.op == "*" and node.d_left is not None:
            node.d_left = node.d_left * Fraction(10**12 + 1, 10**12)
        return node

    monkeypatch.setattr(Value, "__mul__", slightly_wrong)
    rng = random.Random(1)
    with pytest.raises(AssertionError, match="the gradient by v"):
        sum(RandomExpression(rng).check() for _ in range(200))


def test_powers_and_pieces_of_fractions_stay_exact() -> None:
    x, y = Value(Fraction(3, 4)), Value(Fraction(-5, 2))
    f = x**3 / y**2 + abs(y) * tg.relu(x) - tg.leaky_relu(y, slope=Fraction(1, 10)) + (-x) ** -1
    f.backward()
    assert f.data == Fraction(27, 64) / Fraction(25, 4) + Fraction(15, 8) + Fraction(1, 4) - Fraction(4, 3)
    assert x.grad == 3 * Fraction(9, 16) / Fraction(25, 4) + Fraction(5, 2) + Fraction(16, 9)
    assert y.grad == -2 * Fraction(27, 64) / Fraction(-125, 8) - Fraction(3, 4) - Fraction(1, 10)
    assert type(x.grad) is type(y.grad) is Fraction


def test_extremes_and_ties_of_fractions_stay_exact() -> None:
    x, y, z = (Value(Fraction(k, 3)) for k in (2, 2, 1))
    f = tg.max([x, y, z]) * 3 + tg.minimum(x, y) + tg.maximum(x, z) + tg.mean([x, y, z]) + tg.min([y, z])
    f.backward()
    assert f.data == 2 + Fraction(2, 3) + Fraction(2, 3) + Fraction(5, 9) + Fraction(1, 3)
    assert x.grad == Fraction(3, 2) + Fraction(1, 2) + 1 + Fraction(1, 3)
    assert y.grad == Fraction(3, 2) + Fraction(1, 2) + Fraction(1, 3)
    assert z.grad == Fraction(1, 3) + 1
    assert {type(v.grad) for v in (x, y, z)} == {Fraction}


def test_whole_numbers_stay_whole_without_division() -> None:
    x, y = Value(3), Value(10**400)
    f = x * y - y + x**5
    f.backward()
    assert (f.data, x.grad, y.grad) == (2 * 10**400 + 243, 10**400 + 405, 2)


def test_decimals_keep_their_digits() -> None:
    x, y = Value(Decimal("0.1")), Value(Decimal("0.2"))
    f = x + y * 3 - x / y
    f.backward()
    assert f.data == Decimal("0.2")
    assert (x.grad, y.grad) == (Decimal(1) - Decimal(5), Decimal(3) + Decimal("2.5"))
