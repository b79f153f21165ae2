"""Expressions: what they mean, what is refused and where, and any text at all."""

import inspect
import math
import time

import mpmath
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.command_line.evaluating import NUMBERS, error_of, evaluated
from tinygrad_edu import Value, functions
from tinygrad_edu.command_line.expression import FUNCTIONS, MAX_NESTING, SHAPES, parse
from tinygrad_edu.command_line.expression_text import (
    MAX_CHARACTERS,
    MAX_TOKENS,
    WRITTEN,
    ExpressionError,
)
from tinygrad_edu.core import elementary
from tinygrad_edu.numbers import scalar

# --- what it means -----------------------------------------------------------------------------------------------


def test_the_branching_example_with_its_gradients():
    f, inputs = parse("(a+b)*(b+c)").graph(NUMBERS)
    f.backward()
    assert f.data == 14.0
    assert {name: leaf.grad for name, leaf in inputs.items()} == {"a": 7.0, "b": 9.0, "c": 2.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7.0),
        (" 1.5e-3\n", 0.0015),
        (".5+5.", 5.5),
        ("2*-3", -6.0),
        ("1 - 2 - 3", -4.0),
        ("8/4/2", 1.0),
        ("8/4*2", 4.0),
        ("3*8/4*2", 12.0),
        ("1 - 2 + 3", 2.0),
        ("2+3*4", 14.0),
        ("(2+3)*4", 20.0),
        ("-2**2", -4.0),
        ("(-2)**2", 4.0),
        ("2**3**2", 512.0),
        ("2**-1", 0.5),
        ("2**-a", 2.0),
        ("- - +a", -1.0),
        ("-a*b", 3.0),
        ("a+b;", 2.0),
        ("2*pi", 2 * math.pi),
        ("e", math.e),
        ("e = 2; e*e", 4.0),
        ("1e-400", 0.0),
        ("007", 7.0),
    ],
)
def test_arithmetic_follows_the_usual_precedence(text, value):
    assert evaluated(text).data == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("exp(0)", 1.0),
        ("abs(a)", 1.0),
        ("sum(a, b, c)", 6.0),
        ("sum([a, b, c])", 6.0),
        ("mean(b)", 3.0),
        ("prod([b, c, 2])", 24.0),
        ("max(a, b)", 3.0),
        ("min([a, b])", -1.0),
        ("dot([a, b], [b, c])", 9.0),
        ("hypot(b, c)", 5.0),
        ("arctan2(b, -c)", math.atan2(3.0, -4.0)),
        ("erf(b / 10)", math.erf(0.3)),
        ("maximum(a, 2)", 2.0),
        ("leaky_relu(a)", -0.01),
        ("leaky_relu(a, 0.5)", -0.5),
        ("sum(softmax([a, b, c]))", 1.0),
        ("softmax(b, b)[1]", 0.5),
        ("log_softmax([b, b])[0]", math.log(0.5)),
        ("xs = [a, 2*b]; ys = [1, 10]; dot(xs, ys)", 59.0),
        ("xs = [a, b]; xs[1]", 3.0),
        ("xs = [a, b]; logsumexp(xs) - logsumexp(a, b)", 0.0),
        ("([a, b])[1]", 3.0),
        ("[a, b][00001]", 3.0),
    ],
)
def test_functions_take_numbers_or_lists(text, value):
    assert evaluated(text).data == pytest.approx(value, rel=1e-15)


def test_every_public_function_of_numbers_is_known():
    public = {name: getattr(tg, name) for name in tg.__all__}
    modules = (scalar.__name__, functions.__name__, elementary.__name__)
    computing = {name for name, item in public.items() if inspect.isfunction(item) and item.__module__ in modules}
    assert set(FUNCTIONS) == (computing - {"isclose"}) | {"abs"}
    assert set(SHAPES) == set(FUNCTIONS)
    assert all(FUNCTIONS[name] is public[name] for name in computing - {"isclose"})


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_can_be_called_and_its_shape_is_told(name):
    arguments = {"dot": "[u], [v]", "where": "u > 0, u, v"}
    text = f"{name}({arguments.get(name, 'u')})"
    if name in ("hypot", "arctan2", "maximum", "minimum"):
        text = f"{name}(u, v)"
    if "softmax" in name:
        text += "[0]"
    assert isinstance(evaluated(text, {"u": 1.5 if name == "arccosh" else 0.5, "v": 2.0}), Value)
    assert f"write {SHAPES[name]}" in error_of(f"{name}()" if name != "where" else "where(u, 1, 2)").reason


