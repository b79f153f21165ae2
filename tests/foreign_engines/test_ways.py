"""Which ways of using an unknown engine are tried, and in what order: the lists as they are."""

import math
import sys
from collections.abc import Callable

import pytest

from tests.kept import Kept
from tinygrad_edu.foreign_engines import adapting
from tinygrad_edu.foreign_engines.engines import Reverse
from tinygrad_edu.foreign_engines.shapes import (
    _function_spellings,
    _queries,
    _starts,
    attempt,
    by_name,
    candidates,
    makers,
    readers,
    reads,
    spelt,
)


class Leaf:
    """What an engine may have."""

    home = "module"

    def __init__(self, data: float, requires_grad: bool = False, noted: bool = False, tracked: bool = True) -> None:
        self.data, self.parents, self.unset, self.zero = data, (), None, 0.0
        self._hidden = 3.0

    @classmethod
    def of(cls, data: float) -> "Leaf":
        return cls(data)

    @staticmethod
    def variable(data: float) -> "Leaf":
        return Leaf(data)

    @property
    def twice(self) -> float:
        return 2 * self.data

    def get_grad(self) -> float:
        return 0.5

    def plus(self, other: "Leaf") -> "Leaf":
        return Leaf(self.data + other.data)

    def tanh(self) -> float:
        return math.tanh(self.data)

    def exp(self, base: float) -> float:
        return base**self.data

    def log(self, base: float, shift: float) -> float:
        return math.log(self.data + shift, base)

    def backward(self) -> None:
        self.zero = 1.0

    def reverse_pass(self) -> None:
        self.zero = 1.0

    def zero_grad(self) -> None:
        self.zero = 0.0

    def forward(self) -> None:
        self.zero = 0.0

    def grad(self, other: "Leaf") -> float:
        return other.data


class Other(Leaf):
    """A leaf of another kind."""


class Add:
    """A class that stands for an operation."""

    @staticmethod
    def apply(a: Leaf, b: Leaf) -> Leaf:
        return a.plus(b)


class Tape:
    """Where gradients may be asked for."""

    def backward(self, out: Leaf) -> None:
        out.backward()

    def grad(self, out: Leaf) -> float:
        return out.data


def add(a: Leaf, b: Leaf) -> Leaf:
    return a.plus(b)


def sigmoid(x: Leaf) -> float:
    return math.tanh(x.data / 2) / 2 + 0.5


def backpropagate(out: Leaf) -> None:
    out.backward()


def grad(out: Leaf, x: Leaf) -> float:
    return out.data * x.data


