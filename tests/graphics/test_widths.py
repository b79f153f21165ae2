"""The widths of texts."""

import pytest

from tinygrad_edu.graphics.widths import text_width


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("value", 239),
        ("x\u0301", 50),  # an accent takes no room
        ("重", 100),
        ("⁹", 36.5),
        ("Ж", 68),
        ("ж", 57),
        ("\u200c", 0),
    ],
)
def test_widths_in_letters_of_size_100(text, width):
    assert text_width(text, 100) == pytest.approx(width)
    assert text_width(text, 50, bold=True) == pytest.approx(width / 2 * 1.07)


def test_each_letter_has_the_width_of_its_kind():
    letters = "i a(*cz0+FAHGm@重ЖжЖ́²"
    widths = [222, 278, 556, 340, 420, 500, 500, 556, 584, 615, 667, 722, 780, 860, 1000, 1000, 680, 570, 680, 0, 365]
    assert [text_width(letter, 1000) for letter in letters] == widths


def test_the_widths_are_those_that_a_browser_measures_with_liberation_sans(page):
    words = [
        "value",
        "gradient",
        "x = a + b",
        "∂f/∂x = 7",
        "0123456789",
        "-1.5e-300",
        "Gradients add at branches",
        "MWij",
    ]
    page.set_content("<canvas></canvas>")
    pen = "const pen = document.querySelector('canvas').getContext('2d')"
    measure = f"([font, text]) => {{ {pen}; pen.font = font; return pen.measureText(text).width }}"
    for word in words:
        for style, bold in (("100px 'Liberation Sans', Arial", False), ("bold 100px 'Liberation Sans', Arial", True)):
            assert text_width(word, 100, bold=bold) == pytest.approx(page.evaluate(measure, [style, word]), rel=0.08)
