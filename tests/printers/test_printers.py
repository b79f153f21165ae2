"""The printers: programs as C, JavaScript and LaTeX compute and say what the Python ones do."""

import ctypes
import dataclasses
import json
import math
import re
import shutil
import subprocess

import mpmath
import pytest

import tinygrad_edu as tg
from tests.operations import TABLE, inf, nan
from tests.staging.material import HOSTILE, LOOPS, XS, YS, Line, branching, fit_loss
from tinygrad_edu import nn
from tinygrad_edu.printers import c
from tinygrad_edu.staging import jit, mean_over, sum_over
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import grad, hessian, value_and_grad
from tinygrad_edu.trees.tree import flatten
from tinygrad_edu.writing.writer import Writer

node = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")


def called(f, *args, **options):
    """The staged function, after a call: it has its program."""
    ours = jit(f, **options)
    ours(*args)
    return ours


def choices(p):
    x, y = p
    inner = tg.where(x > 0, lambda: tg.where(y > 0, lambda: tg.log(x * y) * x, 2.0 * x), y**4)
    return inner + tg.where(x < 1, -inf if x is None else 3.0, x) * tg.sin(y)


def of_dicts(rows, lines, p):
    return mean_over(lambda row, line: row["a"] * p["k"] + line.slope * row["b"] ** 2 - line.offset, rows, lines)


def tabled():
    """Each smooth operation with its gradient, staged, and the points to try it at."""
    for operation in TABLE:
        points = [[float(x) for x in point] for point in operation.samples]
        for count in {len(point) for point in points}:
            chosen = [(point,) for point in points if len(point) == count]
            ours = called(value_and_grad(lambda xs, apply=operation.apply: apply(*xs)), *chosen[0])
            yield pytest.param(ours, chosen, id=f"{operation.name} {count}")


OTHERS = [
    pytest.param(called(branching, 1.0, 2.0, 3.0), [(-1.0, 3.0, 4.0)], id="branching"),
    pytest.param(
        called(value_and_grad(choices), [1.0, 2.0]),
        [([x, y],) for x in (-1.5, 0.5, 2.0) for y in (-1.0, 3.0)],
        id="where",
    ),
    pytest.param(called(hessian(choices), [1.0, 2.0]), [([0.5, 2.0],), ([0.5, -2.0],)], id="hessian"),
    pytest.param(
        called(value_and_grad(fit_loss), [0.3, 0.2], XS, YS, batched=["xs", "ys"]), [([0.3, 0.2], XS, YS)], id="batch"
    ),
    pytest.param(
        called(
            value_and_grad(of_dicts, 2), [{"a": 1.0, "b": 2.0}], [Line(1.0, 2.0)], {"k": 0.5}, batched=["rows", "lines"]
        ),
        [([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}], [Line(1.0, 2.0), Line(3.0, 4.0)], {"k": 0.5})],
        id="dicts",
    ),
    *(
        pytest.param(
            called(grad(f), 0.7, [1.5, 1.0, 2.5], batched=["xs"]), [(0.7, [1.5, 1.0]), (-0.7, [3.0])], id=f"loop {i}"
        )
        for i, f in enumerate(LOOPS)
    ),
]
CASES = [*tabled(), *OTHERS]


def check(found, expected, text, ulps=4):
    expected = flatten(expected)[0]
    assert len(found) == len(expected)
    for ours, right in zip(found, expected, strict=True):
        close = ours == right or abs(ours - right) <= ulps * math.ulp(right)
        assert close or (ours != ours and right != right), f"{found}, should be {expected}:\n{text}"


# --- JavaScript ------------------------------------------------------------------------------------------------


def plain(tree):
    """A tree as JSON has it."""
    return json.dumps(tree, default=dataclasses.asdict)


def run_node(calls):
    """The numbers that each of (program, arguments) gives, in one run of Node."""
    script = """
const branches = x => x === null ? [] : typeof x === "object" ? Object.values(x) : undefined;
const show = x => branches(x) === undefined ? String(x) : branches(x).map(show);
"""
    for text, args in calls:
        name = re.findall(r"^function (\w+)\(", text, re.MULTILINE)[-1]
        script += f"{{\n{text}console.log(JSON.stringify(show({name}(...{plain(args)})).toString().split(',')));\n}}\n"
    run = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.stderr == ""
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [[float(x.replace("Infinity", "inf")) for x in line if x] for line in lines]


