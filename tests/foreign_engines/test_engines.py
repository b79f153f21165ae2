"""What was found of each engine stays as it is: its ways, the code that is shown, the adapter that is written."""

import contextlib
import io
import warnings
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace as Thing

import numpy as np
import pytest

from tests.kept import Kept
from tests.testing.test_kit import RIGHT, found_in, module_at, names_of
from tinygrad_edu.foreign_engines.adapters import adapter_text
from tinygrad_edu.foreign_engines.engines import Engine, Function, PlainNumberError, is_array, number_in
from tinygrad_edu.foreign_engines.finding import find_engine
from tinygrad_edu.foreign_engines.programs import Expression
from tinygrad_edu.foreign_engines.shapes import find_function, find_operators

x, y = Expression("x"), Expression("y")


def described(name: str) -> str:
    """All that is known of a right engine, as text."""
    module = module_at(RIGHT[name])
    with contextlib.redirect_stdout(io.StringIO()):
        engine = found_in(module)
        engine.imports = engine.imports or f"from {name} import *"
        find_operators(engine)
        functions = [each for each in ("exp", "sin", "relu", "log") if find_function(engine, each)]
        parts = [type(engine).__name__, adapter_text(engine, name, names_of(module)), repr(functions)]
        parts += [f"{key}: {getattr(each, 'text', each)}" for key, each in vars(engine).items() if key in SHOWN]
        parts.append(f"graph: {engine.has_graph}, arrays: {'numpy' in engine.names}")
        parts += [f"{op}: {template}" for op, template in engine.templates.items()]
        parts += shown_code(engine)
    return "\n".join(parts)


SHOWN = ("name", "leaf", "value", "gradient", "backward", "imports", "wraps", "phase")


def shown_code(engine: Engine) -> list[str]:
    """Code to paste, for a value and for each gradient, with constants as they are and as leaves."""
    codes = []
    for wraps in (False, True):
        engine.wraps = wraps
        u = x * y
        for expression, point in (
            (u + u, (2.0, 3.0)),
            (x * 3, (-0.5,)),
            (x**2, (2.0,)),
            (Expression("exp", x), (1.0,)),
        ):
            for i in (None, *range(len(point))):
                codes.append(engine.listing(expression, point, i))
                with contextlib.suppress(Exception):
                    found = engine.run(expression, point)
                    codes[-1] += f"\n{engine.phase} {found.value} {found.gradients}"
    return codes


KEPT = Kept(__file__, {name: lambda name=name: described(name) for name in RIGHT if name != "feed"})


@pytest.mark.parametrize("name", KEPT.outputs)
def test_what_was_found_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_engines_are_kept() -> None:
    KEPT.check_names()


# --- numbers -------------------------------------------------------------------------------------------------------


def array_like(shape: object) -> object:
    return Thing(shape=shape, item=lambda: 4.0)


class Callable_(Thing):
    def __call__(self) -> float:
        return 3.0


NUMBERS = [
    (2, 2.0), (2.5, 2.5), (1 + 2j, 1 + 2j), (Decimal("1.5"), 1.5), (Fraction(1, 2), 0.5), (np.float32(2), 2.0),
    (True, None), ("3", None), (float, None), (None, None), (object(), None),
    ([3.0], 3.0), ((3,), 3.0), ([[4.0]], 4.0), ([1.0, 2.0], None), ([], None), ((), None), ([None], None),
    (array_like(()), 4.0), (array_like((1,)), 4.0), (array_like((1, 1)), 4.0), (array_like((2,)), None),
    (array_like((1, 1, 1)), None), (array_like(None), None), (Thing(shape=(), item=5.0), 5.0),
    (np.array(2.0), 2.0), (np.array([2.0]), 2.0), (np.array([[2.0]]), 2.0), (np.array([1.0, 2.0]), None),
    (Thing(data=3.0), 3.0), (Thing(a=3.0), 3.0), (Thing(b=3.0), None), (Thing(value=2.0, data=3.0), 3.0),
    (Thing(data=None, value=2.0), 2.0), (Thing(data=0.0, value=2.0), 0.0),
    (Thing(data=Thing(data=3.0)), 3.0), (Thing(data=Thing(data=Thing(data=3.0))), None),
    ([Thing(data=Thing(data=3.0))], 3.0), (Thing(data=[Thing(data=3.0)]), 3.0),
    (Callable_(data=3.0), None),
]  # fmt: skip


@pytest.mark.parametrize(("thing", "number"), NUMBERS)
def test_the_number_in_a_thing(thing: object, number: complex | None) -> None:
    found = number_in(thing)
    assert (found, type(found)) == (number, type(number))


def test_an_array_is_seen_by_its_name() -> None:
    assert is_array("Value(numpy.array({}))")
    assert is_array("Value(numpy.float64({}))")
    assert not is_array("Value({})")


class Strict:
    """A dual number that takes no plain ones."""

    def __init__(self, real: float, eps: float) -> None:
        self.real, self.eps = real, eps

    def __mul__(self, other: "Strict") -> "Strict":
        return Strict(self.real * other.real, self.real * other.eps + other.real * self.eps)


def test_constants_are_wrapped_where_an_engine_of_dual_numbers_takes_no_plain_ones() -> None:
    _, engine = find_engine([("Strict", Strict)], {"Strict": Strict})
    with pytest.raises(AttributeError):
        engine.run(x * 3, (2.0,))
    engine.wraps = True
    assert engine.run(x * 3, (2.0,)) == (6.0, (3.0,))


# --- adapters ------------------------------------------------------------------------------------------------------


def test_an_adapter_may_run_on_plain_numbers_but_a_node_may_not_become_one() -> None:
    class Node(float):
        pass

    plain = Function("run", {}, lambda f, xs: (f(*xs), [f(3.0, 4.0), 0.5]))
    assert plain.run(x * y, (2.0, 3.0)) == (6.0, (12.0, 0.5))
    assert plain.phase == "backward"
    mixed = Function("run", {}, lambda f, xs: (f(Node(2.0), 3.0), [1.0]))
    mixed.rules["second"] = lambda _, number: number
    with pytest.raises(PlainNumberError, match=r"the plain number 3\.0"):
        mixed.run(Expression("second", x, y), (2.0, 3.0))


if __name__ == "__main__":
    warnings.simplefilter("error")  # as pytest has it
    KEPT.main()