@pytest.mark.parametrize(("x", "value", "slope"), [(0.0, 0.0, 0), (2.0, math.log(2), 0.5)])
def test_where_evaluates_only_what_it_chooses(x, value, slope):
    f, inputs = parse("where(x > 0, log(x), 0)").graph({"x": x})
    f.backward()
    assert (f.data, inputs["x"].grad) == (value, slope)


FUNCTION_OF_NAME = {
    "pow": lambda x: x**2,
    "power": lambda x: x**2,
    "square": lambda x: x**2,
    "sqr": lambda x: x**2,
    "log2": lambda x: mpmath.log(x, 2),
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "exp10": lambda x: mpmath.mpf(10) ** x,
    "arcsinh": mpmath.asinh,
    "arccosh": mpmath.acosh,
    "arctanh": mpmath.atanh,
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "logit": lambda x: mpmath.log(x / (1 - x)),
}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_for_a_function_that_is_not_here_the_error_says_how_to_write_it(name):
    x = 1.5 if name == "arccosh" else 0.5
    if name in FUNCTIONS:
        assert evaluated(f"{name}(x)", {"x": x}).op
    else:
        assert error_of(f"{name}(x)", {"x": x}).reason == f"{name} is not a function here: write {WRITTEN[name]}"
    if name != "factorial":
        function = FUNCTION_OF_NAME.get(name) or getattr(mpmath, name)
        written = WRITTEN[name].partition(",")[0]
        assert evaluated(written, {"x": x, "y": 2.0}).data == pytest.approx(float(function(x)), rel=1e-15, abs=1e-15)


@pytest.mark.parametrize(("name", "meant"), [("lg", "log10"), ("asinh", "arcsinh"), ("swish", "silu"), ("SGN", "sign")])
def test_other_names_lead_to_the_functions_meant(name, meant):
    reason = error_of(f"{name}(a)").reason
    assert (f"did you mean {meant}?" if meant in FUNCTIONS else WRITTEN.get(meant, "")) in reason
    assert "log1p" not in reason


@pytest.mark.parametrize(("sign", "value"), [("<", 1.0), ("<=", 1.0), (">", 2.0), (">=", 2.0)])
def test_where_compares(sign, value):
    assert evaluated(f"where(a {sign} 0, 1, 2)").data == value


def test_where_points_into_the_branch_that_fails():
    assert error_of("where(a < 0, 1 + log(a), 0)").position == 17


def test_statements_give_results_and_constants_their_names():
    f, inputs = parse("w = 2; x = a * w; y = x; f = x + y").graph({"a": 3.0})
    f.backward()
    assert (f.label, f.data, list(inputs)) == ("f", 12.0, ["a", "w"])
    assert (inputs["w"].label, inputs["w"].grad) == ("w", 6.0)
    assert [parent.label for parent in f.parents] == ["x", "x"]  # a second name for it does not replace the first


def test_items_of_named_lists_have_names():
    f, inputs = parse("xs = [a, 2, a * a]; sum(xs)").graph({"a": 3.0})
    assert [parent.label for parent in f.parents] == ["a", "xs[1]", "xs[2]"]
    assert list(inputs) == ["a", "xs[1]"]


def test_names_appear_in_the_order_of_the_text():
    expression = parse("u = c * a; u + b + a")
    assert (expression.names, expression.defined) == (("c", "a", "b"), ("u",))


def test_a_number_alone_becomes_a_value():
    assert isinstance(evaluated("2 + 3"), Value)


def test_number_evaluates_without_a_graph_and_may_set_named_constants():
    expression = parse("w = 2; xs = [1, x]; dot([w, w], xs)")
    assert expression.number({"x": 3.0}) == 8.0
    assert expression.number({"x": 3.0, "w": 10.0, "xs[0]": 0.0}) == 30.0


def test_an_expression_can_be_evaluated_again():
    expression = parse("x = a * a; x + x")
    assert [expression.value({"a": a}).data for a in (1.0, 2.0, 3.0)] == [2.0, 8.0, 18.0]


