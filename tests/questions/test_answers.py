"""What people type is read as exact numbers, and whatever cannot be read is answered with how to write one."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tinygrad_edu import Value
from tinygrad_edu.questions.answers import HOW, Given, agrees, is_near, read, within, written


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("9", 9),
        (" -2 ", -2),
        ("−2", -2),
        ("+0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("0,5", Fraction(1, 2)),
        ("5,0", 5),
        ("-0,125", Fraction(-1, 8)),
        ("1234,000", 1234),
        ("1/3", Fraction(1, 3)),
        ("-1 / 3", Fraction(-1, 3)),
        ("1⁄3", Fraction(1, 3)),
        ("∂f/∂b = 9", 9),
        ("x=-2", -2),
        ("≈ 0.33", Fraction(33, 100)),
        ("1e-3", Fraction(1, 1000)),
        ("2E2", 200),
        (9, 9),
        (0.1, Fraction(1, 10)),
        (Fraction(2, 3), Fraction(2, 3)),
        (Decimal("0.25"), Fraction(1, 4)),
        (np.float64(0.5), Fraction(1, 2)),
        (np.int64(-3), -3),
        (Value(4.0), 4),
        (10**400, 10**400),
    ],
)
def test_a_number_is_read_exactly(answer, number):
    assert read(answer).number == number


@pytest.mark.parametrize(
    "answer",
    [
        "nan", "inf", "-Infinity", math.nan, math.inf, -math.inf, Decimal("nan"), "1/0", "0/0", "import os", "=", "x =",
        "9 or 10", "1/2/3", "1e9999", "9" * 100, "2**3", "(1)", "½", "1_000", "٣", "9\n8", [9], {9: 9}, (1, 2), True,
        object(), lambda: 9, 3 + 0j, np.array([1.0, 2.0]), "--2", "1e", "/", b"9", "9" * 10**6, "\x1b[31m9",
        "0x9", False,
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_how_to_write_one(answer):
    reason = read(answer)
    assert isinstance(reason, str)
    assert "write a number" in reason
    assert len(reason) < 250
    assert reason.isprintable()


@pytest.mark.parametrize("answer", ["5,000", "-1,333", "x = 125,000"])
def test_a_comma_that_can_be_a_decimal_point_or_a_mark_of_thousands_is_asked_back(answer):
    written_as = answer.removeprefix("x = ")
    point, whole = written_as.replace(",", "."), written_as.replace(",", "")
    assert read(answer) == f"cannot tell whether {written_as} is {point} or {whole}: {HOW}"


@pytest.mark.parametrize("answer", ["a=5=5", "x == 5", "5 = 5 = 6"])
def test_more_than_one_equals_sign_is_refused(answer):
    assert read(answer) == f"cannot read {answer!r}, which has more than one equals sign: {HOW}"


@pytest.mark.parametrize("answer", [None, "", "   "])
def test_nothing_is_no_answer_yet(answer):
    assert read(answer).startswith("no answer yet")


def test_a_number_agrees_exactly_or_rounded_to_three_digits():
    third, small = Fraction(1, 3), Fraction(1, 64)
    assert [agrees(read(text), third) for text in ("1/3", "0.333", "0.33333", "0.33", "0.334")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert [agrees(read(text), small) for text in ("0.0156", "0.015625", "0.016", "1.56e-2")] == [
        True, True, False, True,
    ]  # fmt: skip
    assert not agrees(read("9.001"), Fraction(9))
    assert agrees(read(0.1 + 0.2), Fraction(3, 10))
    assert agrees(Given(Fraction(7)), Fraction(7))


@pytest.mark.parametrize(
    ("answer", "number", "unit", "digits"),
    [
        ("0.50", Fraction(1, 2), Fraction(1, 100), 2),
        ("-0.050", Fraction(-1, 20), Fraction(1, 1000), 2),
        ("12.5e-3", Fraction(1, 80), Fraction(1, 10_000), 3),
        ("5.", Fraction(5), None, 1),
        ("0.5e1", Fraction(5), None, 1),
        ("0.55e1", Fraction(11, 2), Fraction(1, 10), 2),
        ("5e-1", Fraction(1, 2), Fraction(1, 10), 1),
        ("1200", Fraction(1200), None, 4),
        ("0", Fraction(0), None, 0),
        ("1/3", Fraction(1, 3), None, 0),
        (0.25, Fraction(1, 4), Fraction(1, 100), 2),
        (7, Fraction(7), None, 0),
    ],
)
def test_of_a_decimal_the_unit_and_the_digits_are_known(answer, number, unit, digits):
    assert read(answer) == Given(number, unit, digits)


def test_an_answer_of_forty_characters_is_read_and_no_longer_one():
    assert read("x" * 38 + "=5") == Given(Fraction(5), None, 1)
    assert read("x" * 39 + "=5").startswith("cannot read 'xxx")
    assert read("a=" + "x" * 36 + "=5") == f"cannot read 'a={'x' * 36}=5', which has more than one equals sign: {HOW}"
    assert "equals sign" not in read("a=" + "x" * 37 + "=5")


def test_half_a_unit_and_a_billionth_are_just_near_enough():
    three = Given(Fraction(333, 1000), Fraction(1, 1000), 3)
    hair = Fraction(1, 10**15)
    assert agrees(three, Fraction(3335, 10_000))
    assert agrees(three, Fraction(3325, 10_000))
    assert not agrees(three, Fraction(3335, 10_000) + hair)
    assert not agrees(three._replace(digits=2), Fraction(3335, 10_000))
    assert not agrees(three._replace(unit=None), Fraction(3335, 10_000))
    for exact in (Fraction(100), Fraction(-100)):
        assert agrees(Given(exact + Fraction(1, 10**7)), exact)
        assert not agrees(Given(exact + Fraction(1, 10**7) + hair), exact)
    for exact in (Fraction(1), Fraction(1, 100), Fraction(0)):
        assert agrees(Given(exact - Fraction(1, 10**9)), exact)
        assert not agrees(Given(exact - Fraction(1, 10**9) - hair), exact)


def test_a_fortieth_apart_is_just_near():
    unit, hair = Fraction(1, 1000), Fraction(1, 10**15)
    for exact in (Fraction(4), Fraction(-4)):
        assert is_near(Given(exact + Fraction(1, 10), unit), exact)
        assert not is_near(Given(exact + Fraction(1, 10) + hair, unit), exact)
        assert not is_near(Given(exact + Fraction(1, 10)), exact)  # a whole number or a fraction is not rounded
    assert is_near(Given(Fraction(1, 3)), Fraction(1, 3) + Fraction(1, 1000))
    assert is_near(Given(Fraction(51, 100)), Fraction(1, 2))
    assert not is_near(Given(Fraction(101)), Fraction(100))


def test_what_is_rounded_too_early_is_near_and_a_wrong_whole_number_is_not():
    assert is_near(read("0.33"), Fraction(1, 3))
    assert is_near(read("1/3"), Fraction(33, 100))
    assert not is_near(read("102"), Fraction(100))
    assert not is_near(read("0.4"), Fraction(1, 3))


def test_numbers_are_written_as_people_write_them():
    assert [written(Fraction(n, d)) for n, d in ((6, 3), (-1, 2), (1, 3), (1, 10_000), (3, 20_000))] == [
        "2", "-0.5", "1/3", "0.0001", "3/20000",
    ]  # fmt: skip
    assert written(-0.25) == "-0.25"
    assert [written(Fraction(1, n)) for n in (16, 32, 625, 1250)] == ["0.0625", "1/32", "0.0016", "0.0008"]
    assert (within(Fraction(0)), within(Fraction(3)), within(Fraction(-1, 2))) == ("0", "3", "(-0.5)")
    assert within(Fraction(-1, 3)) == "(-1/3)"
