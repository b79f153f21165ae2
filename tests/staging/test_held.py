"""Objects among the arguments: a program goes by the state they had, and another state makes another program."""

import dataclasses
import functools
import random
import threading
from collections import deque
from enum import Enum

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, grad, jit, nn
from tinygrad_edu.staging.held import LARGEST, Fixed, fixed, held_by, is_unchanged, state

BACKENDS = ["python", "c"]


class Factor:
    count = 0

    def __init__(self, k):
        self.k = k

    def times(self, x):
        return self.k * x

    @jit
    def staged(self, x):
        """k·x."""
        return self.k * x

    @jit
    @staticmethod
    def double(x):
        return 2 * x

    @staticmethod
    @jit
    def triple(x):
        return 3 * x

    @jit
    @classmethod
    def counted(cls, x):
        return cls.count + x

    @classmethod
    @jit
    def counted_too(cls, x):
        return cls.count - x


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_object_that_changes_gives_another_program(backend):
    m = Factor(2.0)
    ours = jit(lambda m, x: m.k * x, backend=backend)
    for k in (2.0, 3.0, 2.0, -0.5):
        m.k = k
        assert ours(m, 5.0) == ours(m, 5.0) == 5 * k
    assert len(ours.traces) == 3


class Slotted:
    __slots__ = ("__hidden", "k", "never")

    def __init__(self, k):
        self.k, self.__hidden = k, k

    def hide(self, k):
        self.__hidden = k

    @property
    def hidden(self):
        return self.__hidden


class Listed(list):
    pass


class Colour(Enum):
    RED = 1


def changed_list():
    m = Factor([1.0, 2.0])
    return m, lambda m: m.k[1], lambda: m.k.__setitem__(1, 7.0), 7.0


def changed_dict():
    m = Factor({"a": {"b": 1.0}})
    return m, lambda m: m.k["a"]["b"], lambda: m.k["a"].update(b=7.0), 7.0


def changed_value():
    m = Factor(Value(2.0))

    def change():
        m.k.data = 7.0

    return m, lambda m: m.k.data, change, 7.0


def changed_deque():
    m = Factor(deque([1.0]))
    return m, lambda m: m.k[0], lambda: m.k.appendleft(7.0), 7.0


def changed_array():
    m = Factor(np.array([1.0, 2.0]))
    return m, lambda m: float(m.k[0]), lambda: m.k.__setitem__(0, 7.0), 7.0


def changed_set():
    m = Factor({1.0})
    return m, lambda m: float(len(m.k)), lambda: m.k.add(2.0), 2.0


def changed_class():
    m = Factor(0.0)

    def change():
        Factor.count = 7

    Factor.count = 0
    return m, lambda m: float(m.count), change, 7.0


def changed_slot():
    m = Slotted(1.0)

    def change():
        m.k = 7.0

    return m, lambda m: m.k, change, 7.0


def changed_hidden_slot():
    m = Slotted(1.0)
    return m, lambda m: m.hidden, lambda: m.hide(7.0), 7.0


def changed_in_a_cycle():
    m = Factor(1.0)
    m.other = Factor(2.0)
    m.other.other = m

    def change():
        m.other.k = 7.0

    return m, lambda m: m.other.k, change, 7.0


def changed_random_numbers():
    m = random.Random(1)
    expected = random.Random(1)
    expected.random()
    return m, lambda m: m.random(), lambda: None, expected.random()


def changed_partial():
    inner = Factor(2.0)
    m = functools.partial(inner.times)

    def change():
        inner.k = 7.0

    return m, lambda m: m(1.0), change, 7.0


def changed_subclass_of_list():
    m = Factor(Listed([1.0]))
    m.k.extra = 1.0

    def change():
        m.k.extra = 7.0

    return m, lambda m: m.k.extra, change, 7.0


CHANGES = [each for name, each in globals().copy().items() if name.startswith("changed_")]


@pytest.mark.parametrize("case", CHANGES, ids=lambda each: each.__name__)
def test_whatever_changes_is_noticed(case):
    m, read, change, after = case()
    ours = jit(lambda m, x: read(m) * x)
    ours(m, 1.0)
    change()
    assert ours(m, 1.0) == after


def test_an_object_that_stays_as_it_is_has_one_program():
    m, ours = Factor([1.0, float("nan"), Colour.RED, 2, (1, "a"), Slotted(1), frozenset({1})]), None
    ours = jit(lambda m, x: m.k[0] * x)
    for _ in range(3):
        ours(m, 1.0)
    assert len(ours.traces) == 1
    ours(Factor([*m.k]), 1.0)
    assert len(ours.traces) == 1, "another object in the same state is as good"


