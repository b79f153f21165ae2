"""How names, numbers, formulas and local gradients are written, as text and in LaTeX: they must read and be right."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest

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
)
from tinygrad_edu.notation.latex import Latex
from tinygrad_edu.notation.text import Text

LETTERS = "pqrstuvw"


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
    names = {"inf": math.inf, "π": math.pi, "pi": math.pi, **FUNCTIONS, **numbers}
    return eval(code, names)  # noqa: S307 - it is what we have just written


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
