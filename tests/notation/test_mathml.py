"""MathML: each piece is well-formed, and a label comes out as text."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from tests.hostile import HOSTILE
from tinygrad_edu.notation.forms import operation
from tinygrad_edu.notation.mathml import MathML


def element(piece):
    return ElementTree.fromstring(f"<math>{piece}</math>")  # noqa: S314 - our own text


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (2.0, "<mn>2</mn>"),
        (-2.5, "<mo>−</mo><mn>2.5</mn>"),
        (Fraction(-1, 3), "<mo>−</mo><mfrac><mn>1</mn><mn>3</mn></mfrac>"),
        (-1e-9, "<mo>−</mo><mn>1</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>9</mn></mrow></msup>"),
        (2.5e12, "<mn>2.5</mn><mo>×</mo><msup><mn>10</mn><mn>12</mn></msup>"),
        (float("-inf"), "<mo>−</mo><mi>∞</mi>"),
        (float("nan"), "<mi>nan</mi>"),
    ],
)
def test_numbers_are_written_as_mathematics(number, written):
    assert str(MathML.number(number)) == written
    element(MathML.number(number))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", "<mi>x</mi>"),
        ("alpha", "<mi>α</mi>"),
        ("σ", "<mi>σ</mi>"),
        ("w_1", "<msub><mi>w</mi><mn>1</mn></msub>"),
        ("x_max", "<msub><mi>x</mi><mi>max</mi></msub>"),
        ("ŷ", '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'),
        ("f'", "<msup><mi>f</mi><mo>′</mo></msup>"),
        ("loss", "<mi>loss</mi>"),
        ("the loss", "<mtext>the loss</mtext>"),
    ],
)
def test_names_are_set_as_letters_words_or_text(name, written):
    assert str(MathML.name(name)) == written


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_whatever_a_label_holds_comes_out_as_text(label):
    found = element(MathML.name(label))
    assert {each.tag for each in found.iter()} <= {"math", "mi", "mn", "mo", "msub", "msup", "mover", "mtext"}


def test_operations_have_their_own_elements():
    x, y = MathML.name("x"), MathML.name("y")
    assert str(operation("sqrt", ["x"], MathML.name)) == "<msqrt><mi>x</mi></msqrt>"
    assert str(abs(x)) == "<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"
    assert str((x + y) ** 2).startswith("<msup><mrow><mo>(</mo><mi>x</mi>")
    assert str(2 * x) == "<mn>2</mn><mi>x</mi>"
    assert str(1 * x) == "<mi>x</mi>"
    assert str(-1 * x) == "<mo>−</mo><mi>x</mi>"
    assert str(x.derivative(y)) == "<mfrac><mrow><mo>∂</mo><mi>x</mi></mrow><mrow><mo>∂</mo><mi>y</mi></mrow></mfrac>"
    assert [each.text for each in element(operation("hypot", ["x", "y"], MathML.name)).iter("mi")] == [
        "hypot",
        "x",
        "y",
    ]
    assert [each.text for each in element(operation("log_sigmoid", ["x"], MathML.name)).iter("mi")] == ["log", "σ", "x"]
