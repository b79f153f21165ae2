"""Right engines of many shapes get no finding of severity wrong; planted mistakes are found, with the right words."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tinygrad_edu as tg
from tinygrad_edu.testing import Report, check_engine

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
    "single": "Scalar", "seeded": "Node", "classes": "Scalar", "lists": "Tensor", "query": "Expr",
}  # fmt: skip


def report_on(name: str) -> Report:
    module = module_at(RIGHT[name])
    if name == "functional":
        return check_engine(run=module.run, functions=module)
    return check_engine(getattr(module, CLASSES[name]))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_engine_of_any_shape_gets_no_finding_of_severity_wrong(name: str) -> None:
    report = report_on(name)
    assert not report.unchecked
    assert [str(each) for each in report.findings if each.severity == "wrong"] == []
    assert report.topics["sharing"][1] > 10


# --- planted mistakes ------------------------------------------------------------------------------------------

BASE = (ENGINES / "closures.py").read_text("utf-8")
DUNDER_ADD = "self.grad += out.grad\n            other.grad += out.grad"
ORDERED = "for node in reversed(order):\n            node._backward()"
TANH = "return self._of_one(t, 1 - t * t)"
NO_INNER_CLEARING = ("        for node in order:\n            if node.parents:\n                node.grad = 0.0\n", "")
RECURSIVE = (
    BASE[BASE.index("        order, seen, stack") : BASE.index("        for node in order:\n")],
    """        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
""",
)
BREADTH_FIRST = (
    BASE[BASE.index("        order, seen, stack") : BASE.index("        for node in order:\n")],
    """        order, seen, queue = [], {id(self)}, [self]
        while queue:
            node = queue.pop(0)
            order.insert(0, node)
            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    queue.append(parent)
""",
)
ONE_PATH_AT_A_TIME = (
    BASE[BASE.index("        order, seen, stack") :],
    """        self.grad = 1.0
        self._down()

    def _down(self):
        self._backward()
        for parent in self.parents:
            parent._down()
