"""The command line: what it prints, its exit status, and that an error is one line with a caret, never a traceback."""

import io
import math
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.command_line import cli
from tinygrad_edu.command_line.cli import main
from tinygrad_edu.command_line.expression import FUNCTIONS, parse

BRANCHING = ["(a+b)*(b+c)", "a=-1", "b=3", "c=4"]
NAMED = ["x = a + b; y = b + c; f = x * y", "a=-1", "b=3", "c=4"]


@pytest.fixture
def run(capsys):
    """Run the command: its exit status, what it prints, and its errors."""

    def run(*argv):
        status = main(list(argv))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


# --- what it prints ----------------------------------------------------------------------------------------------


def test_values_and_gradients_stand_in_a_table(run):
    status, out, err = run(*BRANCHING)
    assert (status, err) == (0, "")
    assert out.startswith(
        "name  formula  value  gradient of f\n"
        "a                 -1              7\n"
        "b                  3              9\n"
        "c                  4              2\n"
        "v1    a + b        2              7\n"
        "v2    b + c        7              2\n"
        "f     v1 × v2     14              1\n"
        "\n"
    )


def test_the_explanation_follows_with_the_sum_over_the_branches(run):
    _, out, _ = run(*BRANCHING)
    explanation = out.partition("\n\n")[2]
    value, inputs = tg_graph(*BRANCHING)
    assert explanation == f"{explained(value).text}\n"
    assert "9" in explanation
    assert list(inputs) == ["a", "b", "c"]


def tg_graph(text, *words):
    """The graph that the command makes of its arguments."""
    values = {name: float(number) for name, number in (word.split("=") for word in words)}
    value, inputs = cli.parse(text).graph(values)
    value.label = value.label or "f"
    value.backward()
    return value, inputs


def explained(*values, digits=4):
    return cli.explain(*values, digits=digits)


def test_inputs_stand_in_the_order_of_the_text(run):
    _, out, _ = run("b*c + exp(a)", "a=1", "b=2", "c=3")
    assert [line.split()[0] for line in out.splitlines()[:4]] == ["name", "b", "c", "a"]


def test_names_of_statements_are_used(run):
    _, out, _ = run(*NAMED)
    assert "x     a + b        2              7\n" in out
    assert "f     x × y       14              1\n" in out


def test_wrt_explains_the_paths_from_one_name(run):
    value, inputs = tg_graph(*NAMED)
    status, out, _ = run(*NAMED, "--wrt", "b", "--wrt", "x")
    assert status == 0
    assert explained(value, inputs["b"]).text in out
    assert explained(value, value.parents[0]).text in out
    assert explained(value).text not in out


@pytest.mark.parametrize(
    ("text", "name", "same"),
    [
        ("x = a + b; y = x; y * x", "y", "x"),
        ("x = a + b; y = x; z = y; z * x", "z", "x"),
        ("y = a; y * b", "y", "a"),
        ("xs = [a, b]; y = xs[1]; sum(xs) * y", "y", "b"),
        ("xs = [a * b, b]; y = xs[0]; sum(xs) * y", "y", "xs[0]"),
        ("v = a * b; exp(a + v) * v", "v1", "v1"),
    ],
)
def test_wrt_takes_another_name_of_a_value_and_those_of_the_table(run, text, name, same):
    values = ("a=1", "b=2")
    status, out, _ = run(text, *values, "--wrt", name)
    assert status == 0
    assert f"on the way from {same} to f" in out
    assert out == run(text, *values, "--wrt", same)[1]


def test_digits_are_those_asked_for(run):
    _, out, _ = run("a/3", "a=2", "--digits", "10")
    assert "0.6666666667" in out
    assert "0.3333333333" in out


def test_latex_is_printed_alone(run):
    value, inputs = tg_graph(*BRANCHING)
    assert run(*BRANCHING, "--latex") == (0, f"{explained(value).latex}\n", "")
    assert run(*BRANCHING, "--latex", "--wrt", "b")[1] == f"{explained(value, inputs['b']).latex}\n"
    checked = run(*BRANCHING, "--latex", "--check")[1].removeprefix(explained(value).latex)
    assert all(line.startswith("% ") for line in checked.split("\n") if line)


