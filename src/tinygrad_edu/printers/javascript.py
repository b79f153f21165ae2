"""Programs as JavaScript: a function of the same arguments, lists as arrays, dicts and dataclasses as objects.

Its arithmetic is Python's to the last bit; functions of `Math` may differ from Python's in the last digit. Where Python
raises an error, as log(-1), JavaScript goes on with NaN or Infinity.
"""

import dataclasses
import itertools
import json
from typing import ClassVar

from ..numbers.operations import OPERATIONS
from ..rolling.finding import Arguments, find_loops
from ..rolling.shapes import Source
from ..symbols.symbol import Program, RowLoop, Symbol, Tree
from ..trees.tree import flatten
from ..writing.braces import BracesWriter
from ..writing.names import Names
from ..writing.nested import LoopText, Texts
from ..writing.writer import checked_number

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


LISTED = 4  # so many results are written one by one


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


class JavaScriptLoops(LoopText):
    """Writes nests of loops as the body of a JavaScript function."""

    def _declared_array(self, source: Source) -> str:
        return f"const {self._name(source)} = new Float64Array({self.sizes[source]});"

    def _table(self, name: str, numbers: list[str]) -> str:
        return f"const {name} = [{', '.join(numbers)}];"

    def _zeros(self, name: str, size: int) -> list[str]:  # noqa: ARG002 - other languages need it
        return [f"{name}.fill(0.0);"]

    def _for(self, variable: str, n: int, *, downwards: bool) -> str:
        if downwards:
            return f"for (let {variable} = {n - 1}; {variable} >= 0; {variable}--) {{"
        return f"for (let {variable} = 0; {variable} < {n}; {variable}++) {{"

    def _rows(self, loop: RowLoop) -> list[str]:
        i = self.names.fresh("i")
        rows = [self.names.of(each) for each in loop.rows]
        lines = [f"for (let {i} = 0; {i} < {rows[0]}.length; {i}++) {{"]
        for k, (own, tree) in enumerate(zip(rows, loop.target, strict=True)):
            name, _ = self._row(loop, k)
            if name:
                lines.append(f"    const {name} = {_listed(tree, f'{own}[{i}]')};")
        return lines


def _listed(tree: Tree, text: str) -> str:
    """An expression for all numbers of a tree, in order: the number itself, or an array of them."""
    if isinstance(tree, Symbol):
        return text
    if isinstance(tree, list | tuple) and all(isinstance(x, Symbol) for x in tree):
        return text
    return f"[{', '.join(_parts(tree, text))}]"


def _parts(tree: Tree, text: str) -> list[str]:
    """What an array of all numbers of a tree consists of."""
    if isinstance(tree, Symbol):
        return [text]
    if isinstance(tree, list | tuple):
        if all(isinstance(x, Symbol) for x in tree):
            return [f"...{text}"]
        if all(isinstance(x, list | tuple) for x in tree) and all(isinstance(x, Symbol) for x in flatten(tree)[0]):
            return [f"...{text}.flat(Infinity)"]
        return [part for i, x in enumerate(tree) for part in _parts(x, f"{text}[{i}]")]
    return [part for key, x in (_branches(tree) or {}).items() for part in _parts(x, f"{text}[{key}]")]


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
    leaves, _ = flatten(results)
    numbers = [checked_number(name, x) for x in leaves]
    live = JavaScriptWriter.liveness(program, numbers)
    names = Names(RESERVED)
    name = names.fresh(name or "f")
    own = [names.of(x) if isinstance(x, Symbol) else names.fresh(wish) for wish, x in parameters.items()]
    trees = dict(zip(own, parameters.values(), strict=True))
    arguments = Arguments({}, {})
    for each, tree in trees.items():
        arguments.add(each, [x for x in flatten(tree)[0] if isinstance(x, Symbol)])
    arguments.add_rows(live.totals)
    found = find_loops(live, numbers, arguments, knows_slopes=True)
    if found is None:
        unpacking = [
            f"    const {_pattern(names, tree)} = {each};"
            for each, tree in trees.items()
            if isinstance(tree, list | tuple) or _branches(tree) is not None
        ]
        writer = JavaScriptWriter(program, numbers, names, live)
        body = writer.body()
        lines = [*unpacking, *writer.declarations(), *body]
        text = _returned(writer, results)
    else:
        writer = JavaScriptWriter.of_expressions(live, names)
        out = names.fresh("out")
        texts: Texts = {"out": (out, True)}
        lines = []
        for each, tree in trees.items():
            listed = _listed(tree, each)
            texts[each] = each if listed == each else names.fresh(f"{each}_listed"), not isinstance(tree, Symbol)
            if listed != each:
                lines.append(f"    const {texts[each][0]} = {listed};")
        lines += [
            f"    const {out} = new Float64Array({len(leaves)});",
            *JavaScriptLoops(found, writer, names, texts).body(),
        ]
        text = _taken(results, out, 0)
    helpers = [line for op in HELPERS if op in writer.used for line in (*HELPERS[op].splitlines(), "")]
    opening = "return (" if text.startswith("{") else "return "
    return "\n".join(
        [
            *helpers,
            f"function {name}({', '.join(own)}) {{",
            *lines,
            f"    {opening}{text}{')' if text.startswith('{') else ''};",
            "}",
            "",
        ]
    )


def _taken(tree: Tree, out: str, first: int, rows: str = "", depth: int = 1) -> str:
    """A tree of results whose numbers stand in an array in order, from `first` on; in rows of others, from there."""
    if isinstance(tree, list | tuple):
        sizes = [len(flatten(branch)[0]) for branch in tree]
        if len(tree) > LISTED and all(isinstance(x, Symbol | int | float) for x in tree):
            return f"Array.from({out}.subarray({first}{rows}, {first + len(tree)}{rows}))"
        if len(tree) > LISTED and len({flatten(branch)[1] for branch in tree}) == 1:
            i = "i" * depth
            inner = _taken(tree[0], out, first, f"{rows} + {sizes[0]} * {i}", depth + 1)
            return f"Array.from({{length: {len(tree)}}}, (_, {i}) => {inner})"
        places = itertools.accumulate(sizes, initial=first)
        return f"[{', '.join(_taken(x, out, at, rows, depth) for x, at in zip(tree, places, strict=False))}]"
    named = _branches(tree)
    if named is not None:
        sizes = [len(flatten(branch)[0]) for branch in named.values()]
        places = itertools.accumulate(sizes, initial=first)
        each = zip(named.items(), places, strict=False)
        return f"{{{', '.join(f'{key}: {_taken(branch, out, at, rows, depth)}' for (key, branch), at in each)}}}"
    return "null" if tree is None else f"{out}[{first}{rows}]"
