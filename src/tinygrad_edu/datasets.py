"""Small data sets made in code from a seed: lines, curves, moons, circles, XOR, spirals, blobs, digits, words.

Nothing is downloaded and nothing is random but by its `seed`: the same call gives the same numbers everywhere.
Each set but the words is a pair `(xs, ys)`: `xs` one list of numbers per example, as a model takes it, and `ys`
one number per example. Classes take turns, so that any stretch of examples holds all of them.
"""

import math
import random
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from .mistakes.elsewhere import answering
from .mistakes.options import A_FUNCTION, A_LIST, A_NUMBER, A_PAIR, A_SEED, RANDOM, expect
from .networks.names import DATASETS

Rows = list[list[float]]
Examples = tuple[Rows, list[float]]
Classified = tuple[Rows, list[int]]
X = TypeVar("X")
Y = TypeVar("Y")
Data: TypeAlias = tuple[Iterable[Any], Iterable[Any]] | Iterable[Sequence[Any]]  # (xs, ys), or (x, y) pairs
DATA = A_LIST._replace(words="a list of (x, y) pairs, or a tuple (xs, ys)")
CURVES: dict[str, Callable[[float], float]] = {"sin": math.sin, "cos": math.cos, "tanh": math.tanh}


# --- regression ------------------------------------------------------------------------------------------------------


def line(n: int = 6, *, slope: float = -1.0, intercept: float = 5.0, noise: float = 0.0, seed: int = 0) -> Examples:
    """Points on a straight line: x = 0, 1, …, n-1 and y = intercept + slope·x, plus noise.

    `noise` is the standard deviation of what is added to each y. ValueError for n < 1 or noise < 0.

    >>> line()
    ([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    """
    expect("line", A_NUMBER, slope=slope, intercept=intercept)
    blur = _blur(noise, seed)
    xs = [float(i) for i in range(at_least_one("n", n))]
    return [[x] for x in xs], [blur(intercept + slope * x) for x in xs]


