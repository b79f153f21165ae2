"""The command `tinygrad-edu "(a+b)*(b+c)" a=-1 b=3 c=4`: values, gradients and how they came about."""

import argparse
import importlib
import math
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn, TextIO

from .. import __version__
from ..checking.differences import Comparison
from ..checking.judgement import slopes_checked
from ..engine import Value, topological_order
from ..explanations.explanation import explain
from ..explorables.exploring import explore
from ..notation.forms import formula
from ..notation.tables import text_table
from ..notation.words import names, number_text
from ..pictures.drawing import draw
from .expression import CONSTANTS, FUNCTIONS, Expression, parse
from .expression_text import MAX_NAME, ExpressionError, clipped, did_you_mean, printable

OK, DISAGREES, ERROR, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141  # the last two as for any program a signal ends
MAX_ROWS = 30  # of a table with all values; a longer one has only those with names
MAX_NAMED = 100
EXAMPLE = 'tinygrad-edu "(a+b)*(b+c)" a=-1 b=3 c=4'
DESCRIPTION = """\
Evaluate an expression, differentiate it by each of its inputs, and explain how.

examples:
  tinygrad-edu "(a+b)*(b+c)" a=-1 b=3 c=4
      every value, every gradient, and the chain rule with these numbers in it
  tinygrad-edu "x = a + b; y = b + c; x * y" a=-1 b=3 c=4
      the same with names for the steps
  tinygrad-edu "(a+b)*(b+c)" a=-1 b=3 c=4 --wrt b
      only b: each path from b to the result, and their sum
  tinygrad-edu "exp(sin(x**2))" x=1 --check
      compare with finite differences
  tinygrad-edu "1/2 * (y - sigmoid(w*x + b))**2" w=2 x=-1 b=-3 y=1 --svg neuron.svg
      draw the graph
"""
FUNCTION_LINES = """\
expressions:
  numbers 2 and 1.5e-3, names, + - * / ** and parentheses; pi and e; lists [x, y], and xs[0] for an item;
  name = ...; gives a result a name; where(x > 0, if true, if false) chooses; and these functions:
"""
EPILOG = """\
other commands, each with a --help of its own:
  quiz (questions on the course), explainer (a page on how networks learn),
  check (an engine of your own), grade (a class of them), cache (what is kept of compiled programs)
exit status: 0, or 1 if --check finds a difference, or 2 after an error
"""
# Other commands, each a module with run(words, write), loaded when it is called.
COMMANDS = {
    "cache": ".cache_command",
    "check": "..testing.commands",
    "explainer": "..explorables.explainer_command",
    "grade": "..testing.commands",
    "quiz": "..exercises.quiz_command",
}
# How to spell, in ASCII, what explanations use beyond it.
PLAIN = str.maketrans({
    "×": "*", "·": "*", "−": "-", "–": "-", "—": "-", "∂": "d", "→": "->", "…": "...", "≈": "~", "√": "sqrt",
    "σ": "sigma", "Σ": "sum", "′": "'", "≤": "<=", "≥": ">=", "∞": "inf",
})  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