def test_a_model_among_the_arguments():
    model = nn.MLP(1, [2, 1], seed=0)
    ours = jit(lambda model, x: model([x]).data)
    for _ in range(2):
        assert ours(model, 0.5) == pytest.approx(model([0.5]).data, rel=1e-14)
        model.parameters()[0].data += 1.0


@pytest.mark.parametrize("thing", [threading.Lock(), (x for x in ()), iter([1])], ids=lambda x: type(x).__name__)
def test_what_does_not_show_its_state_is_refused(thing):
    if type(thing).__name__ == "list_iterator":
        assert jit(lambda m, x: x)(thing, 1.0) == 1.0, "it tells what is left of it"
        return
    with pytest.raises(
        TypeError, match=r"the argument m holds .*, which is no number and does not show when it changes"
    ):
        jit(lambda m, x: x)(Factor(thing), 1.0)


def test_more_than_can_be_looked_at_is_refused():
    with pytest.raises(TypeError, match=r"the argument m holds more than 100,000 things: give numbers"):
        jit(lambda m, x: x)(Factor([[] for _ in range(LARGEST + 1)]), 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_bound_method_and_a_partial_go_by_what_they_carry(backend):
    m = Factor(2.0)
    method, partial = jit(m.times, backend=backend), jit(functools.partial(Factor.times, m), backend=backend)
    lists = [2.0]
    listed = jit(functools.partial(lambda xs, x: xs[0] * x, lists), backend=backend)
    for k in (2.0, 3.0, 3.0, 2.0):
        m.k = lists[0] = k
        assert method(5.0) == partial(5.0) == listed(5.0) == 5 * k
    assert jit(functools.partial(lambda x, k: k * x, k=4.0))(2.0) == 8.0
    with pytest.raises(TypeError, match=r"f carries what holds .*lock"):
        jit(functools.partial(lambda lock, x: x, threading.Lock()))(1.0)


def test_methods_stage():
    a, b = Factor(2.0), Factor(3.0)
    for _ in range(2):
        assert (a.staged(5.0), b.staged(5.0), a.staged(x=1.0)) == (10.0, 15.0, 2.0)
        assert Factor.staged(a, 5.0) == 10.0
        assert Factor.double(2.0) == a.double(2.0) == 4.0
        assert Factor.triple(2.0) == a.triple(2.0) == 6.0
    a.k = 4.0
    assert a.staged(5.0) == 20.0
    assert a.staged.__doc__ == "k·x."
    assert "4.0 * x" in a.staged.source
    for Factor.count in (0, 2):
        assert Factor.counted(1.0) == a.counted(1.0) == Factor.count + 1
        assert Factor.counted_too(1.0) == a.counted_too(1.0) == Factor.count - 1


def test_a_method_that_counts_its_calls_is_run_each_time():
    class Counter:
        calls = 0

        @jit
        def next(self, x):
            self.calls += 1
            return self.calls * x

    counter = Counter()
    assert [counter.next(1.0) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_what_is_a_constant():
    for thing in ("text", True, None, tg.sin, Colour.RED):
        assert fixed("it", thing).is_constant
    assert not fixed("it", Factor).is_constant
    assert not Fixed([1.0], state("it", [1.0])).is_constant
    assert state("it", 1) != state("it", True) != state("it", 1.0)
    assert not is_unchanged(threading.Lock(), None)
    assert held_by(tg.sin) == ()


@dataclasses.dataclass
class Point:
    x: float
    tags: dict


def test_a_dataclass_is_a_tree_as_before():
    ours = jit(lambda p: p.x * (2 if p.tags["on"] else 3))
    p = Point(1.0, {"on": True})
    assert ours(p) == 2.0
    p.tags["on"] = False
    assert ours(p) == 3.0


class Options:
    """An object that may change, beside numbers."""

    def __init__(self, k):
        self.k = k


@dataclasses.dataclass
class Spring:
    w: float
    options: object
    name: str = "a"


def energy(spring):
    return spring.w**2 * spring.options.k


@pytest.mark.parametrize("backend", ["python", "c"])
def test_an_object_among_what_is_differentiated_by_comes_back_itself(backend):
    """The gradient has the shape of the argument, so it holds the object: the caller's own."""
    staged, one, other = jit(grad(energy), backend=backend), Options(2.0), Options(5.0)
    for _ in range(2):
        assert staged(Spring(3.0, one)) == Spring(12.0, one)
    one.k = 5.0
    for options in (one, other, other, one):
        found = staged(Spring(3.0, options, "".join(["a", "b"])))
        assert found.w == 30.0
        assert found.options is options
    one.k = 2.0
    assert staged(Spring(3.0, one)) == Spring(12.0, one)
    before = len(staged.traces)
    for _ in range(5):
        staged(Spring(3.0, one, "".join(["x", "y"])))
    assert len(staged.traces) == before + 1, "an equal text is the same text"
