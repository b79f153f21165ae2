"""Names, numbers and lists as people read them."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy

from tinygrad_edu import Value
from tinygrad_edu.notation.words import escaped, names, number_text, plain

LETTERS = "pqrstuvw"


# --- names ---------------------------------------------------------------------------------------------------


def test_values_go_by_their_labels_and_made_up_names_avoid_them():
    values = [Value(1.0, label="v1"), Value(2.0), Value(3.0, label="a"), Value(4.0, label="a"), Value(5.0)]
    assert list(names(values).values()) == ["v1", "v2", "a", "v3", "v4"]


def test_names_are_given_after_labels_are_made_plain():
    values = [Value(1.0, label="a\nb"), Value(2.0, label="a b"), Value(3.0, label=" \t ")]
    assert list(names(values).values()) == ["a b", "v1", "v2"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("loss", "loss"),
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x00\x7f", "\ufffd\ufffd"),
        ("\ud800", "\ufffd"),
        ("\u202eabc", "\ufffdabc"),
        ("a\u200db", "a\u200db"),
        ("w" * 100_000, "w" * 39 + "…"),
    ],
)
def test_labels_are_fit_for_a_line_of_text(label, shown):
    assert plain(label) == shown


# --- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (14.0, "14"),
        (-0.0, "0"),
        (12345.0, "12345"),
        (1234567.0, "1234567"),
        (1.5e9, "1.5e+09"),
        (0.1 + 0.2, "0.3"),
        (2.319776824715853, "2.32"),
        (-1e-9, "-1e-09"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (7, "7"),
        (10**40, "an int of 133 bits"),
        (Fraction(-1, 3), "-1/3"),
        (Fraction(10**30 + 1, 3 * 10**30), "0.3333"),
        (Fraction(10**400 + 1, 3), "a fraction of 1331 bits"),
        (Decimal("0.10"), "0.10"),
        (Decimal(1) / Decimal(3), "0.3333"),
        (sympy.Symbol("s") ** 2, "s**2"),
        (Value(0.5), "0.5"),  # the data of a nested transform's Value
    ],
)
def test_numbers_are_short_and_whole_where_they_can_be(number, shown):
    assert number_text(number) == shown


def test_digits_are_significant_digits():
    assert [number_text(2 / 3, digits) for digits in (1, 3, 17)] == ["0.7", "0.667", "0.66666666666666663"]


# --- in Markdown ---


def test_markdown_is_told_not_to_obey():
    assert escaped("a|`_") == "a\\|\\`\\_"
    assert escaped("<b>&*[x]#~$!") == "&lt;b>&amp;\\*\\[x\\]\\#\\~\\$\\!"
