"""Explanations as text, LaTeX and Markdown."""

import re

import pytest

import tinygrad_edu as tg
from tests.explanations.graphs import branching, composite, named
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import explain

# --- the two passes ------------------------------------------------------------------------------------------


def test_long_equations_are_broken_at_their_signs():
    text = explain(tg.dot([Value(0.5, label=f"weight{i}") for i in range(5)], [1.0] * 5)).text
    assert "\n     = 0.5 × 1 + 0.5 × 1" in text
    assert all(len(line) <= 100 for line in text.splitlines())


# --- the three forms ---------------------------------------------------------------------------------------------


def test_latex_of_the_branching_example():
    latex = explain(branching()[0]).latex
    assert "Given $a = -1$, $b = 3$, $c = 4$\n" in latex
    assert (
        "\\textbf{Forward pass, from the leaves to $f$}\n\\[\n\\begin{aligned}\nx &= a + b = -1 + 3 = 2 \\\\\n" in latex
    )
    assert (
        r"\frac{\partial f}{\partial b} &= \frac{\partial f}{\partial x} \cdot \frac{\partial x}{\partial b} + "
        r"\frac{\partial f}{\partial y} \cdot \frac{\partial y}{\partial b} = 7 \cdot 1 + 2 \cdot 1 = 9"
    ) in latex
    assert r"so $\frac{\partial f}{\partial b} = 7 + 2 = 9$." in latex


def test_latex_and_markdown_of_paths_and_remarks():
    f, x = composite()
    e = explain(f, x, max_lines=2)
    assert r"x \to u \to v \to f &:\quad \frac{\partial f}{\partial v} \cdot" in e.latex
    assert "= \\exp(v) \\cdot \\cos(u) \\cdot 2x \\\\\n&\\approx 2.32" in e.latex
    assert r"&\text{... 1 lines left out ...}" in e.latex
    assert "**Forward pass, on the way from $x$ to $f$**\n\n$$\n\\begin{aligned}\n" in e.markdown
    passes = explain(f)
    assert r"\qquad \text{where }\frac{\partial v}{\partial u} = \cos(u)" in passes.latex
    y = Value(2.0, label="y")
    three = explain(named("f", named("u", y**2) + named("v", y**3) + named("w", y**4)))
    assert "\\\\\n&\\quad \\text{where }" in three.latex


HOSTILE = [
    "\\",
    r"\end{aligned}",
    "$",
    "$$",
    "a$b$",
    "{",
    "}",
    "{}}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a\nb\r\n\n# heading",
    "\x1b[31mred\x00",
    "100%",
    "#1",
    "a&b",
    "&lt;b&gt;",
    "a_b^c~d",
    "`code`",
    "```",
    "**bold**",
    "[x](javascript:alert(1))",
    "x|y",
    "\ud800",
    "\u202eabc",
    "w" * 100_000,
    "]",
    r"\\[",
    "-1",
    "a + b",
    " ",
]


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_no_label_breaks_text_latex_or_markdown(label):
    x, y = Value(2.0, label=label), Value(3.0, label="y")
    z = named(label + "z", tg.relu(x * y - x / y + x**2 + x * x + tg.leaky_relu(-x) + y**x))
    f = tg.logsumexp([z, x]) * 1e-9 + tg.max([x, y])
    for e in (explain(f), explain(f, x)):
        for form in (e.text, e.latex, e.markdown):
            assert all(c == "\n" or c.isprintable() for c in form)
            form.encode()  # no lone surrogates
        assert len(e.text) < 20_000
        for mathematics in (e.latex, e.markdown):
            assert not re.search(r"<[A-Za-z/!?]", mathematics)
            assert "`" not in mathematics
            bare = re.sub(r"\\.", "", mathematics)
            assert bare.count("{") == bare.count("}")
            assert bare.count("$") % 2 == 0
            assert re.search(r"(?<!\\)[%#]", mathematics) is None
            assert mathematics.count(r"\begin{aligned}") == mathematics.count(r"\end{aligned}") > 0
        outside = re.sub(r"\$\$.*?\$\$|\$.*?\$", "", e.markdown, flags=re.DOTALL)
        assert re.fullmatch(r"[\w\s.,:;()*-]*", outside), outside
        lines = e.text.splitlines()
        assert all(len(line) < 1500 for line in lines)