tape = Tape()
NAMES: dict[str, object] = {
    "Leaf": Leaf, "Other": Other, "Add": Add, "Tape": Tape, "add": add, "sigmoid": sigmoid, "tape": tape, "grad": grad,
    "backpropagate": backpropagate, "parameter": Leaf, "count": 3,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy", raising=False)


def test_how_leaves_are_made() -> None:
    assert list(makers("Leaf", Leaf, NAMES)) == [
        "Leaf({}, requires_grad=True)", "Leaf({})", "Leaf({}).requires_grad_()", "Other({})", "Other(Leaf({}))",
        "Leaf.variable({})", "Leaf.of({})", "parameter({})", "Leaf(data={})", "Leaf([{}])", 'Leaf({}, "x")',
        'Leaf("x", {})',
    ]  # fmt: skip

    def of_value(value: float) -> Leaf:
        return Leaf(value)

    def of_anything(**more: float) -> Leaf:
        return Leaf(more["data"])

    assert list(makers("make", of_value, {})) == [
        "make({})", "make({}).requires_grad_()", "make(value={})", "make([{}])", 'make({}, "x")', 'make("x", {})',
    ]  # fmt: skip
    takes_any = list(makers("make", of_anything, {}))
    assert [each for each in takes_any if "=" in each] == [
        f"make({name}={{}})" for name in (
            "data", "value", "val", "v", "_value", "_data", "primal", "x", "real", "num", "number", "item", "a",
        )
    ]  # fmt: skip


def test_where_numbers_are_read() -> None:
    assert [each.text for each in readers(("data", "zero", "nothing"), Leaf(2.0), NAMES)] == [
        "{}.data", "{}.zero", "{}.parents", "{}.unset", "{}._hidden", "{}.twice", "{}.get_grad", "{}.get_grad()",
        "{}.zero_grad", "{}.zero_grad()", "{}.grad", "{}.grad()",
    ]  # fmt: skip
    way = next(iter(readers(("data",), Leaf(2.0), {})))
    read = [reads(way, expected, Leaf(2.0)) for expected in (2.0, 2.0009, 1.9991, 2.0011, 1.9989)]
    assert read == [True, True, True, False, False]
    assert not reads(way, 2.0, object())


def test_how_operations_and_functions_are_written() -> None:
    leaf = Leaf(2.0)
    assert list(spelt("+", leaf, NAMES)) == [
        "{} + {}", "add({}, {})", "{}.plus({})", "Leaf.plus({}, {})", "parameter.plus({}, {})", "Add.apply({}, {})",
        "Add()({}, {})",
    ]  # fmt: skip
    assert list(spelt("*", leaf, NAMES)) == ["{} * {}"]
    spellings = {name: list(_function_spellings(name, leaf, NAMES)) for name in ("tanh", "exp", "log", "sigmoid")}
    assert spellings == {
        "tanh": ["{}.tanh()", "Leaf.tanh({})", "parameter.tanh({})"],
        "exp": ["Leaf.exp({})", "parameter.exp({})"],  # it needs more than the leaf
        "log": ["Leaf.log({})", "parameter.log({})"],
        "sigmoid": ["sigmoid({})"],
    }
    hidden = ["{}.sigmoid()", "sigmoid({})", "{}.sig()", "{}.logistic()", "{}.Sigmoid()", "{}.sigm()"]
    assert list(_function_spellings("sigmoid", None, NAMES)) == hidden


def test_how_the_backward_pass_is_started() -> None:
    methods = "backward get_grad grad reverse_pass of variable plus tanh exp log forward".split()
    calls = [f"out.{name}({seed})" for name in methods for seed in ("", "1.0", "Leaf(1.0)")]
    elsewhere = [
        "grad", "backpropagate", "tape.backward", "Other.backward", "Other().backward", "Tape.backward",
        "Tape().backward",
    ]  # fmt: skip
    calls += [f"{name}({given})" for name in elsewhere for given in ("out", "out, 1.0", "")]
    expected = [[call] for call in calls] + [["out.forward()", call] for call in calls]
    for name in ("grad", "unset", "zero"):
        for seed in ("1.0", "Leaf(1.0)"):
            expected += [[f"out.{name} = {seed}", call] for call in calls] + [[f"out.{name} = {seed}"]]
    assert list(_starts("Leaf", Leaf(2.0), NAMES)) == expected


def test_how_gradients_are_asked_for() -> None:
    of_the_result = [
        "{{1}}.{0}({{0}})", "{{1}}.{0}([{{0}}])", "{{1}}.{0}()[{{0}}]", "{{1}}.{0}({{0}}).eval()",
        "{{1}}.{0}({{0}}).evaluate()", "{{1}}.{0}({{0}}).value()", "{{1}}.{0}({{0}}).item()", "{{1}}.{0}()[id({{0}})]",
    ]  # fmt: skip
    of_the_module = ["grad({1}, {0})", "grad({1}, [{0}])", "grad({1})[{0}]", "grad({1})[id({0})]"]
    of_the_tape = ["tape.{0}({{1}}, [{{0}}])", "tape.{0}({{1}}, {{0}})"]
    assert list(_queries(Leaf(2.0), NAMES)) == [
        *(each.format("grad") for each in of_the_result),
        *of_the_module,
        *(each.format("grad") for each in of_the_tape),
        *(each.format("backward") for each in (*of_the_result, *of_the_tape)),
    ]


def test_the_likeliest_class_comes_first() -> None:
    names = {"Add": Add, "Tape": Tape, "Leaf": Leaf, "count": 3, "float": float}
    assert [name for name, _ in candidates(names, __name__)] == ["Tape", "Leaf", "Add"]
    assert candidates(names, "elsewhere") == []


def test_what_fails_is_nothing() -> None:
    assert attempt(lambda: 1 / 0) is None
    assert attempt(lambda: sys.exit(3)) is None
    assert attempt(max, 2, 3) == 3


# --- adapters that are tried, see tests/kept.py --------------------------------------------------------------------


class Recorder:
    """A tape that is opened."""

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def watch(self, leaf: Leaf) -> None:
        self.leaf = leaf

    def variable(self, data: float) -> Leaf:
        return Leaf(data)

    def gradient(self, out: Leaf, leaf: Leaf) -> float:
        return out.data * leaf.data


class Derivative:
    """A derivative as an object."""

    def __init__(self, f: Callable[..., object] = abs) -> None:
        self.f = f

    def gradient(self, *xs: float) -> object:
        return self.f(*xs)


class Named:
    """A leaf that has a name."""

    def __init__(self, name: str, value: float) -> None:
        self.name, self.value = name, value

    def gradients(self) -> dict[str, float]:
        return {self.name: self.value}


def new(number: float) -> int:
    values.append(number)
    return len(values) - 1


def mul(a: int, b: int) -> int:
    return new(values[a] * values[b])


def reset() -> None:
    values.clear()


def backprop(out: int) -> None:
    slopes[out] = 1.0


values: list[float] = []
slopes: dict[int, float] = {}
MORE = NAMES | {
    "Recorder": Recorder, "Derivative": Derivative, "Named": Named, "value_and_grad": grad, "numerical_gradient": grad,
    "gradient_descent": grad,
}  # fmt: skip
FUNCTIONS = {"new": new, "mul": mul, "reset": reset, "backprop": backprop, "values": values, "slopes": slopes}
KINDS = [("Leaf", Leaf), ("Named", Named)]


def leaves() -> list[tuple[str, str]]:
    return list(adapting._leaves(KINDS, MORE))


KEPT = Kept(
    __file__,
    {
        "leaves": lambda: "\n".join(map(" | ".join, leaves())),
        "functions of functions": lambda: "\n\n".join(adapting._functions_of_functions(leaves(), MORE)),
        "tapes": lambda: "\n\n".join(adapting._tapes(leaves()[:2], MORE)),
        "named": lambda: "\n\n".join(adapting._named(KINDS, MORE)),
        "indices": lambda: "\n\n".join(adapting._indices(FUNCTIONS)),
        "no indices": lambda: "\n\n".join([*adapting._indices({"new": new}), *adapting._indices({"mul": mul})]),
    },
)


@pytest.mark.parametrize("name", KEPT.outputs)
def test_adapters_are_tried_as_before(name: str) -> None:
    KEPT.check(name)


def test_all_tries_are_kept() -> None:
    KEPT.check_names()


# --- where multiplication does not work ----------------------------------------------------------------------------


def engine(product: Callable[..., object] | None = None, **more: object) -> type:
    def init(self: object, data: float) -> None:
        vars(self).update(data=data, grad=0.0)

    return type("Value", (), {"__init__": init, **({"__mul__": product} if product else {}), **more})


def back(self: object) -> None:
    vars(self)["grad"] = 1.0


def test_names_tell_what_is_what_where_multiplication_does_not_work() -> None:
    without, wrong = engine(backward=back), engine(lambda a, _: type(a)(7.0), backward=back)
    for kind in (without, wrong, engine(lambda a, b: 1 / 0, backward=back)):
        found = by_name("Value", kind, {"Value": kind})
        assert isinstance(found, Reverse)
        ways = (found.leaf.text, found.value.text, found.gradient.text, found.backward)
        assert ways == ("Value({})", "{}.data", "{0}.grad", ["out.backward()"])
        assert found.gradient(found.node(), None) == 0.0
    for kind in (engine(), engine(lambda *_: "text", backward=back), engine(lambda *_: "text")):
        assert by_name("Value", kind, {"Value": kind}) is None
    no_gradient = type("Value", (), {"__init__": lambda self, data: vars(self).update(data=data), "backward": back})
    assert by_name("Value", no_gradient, {"Value": no_gradient}) is None
    no_number = type("Value", (), {"__init__": lambda self, data: vars(self).update(grad=0.0), "backward": back})
    assert by_name("Value", no_number, {"Value": no_number}) is None


if __name__ == "__main__":
    sys.modules.pop("numpy", None)
    KEPT.main()