@node
def test_javascript_computes_the_same():
    calls, expected = [], []
    for case in CASES:
        ours, points = case.values
        for point in points:
            calls.append((ours.to("javascript"), point))
            expected.append(ours.trace.function(*point))
    for found, right, (text, _) in zip(run_node(calls), expected, calls, strict=True):
        # the functions of Math are not the C library's: they may differ in the last digits, and a difference grows
        # where two nearly equal numbers are subtracted
        check(found, right, text, ulps=2**16)


@node
def test_javascript_arithmetic_agrees_to_the_last_digit():
    def f(x, y):
        return (x * y - y / x) * tg.sqrt(x) + tg.relu(x - y) * abs(y) + tg.max([x, y, 1.0 / 3.0]) - x**3

    ours = called(value_and_grad(f, (0, 1)), 2.0, 3.0)
    points = [(0.1 * i, 0.7 - 0.3 * i) for i in range(1, 30)]
    found = run_node([(ours.to("javascript"), point) for point in points])
    assert found == [flatten(ours(*point))[0] for point in points]


@node
def test_javascript_goes_on_where_python_raises():
    ours = called(lambda x: [tg.log(x), 1 / (x + 1), tg.where(x > 0, nan, -inf)], 1.0)
    ((a, b, c),) = run_node([(ours.to("javascript"), (-1.0,))])
    assert (a != a, b, c) == (True, inf, -inf)


def test_erf_in_javascript_is_right_to_the_last_digits():
    points = [sign * x for x in (0.0, 5e-324, 1e-310, 1e-9, 1e200, inf) for sign in (1, -1)]
    points += [i / 197 for i in range(-1300, 1300)] + [2 - 1e-12, 2.0, 2 + 1e-12]
    ours = called(lambda xs: [tg.erf(x) for x in xs], [nan, *points])
    (found,) = run_node([(ours.to("javascript"), ([nan, *points],))])
    assert found[0] != found[0]
    with mpmath.workdps(40):
        for x, y in zip(points, found[1:], strict=True):
            exact = mpmath.erf(x)
            assert abs(y - exact) <= 1e-15 * abs(exact) + 5e-324, f"erf({x}) = {y}, should be {exact}"


@node
def test_javascript_reads_as_written_by_hand():
    ours = called(
        value_and_grad(lambda p, mode: p["a"] ** 2 * p["b"][0] if mode else 0.0), {"a": 1.0, "b": [2.0]}, True
    )
    assert ours.to("javascript") == (
        "function f(p, mode) {\n"
        '    const {"a": p_a, "b": [p_b_0]} = p;\n'
        "    const t1 = p_a * p_a;\n"
        '    return [t1 * p_b_0, {"a": p_b_0 * (2.0 * p_a), "b": [t1]}];\n'
        "}\n"
    )
    ours = called(lambda p: {"x": p[0], "none": None, "list": [p[2]]}, [1.0, None, 2.0, "text"])
    assert ours.to("javascript").splitlines()[1:3] == [
        "    const [p_0, t1, p_2, t2] = p;",
        '    return ({"x": p_0, "none": null, "list": [p_2]});',
    ]


# --- C ---------------------------------------------------------------------------------------------------------


def build(folder, text):
    file, library = folder / "program.c", folder / "program.so"
    file.write_text(text, encoding="utf-8")
    flags = [
        "-std=c99",
        "-pedantic",
        "-Wall",
        "-Wextra",
        "-Wno-unused-but-set-variable",
        "-Wno-unused-variable",
        "-Werror",
    ]
    flags += ["-Wno-unused-parameter", "-Wno-unknown-pragmas", "-ffp-contract=off", "-fPIC", "-shared"]
    run = subprocess.run(
        ["cc", *flags, str(file), "-o", str(library), "-lm"], capture_output=True, text=True, check=False
    )
    assert run.stderr == "", text
    return ctypes.CDLL(str(library))


