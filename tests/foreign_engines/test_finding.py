"""Which class is the engine: behaviour first, then an adapter, then names."""

import types

import pytest

from tinygrad_edu.foreign_engines.engines import Function, Reverse
from tinygrad_edu.foreign_engines.finding import find_engine
from tinygrad_edu.foreign_engines.shapes import NotFoundError

TAPE = """
class Tape:
    def __init__(self):
        self.steps = []

    def var(self, value):
        return Var(self, value)

    def backward(self, out):
        out.grad = 1.0
        for step in reversed(self.steps):
            step()


class Var:
    def __init__(self, tape, value):
        self.tape, self.value, self.grad = tape, value, 0.0

    def __mul__(self, other):
        out = Var(self.tape, self.value * other.value)

        def back():
            self.grad += out.grad * other.value
            other.grad += out.grad * self.value

        self.tape.steps.append(back)
        return out

    def backward(self):
        self.tape.backward(self)
"""


def test_a_tape_is_not_taken_for_a_class_whose_backward_fails() -> None:
    """By its names, Var is an engine whose leaves cannot be made: that would accuse a right one."""
    module = types.ModuleType("tape")
    exec(TAPE, vars(module))  # noqa: S102 - the source above
    names = {"Tape": module.Tape, "Var": module.Var}
    name, engine = find_engine([("Var", module.Var), ("Tape", module.Tape)], names)
    assert (name, type(engine)) == ("Var", Function)
    assert "tape.var(x)" in engine.imports


def test_names_decide_where_multiplication_itself_is_wrong() -> None:
    class Value:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0

        def __mul__(self, other: "Value") -> "Value":
            return Value(self.data + other.data)

        def backward(self) -> None:
            self.grad = 1.0

    _, engine = find_engine([("Value", Value)], {"Value": Value})
    assert isinstance(engine, Reverse)
    assert engine.backward == ["out.backward()"]


def test_a_class_of_another_kind_is_named_with_what_may_be_misspelt() -> None:
    class Value:
        def _mul_(self, other: "Value") -> "Value":
            return self

    with pytest.raises(NotFoundError, match="_mul_: Python looks for two underscores"):
        find_engine([("Value", Value)], {"Value": Value})
    with pytest.raises(NotFoundError, match="an adapter can say how"):
        find_engine([("leaf of mine", lambda x: x)], {})


def test_a_module_without_classes_says_so() -> None:
    with pytest.raises(NotFoundError, match="no class in this file: write an adapter for functions"):
        find_engine([], {})
