"""The data sets: each by its formula, the same for the same seed, and the helpers that hand examples out."""

import itertools
import math
import random

import pytest

from tinygrad_edu import datasets
from tinygrad_edu.datasets import (
    batches,
    blobs,
    circles,
    curve,
    digits,
    examples,
    line,
    moons,
    picture,
    spirals,
    split,
    words,
    xor,
)

SETS = {
    "line": lambda **options: line(12, **options),
    "curve": lambda **options: curve("sin", 12, **options),
    "moons": lambda **options: moons(12, **options),
    "circles": lambda **options: circles(12, **options),
    "xor": lambda **options: xor(12, **options),
    "spirals": lambda **options: spirals(12, classes=3, **options),
    "blobs": lambda **options: blobs(12, classes=3, **options),
    "digits": lambda **options: digits(12, **options),
}


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_rows_of_floats_with_one_y_each(name):
    xs, ys = SETS[name](noise=0.1)
    assert len(xs) == len(ys) == 12
    assert all(type(number) is float for row in xs for number in row)
    assert len({len(row) for row in xs}) == 1
    kinds = {type(y) for y in ys}
    assert kinds == ({int} if name in ("spirals", "blobs", "digits") else {float})  # numbers of classes are whole


@pytest.mark.parametrize("name", SETS)
def test_a_seed_gives_the_same_numbers_each_time_and_another_seed_others(name):
    state = random.getstate()
    assert SETS[name](noise=0.1, seed=1) == SETS[name](noise=0.1, seed=1)
    assert SETS[name](noise=0.1, seed=1) != SETS[name](noise=0.1, seed=2)
    assert random.getstate() == state  # nobody's global generator moves


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("noise", [-0.1, math.nan, math.inf])
def test_noise_must_be_a_standard_deviation(name, noise):
    with pytest.raises(ValueError, match="noise is"):
        SETS[name](noise=noise)


@pytest.mark.parametrize("make", [line, lambda n: curve("sin", n), moons, circles, xor, spirals, blobs, digits])
@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_there_must_be_at_least_one_example(make, n):
    with pytest.raises(ValueError, match=rf"n is {n}"):
        make(n)


@pytest.mark.parametrize("make", [line, lambda n: curve("sin", n), moons, circles, xor, spirals, blobs, digits])
def test_one_example_is_enough(make):
    xs, ys = make(1)
    assert len(xs) == len(ys) == 1


# --- regression ------------------------------------------------------------------------------------------------------


