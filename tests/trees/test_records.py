"""Objects with fields are taken apart and made again without running code of their classes."""

import collections
import functools
import pickle
import typing
from dataclasses import InitVar, dataclass, field

import attrs
import pytest

import tinygrad_edu as tg
from tinygrad_edu.trees.records import fields, with_fields, with_items, with_keys
from tinygrad_edu.trees.tree import flatten, numbers_of, unflatten


@dataclass
class Scaled:
    r: float

    def __post_init__(self):
        self.r *= 0.01


@dataclass
class WithInitVar:
    x: float
    factor: InitVar[float] = 2.0
    doubled: float = field(init=False)

    def __post_init__(self, factor):
        self.doubled = self.x * factor


@dataclass(frozen=True)
class Frozen:
    x: float
    name: str = "frozen"


@dataclass(slots=True)
class Slotted:
    x: float
    note: object = None


@dataclass(slots=True)
class Both(Slotted):
    y: float = 1.0
    tags: tuple = ("a", True)


@dataclass(kw_only=True)
class Inherits(Scaled):
    k: float
    f: object = abs

    def __new__(cls, *args, **kwargs):
        if not kwargs:
            raise AssertionError("the class's own __new__ ran")
        return super().__new__(cls)


@dataclass
class Error(ValueError):
    x: float

    def __post_init__(self):
        raise AssertionError


class Named(collections.namedtuple("Named", "x name")):
    __slots__ = ()

    def __new__(cls, x):
        return super().__new__(cls, 10 * x, "ten times")


@attrs.define
class Attrs:
    x: float = attrs.field(converter=lambda x: float(x) * 2)
    name: str = "attrs"

    def __attrs_post_init__(self):
        self.x += 1


@attrs.frozen
class FrozenAttrs:
    _hidden: float
    other: object = attrs.field(init=False, default=4.0)


T = typing.TypeVar("T")


@dataclass
class Box(typing.Generic[T]):
    x: T


def scaled_with(x, **more):
    thing = Scaled(x)
    vars(thing).update(more)
    return thing


OBJECTS = [
    Scaled(200.0),
    scaled_with(200.0, label="set later", more=[1.0, 2.0]),
    WithInitVar(3.0, factor=7.0),
    Frozen(1.0),
    Slotted(1.0, note="text"),
    Both(1.0),
    Inherits(r=300.0, k=2.0),
    Named(1.0),
    Attrs(3),
    FrozenAttrs(5.0),
    Box[float](1.0),
]


def parts(thing):
    names = fields(thing) or getattr(type(thing), "_fields", ())
    return {name: getattr(thing, name) for name in names}


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_an_object_comes_back_with_all_it_holds(thing):
    leaves, structure = flatten(thing)
    again = unflatten(structure, leaves)
    assert type(again) is type(thing)
    assert parts(again) == parts(thing)
    assert flatten(again) == (leaves, structure)


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_every_transform_takes_it_and_leaves_it_unchanged(thing):
    before = parts(thing)

    def f(thing):
        return tg.sum(x * x for x in numbers_of(thing)[0])

    numbers, _ = numbers_of(thing)
    value, gradient = tg.value_and_grad(f)(thing)
    assert value == tg.sum(x * x for x in numbers)
    assert type(gradient) is type(thing)
    assert numbers_of(gradient)[0] == [2 * x for x in numbers]
    texts = {name: x for name, x in before.items() if not numbers_of(x)[0] or isinstance(x, str)}
    assert {name: getattr(gradient, name) for name in texts} == texts
    assert tg.jvp(f, (thing,), (gradient,)) == (value, tg.sum(2 * x * 2 * x for x in numbers))
    assert numbers_of(tg.vjp(f, thing)[1](1.0)[0])[0] == [2 * x for x in numbers]
    assert numbers_of(tg.jacobian(f, mode="forward")(thing))[0] == [2 * x for x in numbers]
    assert numbers_of(tg.hvp(f, (thing,), (thing,)))[0] == [2 * x for x in numbers]
    assert tg.gradcheck(f, thing)
    assert parts(thing) == before


def test_the_area_of_a_scaled_circle():
    circle = Scaled(200.0)
    value, gradient = tg.value_and_grad(lambda c: 3.0 * c.r**2)(circle)
    assert (value, gradient.r, circle.r) == (12.0, 12.0, 2.0)


def test_what_a_cached_property_has_stored_is_computed_again():
    @dataclass
    class Disc:
        r: float

        @functools.cached_property
        def area(self):
            return 3.0 * self.r**2

    disc = Disc(2.0)
    assert disc.area == 12.0
    assert tg.grad(lambda d: d.area)(disc).r == 12.0


def test_a_field_that_is_not_set_is_left_out():
    @dataclass
    class Late:
        x: float
        y: float = field(init=False)

    assert tg.grad(lambda late: late.x**2)(Late(3.0)).x == 6.0


def test_errors_with_fields_are_made_without_their_constructor():
    error = with_fields(Error, {"x": 1.0})
    assert (type(error), error.x) == (Error, 1.0)


def test_containers_of_users_classes_are_made_without_their_constructors():
    class Row(list):
        def __init__(self):
            raise AssertionError

    class Table(collections.OrderedDict):
        def __init__(self, name):
            raise AssertionError

    assert with_items(Row, [1.0, 2.0]) == [1.0, 2.0]
    table = with_keys(Table, {"b": 1.0, "a": 2.0})
    assert (type(table), list(table.items())) == (Table, [("b", 1.0), ("a", 2.0)])
    assert pickle.loads(pickle.dumps(with_keys(collections.Counter, {"a": 1}))) == collections.Counter("a")


class Counts(collections.defaultdict):
    """A defaultdict of users' own."""


@pytest.mark.parametrize("kind", [collections.defaultdict, Counts])
def test_a_defaultdict_keeps_its_factory_in_transforms(kind):
    p = kind(list, a=2.0, b=5.0)

    def f(p):
        p["new"].append(1.0)
        return p["a"] * p["b"]

    slope = tg.grad(f)(p)
    assert (type(slope), slope.default_factory, dict(slope)) == (kind, list, {"a": 5.0, "b": 2.0})
    rows = tg.vmap(lambda p: p)(kind(list, a=[1.0, 2.0]))
    assert (type(rows), rows.default_factory, dict(rows)) == (kind, list, {"a": [1.0, 2.0]})
    assert tg.tree_map(lambda x: 2 * x, p).default_factory is list