def test_a_result_that_is_an_input_keeps_its_name(run):
    assert run("a", "a=2")[1].startswith("name  formula  value  gradient of a\na                  2              1\n")


def test_the_name_f_may_be_taken(run):
    assert "gradient of v1" in run("f*f", "f=2")[1]


def test_an_input_that_is_not_needed_has_gradient_0(run):
    status, out, _ = run("where(x > 0, log(x), y)", "x=0", "y=2", "--check")
    assert status == 0
    assert ["x", "0", "0"] in [line.split() for line in out.splitlines()]
    assert ["y", "2", "1"] in [line.split() for line in out.splitlines()]


def test_a_graph_with_many_steps_shows_those_with_names(run):
    status, out, _ = run("s = " + "+".join(["a*a"] * 40) + "; s * a", "a=1")
    table = out.partition("\n\n")[0].splitlines()
    assert status == 0
    assert [line.split()[0] for line in table] == ["name", "a", "s", "f", "and"]
    assert table[-1] == "and 78 more values"


def test_a_table_of_very_many_names_is_cut(run):
    names = [f"n{i}" for i in range(150)]
    table = run("+".join(names), *(f"{name}=1" for name in names))[1].partition("\n\n")[0].splitlines()
    assert (len(table), table[1].split()[0], table[-2].split()[0]) == (102, "n0", "f")
    assert table[-1] == "and 199 more values"


def test_values_may_be_arithmetic_on_numbers(run):
    assert "a              0.7854" in run("sin(a)", "a=pi/4")[1]
    assert "a      " in run("a*b", "a=-1/3", "b=2**-2")[1]


def test_an_expression_may_start_with_a_minus(run):
    assert "-9" in run("-x**2", "x=3")[1]
    assert "-9" in run("x=3", "--", "-x**2")[2] + run("--check", "--", "-x**2", "x=3")[1]
    assert run("-5")[0] == 0


def test_options_may_stand_anywhere(run):
    assert run("--check", "a*b", "--digits", "3", "a=1", "--wrt", "a", "b=2")[0] == 0


def test_version(run):
    assert run("--version") == (0, f"tinygrad-edu {tg.__version__}\n", "")


# --- help --------------------------------------------------------------------------------------------------------


def test_help_names_every_option_and_function(run):
    status, out, _ = run("--help")
    assert (status, run("-h")[1], run("a*b", "--help")[1]) == (0, out, out)
    for word in ("--wrt", "--check", "--svg", "--png", "--latex", "--digits", *FUNCTIONS):
        assert word in out
    assert max(map(len, out.splitlines())) <= 105


def examples_in_help():
    lines = cli.DESCRIPTION.splitlines()
    return [line.strip() for line in lines if line.startswith("  tinygrad-edu")] + [cli.EXAMPLE]


@pytest.mark.parametrize("example", examples_in_help())
def test_the_examples_in_the_help_work(run, example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert example.startswith("tinygrad-edu ")
    if "--svg" in example:
        monkeypatch.setattr(cli, "draw", lambda *_, **__: FakeDrawing())
    status, out, err = run(*shlex.split(example)[1:])
    assert (status, err) == (0, "")
    assert out


# --- pictures ----------------------------------------------------------------------------------------------------


class FakeDrawing:
    def __init__(self, error=None):
        self.error = error

    def save(self, path):
        if self.error:
            raise self.error
        with open(path, "w", encoding="utf-8") as file:
            file.write("<svg/>")


def test_svg_is_written_and_named(run, tmp_path):
    path = tmp_path / "graph.svg"
    status, out, err = run(*BRANCHING, "--svg", str(path))
    if "dot" in err:
        pytest.skip("no program that draws")
    assert status == 0
    assert out.endswith(f"\npicture: {path}\n")
    assert ElementTree.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - our own file


def test_png_is_written_without_a_word_beside_latex(run, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "draw", lambda *_, **__: FakeDrawing())
    assert "picture" not in run(*BRANCHING, "--png", str(tmp_path / "graph.PNG"), "--latex")[1]
    assert (tmp_path / "graph.PNG").exists()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (FileNotFoundError(2, "No such file or directory"), "error: cannot write x.svg: No such file or directory\n"),
        (OSError("odd"), "error: cannot write x.svg: odd\n"),
        (RuntimeError("no dot:\n  install it"), "error: no dot: install it\n"),
        (ValueError("too many boxes"), "error: too many boxes\n"),
        (ImportError("no graphviz"), "error: no graphviz\n"),
    ],
)
def test_a_picture_that_fails_is_one_line(run, monkeypatch, error, shown):
    monkeypatch.setattr(cli, "draw", lambda *_, **__: FakeDrawing(error))
    assert run(*BRANCHING, "--svg", "x.svg") == (2, "", shown)