def arguments(parameters, args):
    """The arguments as the C function takes them."""
    passed = []
    for name, kind, _ in c.signature(parameters):
        leaves = flatten(args[name])[0]
        array = (ctypes.c_double * len(leaves))(*[x for x in leaves if isinstance(x, float)])
        if kind == "number":
            passed.append(ctypes.c_double(leaves[0]))
        else:
            passed += [ctypes.c_size_t(len(args[name])), array] if kind == "rows" else [array]
    return passed


def all_cases_in_c():
    """The programs of all cases as one text, and each of them."""
    text, traces = "", []
    for i, case in enumerate(CASES):
        trace = case.values[0].trace
        own = c.source(f"program{i}", trace.parameters, trace.program, trace.results)
        helpers = [line for line in own.splitlines() if line.startswith("static double")]
        start = own.index(f"int program{i}(")
        for helper in helpers:  # once for all programs
            if helper not in text:
                text += own[own.index(helper) : own.index("\n}\n", own.index(helper)) + 3]
        text += own[start:]
        traces.append(trace)
    return own[: own.index("#endif") + 7] + text, traces


@cc
def test_c_computes_the_same(tmp_path):
    text, traces = all_cases_in_c()
    library = build(tmp_path, text)
    for i, trace in enumerate(traces):
        for point in CASES[i].values[1]:
            expected = trace.function(*point)
            out = (ctypes.c_double * len(flatten(expected)[0]))()
            args = dict(zip(trace.parameters, point, strict=True))
            failed = getattr(library, f"program{i}")(*arguments(trace.parameters, args), out)
            if not failed:
                check(list(out), expected, trace.to("c"))
            assert not failed or any(abs(x) > 1e150 for x in flatten(point)[0])


