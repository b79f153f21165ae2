"""How names, numbers, formulas and local gradients are written, as text and in LaTeX: they must read and be right."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy

import tinygrad_edu as tg
from tests.operations import TABLE
from tinygrad_edu import Value
from tinygrad_edu.explanations.story import uses_by
from tinygrad_edu.notation.forms import (
    AS_PEOPLE_WRITE,
    formula,
    kink,
    local_form,
    operation,
    sum_of_products,
)
from tinygrad_edu.notation.latex import Latex, MarkdownLatex
from tinygrad_edu.notation.text import Text
from tinygrad_edu.notation.words import names, number_text, plain, shortened

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


# --- formulas, in pictures and tables ---------------------------------------------------------------


def test_formulas_show_operands_by_name_and_numbers_as_they_are():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    named = {x: "x", y: "y"}
    results = [x + y, 5 - x, 2 * x, x / y, x**3, -x, tg.dot([x, 2.0], [y, y]), tg.maximum(x, 0.5), x]
    assert [formula(z, named) for z in results] == [
        "x + y",
        "5 - x",
        "2 × x",
        "x / y",
        "x³",
        "-x",
        "x × y + 2 × y",
        "maximum(x, 0.5)",
        "x",
    ]
    assert formula(x + y, {x: "x"}) == "x + 3"  # a value of an outer transform has no name here


# --- mathematics as text ---------------------------------------------------------------------------------------


def pieces(kind=Text):
    return kind.name("x"), kind.name("y"), kind.number(-3), kind.name("my loss")


def test_text_has_the_parentheses_it_needs_and_no_others():
    x, y, n, label = pieces()
    written = {
        x - n: "x - (-3)",
        n - x: "-3 - x",
        x - (y - x): "x - (y - x)",
        (x + y) * (x - y): "(x + y) · (x - y)",
        n * n: "-3 · (-3)",
        x / (y * x): "x/(y · x)",
        (-x) / y: "-x/y",
        x * (-x / y): "x · (-x/y)",
        n**2: "(-3)²",
        (x * y) ** 2: "(x · y)²",
        x**y: "x^y",
        x ** (y - 1): "x^(y - 1)",
        x**-1: "x⁻¹",
        x**0.5: "x^0.5",
        2**x: "2^x",
        -(x + y): "-(x + y)",
        label * x: "(my loss) · x",
        label.derivative(x): "∂(my loss)/∂x",
        abs(x - y): "|x - y|",
        (1 - x).sqrt(): "√(1 - x)",
        x.over(y): "x / y",
        Text.number(Fraction(1, 2)) ** 2: "(1/2)²",
        x * Text.number(Fraction(-1, 2)): "x · (-1/2)",
        x * Text.number(sympy.Symbol("s") + 1): "x · (s + 1)",
        x * Text.number(sympy.sin(sympy.Symbol("s"))): "x · sin(s)",
    }
    assert {str(piece) for piece in written} == set(written.values())
    assert [str(piece) for piece in written] == list(written.values())


def test_rules_leave_out_factors_and_exponents_that_say_nothing():
    x, y, *_ = pieces()
    assert [str(p) for p in (1 * x, -1 * x, 0 * x, x**1, x**0, x**1.0, 2 * x, 2 * (x + y), 2.5 * x)] == [
        "x",
        "-x",
        "0",
        "x",
        "1",
        "x",
        "2x",
        "2 · (x + y)",
        "2.5 · x",
    ]
    assert str(2 * Text.name("loss")) == "2 · loss"


def test_long_sums_show_first_and_last_terms():
    xs = [Value(float(i)) for i in range(10)]
    named = names(xs)
    for op, shown in (
        ("sum", "v1 + v2 + v3 + v4 + … + v10"),
        ("prod", "v1 × v2 × v3 × v4 × … × v10"),
        ("max", "max(v1, v2, v3, v4, …, v10)"),
    ):
        assert str(operation(op, xs, lambda x: Text.name(named[x]))) == shown
    dot = operation("dot", xs * 2, lambda x: Text.name(named[x]))
    assert str(dot) == "v1 × v1 + v2 × v2 + v3 × v3 + v4 × v4 + … + v10 × v10"
    assert shortened([1, 2, 3], None) == [1, 2, 3]


def test_negative_numbers_within_a_sum_are_in_parentheses_but_not_at_its_start():
    n = Text.number(-3)
    assert str(sum_of_products([(n, n), (n, n), (n,)], " · ")) == "-3 · (-3) + (-3) · (-3) + (-3)"


# --- LaTeX -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("w1", "w_1"),
        ("w_12", "w_{12}"),
        ("w₁", "w_1"),
        ("x'", "x'"),
        ("x_max", r"x_{\mathit{max}}"),
        ("x_i", "x_i"),
        ("ŷ", r"\hat{y}"),
        ("σ", r"\sigma"),
        ("alpha2", r"\alpha_2"),
        ("loss", r"\mathit{loss}"),
        ("my loss", r"\text{my loss}"),
        ("é", r"\text{é}"),
        ("100%", r"\text{100}\%"),
        (r"\end{aligned}", r"\backslash \text{end}\lbrace \text{aligned}\rbrace "),
        ("$x$", r"\$\text{x}\$"),
        ("<b>", r"{<}\text{b}{>}"),
        ("a_b^c~d&e#f", r"\text{a}\_\text{b}\wedge \text{c}\sim \text{d}\&\text{e}\#\text{f}"),
        ('[`"|*]', r"\lbrack \text{‘}\text{''}\vert \ast \rbrack "),
        ("a\nb\x1b", "\\text{a b\ufffd}"),
    ],
)
def test_names_in_latex_are_letters_where_they_look_like_it_and_harmless_otherwise(name, latex):
    assert str(Latex.name(name)) == latex


def test_in_markdown_a_name_has_no_dollar_sign_and_no_angle_brackets():
    assert str(MarkdownLatex.name("$<b>")) == r"\text{＄}\lt \text{b}\gt "
    assert MarkdownLatex("x").relation("<") == r"\lt"
    assert Latex("x").relation("<") == "<"
    assert Latex("x").relation("≈") == r"\approx"


@pytest.mark.parametrize(
    ("number", "latex"),
    [
        (0.5, "0.5"),
        (-3, "-3"),
        (1e-9, r"1 \times 10^{-9}"),
        (Fraction(-1, 3), r"-\frac{1}{3}"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathit{nan}"),
        (sympy.Symbol("s") ** 2, "s^{2}"),
        (sympy.Symbol("<script>"), r"{<}\mathit{script}{>}"),
        (10**40, r"\text{an int of 133 bits}"),
    ],
)
def test_numbers_in_latex(number, latex):
    if isinstance(number, sympy.Symbol):
        latex = r"{<}\text{script}{>}"
    assert str(Latex.number(number)) == latex


def test_latex_has_fractions_powers_and_functions_of_its_own():
    x, y, n, label = pieces(Latex)
    written = [
        (-x / y, r"\frac{-x}{y}"),
        (x**2, "x^2"),
        (x ** (y - 1), "x^{y - 1}"),
        (n**2, "(-3)^2"),
        ((x / y) ** 2, r"\left(\frac{x}{y}\right)^2"),
        (abs(x), r"\left|x\right|"),
        (x.sqrt(), r"\sqrt{x}"),
        (x.exp(), r"\exp(x)"),
        (x.sigmoid(), r"\sigma(x)"),
        (x.hypot(y), r"\operatorname{hypot}(x, y)"),
        (x.call("leaky_relu"), r"\operatorname{leaky\_relu}(x)"),
        (x.call("maximum", y), r"\max(x, y)"),
        (x.times(y), r"x \times y"),
        (x.derivative(label), r"\frac{\partial x}{\partial \left(\text{my loss}\right)}"),
        (x.over(y), r"\frac{x}{y}"),
        (Latex.number(1e-9) ** 2, r"\left(1 \times 10^{-9}\right)^2"),
    ]
    assert [str(piece) for piece, _ in written] == [latex for _, latex in written]


# --- what is written is true: it is read back and evaluated -----------------------------------------------------

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
FUNCTIONS = {
    name: getattr(tg, name)
    for name in (
        "exp log sin cos tan sinh cosh sqrt sigmoid hypot arcsin arccos arctan tanh relu leaky_relu log1p expm1 "
        "softplus log_sigmoid erf arctan2 log2 log10 exp2 cbrt arcsinh arccosh arctanh sign floor ceil silu gelu elu"
    ).split()
} | {
    "abs": abs,
    "maximum": tg.maximum,
    "minimum": tg.minimum,
    "max": lambda *xs: tg.max(xs),
    "min": lambda *xs: tg.min(xs),
    "logsumexp": lambda *xs: tg.logsumexp(xs),
}


def value_of_text(text, numbers):
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(SUPERSCRIPTS)})", text)
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = text.replace("log σ(", "log_sigmoid(").replace("σ(", "sigmoid(")
    return value_of_code(text.replace("^", "**").replace("·", "*").replace("×", "*"), numbers)


def value_of_latex(text, numbers):
    text = (
        text.replace(r"\log_2", "log2")
        .replace(r"\log_{10}", "log10")
        .replace(r"\log\sigma", "log_sigmoid")
        .replace(r"\sigma", "sigmoid")
    )
    text = re.sub(r"\\operatorname\{(\w*)(?:\\(_\w*))?\}", r"\1\2", text)
    text = text.replace(r"\left|", "abs(").replace(r"\right|", ")").replace(r"\left", "").replace(r"\right", "")
    text = text.replace(r"\infty", "inf").replace(r"\cdot", "*").replace(r"\times", "*")
    text = re.sub(r"\^(\w)", r"**\1", text)
    while "{" in text:
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    return value_of_code(text.replace("\\", ""), numbers)


def value_of_code(code, numbers):
    code = re.sub(rf"(?<!\w)(\d+)((?:[{LETTERS}π]|pi)\b)", r"\1*\2", code)
    return eval(code, {"inf": math.inf, "π": math.pi, "pi": math.pi, **FUNCTIONS, **numbers})  # noqa: S307 - it is what we have just written


GRAPHS = [
    pytest.param(row, point, id=f"{row.name}{point}")
    for row in TABLE
    for point in row.samples
    if max(map(abs, point)) < 1e150  # where x² fits into a float
]


def named_graph(row, point):
    """The result, and a letter for each value below it."""
    result = row.apply(*map(Value, point))
    order = tg.topological_order(result)
    if len(order) > len(LETTERS):
        return [], {}
    return order, dict(zip(order, LETTERS, strict=False))


CONSTANT = set("+ - neg abs sum where relu leaky_relu maximum minimum max min sign floor ceil".split())


def check_symbols(row, point, kind, read):
    """What the nodes' formulas and symbolic local gradients say, against what the nodes hold."""
    order, named = named_graph(row, point)
    numbers = {letter: node.data for node, letter in named.items()}

    def piece(x):
        return kind.name(named[x], 17) if isinstance(x, Value) else kind.number(x, 17)

    for node in order:
        if not node.op or any(map(math.isnan, node.local_grads)):
            continue
        assert read(str(operation(node.op, node.operands, piece)), numbers) == pytest.approx(node.data, rel=1e-12)
        for use in uses_by(node):
            form = local_form(node.op, node.operands, use.i, node, piece)
            if form is None:
                assert node.op in CONSTANT or not any(
                    isinstance(x, Value) for x in node.operands if x is not use.parent
                )
            else:
                assert node.op not in CONSTANT
                expected = pytest.approx(use.local, rel=1e-9, abs=1e-15)
                assert read(str(form), numbers) == expected, f"{form} in {node.op}"