def test_line_has_the_worked_example_points():
    assert line() == ([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    assert line(2, slope=2.0, intercept=1.0) == ([[0.0], [1.0]], [1.0, 3.0])


@pytest.mark.parametrize("name", ["sin", "cos", "tanh"])
def test_curve_has_fifty_evenly_spaced_points_of_five_times_the_function(name):
    xs, ys = curve(name)
    assert len(xs) == 50
    assert (xs[0], xs[-1]) == ([-5.0], [5.0])
    gaps = [b - a for (a,), (b,) in itertools.pairwise(xs)]
    assert gaps == pytest.approx([10 / 49] * 49)
    assert ys == [5.0 * getattr(math, name)(x) for (x,) in xs]


def test_curve_takes_any_function_and_says_which_names_it_knows():
    assert curve(lambda x: x * x, 3, low=0.0, high=2.0, scale=1.0) == ([[0.0], [1.0], [2.0]], [0.0, 1.0, 4.0])
    with pytest.raises(ValueError, match="no curve 'sinus': use sin, cos, tanh, or a function of your own"):
        curve("sinus")


@pytest.mark.parametrize("name", [name for name in SETS if name != "digits"])
def test_noise_is_drawn_number_by_number_and_added(name):
    """To y where x is given, else to each coordinate; without a seed that is that of 0."""
    on_y = name in ("line", "curve")
    xs, ys = SETS[name](noise=0.0)
    numbers = ys if on_y else [x for row in xs for x in row]
    for seed, options in ((0, {}), (5, {"seed": 5})):
        rng = random.Random(seed)
        xs, ys = SETS[name](noise=0.25, **options)
        noisy = ys if on_y else [x for row in xs for x in row]
        assert noisy == pytest.approx([x + 0.25 * rng.gauss(0.0, 1.0) for x in numbers], rel=1e-12)


def test_two_points_are_the_ends():
    assert curve(lambda x: x, 2, low=1.0, high=4.0, scale=2.0) == ([[1.0], [4.0]], [2.0, 8.0])
    assert curve(lambda x: x, 1, low=1.0, high=4.0) == ([[1.0]], [5.0])
    assert curve(lambda x: x, 5, low=0.0, high=1.0, scale=1.0)[1] == [0.0, 0.25, 0.5, 0.75, 1.0]
    xs, _ = moons(4, noise=0.0)
    assert xs == [pytest.approx(x, abs=1e-15) for x in ([1.0, 0.0], [0.0, 0.5], [-1.0, 0.0], [2.0, 0.5])]
    assert moons(5, noise=0.0)[0][2] == pytest.approx([0.0, 1.0])
    xs, _ = spirals(4, noise=0.0, turns=0.5)
    ends = ([0.1 * math.cos(0.1 * math.pi), 0.1 * math.sin(0.1 * math.pi)], [-1.0, 0.0])
    assert [xs[0], xs[2]] == [pytest.approx(x, abs=1e-15) for x in ends]
    assert [xs[1], xs[3]] == [pytest.approx([-a, -b], abs=1e-15) for a, b in ends]


def test_noise_has_the_standard_deviation_it_was_given():
    errors = [y - 5.0 + x for (x,), y in zip(*line(4000, noise=0.5), strict=True)]
    assert math.fsum(errors) / 4000 == pytest.approx(0.0, abs=0.05)
    assert math.sqrt(math.fsum(e * e for e in errors) / 4000) == pytest.approx(0.5, rel=0.05)


# --- classes in the plane --------------------------------------------------------------------------------------------


def test_moons_are_two_half_circles():
    xs, ys = moons(40, noise=0.0)
    upper = [x for x, y in zip(xs, ys, strict=True) if y == -1.0]
    lower = [x for x, y in zip(xs, ys, strict=True) if y == 1.0]
    assert len(upper) == len(lower) == 20
    assert [math.hypot(a, b) for a, b in upper] == pytest.approx([1.0] * 20)
    assert [math.hypot(a - 1.0, b - 0.5) for a, b in lower] == pytest.approx([1.0] * 20)
    assert all(b >= 0 for _, b in upper)
    assert all(b <= 0.5 for _, b in lower)
    assert upper[-1] == pytest.approx([-1.0, 0.0])  # both ends of the half circle are there


def test_circles_have_their_two_radii():
    xs, ys = circles(21, factor=0.3, noise=0.0, labels=(0, 1))
    assert [math.hypot(*x) for x in xs] == pytest.approx([0.3 if y else 1.0 for y in ys])
    assert len({(round(a, 6), round(b, 6)) for a, b in xs}) == 21  # the circle's end is not its start again


def test_xor_is_of_the_second_class_where_the_inputs_differ():
    xs, ys = xor(8, labels=(0, 1))
    assert ys == [float(a != b) for a, b in xs]
    assert {tuple(x) for x in xs} == {(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)}


def test_spirals_wind_outwards_one_arm_per_class():
    xs, ys = spirals(30, classes=3, turns=0.75, noise=0.0)
    assert ys == [0, 1, 2] * 10
    for (a, b), k, i in zip(xs, ys, range(30), strict=True):
        r = 0.1 + 0.9 * (i // 3) / 9
        angle = 2 * math.pi * (0.75 * r + k / 3)
        assert (a, b) == pytest.approx((r * math.cos(angle), r * math.sin(angle)))
    assert math.hypot(*xs[-1]) == pytest.approx(1.0)


def test_blobs_lie_around_their_centres():
    xs, ys = blobs(3000, classes=3, radius=2.0, noise=0.5)
    for k in range(3):
        own = [x for x, y in zip(xs, ys, strict=True) if y == k]
        centre = [math.fsum(column) / len(own) for column in zip(*own, strict=True)]
        angle = 2 * math.pi * k / 3
        assert centre == pytest.approx([2.0 * math.cos(angle), 2.0 * math.sin(angle)], abs=0.06)


@pytest.mark.parametrize("make", [spirals, blobs])
def test_there_must_be_at_least_one_class(make):
    with pytest.raises(ValueError, match="classes is 0"):
        make(10, classes=0)


# --- digits and words ------------------------------------------------------------------------------------------------


def test_the_forty_drawings_are_whole_and_all_different():
    blocks = datasets.DRAWINGS.strip().split("\n\n")
    assert len(blocks) == 10
    for block in blocks:
        rows = [row.split() for row in block.splitlines()]
        assert [len(row) for row in rows] == [4] * 7
        assert {len(part) for row in rows for part in row} == {6}
        assert set(block) <= set(".# \n")
    pictures = {tuple(digits(10, variants=[v], shift=False, noise=0.0)[0][k]) for v in range(4) for k in range(10)}
    assert len(pictures) == 40


def test_digits_are_pixels_from_zero_to_one_and_the_classes_take_turns():
    xs, ys = digits(50, noise=0.5)
    assert ys == list(range(10)) * 5
    assert {len(x) for x in xs} == {64}
    assert all(0.0 <= pixel <= 1.0 for x in xs for pixel in x)


def test_a_shifted_digit_keeps_all_its_pixels_at_one_of_six_places():
    still = digits(10, variants=[0], shift=False, noise=0.0)[0]
    places = {0: set(), 1: set()}
    for seed in range(30):
        xs, _ = digits(10, variants=[0], noise=0.0, seed=seed)
        assert [sum(x) for x in xs] == [sum(x) for x in still]
        for k, seen in places.items():
            seen.add(tuple(xs[k]))
    assert [len(seen) for seen in places.values()] == [6, 6]


def as_drawn(digit, variant, across, down):
    """The drawing in the text, `across` pixels from the left, a line lower with `down`."""
    block = datasets.DRAWINGS.strip().split("\n\n")[digit].splitlines()
    rows = ["." * across + line.split()[variant] + "." * (2 - across) for line in block]
    rows = ["........", *rows] if down else [*rows, "........"]
    return [float(pixel == "#") for row in rows for pixel in row]


@pytest.mark.parametrize(("noise", "shift", "seed"), [(0.0, False, 0), (0.0, True, 0), (0.3, True, 4)])
def test_each_digit_is_one_of_its_drawings_at_its_place_with_noise_cut_off(noise, shift, seed):
    rng = random.Random(seed)
    expected = []
    for i in range(45):
        variant = rng.choice((0, 1, 2, 3))
        across, down = (rng.randrange(3), rng.randrange(2)) if shift else (1, 0)
        pixels = as_drawn(i % 10, variant, across, down)
        expected.append([min(1.0, max(0.0, x + noise * rng.gauss(0.0, 1.0))) if noise else x for x in pixels])
    assert digits(45, noise=noise, shift=shift, seed=seed) == (expected, [i % 10 for i in range(45)])


@pytest.mark.parametrize("variants", [(), (4,), (0, -1)])
def test_digits_are_drawn_in_four_variants(variants):
    with pytest.raises(ValueError, match="choose among 0, 1, 2, 3"):
        digits(10, variants=variants)


def test_picture_shows_light_and_dark():
    assert picture([0.0, 0.3, 0.6, 1.0, -5.0, 7.0], width=3) == "·:+\n#·#"
    assert picture([0.2499, 0.25, 0.4999, 0.5, 0.7499, 0.75, 1.0, 0.0, 1.0]) == "·::++##·\n#"
    assert picture([], width=1) == ""
    with pytest.raises(ValueError, match="width is 0"):
        picture([1.0], width=0)


def test_words_are_plain_lower_case_each_once():
    listed = words()
    assert len(listed) == len(set(listed)) > 200
    assert listed == sorted(listed)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in listed)
    listed.clear()
    assert words()  # what a caller does to the list is the caller's


# --- examples, split, batches ----------------------------------------------------------------------------------------


def test_examples_come_as_a_tuple_of_two_or_as_pairs():
    assert examples(([[1.0], [2.0]], [3.0, 4.0])) == ([[1.0], [2.0]], [3.0, 4.0])
    assert examples([([1.0], 3.0), ([2.0], 4.0)]) == ([[1.0], [2.0]], [3.0, 4.0])
    assert examples(zip([[1.0], [2.0]], [3.0, 4.0], strict=True)) == ([[1.0], [2.0]], [3.0, 4.0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (([1.0, 2.0], [3.0]), "2 xs and 1 ys"),
        (([1.0], [2.0], [3.0]), "a tuple of 3 is no data set"),
        ([([1.0], 2.0), ([1.0], 2.0, 3.0)], "example 1 has 3 parts"),
        (([], []), "no examples"),
        ([], "no examples"),
    ],
)
def test_what_is_no_data_set_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        examples(data)


def test_split_gives_each_example_to_one_part():
    data = line(20)
    (xs, ys), (test_xs, test_ys) = split(data, 0.3, seed=3)
    assert len(test_xs) == 6
    assert sorted(xs + test_xs) == data[0]
    assert all(y == 5.0 - x for (x,), y in zip(xs + test_xs, ys + test_ys, strict=True))
    assert split(data, 0.3, seed=3) == ((xs, ys), (test_xs, test_ys))
    assert split(data, 0.3, seed=4) != ((xs, ys), (test_xs, test_ys))


def test_split_rounds_to_whole_examples_and_keeps_their_order():
    for n, test, held_out in ((2, 0.5, 1), (10, 0.14, 1), (10, 0.16, 2), (10, 0.94, 9), (4, 0.25, 1), (3, 0.2, 1)):
        order = list(range(n))
        random.Random(7).shuffle(order)
        train, rest = split(line(n), test, seed=7)
        assert rest[0] == [[float(i)] for i in sorted(order[:held_out])]
        assert train[0] == [[float(i)] for i in sorted(order[held_out:])]
    for test in (0.04, 0.96):
        with pytest.raises(ValueError, match=rf"test={test} of 10 examples leaves \d+ and \d+: none may be 0"):
            split(line(10), test)


@pytest.mark.parametrize("test", [0.0, 1.0, -0.5, 2.0])
def test_split_leaves_no_part_empty(test):
    with pytest.raises(ValueError, match="none may be 0"):
        split(line(), test)


def test_batches_hand_out_every_example_once():
    assert [xs for xs, _ in batches(line(), 4)] == [[[0.0], [1.0], [2.0], [3.0]], [[4.0], [5.0]]]
    assert [len(xs) for xs, _ in batches(line())] == [6]
    shuffled = list(batches(line(), 2, rng=random.Random(1)))
    order = [x for xs, _ in shuffled for (x,) in xs]
    assert order != sorted(order)
    assert sorted(order) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert all(y == 5.0 - x for xs, ys in shuffled for (x,), y in zip(xs, ys, strict=True))


def test_batches_are_as_large_as_asked_whatever_is_left():
    for size, lengths in ((1, [1] * 6), (2, [2, 2, 2]), (5, [5, 1]), (6, [6]), (7, [6]), (None, [6])):
        assert [len(xs) for xs, _ in batches(line(), size)] == lengths
    order = list(range(6))
    random.Random(3).shuffle(order)
    assert [xs for xs, _ in batches(line(), 3, rng=random.Random(3))] == [
        [[float(i)] for i in order[:3]],
        [[float(i)] for i in order[3:]],
    ]


def test_arrays_are_read_as_python_s_own_numbers():
    numpy = pytest.importorskip("numpy")
    xs, ys = examples((numpy.array([1.0, 2.0]), numpy.array([3, 4])))
    assert [type(each) for each in (*xs, *ys)] == [float, float, int, int]
    rows, _ = examples((numpy.ones((2, 3)), numpy.array([3.0, 4.0])))
    assert [row.shape for row in rows] == [(3,), (3,)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1.0, 2.0], "example 0 has 1 parts: give"),
        ([(1.0, 2.0), [1.0]], "example 1 has 1 parts: give"),
        (((), ()), "no examples: the data set is empty"),
        (([1.0],), "a tuple of 1 is no data set"),
    ],
)
def test_examples_that_are_no_pairs_are_counted(data, message):
    with pytest.raises(ValueError, match=message):
        examples(data)


def test_a_batch_has_at_least_one_example():
    with pytest.raises(ValueError, match="batch size is 0"):
        batches(line(), 0)