@pytest.mark.skipif(not shutil.which("c++"), reason="needs a C++ compiler")
def test_c_is_cpp_too(tmp_path):
    text, _ = all_cases_in_c()
    words = [hostile_function(word).to("c") for word in ("class", "new", "this", "template", "and", "co_await")]
    text += "".join(word[word.index("int f(") :].replace("int f(", f"int f{i}(") for i, word in enumerate(words))
    file = tmp_path / "program.cpp"
    file.write_text(text, encoding="utf-8")
    quiet = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-function"]
    command = ["c++", "-std=c++11", "-Wall", "-Werror", *quiet, "-c", str(file), "-o", str(tmp_path / "program.o")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_c_reads_as_written_by_hand():
    ours = called(
        value_and_grad(lambda w, b, xs: sum_over(lambda x: tg.relu(w[0] * x + w[1]) * b, xs)),
        [1.0, 2.0],
        3.0,
        [1.0],
        batched=["xs"],
    )
    assert ours.to("c") == (
        "#include <math.h>\n"
        "#include <stddef.h>\n"
        "#ifdef __cplusplus\n"
        "#define restrict __restrict\n"
        "#endif\n"
        "\n"
        "int f(const double *restrict w, double b, size_t xs_n, const double *restrict xs, double *out) {\n"
        "    const double w_0 = w[0];\n"
        "    const double w_1 = w[1];\n"
        "    double total = 0.0;\n"
        "    double dw_1 = 0.0;\n"
        "    double dw_0 = 0.0;\n"
        "    for (size_t i = 0; i < xs_n; i++) {\n"
        "        const double x = xs[i];\n"
        "        const double t1 = w_0 * x + w_1;\n"
        "        const double t2 = t1 > 0.0 ? b : 0.0;\n"
        "        total += (t1 < 0.0 ? 0.0 : t1) * b;\n"
        "        dw_1 += t2;\n"
        "        dw_0 += t2 * x;\n"
        "    }\n"
        "    out[0] = total;\n"
        "    out[1] = dw_0;\n"
        "    out[2] = dw_1;\n"
        "    return !isfinite(out[0]) || !isfinite(out[1]) || !isfinite(out[2]);\n"
        "}\n"
    )


def test_c_watches_what_no_result_shows():
    ours = called(lambda x, y: 1 / (1 / x) + tg.exp(y) * tg.sqrt(tg.log(y)), 2.0, 3.0)
    body = ours.to("c")
    assert "    const double t1 = 1.0 / x; lost += 0.0 * t1;\n" in body
    assert body.count("lost += ") == 1, "log, sqrt and exp show in the result"
    assert body.endswith("    return lost != 0 || !isfinite(out[0]);\n}\n")
    guarded = called(grad(tg.log), 2.0).to("c")
    assert "    lost += 0.0 * (log(x));  // is not 0 where it is undefined\n" in guarded
    assert "lost" not in called(lambda x: tg.tanh(x) + x / 2, 2.0).to("c")
    chosen = called(lambda x, y: tg.where(x > 0, lambda: tg.log(y), 1.0), 2.0, 3.0).to("c")
    assert "        t1 = log(y); lost += 0.0 * t1;\n" in chosen
    many = called(lambda x: [x * i for i in range(5)], 2.0).to("c")
    assert "totals[i % 4] += out[i];" in many
    assert called(lambda x: None, 2.0).to("c").endswith("    return 0;\n}\n")


def test_a_whole_network_in_each_language():
    model = nn.MLP(2, [2, 1], activation="sigmoid", seed=1)
    step = StagedStep(model, nn.mse_loss)
    step([[1.0, 2.0], [3.0, 4.0]], [1.0, -1.0])
    assert "        dl1_n1_w1 += " in step.staged.to("c")
    assert "static double sigmoid(double x) {" in step.staged.to("c")
    assert "        dl1_n1_w1 += " in step.staged.to("javascript")
    assert r"\text{dl1}\_\text{n1}\_\text{w1} \leftarrow" in step.staged.to("latex")


# --- LaTeX -----------------------------------------------------------------------------------------------------


def test_latex_of_the_branching_example():
    assert called(value_and_grad(branching, (0, 1, 2)), -1.0, 3.0, 4.0).to("latex") == (
        r"""\begin{aligned}
&x = a + b \\
&y = b + c \\
&\mathit{branching}\left(a, b, c\right) = \left(x \cdot y, \left(y, x + y, x\right)\right)
\end{aligned}
"""
    )


def test_latex_of_the_slope_of_an_absolute_value_is_a_sign():
    slope = called(grad(lambda x: 3.0 * abs(x)), 2.0).to("latex")
    assert r"3 \cdot \operatorname{sign}\left(x\right)" in slope


def test_latex_leaves_out_what_is_no_number():
    text = called(lambda x, mode: x if mode else -x, 1.0, False).to("latex")
    assert text.splitlines()[1] == r"&f\left(x, \mathit{mode}\right) = -x"


def test_latex_of_choices_loops_and_functions():
    def f(p, xs):
        y = tg.where(p.slope > 0, lambda: tg.log1p(p.slope) / p.offset, 1e-7)
        return {"a": mean_over(lambda x: tg.sqrt(abs(x - y)) * tg.sigmoid(x) ** p.slope, xs), "b": -y}

    text = called(f, Line(2.0, 3.0), [1.0, 2.0], batched=["xs"]).to("latex")
    assert r"&\text{for each } x \text{ of } \mathit{xs}\colon" in text
    assert r"\sqrt{\left|x - t_1\right|} \cdot \sigma\left(x\right)^{p_{\mathit{slope}}}" in text
    assert r"\frac{\operatorname{log1p}\left(p_{\mathit{slope}}\right)}{p_{\mathit{offset}}}" in text
    assert r"1 \times 10^{-7} & \text{otherwise} \end{cases}" in text
    assert r"\left|\mathit{xs}\right|" in text
    assert r"f\left(p, \mathit{xs}\right) = " in text
    second = called(hessian(choices), [1.0, 2.0]).to("latex")
    assert r"&\text{if } p_0 \gt 0\colon" in second
    assert r"&\quad \text{if not } " not in second
    third = called(grad(lambda x: tg.where(x > 0, 1.0, lambda: tg.exp(x) * tg.exp(x))), -1.0).to("latex")
    assert r"&\text{if not } x \gt 0\colon" in third
    assert r"&\quad t_1 = \exp\left(x\right)" in third


# --- names that are not harmless -------------------------------------------------------------------------------

WORDS = [
    "double",
    "linux",
    "NAN",
    "y0",
    "out",
    "unused",
    "let",
    "eval",
    "Math",
    "arguments",
    "exp",
    "static",
    "i",
    "t1",
]


def hostile_function(label):
    def f(x, t1):
        y = x * t1
        y.label = label
        z = tg.sin(y)
        z.label = label
        return y * z + tg.exp(y)

    return called(value_and_grad(f, (0, 1)), 1.5, 2.0)


@pytest.mark.parametrize("label", [*HOSTILE, *WORDS], ids=ascii)
def test_labels_cannot_end_a_line_or_a_comment(label):
    ours = hostile_function(label)
    harmless = hostile_function("harmless")
    for language in ("c", "javascript"):
        text = ours.to(language)
        assert text.count("\n") == harmless.to(language).count("\n")
        assert re.search(r"[^\x20-\x7e\n]", re.sub(r"//.*", "", text)) is None
        assert not any(line.endswith("\\") for line in text.splitlines())
        code = re.sub(r"//.*", "", text)
        assert code.count(";") == harmless.to(language).count(";")
    latex = ours.to("latex")
    assert latex.replace(r"\{", "").count("{") == latex.replace(r"\}", "").count("}")
    assert r"\input" not in latex


@node
def test_labels_cannot_inject_javascript():
    functions = [hostile_function(label) for label in [*HOSTILE, *WORDS]]
    found = run_node([(ours.to("javascript"), (1.5, 2.0)) for ours in functions])
    for numbers, ours in zip(found, functions, strict=True):
        check(numbers, ours(1.5, 2.0), ours.to("javascript"))


@cc
def test_labels_cannot_inject_c(tmp_path):
    text = ""
    for i, label in enumerate([*HOSTILE, *WORDS]):
        own = hostile_function(label).to("c")
        text += own[own.index("int f(") :].replace("int f(", f"int f{i}(")
    library = build(tmp_path, "#include <math.h>\n#include <stddef.h>\n" + text)
    out = (ctypes.c_double * 3)()
    for i in range(len(HOSTILE) + len(WORDS)):
        assert getattr(library, f"f{i}")(ctypes.c_double(1.5), ctypes.c_double(2.0), out) == 0
        check(list(out), hostile_function("")(1.5, 2.0), "")


@pytest.mark.parametrize("name", ["double", "exp", "f", "let", "σ", "main", "sum"])
def test_a_function_may_have_any_name(name):
    def f(x):
        return 2 * x

    f.__name__ = name
    ours = called(f, 1.0)
    assert ours(4.0) == 8.0
    for language in ("c", "javascript"):
        own = re.search(r"(?:int|function) (\w+)\(", ours.to(language))[1]
        assert own not in c.RESERVED or language == "javascript"
        assert own.isascii()
    assert ours.to("latex").startswith(r"\begin{aligned}")


def test_a_language_states_all_that_languages_differ_in():
    ours = called(lambda x: x, 1.0)
    writer = Writer(ours.trace.program, [], None)
    for method, arguments in {
        "_assignment": (None, ""),
        "_guard": ("",),
        "_comment": ("",),
        "_addition": (None, "+", ""),
        "_zero": (None,),
        "_condition_opening": ("", True),
        "_loop": (None,),
        "_rounds": (None,),
        "_next_round": (None,),
        "_end": (),
        "_select": ("", None, None),
        "_count": (None,),
    }.items():
        with pytest.raises(NotImplementedError):
            getattr(writer, method)(*arguments)


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_a_slope_that_nobody_knows_reaches_no_result_that_does_not_ask_for_it():
    """x ** y has no slope by y where x < 0; its second derivatives at x > 0 are numbers all the same."""
    function = tg.hessian(lambda p: p[0] ** p[1])
    ours = called(function, [1.0, 2.0])
    (found,) = run_node([(ours.to("javascript"), ([2.5, 3.0],))])
    assert flatten(found)[0] == pytest.approx(flatten(function([2.5, 3.0]))[0])
