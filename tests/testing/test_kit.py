"""Right engines of many shapes get no finding of severity wrong; planted mistakes are found, with the right words."""

import importlib.util
import json
import re
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from tests.kept import Kept
from tinygrad_edu.engine_checks.checks import Checker
from tinygrad_edu.engine_checks.limits import TimeUpError, time_limit
from tinygrad_edu.engine_checks.suspects import Source
from tinygrad_edu.foreign_engines.adapters import adapter_text
from tinygrad_edu.foreign_engines.engines import Engine
from tinygrad_edu.foreign_engines.finding import find_engine
from tinygrad_edu.foreign_engines.shapes import candidates
from tinygrad_edu.testing import Report, check_engine
from tinygrad_edu.testing.kit import check_found, is_own

ENGINES = Path(__file__).parent / "engines"
RIGHT = {path.stem: path for path in sorted(ENGINES.glob("*.py"))}


def module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"engine_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


CLASSES = {
    "closures": "Value", "tape": "Variable", "dual": "Dual", "flags": "Tensor", "links": "Var", "slots": "Zahl",
    "single": "Scalar", "seeded": "Node", "methods": "Quantity", "classes": "Scalar", "lists": "Tensor",
    "query": "Expr", "lazy": "Variable", "keywords": "Node", "shaped": "Variable", "is_float": "Value",
    "refusing": "Var",
}  # fmt: skip


def report_on(name: str) -> Report:
    module = module_at(RIGHT[name])
    if hasattr(module, "run"):
        return check_engine(run=module.run, functions=module)
    if name in CLASSES:
        return check_engine(getattr(module, CLASSES[name]))
    report = Report(name)
    check_found(found_in(module), module, report)
    return report


def told(report: Report) -> str:
    """All of a report but what depends on the version of Python: sizes in memory, and what its exceptions say."""
    text = re.sub(r"about \d+ bytes", "some bytes", json.dumps(json.loads(report.packed()), indent=1))
    return re.sub(r"(\w+(Error|Exception)): [^;\"]*", r"\1", text)


def found_in(module: ModuleType) -> Engine:
    """The engine of a module whose class nobody has named."""
    return find_engine(candidates(vars(module), module.__name__), names_of(module))[1]


def names_of(module: ModuleType) -> dict[str, object]:
    return {name: each for name, each in vars(module).items() if is_own(each, module.__name__)}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_engine_of_any_shape_gets_no_finding_of_severity_wrong(name: str) -> None:
    report = report_on(name)
    assert not report.unchecked
    assert [str(each) for each in report.findings if each.severity == "wrong"] == []
    assert report.topics["sharing"][1] > 10
    KEPT.check(name, told(report))


@pytest.mark.parametrize("name", [name for name in RIGHT if name not in ("functional", "feed")])
def test_the_adapter_that_is_written_for_a_right_engine_works_as_it_stands(name: str) -> None:
    module = module_at(RIGHT[name])
    engine = found_in(module)
    engine.imports = engine.imports or f"from {module.__name__} import *"
    space: dict[str, object] = {}
    exec(adapter_text(engine, module.__name__, names_of(module)), space)  # noqa: S102 - the kit's own text
    functions, run = space["functions"], space["run"]
    assert isinstance(functions, dict)
    assert callable(run)
    report = check_engine(run=run, functions={**names_of(module), **functions})
    assert not report.unchecked
    assert [str(each) for each in report.findings if each.severity == "wrong"] == []
    assert report.topics["sharing"][1] > 10


def test_a_function_that_few_have_is_not_listed_where_it_is_refused() -> None:
    def refused(_: object) -> object:
        raise NotImplementedError

    module = module_at(RIGHT["functional"])
    report = check_engine(run=module.run, functions={**vars(module), "erf": refused, "sin": refused})
    assert "sin" in report.missing
    assert "erf" not in report.missing
    assert report.ok


