"""Programs as JavaScript: a function of the same arguments, lists as arrays, dicts and dataclasses as objects.

Its arithmetic is Python's to the last bit; functions of `Math` may differ from Python's in the last digit. Where Python
raises an error, as log(-1), JavaScript goes on with NaN or Infinity.
"""

import dataclasses
import json
from typing import ClassVar

from ..numbers.operations import OPERATIONS
from ..symbols.symbol import Program, RowLoop, Symbol, Tree
from ..trees.tree import flatten
from .braces import BracesWriter
from .names import Names
from .writer import checked_number

HELPERS = {
    "sigmoid": """function sigmoid(x) {
    if (x < 0.0) {
        const e_to_x = Math.exp(x);
        return e_to_x / (1.0 + e_to_x);
    }
    return 1.0 / (1.0 + Math.exp(-x));
}
""",
    "softplus": """function softplus(x) {
    return (x < 0.0 ? 0.0 : x) + Math.log1p(Math.exp(-Math.abs(x)));
}
""",
    "log_sigmoid": """function log_sigmoid(x) {
    return -((x > 0.0 ? 0.0 : -x) + Math.log1p(Math.exp(-Math.abs(x))));
}
""",
    "exp2": """function exp2(x) {
    return Math.pow(2.0, x);
}
""",
    # A power series, then Laplace's continued fraction: within 1e-15 of the true value, relative to it.
    "erf": """function erf(x) {
    const size = Math.abs(x), square = x * x;
    if (size < 2.0) {
        let term = x, sum = x;
        for (let n = 3.0; sum + term !== sum; n += 2.0) {
            term *= 2.0 * square / n;
            sum += term;
        }
        return 2.0 / Math.sqrt(Math.PI) * Math.exp(-square) * sum;
    }
    let fraction = size;
    for (let n = 60.0; n > 0.0; n -= 1.0) {
        fraction = size + n / (2.0 * fraction);
    }
    return Math.sign(x) * (1.0 - Math.exp(-square) / (Math.sqrt(Math.PI) * fraction));
}
""",
}
RESERVED = frozenset(
    """abstract arguments async await boolean break byte case catch char class const continue debugger default delete do
double else enum eval export extends false final finally float for from function get globalThis goto if implements
import in instanceof int interface let long native new null of package private protected public return set short static
super switch synchronized this throw throws transient true try typeof undefined var void volatile while with yield Math
Infinity NaN Object Array Number Symbol Function Error exports module require""".split()
).union(HELPERS)
MATH = {name: row.short or name for name, row in OPERATIONS.items() if row.is_line and name not in HELPERS}


class JavaScriptWriter(BracesWriter):
    """Writes one program as the body of a JavaScript function."""

    GUARDS: ClassVar = False
    FIXED: ClassVar = "const"
    CHANGING: ClassVar = "let"
    FUNCTIONS: ClassVar = {name: f"Math.{own}" for name, own in MATH.items()} | {
        "abs": "Math.abs",
        "pow": "Math.pow",
        "nan": "NaN",
        "inf": "Infinity",
    }
    TEMPLATES: ClassVar = {name: text.replace("nan", "NaN") for name, text in BracesWriter.TEMPLATES.items()}

    def _loop(self, loop: RowLoop) -> list[str]:
        zeros = [self._zero(total) for total in self.live.totals.get(loop, [])]
        i = self.names.fresh("i")
        rows = [self.names.of(each) for each in loop.rows]
        items = [
            f"    const {_pattern(self.names, tree)} = {own}[{i}];" for own, tree in zip(rows, loop.target, strict=True)
        ]
        return [*zeros, f"for (let {i} = 0; {i} < {rows[0]}.length; {i}++) {{", *items]

    def _count(self, rows: Symbol) -> str:
        return f"{self.names.of(rows)}.length"


def _pattern(names: Names, tree: Tree) -> str:
    """What takes an argument apart; what is no number in it is passed over."""
    if isinstance(tree, Symbol):
        return names.of(tree)
    if isinstance(tree, list | tuple):
        return f"[{', '.join(_pattern(names, branch) for branch in tree)}]"
    named = _branches(tree)
    if named is None:
        return names.fresh("")
    return f"{{{', '.join(f'{key}: {_pattern(names, branch)}' for key, branch in named.items())}}}"


def _branches(tree: Tree) -> dict[str, Tree] | None:
    """The branches of a dict or dataclass, by their keys as JavaScript writes them."""
    if isinstance(tree, dict):
        return {json.dumps(str(key)): branch for key, branch in tree.items()}
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return {json.dumps(field.name): getattr(tree, field.name) for field in dataclasses.fields(tree)}
    return None


def _returned(writer: JavaScriptWriter, tree: Tree) -> str:
    if isinstance(tree, list | tuple):
        return f"[{', '.join(_returned(writer, branch) for branch in tree)}]"
    named = _branches(tree)
    if named is not None:
        return f"{{{', '.join(f'{key}: {_returned(writer, branch)}' for key, branch in named.items())}}}"
    return "null" if tree is None else writer.result(tree)


def source(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> str:
    """A JavaScript function as text, with the helpers it needs."""
    names = Names(RESERVED)
    name = names.fresh(name or "f")
    own = [names.of(x) if isinstance(x, Symbol) else names.fresh(wish) for wish, x in parameters.items()]
    unpacking = [
        f"    const {_pattern(names, tree)} = {each};"
        for each, tree in zip(own, parameters.values(), strict=True)
        if isinstance(tree, list | tuple) or _branches(tree) is not None
    ]
    leaves, _ = flatten(results)
    writer = JavaScriptWriter(program, [checked_number(name, x) for x in leaves], names)
    body = writer.body()
    text = _returned(writer, results)
    helpers = [line for op in HELPERS if op in writer.used for line in (*HELPERS[op].splitlines(), "")]
    lines = [f"function {name}({', '.join(own)}) {{", *unpacking, *writer.declarations(), *body]
    opening = "return (" if text.startswith("{") else "return "
    return "\n".join([*helpers, *lines, f"    {opening}{text}{')' if text.startswith('{') else ''};", "}", ""])
