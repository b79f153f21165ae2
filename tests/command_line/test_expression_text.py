"""Errors about a text: where the caret stands, and that nothing steers the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line.evaluating import error_of
from tinygrad_edu.command_line.expression_text import (
    pointed,
    printable,
)

# --- what is refused, and where ----------------------------------------------------------------------------------


def test_an_error_shows_the_text_and_a_caret():
    assert str(error_of("2 * (a + )")) == (
        'expected a number, a name or "(", found ")"\n'
        "  2 * (a + )\n"
        "           ^"
    )  # fmt: skip


def test_the_caret_finds_its_column_under_any_letters():
    assert pointed("日本 ?", 3) == "  日本 ?\n       ^"
    assert pointed("e\N{COMBINING ACUTE ACCENT} ?", 3) == "  e\N{COMBINING ACUTE ACCENT} ?\n    ^"
    assert pointed("\x1b ?", 2) == "  \\x1b ?\n       ^"
    assert pointed("a\n?", 2) == "  a ?\n    ^"


def test_of_a_long_text_the_part_around_the_caret_is_shown():
    line, caret = pointed("a" * 100 + "?" + "b" * 100, 100).splitlines()
    assert line == "  ..." + "a" * 60 + "?" + "b" * 59 + "..."
    assert caret.index("^") == line.index("?")


def test_a_text_is_cut_beyond_60_characters_on_either_side():
    whole = "a" * 60 + "?" + "b" * 59
    assert pointed(whole, 60) == f"  {whole}\n  {' ' * 60}^"
    assert pointed("c" + whole, 61) == f"  ...{whole}\n  {' ' * 63}^"
    assert pointed(whole + "c", 60) == f"  {whole}...\n  {' ' * 60}^"
    assert pointed("abc?def", 3, window=2) == "  ...bc?d...\n       ^"


@pytest.mark.parametrize("text", ["\x1b[2J", "\x00", "\x9b31m", "\u202e", "\u200b", "\ud800", "\u2028", "\x7f", "\x08"])
def test_nothing_that_steers_a_terminal_comes_back(text):
    error = error_of(f"a + {text}")
    assert all(line.isprintable() for line in str(error).split("\n"))
    assert repr(text[0])[1:-1] in error.reason


@given(st.text(st.characters()))
def test_printable_text_is_left_alone_and_the_rest_is_escaped(text):
    assert printable(text).isprintable()
    if text.isprintable():
        assert printable(text) == text