class UsageError(Exception):
    """A command line that cannot be carried out; the message says how to write it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (the process's own if None) and return its exit status."""
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, say `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again as it exits
        return PIPE_CLOSED
    except ExpressionError as error:
        _write(f"error: {error}", sys.stderr)
    except (UsageError, OSError, ValueError, ArithmeticError, RuntimeError, ImportError) as error:
        _write(f"error: {' '.join(str(error).split())}", sys.stderr)
    return ERROR


def _run(argv: list[str]) -> int:
    if argv and argv[0] in COMMANDS and not any(word.startswith(f"{argv[0]}=") for word in argv):
        status: int = importlib.import_module(COMMANDS[argv[0]], __package__).run(argv, _write)
        return status
    if not set(argv).isdisjoint(("-h", "--help")):
        _write(_parser().format_help())
        return OK
    options = _parser().parse_intermixed_args(_positionals_marked(argv))
    if options.version:
        _write(f"tinygrad-edu {__version__}")
        return OK
    if not options.words:
        raise UsageError(f"there is no expression to differentiate: {EXAMPLE} (or see --help)")
    expression = parse(options.words[0].removeprefix(MARK))
    values = _values(options.words[1:], expression)
    named: dict[str, object] = {}
    result, inputs = expression.graph(values, named)
    _name_result(result)
    result.backward()
    sources = [_node(result, inputs, named, name) for name in options.wrt]
    _save_pictures(result, options)
    comparisons = _comparisons(expression, values, inputs) if options.check else {}
    _print_report(result, inputs, sources, comparisons, options)
    return OK if all(comparison.ok for comparison in comparisons.values()) else DISAGREES


# --- reading the command line ----------------------------------------------------------------------------------

MARK = " "  # before an expression that starts with a minus, so that argparse does not take it for an option
ASSIGNMENT = re.compile(rf"([A-Za-z_][A-Za-z0-9_]{{0,{MAX_NAME - 1}}})=(.*)", re.DOTALL)


class _ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see tinygrad-edu --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _ArgumentParser(
        prog="tinygrad-edu",
        usage="tinygrad-edu EXPRESSION [NAME=NUMBER ...] [options]",
        description=DESCRIPTION,
        epilog=f"{FUNCTION_LINES}{_function_list()}\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    add = parser.add_argument_group("options").add_argument
    add("--wrt", metavar="NAME", action="append", default=[], help="explain the paths from this name to the result")
    add("--check", action="store_true", help="compare the gradients with finite differences")
    add("--svg", metavar="FILE", help="draw the graph into an SVG file")
    add("--png", metavar="FILE", help="draw the graph into a PNG file")
    add("--html", metavar="FILE", help="make a live page of the graph, an HTML file")
    add("--latex", action="store_true", help="print the explanation as LaTeX, and nothing else")
    add("--digits", metavar="N", type=_digits, default=4, help="significant digits of the numbers shown, 1 to 17 (4)")
    add("--version", action="store_true", help="print the version")
    add("-h", "--help", action="store_true", help="print this help")
    return parser


def _digits(text: str) -> int:
    if text not in map(str, range(1, 18)):
        raise argparse.ArgumentTypeError(f"{clipped(text.strip())} is not a number of digits from 1 to 17")
    return int(text)


def _function_list() -> str:
    lines = [" "]
    for name in sorted(FUNCTIONS):
        if len(lines[-1]) + len(name) > 100:
            lines.append(" ")
        lines[-1] += f" {name}"
    return "\n".join(lines) + "\n"


def _positionals_marked(argv: list[str]) -> list[str]:
    """The arguments with a space before each that starts with a minus and yet is no option, as in "-x**2"."""
    marked: list[str] = []
    for i, word in enumerate(argv):
        if word == "--":
            return [*marked, *(MARK + word for word in argv[i + 1 :])]
        is_option = (
            word.startswith("--") or not word.startswith("-") or argv[i - 1 : i] in (["--svg"], ["--png"], ["--html"])
        )
        marked.append(word if is_option else MARK + word)
    return marked


def _values(words: Sequence[str], expression: Expression) -> dict[str, float]:
    """The numbers in `a=-1 b=3`; each name once, and one that the expression needs."""
    values: dict[str, float] = {}
    for word in (word.removeprefix(MARK) for word in words):
        match = ASSIGNMENT.fullmatch(word)
        if not match:
            raise ExpressionError("expected NAME=NUMBER, as in a=-1 (and the expression in quotes)", word, 0)
        name = match[1]
        reason = ""
        if name in values:
            reason = f"{name} has a value already"
        elif name in expression.defined:
            reason = f"{name} is computed in the expression: leave one of the two out"
        elif name not in expression.names:
            reason = f"{name} is not in the expression{did_you_mean(name, expression.names)}"
        if reason:
            raise ExpressionError(reason, word, 0)
        values[name] = _number(word, match.start(2))
    return values


def _number(word: str, start: int) -> float:
    """The number that `word` gives from `start` on: plain, or arithmetic on numbers, as in x=pi/4."""
    try:
        constant = parse(word[start:])
        unknown = [name for name in constant.names if name not in CONSTANTS]
        if unknown or constant.defined:
            raise ExpressionError(f"a value is a number: {clipped(word)}", word[start:], 0)
        number: float = constant.number({})
        return number
    except ExpressionError as error:
        raise ExpressionError(error.reason, word, start + error.position) from None


def _name_result(result: Value) -> None:
    """Call the result f, unless it has a name or f is another's."""
    if not result.label and all(node.label != "f" for node in topological_order(result)):
        result.label = "f"


def _node(result: Value, inputs: dict[str, Value], named: dict[str, object], name: str) -> Value:
    """The node that `--wrt name` asks for: an input, a step, or a v1, v2, … of the table."""
    labelled = {node.label: node for node in topological_order(result) if node.label} | inputs
    known = {name: node for node, name in names(topological_order(result)).items()} | labelled
    found = known.get(name, named.get(name))  # of `y = x`, the value is labelled x
    if isinstance(found, Value):
        return found
    reason = "no value has this name"
    all_names = ", ".join([*inputs, *(label for label in labelled if label not in inputs)])
    hint = did_you_mean(name, known) or f"; there are {clipped(all_names, 100)}"
    if isinstance(found, list):
        reason, hint = "this is a list", f": name one of its items, {clipped(', '.join(x.label for x in found), 100)}"
    elif name in CONSTANTS:
        reason, hint = "this is a constant: nothing changes with it", ""
    raise ExpressionError(f"{reason}{hint}", f"--wrt {name}", len("--wrt "))


# --- what is made of the graph ---------------------------------------------------------------------------------


def _save_pictures(result: Value, options: argparse.Namespace) -> None:
    for kind in ("svg", "png", "html"):
        path = getattr(options, kind)
        if path is None:
            continue
        if not path.lower().endswith(f".{kind}"):
            raise UsageError(f"--{kind} {path}: the name of the file must end in .{kind}")
        try:
            (explore if kind == "html" else draw)(result, digits=options.digits).save(path)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def _comparisons(expression: Expression, values: dict[str, float], inputs: dict[str, Value]) -> dict[str, Comparison]:
    """Each input's gradient against finite differences of the expression."""
    numbers = [float(leaf.data) for leaf in inputs.values()]
    gradients = [float(leaf.grad) for leaf in inputs.values()]

    def f(*xs: Value) -> list[object]:
        return [expression.number(values | dict(zip(inputs, xs, strict=True)))]

    found = slopes_checked(f, numbers, [gradients])
    return {label: each.comparison for label, each in zip(inputs, found, strict=True)}


# --- the report ------------------------------------------------------------------------------------------------


def _print_report(
    result: Value,
    inputs: dict[str, Value],
    sources: list[Value],
    comparisons: dict[str, Comparison],
    options: argparse.Namespace,
) -> None:
    digits = options.digits
    explanations = [explain(result, x, digits=digits) for x in sources] or [explain(result, digits=digits)]
    check = "\n".join(_check_lines(comparisons, digits)) if options.check else ""
    if options.latex:
        _write("\n\n".join(explanation.latex for explanation in explanations))
        check = re.sub("^", "% ", check, flags=re.MULTILINE) if check else ""
    else:
        _write("\n".join(_table_lines(result, inputs, digits)))
        for explanation in explanations:
            _write(f"\n{explanation.text}")
    if check:
        _write(f"\n{check}")
    for what, path in (("picture", options.svg), ("picture", options.png), ("page", options.html)):
        if path is not None and not options.latex:
            _write(f"\n{what}: {path}")


def _table_lines(result: Value, inputs: dict[str, Value], digits: int) -> Iterator[str]:
    """Name, formula, value and gradient of each value; if there are many, of the first with names."""
    order = topological_order(result)
    named = {leaf: label for label, leaf in inputs.items()} | names(order)
    nodes = [*inputs.values(), *(node for node in order if node.label not in inputs)]
    rows = nodes if len(nodes) <= MAX_ROWS else [node for node in nodes if node.label]
    rows = rows if len(rows) <= MAX_NAMED else [*rows[: MAX_NAMED - 1], result]
    table: list[list[str]] = []
    for node in rows:
        made_by = clipped(formula(node, named, digits), 60) if node.op else ""
        table.append([named[node], made_by, number_text(node.data, digits), number_text(node.grad, digits)])
    header = ["name", "formula", "value", f"gradient of {named[result]}"]
    yield text_table(header, table, words={0, 1}, indent="")
    if len(rows) < len(nodes):
        yield f"and {len(nodes) - len(rows)} more values"


def _check_lines(comparisons: dict[str, Comparison], digits: int) -> Iterator[str]:
    yield "against finite differences"
    table: list[list[str]] = []
    for name, comparison in comparisons.items():
        numeric = "none" if math.isnan(comparison.numeric) else number_text(comparison.numeric, digits)
        apart = "" if math.isnan(comparison.difference) else f"{comparison.difference:.0e}"
        table.append([name, number_text(comparison.gradient, digits), numeric, apart, comparison.verdict])
    header = ["name", "gradient", "finite difference", "apart", "verdict"]
    yield text_table(header, table, words={0, 4}, indent="")


def _write(text: str, stream: TextIO | None = None) -> None:
    """Print lines of text: nothing in them can steer the terminal, and letters it has not are spelt in ASCII."""
    stream = stream or sys.stdout
    if stream is None:  # closed by the shell, as in `tinygrad-edu ... >&-`
        return
    text = "\n".join(printable(line) for line in text.split("\n"))
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda power: f"^{power[0].translate(SUPERSCRIPTS)}", text.translate(PLAIN))
        text = text.encode(encoding, "replace").decode(encoding)
    stream.write(text + "\n")