def test_integers_are_floats_so_powers_stay_small():
    assert evaluated("2**0.5*2**0.5").data == 2**0.5 * 2**0.5
    assert type(evaluated("2**10").data) is float


REFUSED = [  # text, the character the caret stands under, part of the reason
    # rows 66 to 71 of the catalogue of edge cases: holes that other evaluators had
    ("3999999**3999999", 7, "3999999.0 ** 3999999.0 is too large for a float"),
    ("(10**9999)**9999", 3, "too large for a float"),
    ("10**9*'a'", 6, "text has no place in arithmetic"),
    ('10**9*"a"', 6, "text has no place in arithmetic"),
    ("f'{a}'", 1, "text has no place"),
    ("a.real", 1, "nothing to look up with a dot"),
    ("().__class__", 2, "nothing to look up with a dot"),
    ("()", 1, 'expected a number, a name or "("'),
    ("(lambda: 1)()", 1, '"lambda" is a word of Python'),
    ("[a for a in b]", 3, '"for" is a word of Python'),
    ("(" * 101 + "1" + ")" * 101, 101, "nested more than 100 levels deep"),
    ("-" * 101 + "1", 101, "nested more than 100 levels deep"),
    ("2**" * 101 + "1", 303, "nested more than 100 levels deep"),
    ("exp(" * 101 + "1", 404, "nested more than 100 levels deep"),
    ("[" * 500, 101, "nested more than 100 levels deep"),
    ("\N{CYRILLIC SMALL LETTER A} + 1", 0, "CYRILLIC SMALL LETTER A"),
    ("\N{LATIN SMALL LIGATURE FI}", 0, "names have the letters a-z"),
    ("\N{MATHEMATICAL BOLD SMALL A}", 0, "MATHEMATICAL BOLD SMALL A"),
    ("2*\N{ARABIC-INDIC DIGIT THREE}", 2, "ARABIC-INDIC DIGIT THREE"),
    ("1e999", 0, "1e999 is too large for a float"),
    ("1 + 1j", 4, '"1j" is no real number'),
    ("a # b", 2, "leave comments out"),
    ("a" * 10_001, 10_000, "at most 10,000 characters, this one has 10,001"),
    ("1+" * 1000 + "1", 2000, "at most 2,000 numbers, names and symbols"),
    ("a" * 51, 0, "a name has at most 50 letters, this one has 51"),
    # numbers
    ("1_000", 0, "write digits without _"),
    ("1.2.3", 0, '"1.2.3" is no number'),
    ("1..2", 0, '"1..2" is no number'),
    ("0x10", 0, '"0x10" is no number'),
    ("2a", 1, "a sign is missing: write 2*a"),
    ("2e", 1, "a sign is missing: write 2*e"),
    ("3.e5x", 4, "a sign is missing: write 3.e5*x"),
    ("9" * 400, 0, "too large for a float"),
    # signs and brackets
    ("", 0, "the expression is empty"),
    (" \n", 0, "the expression is empty"),
    ("a b", 2, 'expected an operator or the end, found "b" (to multiply'),
    ("2 (a)", 2, 'found "(" (to multiply'),
    ("(a)(b)", 3, 'found "(" (to multiply'),
    ("sum(a)(b)", 6, 'found "(" (to multiply'),
    ("a)", 1, 'expected an operator or the end, found ")"'),
    ("(a", 2, 'expected ")", found the end'),
    ("(a]", 2, 'expected ")", found "]"'),
    ("2 *", 3, 'expected a number, a name or "(", found the end'),
    ("2 * / 3  ", 4, 'found "/"'),
    ("a, b", 1, 'found ","'),
    ("[a, b", 5, 'expected "," or "]", found the end'),
    ("sum(a, )", 7, 'found ")"'),
    ("a^b", 1, "write ** for a power"),
    ("a × b", 2, "write *"),
    ("a − b", 2, "write -"),
    ("a²", 1, "write **2"),
    ("√a", 0, "write sqrt"),
    ("2*π", 2, "write pi"),
    ("5%", 1, "write a percentage as a number: 0.05"),
    ("5% * a", 1, "write a percentage as a number: 0.05"),
    ("a % 2", 2, "a remainder is x - y * floor(x / y)"),
    ("a%(2)", 1, "a remainder is x - y * floor(x / y)"),
    ("cot(a)", 0, "cot is not a function here: write 1 / tan(x)"),
    ("Sqr(a)", 0, "Sqr is not a function here: write x ** 2"),
    ("5!", 1, "write prod"),
    ("|a|", 0, "write abs"),
    ("a // b", 2, "write / for division"),
    ("a == b", 2, "compare with <"),
    ("a @ b", 2, '"@" is not known here'),
    ("a > b", 2, "a comparison stands first in where"),
    ("where((a > b), 1, 2)", 9, "a comparison stands first in where"),
    ("where(a < b < c, 1, 2)", 12, "a comparison stands first in where"),
    ("a if b else c", 2, "choose with where"),
    # names and statements
    ("a + d", 4, "d has no value: add d=..."),
    ("u + v + d", 0, "u, v, d have no values: add u=... v=... d=..."),
    ("p1+p2+p3+p4+p5+p6", 0, "p1, p2, p3, p4, p5, ... have no values: add p1=... p2=... p3=... p4=... p5=... ..."),
    ("x = a; x = b; x", 7, "x is defined twice"),
    ("x = y + 1; y = 2; x * y", 4, "y is used before it is defined"),
    ("x = x + 1; x", 4, "x is used before it is defined"),
    ("e * 2 + a; e = 3; e", 0, "e is used before it is defined"),
    ("x = e; e = 3; e * x", 4, "e is used before it is defined"),
    ("x = a; b", 0, "x is not used"),
    ("a; b", 0, "this is not used: name it"),
    ("sin = 3; sin", 0, "sin is a function: choose another name"),
    ("x = ", 3, "expected a number, a name"),
    (";", 0, "expected a number, a name"),
    ("a;;", 2, 'found ";"'),
    ("x = y = a", 6, '"=" names a result at the start of a statement'),
    ("(x = a)", 3, '"=" names a result at the start of a statement'),
    # functions
    ("sin", 0, "sin is a function: write sin(x)"),
    ("1 + sinn(a)", 4, "sinn is not a function here; did you mean sin?"),
    ("Tanh(a)", 0, "did you mean tanh?"),
    ("ln(a)", 0, "did you mean log?"),
    ("pow(a, 2)", 0, "write x ** y"),
    ("q(a)", 0, "to multiply, write * between the two"),
    ("pi(2)", 0, "pi is no function: to multiply, write pi * (...)"),
    ("b + b(2)", 4, "b is no function"),
    ("x = 2; x(3)", 7, "x is no function"),
    ("__import__(a)", 0, "__import__ is not a function here"),
    ("eval(a)", 0, "eval is not a function here"),
    ("hypot(a)", 0, "write hypot(x, y)"),
    ("arctan2(a)", 0, "write arctan2(y, x)"),
    ("exp(a, b)", 0, "write exp(x)"),
    ("exp([a])", 0, "write exp(x)"),
    ("max(a, [b])", 0, "write max(x, y, ...) or max([x, y, ...])"),
    ("dot(a, b)", 0, "write dot([x1, x2, ...], [y1, y2, ...])"),
    ("dot([a], [b, c])", 0, "the lengths must be equal"),
    ("where(a, 1, 2)", 0, "where begins with a comparison"),
    ("where(a > 0, 1)", 14, 'expected "," (write where(x > 0, if true, if false)), found ")"'),
    ("where(a > 0, 1, 2, 3)", 17, 'expected ")"'),
    ("xs = [a]; where(xs > 0, 1, 2)", 10, "where begins with a comparison"),
    ("where(a > [a], 1, 2)", 0, "write where"),
    ("where(a > 0, [a], 1)", 0, "pick an item"),
    ("leaky_relu(a, b)", 0, "the slope of leaky_relu is a plain number"),
    # lists
    ("[a, b]", 0, "the result is a list: pick a number"),
    ("x = softmax(a, b)", 0, "the result is a list"),
    ("x = softmax(a, b);", 0, "the result is a list"),
    ("[a]; b", 0, "the result is a list"),
    ("[a, b] * 2", 0, 'a list has no "*"'),
    ("2 + -[a]", 5, 'a list has no "-"'),
    ("[a] ** 2", 0, 'a list has no "**"'),
    ("2 ** [a]", 5, 'a list has no "**"'),
    ("2 / [a]", 4, 'a list has no "/"'),
    ("sum([])", 4, "a list has numbers in it"),
    ("sum([[a]])", 4, "a list has numbers in it"),
    ("a[0]", 1, "only a list has items to pick"),
    ("[a][0][0]", 6, "only a list has items to pick"),
    ("[a][b]", 4, "picked by its place"),
    ("[a][0.5]", 4, "picked by its place"),
    ("[a][-1]", 4, "picked by its place"),
    ("[a][0", 5, 'expected "]"'),
    ("2*[a, b][2]", 2, "there is no item 2 in a list of 2: they count from 0"),
    ("[a][99999999999]", 0, "there is no item 99999999999 in a list of 1"),
    # arithmetic
    ("2 + log(a)", 4, "log(-1.0) is undefined: log needs a number above 0"),
    ("a / (b - b)", 2, "-1.0 / 0.0 divides by zero"),
    ("1/0", 1, "1.0 / 0.0 divides by zero"),
    ("0 ** a", 2, "0.0 ** -1.0 divides by zero"),
    ("a ** 0.5", 2, "a negative base needs a whole exponent"),
    ("exp(b * 1000)", 0, "exp(3000.0) is too large for a float"),
    ("b * 1e200 * 1e200", 10, "3e+200 * 1e+200 is too large for a float"),
    ("prod(b, 1e200, 1e200)", 0, "the result of prod is too large for a float"),
    ("softmax(b, 1e308 + 1e308)[0]", 17, "1e+308 + 1e+308 is too large for a float"),
    ("arcsin(2)", 0, "arcsin needs a number from -1 to 1"),
]