def test_an_adapter_that_fails_in_everything_accuses_nobody() -> None:
    report = check_engine(run=lambda f, xs: (f(*xs).data, []))
    assert report.status == 2
    assert "the adapter cannot run f(x) = x, nor x + y, nor x * y: AttributeError" in report.unchecked
    assert report.findings == []


# --- planted mistakes ------------------------------------------------------------------------------------------

BASE = (ENGINES / "closures.py").read_text("utf-8")
Change = tuple[str, str]
SORT = BASE[BASE.index("        order, seen, stack") : BASE.index("        for node in order:\n")]
SORT_AND_WALK = BASE[BASE.index("        order, seen, stack") :]
INNER_KEPT = ("        for node in order:\n            if node.parents:\n                node.grad = 0.0\n", "")
RECURSIVE = """        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
"""
BREADTH_FIRST = """        order, seen, queue = [], {id(self)}, [self]
        while queue:
            node = queue.pop(0)
            order.insert(0, node)
            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    queue.append(parent)
"""
PATH_BY_PATH = """        self.grad = 1.0
        self._down()

    def _down(self):
        self._backward()
        for parent in self.parents:
            parent._down()
"""
BY_VALUE = """    def __eq__(self, other):
        return self.data == getattr(other, 'data', other)

    def __hash__(self):
        return hash(self.data)

    def __add__"""
VISITED_AGAIN = """        def depth(node):
            return 1 + max(map(depth, node.parents), default=0)

        depth(self)
        order, seen, stack"""
ADDING = "self.grad += out.grad\n            other.grad += out.grad"
TO_PARENTS = "for each in out.parents:\n                each.grad += out.grad"
POWER_SLOPE = "(n * a ** (n - 1) if n else 0.0)"
POWER = "out = Value(a**n, (self,))"
RPOWER = "    def __rpow__(self, base):\n"
TANH = "return self._of_one(t, 1 - t * t)"
BY_HAND = "(math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)"
EXCHANGED = """other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other))

        def _backward():
            self.grad -= out.grad
            other.grad += out.grad

        out._backward = _backward
        return out"""
LEFT, RIGHT_ONE = "self.grad += b * out.grad", "other.grad += a * out.grad"


def tanh_with(rule: str) -> list[Change]:
    closure = f"def _backward():\n            {rule}\n\n        out._backward = _backward\n        return out"
    return [(TANH, f"out = Value(t, (self,))\n\n        {closure}")]


