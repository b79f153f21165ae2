"""Copies and pickles of graphs: of any depth, with sharing kept, also across several roots."""

import copy
import pickle
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, topological_order
from tinygrad_edu.engine import NOT_COMPUTED


def pickled(x: Any, protocol: int = pickle.DEFAULT_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(x, protocol))


both = pytest.mark.parametrize("clone", [copy.deepcopy, pickled])


class Inner(Value):
    """Values of a nested transform."""

    __slots__ = ()
    level: ClassVar[int] = 1


class Tagged(Value):
    """A subclass with an attribute of its own."""

    __slots__ = ("tag",)


class Open(Value):
    """A subclass that takes any attribute."""


def chain(length: int) -> tuple[Value, Value]:
    x = Value(1.0, label="x")
    y = x
    for _ in range(length // 2):
        y = y * x + 0.0
    return x, y


@both
def test_a_copy_is_the_same_graph_of_other_nodes(clone: Callable[[Any], Any]) -> None:
    a, b = Value(2.0, label="a"), Value(Fraction(1, 2), label="b")
    y = tg.sum([a * b, a, 5]) ** 2 - a.exp()
    y.label = "y"
    y.backward()
    z = clone(y)
    assert not set(topological_order(y)) & set(topological_order(z))
    for one, other in zip(topological_order(y), topological_order(z), strict=True):
        assert (one.data, one.grad, one.label, one.op) == (other.data, other.grad, other.label, other.op)
        assert one.local_grads == other.local_grads
    z.zero_grad()
    z.backward()
    assert a.grad == next(each for each in topological_order(z) if each.label == "a").grad


@both
def test_gradients_that_are_not_computed_stay_so(clone: Callable[[Any], Any]) -> None:
    y = Value(1.0) * 2
    assert clone(y).grad is NOT_COMPUTED
    assert clone(NOT_COMPUTED) is NOT_COMPUTED
    assert copy.copy(NOT_COMPUTED) is NOT_COMPUTED


@both
@pytest.mark.usefixtures("untraced")
def test_a_graph_of_a_hundred_thousand_nodes(clone: Callable[[Any], Any]) -> None:
    limit = sys.getrecursionlimit()
    _, y = chain(100_000)
    z = clone(y)
    z.backward()
    order = topological_order(z)
    assert len(order) == 100_001
    assert order[0].label == "x"
    assert order[0].grad == 50_001.0
    assert sys.getrecursionlimit() == limit


@both
def test_roots_copied_together_share_what_they_shared(clone: Callable[[Any], Any]) -> None:
    x, y = chain(10_000)
    one, other = y * 2, y * 3
    copies = clone({"roots": [one, other], "leaf": x})
    first, second = copies["roots"]
    assert first.parents == second.parents
    first.backward()
    second.backward()
    assert copies["leaf"].grad == 5 * 5001.0
    assert x.grad is NOT_COMPUTED


@both
def test_a_list_of_leaves_and_a_list_of_roots_keep_their_identity(clone: Callable[[Any], Any]) -> None:
    x = Value(1.0)
    xs = clone([x, x, x * x])
    assert xs[0] is xs[1]
    assert xs[2].parents == (xs[0], xs[0])


@both
def test_the_inner_node_first_then_its_root(clone: Callable[[Any], Any]) -> None:
    x = Value(3.0)
    y = x * x
    z = y + x
    xs = clone([y, z, x])
    assert xs[1].parents == (xs[0], xs[2])


@both
def test_copies_of_nested_values(clone: Callable[[Any], Any]) -> None:
    x = Value(3.0)
    y = Inner(x * 2)
    z = clone(y * y * x)
    z.backward()
    leaf = topological_order(z)[0]
    assert type(leaf) is Inner
    leaf.grad.backward()
    outer = topological_order(leaf.data)[0]
    assert outer is not x
    assert outer.grad == 24.0  # d/dx of 2·(2x)·x in both places of x


@both
def test_attributes_of_subclasses_are_copied(clone: Callable[[Any], Any]) -> None:
    x = Open(1.0)
    x.note = "kept"  # type: ignore[attr-defined]
    assert clone(x * 2).parents[0].note == "kept"
    y = Tagged(1.0)
    y.tag = "kept"  # type: ignore[attr-defined]
    assert clone(y * 2).parents[0].tag == "kept"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol(protocol: int) -> None:
    x, y = chain(5000)
    y.backward()
    z = pickled(y, protocol)
    assert topological_order(z)[0].grad == x.grad == 2501.0


def test_a_shallow_copy_shares_its_parents() -> None:
    x = Value(3.0)
    y = copy.copy(x * x)
    assert y.parents == (x, x)
    y.backward()
    assert x.grad == 6.0


def test_copying_goes_on_after_a_failure() -> None:
    class Unpicklable(float):
        def __reduce__(self) -> Any:
            raise RuntimeError("not this one")

    x, y = chain(100)
    inner = y * 1.0
    z = inner + 1.0
    x.label = Unpicklable(1.0)  # type: ignore[assignment]
    for fail in (copy.deepcopy, pickle.dumps):
        with pytest.raises(RuntimeError, match="not this one"):
            fail(z)
    x.label = "x"
    assert pickled(z).data == copy.deepcopy(inner).data + 1.0


def test_a_deep_copy_after_a_failure_does_not_recurse_while_its_traceback_is_kept() -> None:
    class Uncopiable(float):
        def __deepcopy__(self, memo: Any) -> Any:
            raise RuntimeError("not this one")

    x, inner = chain(10_000)
    x.label = Uncopiable(1.0)  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="not this one") as failure:
        copy.deepcopy(inner + 1.0)
    x.label = "x"
    assert copy.deepcopy(inner).data == inner.data
    assert failure.tb is not None


def calls_of(function: Callable[[], Any]) -> int:
    """How many functions are called while it runs, Python's own included."""
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def test_a_deep_copy_of_all_nodes_takes_work_in_proportion() -> None:
    few, many = (topological_order(chain(length)[1]) for length in (100, 400))
    copies = copy.deepcopy(many)
    assert [node.op for node in copies] == [node.op for node in many]
    assert all(copies[i + 1].parents[0] is copies[i] for i in range(len(copies) - 1))
    assert calls_of(lambda: copy.deepcopy(many)) < 5 * calls_of(lambda: copy.deepcopy(few))


def test_a_wide_node_and_a_graph_with_sharing_are_copied_once() -> None:
    xs = [Value(float(i)) for i in range(50)]
    total = tg.sum([x * y for x in xs for y in xs])
    copied = copy.deepcopy(total)
    assert len(topological_order(copied)) == len(topological_order(total)) == 2551
    copied.backward()
    assert {x.grad for x in topological_order(copied) if not x.op} == {2.0 * sum(range(50))}


def test_an_attribute_may_refer_back_to_the_graph() -> None:
    x = Open(1.0)
    y = x * 2
    x.child = y  # type: ignore[attr-defined]
    copied = copy.deepcopy(y)
    assert copied.parents[0].child is copied