@pytest.mark.parametrize(("kind", "read"), [(Text, value_of_text), (Latex, value_of_latex)])
@pytest.mark.parametrize(("row", "point"), GRAPHS)
def test_formulas_and_symbolic_local_gradients_have_the_values_of_the_nodes(row, point, kind, read):
    check_symbols(row, point, kind, read)


@pytest.mark.parametrize("op", AS_PEOPLE_WRITE)
def test_a_wrong_symbol_is_caught(op, monkeypatch):
    right = AS_PEOPLE_WRITE[op]
    monkeypatch.setitem(AS_PEOPLE_WRITE, op, lambda *xs: tuple(form * 1.00001 for form in right(*xs)))
    caught = 0
    for row in TABLE:
        try:
            check_symbols(row, row.samples[0], Text, value_of_text)
        except AssertionError:
            caught += 1
    assert caught


def test_every_operation_of_the_library_is_among_those_checked():
    seen = {node.op for row in TABLE for node in named_graph(row, row.samples[0])[0]}
    assert seen - {""} >= {*CONSTANT, "*", "/", "**", "dot", "prod", "logsumexp", *FUNCTIONS} - {"abs", "leaky_relu"}


@pytest.mark.parametrize(
    ("op", "operands", "i", "local", "why"),
    [
        ("relu", ["x"], 0, 1, ("x", ">", 0)),
        ("relu", ["x"], 0, 0, ("x", "≤", 0)),
        ("relu", ["x"], 0, math.nan, None),
        ("abs", ["x"], 0, -1, ("x", "<", 0)),
        ("abs", ["x"], 0, 0, ("x", "=", 0)),
        ("leaky_relu", ["x", 0.01], 0, 0.01, ("x", "≤", 0)),
        ("leaky_relu", ["x", 0.01], 0, 1, ("x", ">", 0)),
        ("leaky_relu", ["x", 1], 0, 0.3, None),
        ("maximum", ["x", "y"], 1, 1, ("y", ">", "x")),
        ("minimum", ["x", "y"], 0, 0.5, ("x", "=", "y")),
        ("max", ["x", "y"], 0, 0, ("x", "<", "z")),
        ("min", ["x", "y"], 0, 0.5, ("x", "=", "z")),
        ("min", ["x", "y"], 0, 0, ("x", ">", "z")),
        ("sin", ["x"], 0, 1.0, None),
    ],
)
def test_slopes_at_kinks_are_explained(op, operands, i, local, why):
    assert kink(op, operands, i, local, "z") == why


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, 0.5, Fraction(3, 2), Decimal(2)])
def test_powers_with_a_number_have_the_exponent_worked_out(exponent):
    x = Value(Fraction(4) if not isinstance(exponent, Decimal) else Decimal(4))
    form = local_form("**", [x, exponent], 0, None, lambda _: Text.name("p"))
    local = (x**exponent).local_grads[0]
    if form is None:
        assert exponent in (0, 1)
    else:
        assert float(value_of_text(str(form), {"p": 4.0})) == pytest.approx(float(local))


def test_products_of_many_and_of_one_have_no_symbolic_gradient():
    xs = [Value(2.0) for _ in range(7)]
    assert local_form("prod", xs, 0, None, Text.number) is None
    assert local_form("prod", xs[:1], 0, None, Text.number) is None
    assert local_form("a new one", xs, 0, None, Text.number) is None
    assert local_form("*", [2, xs[0]], 1, None, Text.number) is None  # a number says no more than its number