""",
)
BY_VALUE = ("    def __add__", "    def __eq__(self, other):\n        return self.data == getattr(other, 'data', other)\n\n    def __hash__(self):\n        return hash(self.data)\n\n    def __add__", 1)  # fmt: skip

# What is replaced in the right engine by what; the severity, some of the words, and the operation of the finding.
PLANTED = {
    "inner gradients kept": ([NO_INNER_CLEARING], "wrong", "backward twice gives 36", "backward"),
    "two losses": ([NO_INNER_CLEARING], "wrong", "two losses that share a node give 44", "two losses"),
    "recursion": ([RECURSIVE], "fragile", "5000 operations raises RecursionError", "depth"),
    "5 - x": ([("return -self + other", "return self - other")], "wrong", "5 - x is computed as x - 5", "5 - x"),
    "2 / x": ([("return self**-1 * other", "return self / other")], "wrong", "2 / x is computed as x / 2", "2 / x"),
    "2 ** x": (
        [("    def __rpow__(self, base):\n", "    def __rpow__(self, base):\n        return self**base\n")],
        "wrong", "2 ** x is computed as x ** 2", "2 ** x",
    ),
    "x ** 0 at 0": ([("(n * a ** (n - 1) if n else 0.0)", "n * a ** (n - 1)")], "fragile", "x ** 0 at 0", "x ** 0"),
    "complex root": ([("        a = self.data\n        out = Value(a**n", "        a = self.data\n        out = Value(0) or Value(a**n")], "", "", ""),
    "power by logarithm": (
        [("        out = Value(a**n, (self,))", "        out = Value(math.exp(n * math.log(a)), (self,))")],
        "wrong", "ValueError", None,
    ),
    "tanh overflows": (
        [("t = math.tanh(self.data)", "t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)")],
        "fragile", "tanh(1000) overflows", "tanh(x)",
    ),
    "sigmoid overflows": (
        [("s = 0.5 * (1 + math.tanh(self.data / 2))", "s = 1 / (1 + math.exp(-self.data))")],
        "fragile", "sigmoid(-1000) overflows", "sigmoid(x)",
    ),
    "tanh of the input": ([(TANH, "return self._of_one(t, 1 - self.data**2)")], "wrong", "where the output belongs", "tanh(x)"),
    "tanh without the square": ([(TANH, "return self._of_one(t, 1 - t)")], "wrong", "forgets the square", "tanh(x)"),
    "sigmoid of the input": ([("s * (1 - s)", "self.data * (1 - self.data)")], "wrong", "where the output belongs", "sigmoid(x)"),
    "a name missing": ([("t = math.tanh", "t = maths.tanh")], "wrong", "NameError", "tanh(x)"),
    "tanh assigns": (
        [(TANH, "out = Value(t, (self,))\n\n        def _backward():\n            self.grad = (1 - t * t) * out.grad\n\n        out._backward = _backward\n        return out")],
        "wrong", "assigns the gradient instead of adding", "tanh(x)",
    ),
    "tanh forgets what comes from above": (
        [(TANH, "out = Value(t, (self,))\n\n        def _backward():\n            self.grad += 1 - t * t\n\n        out._backward = _backward\n        return out")],
        "wrong", "forgets to multiply by the gradient from above", "tanh(x)",
    ),
    "tanh squares what comes from above": (
        [(TANH, "out = Value(t, (self,))\n\n        def _backward():\n            self.grad += (1 - t * t) * out.grad**2\n\n        out._backward = _backward\n        return out")],
        "wrong", "multiplies by the gradient from above twice", "tanh(x)",
    ),
    "+ assigns": ([(DUNDER_ADD, DUNDER_ADD.replace("+=", "="))], "wrong", "assigns the gradient instead of adding", "x + x"),
    "* assigns": (
        [("self.grad += b * out.grad", "self.grad = b * out.grad"), ("other.grad += a * out.grad", "other.grad = a * out.grad")],
        "wrong", "assigns the gradient instead of adding", "x * x",
    ),
    "* hands on its own": (
        [("self.grad += b * out.grad", "self.grad += a * out.grad"), ("other.grad += a * out.grad", "other.grad += b * out.grad")],
        "wrong", "its own value instead of the other's", "x * y",
    ),
    "sign of a difference": ([("return self + (-other)", "return self._of_one(self.data - other.data, 1.0) if isinstance(other, Value) else self + -other")], "wrong", "no gradient arrives by y", "x - y"),
    "exponent not lowered": ([("(n * a ** (n - 1) if n else 0.0)", "(n * a ** n if n else 0.0)")], "wrong", "forgets to lower the exponent", "x ** 2"),
    "factor of a power": ([("(n * a ** (n - 1) if n else 0.0)", "(a ** (n - 1) if n else 0.0)")], "wrong", "forgets the factor n", "x ** 2"),
    "log upside down": ([("1 / self.data)", "self.data)")], "wrong", "multiplies by x instead of dividing", "log(x)"),
    "exp of powers": ([("return self._of_one(e, e)", "return self._of_one(e, self.data)")], "wrong", "where the output belongs", "exp(x)"),
    "relu lets through": ([("float(self.data > 0)", "1.0")], "wrong", "lets the gradient through", "relu(x)"),
    "order": ([BREADTH_FIRST], "wrong", "topological order", None),
    "a node twice": ([ONE_PATH_AT_A_TIME], "wrong", "more than once", None),
    "parents in a set": (
        [("        self.parents = parents", "        self.parents = set(parents)"), (DUNDER_ADD, "for each in out.parents:\n                each.grad += out.grad")],
        "wrong", "kept in a set", "x + x",
    ),
    "nodes by value": ([BY_VALUE, ("id(node) not in seen", "node not in seen"), ("seen.add(id(node))", "seen.add(node)")], "wrong", "equal value", None),
    "data read late": ([("        a, b = self.data, other.data\n", ""), ("self.grad += b *", "self.grad += other.data *"), ("other.grad += a *", "other.grad += self.data *"), ("Value(a * b,", "Value(self.data * other.data,")], "fragile", "a change of data", "data"),
    "exponential time": (
        [("elif id(node) not in seen:", "elif id(node) not in seen or node.parents:"), ("for node in reversed(order):", "for node in dict.fromkeys(reversed(list(dict.fromkeys(reversed(order[::-1]))))):")],
        "fragile", "time doubles", "time",
    ),
}  # fmt: skip
del PLANTED["complex root"]


def planted(changes: list[tuple[str, ...]]) -> str:
    text = BASE
    for old, new, *count in changes:
        assert old in text, old
        text = text.replace(old, new, *count)
    return text


def write(folder: Path, text: str, name: str = "engine.py") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_with_the_right_words(name: str, tmp_path: Path) -> None:
    changes, severity, words, operation = PLANTED[name]
    report = check_engine(module_at(write(tmp_path, planted(changes), f"{abs(hash(name))}.py")).Value)
    found = [each for each in report.findings if words in each.what]
    assert found, report
    assert found[0].severity == severity
    assert operation in (None, found[0].operation)