FRESH_PARENTS = """            for each in node.parents:
                each.grad = 0.0
            node._backward()
"""
# What is replaced in the right engine by what; the severity, some of the words, and the operation of the finding.
PLANTED: dict[str, tuple[list[Change], str, str, str | None]] = {
    "inner gradients kept": ([INNER_KEPT], "wrong", "backward twice gives 36", "backward"),
    "two losses": ([INNER_KEPT], "wrong", "two losses that share a node give 44", "two losses"),
    "recursion": ([(SORT, RECURSIVE)], "fragile", "5000 operations raises RecursionError", "depth"),
    "5 - x": ([("-self + other", "self - other")], "wrong", "5 - x is computed as x - 5", "5 - x"),
    "2 / x": ([("self**-1 * other", "self / other")], "wrong", "2 / x is computed as x / 2", "2 / x"),
    "2 ** x": ([(RPOWER, f"{RPOWER}        return self**base\n")], "wrong", "computed as x ** 2", "2 ** x"),
    "x ** 0 at 0": ([(POWER_SLOPE, "n * a ** (n - 1)")], "fragile", "x ** 0 at 0", "x ** 0"),
    "complex root": ([("float(data)", "data")], "fragile", "becomes a complex number", "x ** (1/3)"),
    "power by logarithm": ([("Value(a**n,", "Value(math.exp(n * math.log(a)),")], "wrong", "ValueError", None),
    "tanh overflows": ([("= math.tanh(self.data)", f"= {BY_HAND}")], "fragile", "tanh(1000) overflows", "tanh(x)"),
    "sigmoid overflows": (
        [("0.5 * (1 + math.tanh(self.data / 2))", "1 / (1 + math.exp(-self.data))")],
        "fragile",
        "sigmoid(-1000) overflows",
        "sigmoid(x)",
    ),
    "tanh of the input": (
        [(TANH, "return self._of_one(t, 1 - self.data**2)")],
        "wrong",
        "where the output belongs",
        "tanh(x)",
    ),
    "tanh without the square": ([(TANH, "return self._of_one(t, 1 - t)")], "wrong", "forgets the square", "tanh(x)"),
    "sigmoid of the input": ([("s * (1 - s)", "self.data * (1 - self.data)")], "wrong", "output belongs", "sigmoid(x)"),
    "a name missing": ([("t = math.tanh", "t = maths.tanh")], "wrong", "NameError", "tanh(x)"),
    "tanh assigns": (tanh_with("self.grad = (1 - t * t) * out.grad"), "wrong", "assigns the gradient", "tanh(x)"),
    "tanh forgets what comes from above": (
        tanh_with("self.grad += 1 - t * t"),
        "wrong",
        "forgets to multiply by the gradient from above",
        "tanh(x)",
    ),
    "tanh squares what comes from above": (
        tanh_with("self.grad += (1 - t * t) * out.grad**2"),
        "wrong",
        "multiplies by the gradient from above twice",
        "tanh(x)",
    ),
    "in place": (
        [
            (
                "    __radd__",
                "    def __iadd__(self, other):\n        self.data += other.data\n        return self\n\n    __radd__",
            )
        ],
        "wrong",
        "u += x changes the number and leaves no trace",
        "+=",
    ),
    "a plain number": (
        [("return self * other**-1", "return self.data / getattr(other, 'data', other)")],
        "wrong",
        "x / y gives a plain number",
        "x / y",
    ),
    "a method without its operand": (
        [("    def __neg__(self):", "    def __neg__(self, other):")],
        "wrong",
        "-x: the forward pass raises TypeError",
        "-x",
    ),
    "+ assigns": ([(ADDING, ADDING.replace("+=", "="))], "wrong", "assigns the gradient instead of adding", "x + x"),
    "* assigns": (
        [(LEFT, LEFT.replace("+=", "=")), (RIGHT_ONE, RIGHT_ONE.replace("+=", "="))],
        "wrong",
        "assigns the gradient instead of adding",
        "x * x",
    ),
    "* hands on its own": (
        [(LEFT, "self.grad += a * out.grad"), (RIGHT_ONE, "other.grad += b * out.grad")],
        "wrong",
        "its own value instead of the other's",
        "x * y",
    ),
    "a difference forgets y": (
        [("return self + (-other)", "return self + -getattr(other, 'data', other)")],
        "wrong",
        "no gradient arrives by y",
        "x - y",
    ),
    "exponent not lowered": ([("(n - 1) if n", "n if n")], "wrong", "forgets to lower the exponent", "x ** 2"),
    "factor of a power": ([("(n * a", "(a")], "wrong", "forgets the factor n", "x ** 2"),
    "log upside down": ([("1 / self.data)", "self.data)")], "wrong", "multiplies by x instead of dividing", "log(x)"),
    "exp of its input": ([("_of_one(e, e)", "_of_one(e, self.data)")], "wrong", "output belongs", "exp(x)"),
    "twice too large": ([("_of_one(e, e)", "_of_one(e, 2 * e)")], "wrong", "it is 2 times the right one", "exp(x)"),
    "not the derivative": ([("_of_one(e, e)", "_of_one(e, e + 1)")], "wrong", "it is not the derivative", "exp(x)"),
    "operands' gradients exchanged": (
        [("return self + (-other)", EXCHANGED)],
        "wrong",
        "each operand gets the other's gradient",
        "x - y",
    ),
    "an error with another gradient from above": (
        tanh_with("self.grad += {1.0: 1 - t * t}[out.grad]"),
        "wrong",
        "backward raises KeyError",
        "tanh(x)",
    ),
    "right alone": (
        tanh_with("self.grad += (1 - t * t) * out.grad**3"),
        "wrong",
        "right alone, wrong within",
        "tanh(x)",
    ),
    "an error when used twice": (
        [(ADDING, f"_ = 1 / (self is not other)\n            {ADDING}")],
        "wrong",
        "x + x: backward raises ZeroDivisionError",
        "x + x",
    ),
    "a value that is wrong": (
        [("_of_one(e, e)", "_of_one(e + 1, e)")],
        "wrong",
        "the value of exp(x) is wrong",
        "exp(x)",
    ),
    "deep graphs": (
        [("        for node in reversed(order):", "        for node in list(reversed(order))[:4000]:")],
        "wrong",
        "5000 operations gives a wrong gradient",
        "depth",
    ),
    "a backward pass that raises": (
        [("self.grad += out.grad", "self.grad += out.grd")],
        "wrong",
        "x + y: backward raises AttributeError",
        "x + y",
    ),
    "leaves only": (
        tanh_with("self.grad += (1 - t * t) * out.grad * (not self.parents)"),
        "wrong",
        "right alone, wrong within tanh(x * x)",
        "tanh(x)",
    ),
    "not a number": ([("_of_one(e, e)", "_of_one(math.nan, e)")], "wrong", "the value of exp(x) is wrong", "exp(x)"),
    "sign turned": ([("_of_one(e, e)", "_of_one(e, -e)")], "wrong", "its sign is turned", "exp(x)"),
    "relu lets through": ([("float(self.data > 0)", "1.0")], "wrong", "lets the gradient through", "relu(x)"),
    "order": ([(SORT, BREADTH_FIRST)], "wrong", "topological order", None),
    "a node twice": ([(SORT_AND_WALK, PATH_BY_PATH)], "wrong", "more than once", None),
    "parents in a set": (
        [("= parents\n", "= set(parents)\n"), (ADDING, TO_PARENTS)],
        "wrong",
        "kept in a set",
        "x + x",
    ),
    "nodes by value": (
        [("    def __add__", BY_VALUE), ("id(node) not in", "node not in"), ("add(id(node))", "add(node)")],
        "wrong",
        "equal value",
        None,
    ),
    "data read late": (
        [("+= b *", "+= other.data *"), ("+= a *", "+= self.data *")],
        "fragile",
        "a change of data",
        "data",
    ),
    "exponential time": ([("        order, seen, stack", VISITED_AGAIN)], "fragile", "time doubles", "time"),
    "whole numbers": (
        [("return self * other**-1", "return Value(self.data // other.data)")],
        "wrong",
        "it is //",
        None,
    ),
    "a second pass without effect": (
        [
            (
                "            node._backward()\n",
                "            node._backward()\n            node._backward = lambda: None\n",
            )
        ],
        "wrong",
        "nothing of the second arrives",
        None,
    ),
    "return missing in +": (
        [("        out._backward = _backward\n        return out", "        out._backward = _backward")],
        "wrong",
        "x + y gives None: is a `return` missing?; also x + 3, 3 + x",
        "x + y",
    ),
    "return missing in exp": (
        [("return self._of_one(e, e)", "self._of_one(e, e)")],
        "wrong",
        "exp(x) gives None",
        None,
    ),
    "gradients start at 1": (
        [("self.grad = 0.0", "self.grad = 1.0")],
        "wrong",
        "every gradient is off by 1",
        "backward",
    ),
    "backward starts with 2": (
        [("self.grad = 1.0", "self.grad = 2.0")],
        "wrong",
        "every gradient is 2 times the right one: does backward start with 1?",
        "backward",
    ),
    "backward goes nowhere": (
        [("while stack:", "while not stack:")],
        "wrong",
        "no gradient arrives, whatever",
        "backward",
    ),
    "backward stops at the root": (
        [("[(self, False)]", "[(self, True)]")],
        "wrong",
        "(x * y) + x: nothing arrives through x * y: does backward go on from it?",
        None,
    ),
    "each node starts the gradients of its parents anew": (
        [
            (
                "            node._backward()\n",
                FRESH_PARENTS,
            )
        ],
        "wrong",
        "(x * y) + x: assigns the gradient instead of adding to it",
        None,
    ),
    "two slips": (
        [("self.grad += out.grad", "self.grad += 2 * out.grad"), ("self.grad += b * out", "self.grad += a * out")],
        "wrong",
        "x + y is wrong: it is 2 times the right one by x",
        "x + y",
    ),
    "divides by the gradient from above": (
        [("self.grad += slope * out.grad", "self.grad += slope / out.grad")],
        "wrong",
        "exp(x): divides by the gradient from above instead of multiplying",
        None,
    ),
    "divides in a product": (
        [("self.grad += b * out.grad", "self.grad += b / out.grad")],
        "wrong",
        "x * (x * y): right alone, wrong where the gradient from above is not 1",
        None,
    ),
}