@pytest.mark.parametrize(("option", "path"), [("--svg", "x.png"), ("--png", "x"), ("--svg", "svg")])
def test_a_picture_s_name_must_fit_its_kind(run, option, path):
    status, out, err = run(*BRANCHING, option, path)
    assert (status, out) == (2, "")
    assert err == f"error: {option} {path}: the name of the file must end in .{option[2:]}\n"


# --- check -------------------------------------------------------------------------------------------------------


def test_check_agrees(run):
    status, out, _ = run(*BRANCHING, "--check")
    lines = out.partition("against finite differences\n")[2].splitlines()
    assert status == 0
    assert lines[0] == "name  gradient  finite difference  apart  verdict"
    assert [line.split()[:3] + line.split()[4:] for line in lines[1:]] == [
        ["a", "7", "7", "agrees"],
        ["b", "9", "9", "agrees"],
        ["c", "2", "2", "agrees"],
    ]


def test_check_includes_constants_with_names(run):
    _, out, _ = run("w = 3; xs = [1, x]; dot([w, w], xs)", "x=2", "--check")
    checked = out.partition("against finite differences\n")[2].splitlines()[1:]
    assert [line.split()[:3] for line in checked] == [["x", "3", "3"], ["w", "3", "3"], ["xs[0]", "3", "3"]]