def curve(
    function: str | Callable[[float], float] = "sin",
    n: int = 50,
    *,
    low: float = -5.0,
    high: float = 5.0,
    scale: float = 5.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Examples:
    """Points on a curve: n evenly spaced x from `low` to `high` and y = scale · function(x), plus noise.

    `function` is "sin", "cos", "tanh" or any function of one float.
    ValueError for an unknown name, n < 1 or noise < 0.

    >>> xs, ys = curve("tanh", 3)
    >>> xs, [round(y, 3) for y in ys]
    ([[-5.0], [0.0], [5.0]], [-5.0, 0.0, 5.0])
    """
    expect("curve", A_NUMBER, low=low, high=high, scale=scale)
    blur = _blur(noise, seed)
    f = CURVES.get(function) if isinstance(function, str) else function
    if f is None:
        raise ValueError(f"no curve {function!r}: use {', '.join(CURVES)}, or a function of your own")
    expect("curve", A_FUNCTION, function=f)
    xs = [low + (high - low) * t for t in _spaced(at_least_one("n", n))]
    return [[x] for x in xs], [blur(scale * float(f(x))) for x in xs]


# --- two classes in the plane ----------------------------------------------------------------------------------------


def moons(n: int = 100, *, noise: float = 0.1, seed: int = 0, labels: tuple[float, float] = (-1.0, 1.0)) -> Examples:
    """Two half circles that reach into each other, n points in all.

    With t evenly from 0 to π: the first class (cos t, sin t), the second (1 - cos t, ½ - sin t), plus noise.
    `labels` are the two classes' y: -1 and 1 suit the hinge loss, 0 and 1 the cross-entropy.

    >>> moons(4, noise=0.0)[1]
    [-1.0, 1.0, -1.0, 1.0]
    """
    return _two_classes(n, noise, seed, labels, math.pi, (_upper_moon, _lower_moon), closed=True)


def _upper_moon(t: float) -> tuple[float, float]:
    return math.cos(t), math.sin(t)


def _lower_moon(t: float) -> tuple[float, float]:
    return 1.0 - math.cos(t), 0.5 - math.sin(t)


def circles(
    n: int = 100,
    *,
    factor: float = 0.5,
    noise: float = 0.05,
    seed: int = 0,
    labels: tuple[float, float] = (-1.0, 1.0),
) -> Examples:
    """Two circles around the origin, n points in all; no straight line can part them.

    With t evenly from 0 to 2π: the first class (cos t, sin t), the second factor · (cos t, sin t), plus noise.

    >>> xs, ys = circles(4, noise=0.0)
    >>> [(round(x1, 9), round(x2, 9)) for x1, x2 in xs]
    [(1.0, 0.0), (0.5, 0.0), (-1.0, 0.0), (-0.5, 0.0)]
    """
    expect("circles", A_NUMBER, factor=factor)

    def inner(t: float) -> tuple[float, float]:
        return factor * math.cos(t), factor * math.sin(t)

    return _two_classes(n, noise, seed, labels, 2 * math.pi, (_upper_moon, inner), closed=False)


def xor(n: int = 4, *, noise: float = 0.0, seed: int = 0, labels: tuple[float, float] = (-1.0, 1.0)) -> Examples:
    """Exclusive or: the corners (0, 0), (0, 1), (1, 1), (1, 0) in turn, plus noise.

    A corner is of the second class where its coordinates differ. No single neuron can learn it.

    >>> xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], [-1.0, 1.0, -1.0, 1.0])
    """
    expect("xor", A_PAIR, labels=labels)
    blur = _blur(noise, seed)
    corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    points = [corners[i % 4] for i in range(at_least_one("n", n))]
    return [[blur(a), blur(b)] for a, b in points], [float(labels[a != b]) for a, b in points]


def _two_classes(
    n: int,
    noise: float,
    seed: int,
    labels: tuple[float, float],
    length: float,
    shapes: Sequence[Callable[[float], tuple[float, float]]],
    *,
    closed: bool,
) -> Examples:
    """Alternately a point of either shape, at t evenly from 0 to `length` (its end included where `closed`)."""
    expect("two classes", A_PAIR, labels=labels)
    blur = _blur(noise, seed)
    xs: Rows = []
    for i in range(at_least_one("n", n)):
        of_class = len(range(i % 2, n, 2))
        steps = max(of_class - 1, 1) if closed else of_class
        x1, x2 = shapes[i % 2](length * (i // 2) / steps)
        xs.append([blur(x1), blur(x2)])
    return xs, [float(labels[i % 2]) for i in range(n)]


# --- several classes in the plane: y is the class's number, as cross_entropy takes it --------------------------------


def spirals(n: int = 100, *, classes: int = 2, turns: float = 1.0, noise: float = 0.02, seed: int = 0) -> Classified:
    """Spiral arms around the origin, one per class: y is 0, 1, …, classes-1.

    Arm k is r · (cos a, sin a) with r evenly from 0.1 to 1 and a = 2π(turns·r + k/classes), plus noise.

    >>> spirals(4, classes=2)[1]
    [0, 1, 0, 1]
    """
    expect("spirals", A_NUMBER, turns=turns)
    blur = _blur(noise, seed)
    xs: Rows = []
    for i in range(at_least_one("n", n)):
        k = i % at_least_one("classes", classes)
        r = 0.1 + 0.9 * (i // classes) / max(len(range(k, n, classes)) - 1, 1)
        a = 2 * math.pi * (turns * r + k / classes)
        xs.append([blur(r * math.cos(a)), blur(r * math.sin(a))])
    return xs, [i % classes for i in range(n)]


def blobs(n: int = 90, *, classes: int = 3, radius: float = 2.0, noise: float = 0.5, seed: int = 0) -> Classified:
    """Clouds of points, one per class: y is 0, 1, …, classes-1.

    Class k lies around radius · (cos a, sin a) with a = 2πk/classes; `noise` is each coordinate's standard deviation.

    >>> xs, ys = blobs(3, noise=0.0, radius=1.0)
    >>> [(round(x1, 3), round(x2, 3)) for x1, x2 in xs], ys
    ([(1.0, 0.0), (-0.5, 0.866), (-0.5, -0.866)], [0, 1, 2])
    """
    expect("blobs", A_NUMBER, radius=radius)
    blur = _blur(noise, seed)
    angles = [2 * math.pi * (i % at_least_one("classes", classes)) / classes for i in range(at_least_one("n", n))]
    xs = [[blur(radius * math.cos(a)), blur(radius * math.sin(a))] for a in angles]
    return xs, [i % classes for i in range(n)]


# --- digits ----------------------------------------------------------------------------------------------------------

# Ten digits, four drawings of each side by side, 6 × 7 pixels.
DRAWINGS = """
.####. .####. ..##.. ..##..
##..## #....# .#..#. .####.
##..## #...## #....# ##..##
##..## #.#..# #....# ##..##
##..## ##...# #....# ##..##
##..## #....# .#..#. .####.
.####. .####. ..##.. ..##..

..##.. ...#.. ..#... ...##.
.###.. ..##.. .##... ..###.
..##.. .#.#.. ..#... .####.
..##.. ...#.. ..#... ...##.
..##.. ...#.. ..#... ...##.
..##.. ...#.. ..#... ...##.
.####. ...#.. .###.. ...##.

.####. .###.. .####. ####..
##..## #...#. #....# ...##.
....## ....#. .....# ....#.
...##. ...#.. ...##. ...##.
..##.. ..#... .##... ..##..
.##... .#.... #..... .##...
###### #####. ###### ######

.####. ####.. #####. .####.
##..## ....#. ....#. #....#
....## ....#. ...#.. .....#
..###. .###.. ..###. ...##.
....## ....#. .....# .....#
##..## ....#. #....# #....#
.####. ####.. .####. .####.

...##. #...#. ...#.. ##.##.
..###. #...#. ..##.. ##.##.
.####. #...#. .#.#.. ##.##.
##.##. #####. #..#.. ######
###### ....#. ###### ...##.
...##. ....#. ...#.. ...##.
...##. ....#. ...#.. ...##.

###### #####. .##### .####.
##.... #..... .#.... ##....
#####. ####.. .####. ##....
....## ....#. .....# .####.
....## ....#. .....# ....##
##..## #...#. #....# ....##
.####. .###.. .####. #####.

..###. ...##. .####. ..##..
.##... ..#... #....# .##...
##.... .#.... #..... ##....
#####. ####.. #.###. ######
##..## #...#. ##...# ##..##
##..## #...#. #....# ##..##
.####. .###.. .####. .####.

###### #####. ###### ######
....## ....#. #....# ....##
...##. ...#.. ....#. ....##
...##. ...#.. ...#.. .#####
..##.. ..#... ...#.. ...##.
..##.. ..#... ..#... ..##..
..##.. ..#... ..#... .##...

.####. .###.. ..##.. .####.
##..## #...#. .#..#. #....#
##..## #...#. .#..#. .#..#.
.####. .###.. ..##.. ..##..
##..## #...#. #....# .#..#.
##..## #...#. #....# #....#
.####. .###.. .####. .####.

.####. .###.. .####. ..####
##..## #...#. #...## .##.##
##..## #...#. #....# ##..##
.##### .####. .###.# .#####
....## ....#. .....# ....##
...##. ...#.. #....# ...##.
.###.. .##... .####. ..##..
"""


def digits(
    n: int = 200,
    *,
    variants: Sequence[int] = (0, 1, 2, 3),
    shift: bool = True,
    noise: float = 0.1,
    seed: int = 0,
) -> Classified:
    """Digits 0 to 9 as 8×8 pictures, drawn by hand for this project: 64 numbers from 0 to 1, row by row.

    Example i is the digit i mod 10 in one of its drawings, 0 to 3 (drawn for `variants`), put at one of six places
    (`shift`), each pixel p then p + noise·N(0, 1), cut off at 0 and 1. There are only forty drawings: to see whether
    a model knows a shape and not just these, train with variants=(0, 1, 2) and test with variants=(3,).

    >>> xs, ys = digits(10, variants=[1], shift=False, noise=0.0)
    >>> print(picture(xs[4]))
    ·#···#··
    ·#···#··
    ·#···#··
    ·#####··
    ·····#··
    ·····#··
    ·····#··
    ········
    """
    expect("digits", A_LIST, variants=variants)
    expect("digits", A_SEED, seed=seed)
    if not variants or not set(variants) <= {0, 1, 2, 3}:
        raise ValueError(f"variants {variants!r}: each digit is drawn four times, choose among 0, 1, 2, 3")
    rng = random.Random(seed)  # noqa: S311 -- nothing secret is drawn
    blur = _blur(noise, rng)
    drawn = [[row.split() for row in block.splitlines()] for block in DRAWINGS.strip().split("\n\n")]
    xs: Rows = []
    for i in range(at_least_one("n", n)):
        variant = rng.choice(variants)
        across, down = (rng.randrange(3), rng.randrange(2)) if shift else (1, 0)
        rows = ["." * across + row[variant] + "." * (2 - across) for row in drawn[i % 10]]
        rows.insert(0 if down else len(rows), "." * 8)
        xs.append([min(max(blur(float(pixel == "#")), 0.0), 1.0) for row in rows for pixel in row])
    return xs, [i % 10 for i in range(n)]


def picture(pixels: Sequence[float], width: int = 8) -> str:
    """A row of pixels from 0 to 1 as text, `width` to a line, from light to dark: · : + #."""
    expect("picture", A_LIST, pixels=pixels)
    at_least_one("width", width)
    shades = ["·:+#"[min(max(int(4 * p), 0), 3)] for p in pixels]
    return "\n".join("".join(shades[i : i + width]) for i in range(0, len(shades), width))


# --- words -----------------------------------------------------------------------------------------------------------

WORDS = """
acorn alder apple apricot ash aspen aster badger bakery barley barn basil basket beacon bean bear beaver beech
beetle bell berry birch biscuit bluebell boat bonfire bramble bread breeze bridge brook bucket butter button cabin
cake candle canoe carrot castle cedar cellar cherry chestnut chimney cinnamon clay cloud clover coal cobble comet
compass copper coral corner cottage cotton cradle crane cricket crow crystal curtain daisy dawn deer desert dew
dolphin donkey dove dragon drum duck dune dusk eagle earth echo elder elm ember falcon farm feather fern fiddle
field finch fire flame flint flour flower flute fog forest fountain fox frost garden garlic gate ginger glacier
glass glove goat goose granite grape grass gravel grove hammer harbour hare harvest hawk hazel heather hedge heron
hill hollow honey horizon horse island ivory ivy jasmine juniper kettle kite ladder lake lantern larch lark
lavender leaf lemon lichen lilac lily linen lizard maple marble market marsh meadow melon mill mint mirror mist
mole moon moss moth mountain mouse mushroom needle nettle night nutmeg oak oat ocean olive onion orchard otter owl
paddle paper parsley path peach pear pebble pepper petal pigeon pillow pine planet plum pond poppy potato puddle
quarry quilt rabbit rain rainbow raven reed ribbon ridge river robin rose rowan saddle saffron sage salmon salt
sand sea shadow shell shore silver sky snail snow sparrow spider spring spruce squirrel star stone storm straw
stream summer sun swallow swan table thistle thunder tide timber tower trail tree trout tulip turnip valley
velvet village vine violet walnut water wave weasel well wheat whistle willow wind window winter wolf wood wool
wren yarrow
"""


def words() -> list[str]:
    """About 270 plain English words in lower case, for a model that learns to spell.

    >>> words()[:5], sorted(set("".join(words()))) == list("abcdefghijklmnopqrstuvwxyz")
    (['acorn', 'alder', 'apple', 'apricot', 'ash'], True)
    """
    return WORDS.split()


# --- handling examples -----------------------------------------------------------------------------------------------


def examples(data: Data) -> tuple[list[Any], list[Any]]:
    """`data` as two lists xs and ys: from a tuple (xs, ys), or from anything else that gives (x, y) pairs.

    ValueError if there are none, if xs and ys differ in length, or if something is not a pair.

    >>> examples([([0.0], 5.0), ([1.0], 4.0)])
    ([[0.0], [1.0]], [5.0, 4.0])
    """
    if isinstance(data, tuple):
        if len(data) != 2:
            raise ValueError(f"a tuple of {len(data)} is no data set: give (xs, ys), or a list of (x, y) pairs")
        expect("a data set", A_LIST, xs=data[0], ys=data[1])
        xs, ys = _items(data[0]), _items(data[1])
        if len(xs) != len(ys):
            raise ValueError(f"{len(xs)} xs and {len(ys)} ys: each example needs both")
    else:
        expect("a data set", DATA, data=data)
        pairs = [tuple(pair) if isinstance(pair, Iterable) else (pair,) for pair in data]
        wrong = next((i for i, pair in enumerate(pairs) if len(pair) != 2), None)
        if wrong is not None:
            raise ValueError(f"example {wrong} has {len(pairs[wrong])} parts: give (x, y) pairs, or a tuple (xs, ys)")
        xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    if not xs:
        raise ValueError("no examples: the data set is empty")
    return xs, ys


def _items(xs: Any) -> list[Any]:
    """The items of a list or an array, of an array of numbers as Python's own."""
    return xs.tolist() if len(getattr(xs, "shape", ())) == 1 and hasattr(xs, "tolist") else list(xs)


def split(data: Data, test: float = 0.25, *, seed: int = 0) -> tuple[Any, Any]:
    """The examples in two parts by chance: `(xs, ys)` to train on and `(xs, ys)` of the fraction `test` to test on.

    ValueError if either part would be empty.

    >>> train, held_out = split(line(8))
    >>> len(train[0]), len(held_out[0])
    (6, 2)
    """
    xs, ys = examples(data)
    expect("split", A_NUMBER, test=test)
    expect("split", A_SEED, seed=seed)
    held_out = round(test * len(xs))
    if not 0 < held_out < len(xs):
        raise ValueError(f"test={test} of {len(xs)} examples leaves {len(xs) - held_out} and {held_out}: none may be 0")
    order = list(range(len(xs)))
    random.Random(seed).shuffle(order)  # noqa: S311 -- nothing secret is drawn
    train, rest = sorted(order[held_out:]), sorted(order[:held_out])
    return _take(xs, ys, train), _take(xs, ys, rest)


def batches(
    data: Data, size: int | None = None, *, rng: random.Random | None = None
) -> Iterator[tuple[list[Any], list[Any]]]:
    """The examples `size` at a time (the last batch may be smaller), all at once where `size` is None.

    `rng` shuffles them first; without it they keep their order. ValueError for a size below 1.

    >>> [ys for xs, ys in batches(line(), 4)]
    [[5.0, 4.0, 3.0, 2.0], [1.0, 0.0]]
    """
    xs, ys = examples(data)
    size = len(xs) if size is None else at_least_one("batch size", size)
    expect("batches", RANDOM.or_none, rng=rng)
    order = list(range(len(xs)))
    if rng is not None:
        rng.shuffle(order)
    return (_take(xs, ys, order[i : i + size]) for i in range(0, len(xs), size))


def _take(xs: list[X], ys: list[Y], chosen: list[int]) -> tuple[list[X], list[Y]]:
    return [xs[i] for i in chosen], [ys[i] for i in chosen]


# --- shared by all ---------------------------------------------------------------------------------------------------


def at_least_one(what: str, n: int) -> int:
    """`n`, a count of `what`. ValueError unless it is a whole number of at least 1."""
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"{what} is {n!r}: it must be a whole number of at least 1")
    return n


def _spaced(n: int) -> list[float]:
    """n numbers evenly from 0 to 1."""
    return [i / max(n - 1, 1) for i in range(n)]


def _blur(noise: float, seed: int | random.Random) -> Callable[[float], float]:
    """A function that adds normal noise of this standard deviation."""
    expect("a data set", A_NUMBER, noise=noise)
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise is {noise!r}: a standard deviation is at least 0")
    if not isinstance(seed, random.Random):
        expect("a data set", A_SEED, seed=seed)
        seed = random.Random(seed)  # noqa: S311 -- nothing secret is drawn
    rng = seed
    return lambda x: float(x + noise * rng.gauss(0.0, 1.0)) if noise else float(x)


if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error
    __getattr__ = answering(__name__, DATASETS)