def planted(changes: list[Change]) -> str:
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def write(folder: Path, text: str, name: str = "engine.py") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_with_the_right_words(name: str, tmp_path: Path) -> None:
    changes, severity, words, operation = PLANTED[name]
    report = check_engine(module_at(write(tmp_path, planted(changes), f"{abs(hash(name))}.py")).Value)
    KEPT.check(name, told(report))
    found = [each for each in report.findings if words in each.what]
    assert found, report
    assert found[0].severity == severity
    assert operation in (None, found[0].operation)


def test_dual_numbers_whose_slope_squares_the_tangent_are_found(tmp_path: Path) -> None:
    dual = (
        RIGHT["dual"]
        .read_text("utf-8")
        .replace("-math.sin(self.real) * self.eps", "-math.sin(self.real) * self.eps**2")
    )
    report = check_engine(module_at(write(tmp_path, dual, "squared.py")).Dual)
    assert [each.what for each in report.findings if each.severity == "wrong"] == [
        "cos(x): right alone, wrong within cos(x * x)"
    ]


def test_one_cause_is_told_once_with_all_operations(tmp_path: Path) -> None:
    text = planted(PLANTED["power by logarithm"][0])
    logs = check_engine(module_at(write(tmp_path, text, "logs.py")).Value).findings
    assert [each.what for each in logs if each.severity == "wrong"] == [
        "x / y: the forward pass raises ValueError: math domain error; also 2 / x, x ** 2, x ** 3, x ** (-1), x ** 1"
    ]