# --- what is refused, and where ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "position", "reason"), REFUSED, ids=[text[:30].strip() for text, _, _ in REFUSED])
def test_a_refusal_says_why_and_points_to_the_spot(text, position, reason):
    error = error_of(text)
    assert reason in error.reason
    assert error.position == position


def test_the_limits_themselves_are_allowed():
    assert evaluated("(" * MAX_NESTING + "1" + ")" * MAX_NESTING).data == 1.0
    assert evaluated("-" * MAX_NESTING + "1").data == 1.0
    assert evaluated("1*1+1*sum(" * MAX_NESTING + "1" + ")" * MAX_NESTING).data == MAX_NESTING + 1
    assert evaluated("where(1>0," * 98 + "1" + ",0)" * 98).data == 1.0
    tokens = "1" + "+1" * ((MAX_TOKENS - 1) // 2) + ";"
    assert evaluated(tokens).data == MAX_TOKENS / 2
    assert evaluated("1" + " " * (MAX_CHARACTERS - 1)).data == 1.0
    assert evaluated("n" * 50, {"n" * 50: 2.0}).data == 2.0


def test_a_missing_value_may_be_one_misspelt():
    with pytest.raises(ExpressionError, match=r"alpha has no value: add alpha=\.\.\.; did you mean alpah"):
        parse("alpha * 2").value({"alpah": 1.0})


def test_a_value_that_is_used_or_set_is_no_misspelling():
    with pytest.raises(ExpressionError) as caught:
        parse("w = 2; alpha * alpah * w").value({"alpah": 1.0, "w": 2.0})
    assert caught.value.reason == "alpha has no value: add alpha=..."
    with pytest.raises(ExpressionError) as caught:
        parse("wa = 2; wb * wa").value({"wa": 2.0})
    assert caught.value.reason == "wb has no value: add wb=..."


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_values_must_be_finite(x):
    with pytest.raises(ExpressionError, match=r"b is (inf|-inf|nan): give it a finite number") as caught:
        parse("a + b").value({"a": 1.0, "b": x})
    assert caught.value.position == 4


def test_values_must_be_numbers():
    with pytest.raises(TypeError):
        parse("a").value({"a": "1"})


TOKENS = [
    *FUNCTIONS, *"+-*/()[],;=<>", "**", "<=", ">=", "//", "==", "a", "b", "x", "y", "e", "pi", "0", "1", "2.5", "1e300",
    "1e-300", "where(", "x =", "[a, b]", "[0]", "^", ".", "1_0", "1j", "lambda", "__class__", "'", "\x1b", "é", " ",
]  # fmt: skip


def value_or_error(text):
    try:
        expression = parse(text)
        value, _ = expression.graph({name: 0.5 + i for i, name in enumerate(expression.names)})
    except ExpressionError as error:
        return error
    return value


def assert_value_or_error(text):
    started = time.perf_counter()
    found = value_or_error(text)
    if isinstance(found, ExpressionError):
        assert 0 <= found.position <= len(text)
        assert all(line.isprintable() for line in str(found).split("\n"))
        assert len(str(found)) < 2000
    else:
        assert math.isfinite(found.data)
        found.backward()
    assert time.perf_counter() - started < 5


# --- random text -------------------------------------------------------------------------------------------------


@given(st.text(st.characters()))
def test_random_text_gives_a_value_or_an_error(text):
    assert_value_or_error(text)


@given(st.lists(st.sampled_from(TOKENS), max_size=30))
@example(["a"] * 30)
def test_random_tokens_give_a_value_or_an_error(tokens):
    assert_value_or_error("".join(tokens))
    assert_value_or_error(" ".join(tokens))


@pytest.mark.parametrize(
    "text",
    [
        "1+" * 999 + "1",
        "(" * 5000,
        "a" * 9999,
        "9" * 9999,
        "." * 9999,
        "1e" * 4999,
        "x=[" + "1," * 400 + "1];" + "".join(f"y{i}=softmax({'xy'[i > 0]}{i - 1 if i else ''});" for i in range(100)),
        "p = [" + "1," * 300 + "1]; " + "".join(f"q{i} = dot(p, p);" for i in range(100)) + "1",
        " ".join(["where(1>0,"] * 90),
        "\x00" * 9999,
        "é" * 9999,
        "f" + "(f" * 4000,
    ],
)
def test_the_largest_texts_are_dealt_with_quickly(text):
    assert_value_or_error(text)


LITERALS = ["0.5", "2.0", "3.0", "1e-2", "a", "b", "c"]

PYTHON = {name: function for name, function in FUNCTIONS.items() if name not in ("abs", "where")}


def real_abs(x):
    if isinstance(x, complex):
        raise TypeError("complex")
    return abs(x)


@st.composite
def formulas(draw, depth=4):
    """Valid text that means the same to Python."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(LITERALS))
    part = formulas(depth=depth - 1)
    shape = draw(
        st.sampled_from(
            ["{} + {}", "{} - {}", "{}*{}", "{} / {}", "{}**{}", "-{}", "+{}", "({})", "f({})", "g([{}, {}])"]
        )
    )
    text = shape.format(*(draw(part) for _ in range(shape.count("{}"))))
    if text[:2] == "f(":
        return draw(st.sampled_from(["exp", "sin", "tanh", "sigmoid", "relu", "sqrt", "log", "abs"])) + text[1:]
    return draw(st.sampled_from(["sum", "max", "prod", "mean", "logsumexp"])) + text[1:] if text[:2] == "g(" else text


# --- against Python's own evaluation -----------------------------------------------------------------------------


@given(formulas(), st.tuples(*[st.integers(-8, 8).map(lambda k: k / 4)] * 3))
@example("-a**2.0", (3.0, 0.0, 0.0))
@example("2.0**-a**b", (1.5, 2.0, 0.0))
@example("a - b - c*a/b/c", (1.0, 2.0, 3.0))
def test_values_and_gradients_are_those_of_python_s_own_evaluation(text, numbers):
    leaves = {name: Value(x) for name, x in zip("abc", numbers, strict=True)}
    try:
        names = {"__builtins__": {}, "abs": real_abs, **PYTHON}
        expected = eval(text, names, dict(leaves))  # noqa: S307 - our own text
    except (ArithmeticError, ValueError, TypeError):
        expected = None
    expression = parse(text)
    values = {name: leaf.data for name, leaf in leaves.items() if name in expression.names}
    if expected is None or isinstance(expected, complex):
        with pytest.raises(ExpressionError):
            expression.value(values)
        return
    try:
        result, inputs = expression.graph(values)
    except ExpressionError as error:
        assume("too large" not in error.reason)  # Python goes on with inf
        raise
    if isinstance(expected, Value):
        expected.backward()
        expected_data = expected.data
    else:
        expected_data = expected
    result.backward()
    assert repr(float(result.data)) == repr(float(expected_data))
    assert expression.number(values) == pytest.approx(result.data, rel=1e-12)
    for name, leaf in inputs.items():
        assert repr(float(leaf.grad)) == repr(float(leaves[name].grad))