def test_check_finds_a_wrong_rule(run, monkeypatch):
    monkeypatch.setattr(Value, "sin", lambda self: self._node("sin", math.sin(self.data), 0.5))
    status, out, _ = run("sin(x)*y", "x=1", "y=2", "--check")
    assert status == 1
    assert "8e-02  DISAGREES\n" in out
    assert "agrees\n" in out


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        (["abs(x)", "x=0"], "at a kink: slope -1 on its left, 1 on its right"),
        (["relu(x)", "x=0"], "at a kink: slope 0 on its left, 1 on its right"),
        (["max(x, y)", "x=2", "y=2"], "at a kink: slope 0 on its left, 1 on its right"),
        (["relu(x) - relu(-x)", "x=0"], "at a kink of relu, where its slope is a convention"),
        (["sqrt(x)", "x=0"], "inf                inf  0e+00  too steep for finite differences"),
        (["where(x > 0, 1, 0)", "x=0"], "at a jump: no slope"),
        (["sqrt(-x*x)", "x=0"], "not checked: undefined on both sides"),
        (["log(x)", "x=1e-6"], "agrees"),
    ],
)
def test_check_knows_where_there_is_no_single_slope(run, arguments, verdict):
    status, out, _ = run(*arguments, "--check")
    assert verdict in out
    assert status == 0


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason", "line", "column"),
    [
        (["(a+b)*(b+c)", "a=-1", "b=3"], "c has no value: add c=...", "(a+b)*(b+c)", 9),
        (["a*b", "a=1", "b=2", "c=3"], "c is not in the expression", "c=3", 0),
        (["alpha*b", "alpah=1", "b=2"], "alpah is not in the expression; did you mean alpha?", "alpah=1", 0),
        (["a*b", "a=1", "a=2"], "a has a value already", "a=2", 0),
        (["x = a; x*x", "a=1", "x=2"], "x is computed in the expression: leave one of the two out", "x=2", 0),
        (["a+b", "a"], "expected NAME=NUMBER, as in a=-1 (and the expression in quotes)", "a", 0),
        (["a+b", "=1"], "expected NAME=NUMBER, as in a=-1 (and the expression in quotes)", "=1", 0),
        (["a+b", "a=1", "b=-c"], "a value is a number: b=-c", "b=-c", 2),
        (["a", "a=x=1"], "a value is a number: a=x=1", "a=x=1", 2),
        (["a", "a=(x=1)"], '"=" names a result', "a=(x=1)", 4),
        (["a", "a=x=1;x"], "a value is a number", "a=x=1;x", 2),
        (["a", "a="], "the expression is empty", "a=", 2),
        (["a", "a=1_0"], '"1_0" is no number: write digits without _', "a=1_0", 2),
        (["a", "a=inf"], "a value is a number: a=inf", "a=inf", 2),
        (["a", "a=nan"], "a value is a number: a=nan", "a=nan", 2),
        (["a", "a=1e999"], "1e999 is too large for a float", "a=1e999", 2),
        (["a", "a=2*1j"], '"1j" is no real number', "a=2*1j", 4),
        (["a", "a=1/0"], "1.0 / 0.0 divides by zero", "a=1/0", 3),
        (["a", "a=[1]"], "the result is a list", "a=[1]", 2),
        (["2*log(a)", "a=-1"], "log(-1.0) is undefined: log needs a number above 0", "2*log(a)", 2),
        (["a^2", "a=1"], '"^" is not known here: write ** for a power', "a^2", 1),
        (["exp(a)", "a=1000"], "exp(1000.0) is too large for a float", "exp(a)", 0),
        (["a/(b-b)", "a=1", "b=2"], "1.0 / 0.0 divides by zero", "a/(b-b)", 1),
        (["y = a*b; y+a", "a=1", "b=1", "--wrt", "q"], "no value has this name; there are a, b, y, f", "--wrt q", 6),
        (["wide*2", "wide=1", "--wrt", "wid"], "no value has this name; did you mean wide?", "--wrt wid", 6),
        (
            ["xs = [a, 2*a]; sum(xs)", "a=1", "--wrt", "xs"],
            "this is a list: name one of its items, a, xs[1]",
            "--wrt xs",
            6,
        ),
        (["a*pi", "a=1", "--wrt", "pi"], "this is a constant: nothing changes with it", "--wrt pi", 6),
        (["a*a", "a=1", "--wrt", "exp"], "no value has this name; there are a, f", "--wrt exp", 6),
        (["a=3", "a*a"], "expected NAME=NUMBER, as in a=-1 (and the expression in quotes)", "a*a", 0),
        (["\x1b]0;owned\x07"], '"\\x1b" is not known here', "\\x1b]0;owned\\x07", 0),
        (["a", "a\x1b[2J=1"], "expected NAME=NUMBER", "a\\x1b[2J=1", 0),
        (["a", "a=1\udc80"], '"\\udc80" is not known here', "a=1\\udc80", 3),
    ],
)
def test_an_error_is_one_line_and_a_caret_under_the_spot(run, arguments, reason, line, column):
    status, out, err = run(*arguments)
    first, second, third = err.splitlines()
    assert (status, out) == (2, "")
    assert first.startswith(f"error: {reason}")
    assert (second, third) == (f"  {line}", "  " + " " * column + "^")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], 'there is no expression to differentiate: tinygrad-edu "(a+b)*(b+c)" a=-1 b=3 c=4 (or see --help)'),
        (["a*b", "--swg", "f.svg"], "unrecognized arguments: --swg"),
        (["a", "a=1", "--svg"], "argument --svg: expected one argument"),
        (["a", "a=1", "--svg", "-x"], "argument --svg: expected one argument"),
        (["a", "a=1", "--digits", "0"], "argument --digits: 0 is not a number of digits from 1 to 17"),
        (["a", "a=1", "--digits", "-3"], "argument --digits: -3 is not a number of digits from 1 to 17"),
        (["a", "a=1", "--digits", "٣"], "argument --digits: "),
        (["a", "--\x1b[31m"], "unrecognized arguments: --\\x1b[31m"),
    ],
)
def test_a_wrong_option_is_one_line(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {message}")


@given(
    st.lists(st.one_of(st.text(st.characters(), max_size=20), st.sampled_from(["a", "a=1", "a*a", "--check", "-a"])))
)
def test_random_arguments_never_end_in_a_traceback(argv):
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        status = main([word for word in argv if word[:5] not in ("--svg", "--png")])
    assert status in (0, 1, 2)
    assert bool(err.getvalue()) == (status == 2)
    assert all(line.isprintable() for line in (out.getvalue() + err.getvalue()).split("\n"))


# --- terminals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_the_output_will_do(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    assert main([*BRANCHING, "--check"]) == 0
    text = raw.getvalue().decode(encoding)
    assert ("v1 * v2" if encoding == "ascii" else "v1 × v2") in text or encoding == "cp1252"
    assert "gradient of f" in text


def test_powers_have_an_ascii_spelling(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    cli._write("x²³ ≈ y⁻¹, ∂f/∂x → 0")
    sys.stdout.flush()
    assert raw.getvalue() == b"x^23 ~ y^-1, df/dx -> 0\n"


def test_letters_without_an_ascii_spelling_become_question_marks(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert main(["日 + 1"]) == 2
    assert raw.getvalue().startswith(b'error: "?" (CJK UNIFIED IDEOGRAPH-65E5) is not known here')


def test_an_interrupt_ends_quietly(run, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parse", interrupted)
    assert run(*BRANCHING) == (130, "", "")


class ClosedPipe(io.StringIO):
    def __init__(self, descriptor):
        super().__init__()
        self.descriptor = descriptor

    def fileno(self):
        return self.descriptor

    def flush(self):
        raise BrokenPipeError


def test_a_closed_pipe_ends_quietly(monkeypatch, tmp_path):
    with open(tmp_path / "out", "wb") as file:
        monkeypatch.setattr(sys, "stdout", ClosedPipe(file.fileno()))
        assert main(BRANCHING) == 141
        monkeypatch.undo()
        file.write(b"lost")
    assert (tmp_path / "out").read_bytes() == b""


def test_a_picture_into_a_closed_pipe_ends_quietly(monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "draw", lambda *_, **__: FakeDrawing(BrokenPipeError(32, "Broken pipe")))
    with open(tmp_path / "out", "wb") as file:
        monkeypatch.setattr(sys, "stdout", ClosedPipe(file.fileno()))
        assert main([*BRANCHING, "--svg", "x.svg"]) == 141


# --- as a program ------------------------------------------------------------------------------------------------


def run_main(name):
    """What __main__.py defines, run under that name; pytest's own loader of plugins' packages cannot run modules."""
    path = Path(tg.__file__).with_name("__main__.py")
    spec = ModuleSpec("tinygrad_edu.__main__", None)  # by its name, coverage knows the module
    namespace = {"__name__": name, "__package__": "tinygrad_edu", "__spec__": spec}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)  # noqa: S102 - the library's own file
    return namespace


def test_python_m_is_the_same_command(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tinygrad-edu", *BRANCHING])
    with pytest.raises(SystemExit) as stop:
        run_main("__main__")
    assert stop.value.code == 0
    assert capsys.readouterr().out == run(*BRANCHING)[1]


def test_importing_the_main_module_runs_nothing(capsys):
    assert "main" in run_main("tinygrad_edu.__main__")
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell's pipe")
def test_a_reader_that_leaves_early_sees_no_complaint():
    command = [sys.executable, "-m", "tinygrad_edu", "+".join(f"v{i}*a" for i in range(400)), "a=1"]
    command += [f"v{i}={i}" for i in range(400)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, b"")


def test_bytes_that_are_no_text_are_refused_without_a_traceback():
    command = [sys.executable, "-m", "tinygrad_edu", b"a + \xff\x1b[31m"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert done.stderr.startswith(b'error: "\\udcff" is not known here')


def test_a_closed_output_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["a*b", "a=1", "b=2"]) == 0


def test_many_choices_take_no_time():
    terms = "+".join(f"where(a<0, b, x{i})" for i in range(60))
    values = {f"x{i}": 1.0 for i in range(60)} | {"a": 1.0, "b": 2.0}
    assert parse(terms).number(values) == 60.0