def test_refusals_by_design_are_listed_as_missing() -> None:
    report = report_on("refusing")
    assert {"x ** 2 at -0.5", "x ** y"} <= set(report.missing)
    assert [each.operation for each in report.findings] == ["depth"]
    assert "u -= x is refused: NotImplementedError" in report.conventions


def test_depth_is_judged_by_pythons_usual_limit_though_something_has_raised_it() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(2**14)  # as mypy does in its process
    try:
        report = report_on("refusing")
        assert sys.getrecursionlimit() == 2**14
    finally:
        sys.setrecursionlimit(limit)
    assert [each.operation for each in report.findings] == ["depth"]


@pytest.mark.parametrize(
    ("operation", "page"),
    [
        ("tanh assigns", "03-branches"),
        ("relu lets through", "04-gates"),
        ("exp of its input", "02-in-a-row"),
        ("order", "03-branches"),
        ("5 - x", "13-build-your-own"),
    ],
)
def test_a_finding_names_the_chapter_to_read(operation: str, page: str, tmp_path: Path) -> None:
    changes, _, words, _ = PLANTED[operation]
    report = check_engine(
        module_at(write(tmp_path, planted(changes), f"page{page[:2]}{abs(hash(operation))}.py")).Value
    )
    chapter = next(each.read for each in report.findings if words in each.what)
    assert page in chapter
    assert (Path(__file__).parents[2] / chapter).is_file()


def test_single_underscores_are_named() -> None:
    odd = type("Value", (), {"_init_": lambda _self, _data: None, "backward": lambda _self: None})
    assert "_init_: Python looks for two underscores" in check_engine(odd).unchecked


def test_findings_can_be_derived_and_html_is_escaped(tmp_path: Path) -> None:
    changes, *_ = PLANTED["5 - x"]
    report = check_engine(module_at(write(tmp_path, planted(changes), "derived.py")).Value, derive=True, name="<Value>")
    assert "5 - x" in report.findings[0].derivation
    assert "<pre>" in report.to_html()
    assert "&lt;Value&gt;" in report.to_html()
    assert Report.unpacked(report.packed()) == report


def test_an_engine_is_needed_and_one_that_is_none_is_named() -> None:
    with pytest.raises(TypeError, match="check_engine needs an engine"):
        check_engine()
    report = check_engine(dict)
    assert report.status == 2
    assert "could not be checked: dict: no way was found" in str(report)


def test_engines_made_elsewhere_than_in_a_file_are_checked() -> None:
    namespace: dict[str, type] = {}
    exec(BASE.replace("return -self + other", "return self - other"), namespace)  # noqa: S102
    report = check_engine(namespace["Value"])
    assert report.findings[0].operation == "5 - x"
    assert report.findings[0].line is None


def test_a_check_that_cannot_be_made_harms_no_other() -> None:
    module = module_at(RIGHT["closures"])
    report = Report("Value")
    checker = Checker(find_engine([("Value", module.Value)], {})[1], Source(module.Value), report)
    checker.guarded("square", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    assert report.conventions == ["square: could not be checked (ZeroDivisionError: division by zero)"]


def test_time_is_limited_in_the_main_thread_only() -> None:
    with pytest.raises(TimeUpError, match=r"more than 0.05 s"), time_limit(0.05):
        time.sleep(20)
    seen: list[float] = []

    def elsewhere() -> None:
        with time_limit(1e-9):
            seen.append(1.0)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [1.0]


@pytest.mark.parametrize(
    ("slip", "words"),
    [("self.data + other.data", "it adds"), ("other.data - self.data", "the operands are swapped")],
)
def test_a_wrong_difference_is_told_by_its_number(slip: str, words: str) -> None:
    class Number:
        def __init__(self, data: float, parents: tuple[tuple["Number", float], ...] = ()) -> None:
            self.data, self.parents, self.grad = data, parents, 0.0

        def __mul__(self, other: "Number") -> "Number":
            return Number(self.data * other.data, ((self, other.data), (other, self.data)))

        def __sub__(self, other: "Number") -> "Number":
            return Number(eval(slip), ((self, 1.0), (other, -1.0)))  # noqa: S307 - from the lines above

        def backward(self, upstream: float = 1.0) -> None:
            self.grad += upstream
            for parent, local in self.parents:
                parent.backward(upstream * local)

    found = [each.what for each in check_engine(Number).findings]
    assert any(each.startswith("the value of x - y is wrong") and words in each for each in found), found


# --- reports stay as they are, see tests/kept.py -----------------------------------------------------------------


def report_on_planted(name: str) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return check_engine(module_at(write(Path(folder), planted(PLANTED[name][0]))).Value)


KEPT = Kept(
    __file__,
    {name: lambda name=name: told(report_on(name)) for name in RIGHT}
    | {name: lambda name=name: told(report_on_planted(name)) for name in PLANTED},
)


def test_all_reports_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    warnings.simplefilter("error")  # as pytest has it
    KEPT.main()
