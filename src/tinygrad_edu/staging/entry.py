"""The way into a program: a quick check that the arguments have its structure, as a Python function made to measure."""

import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from ..symbols.symbol import Structure
from ..trees.tree import LEAF, Kept, Numbers, is_array, leaf_names
from .arguments import Argument
from .held import Fixed, is_unchanged
from .packing import packed_or_not

ABSENT: Any = object()  # stands for an argument that was left to its default
ONE_BY_ONE = 16  # numbers in a sequence whose types are compared one by one
LISTED = 8  # of more results than that, those in one list are summed up to see whether all are finite
Function = Callable[..., Any]


def entry(
    program: Function,
    signature: inspect.Signature,
    arguments: Mapping[str, Argument],
    result: Hashable,
    *,
    original: Function,
    otherwise: Function,
    is_buffer: Callable[[object, Hashable], bool] | None = None,
    holds: Callable[[], bool] | None = None,
    finish: Function | None = None,
) -> Function:
    """A function with the parameters of `signature` that calls `program` where the arguments have its structure.

    Where the program raises, or a result is not finite, `original` is called instead; for arguments of another
    structure, `otherwise` is. With `is_buffer`, batched arguments may be buffers of which it says whether they fit.
    `holds` says whether what the function carries with it is as it was, `finish` makes arrays in the result.
    """
    parameters = [*signature.parameters]
    if any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in signature.parameters.values()):
        return otherwise
    checks = _Checks(parameters, is_buffer)
    absent, own = checks.bound(ABSENT), checks.own
    given = [name for name in parameters if name in arguments]
    given_on = [checks.passed(name, arguments[name]) for name in given]
    conditions = [f"{checks.bound(holds)}()"] if holds else []
    for name in parameters:
        conditions += checks.argument(name, arguments[name]) if name in arguments else [f"{name} is {absent}"]
    found, total, call = (own(name) for name in ("result", "total", "call"))
    returned = f"{checks.bound(finish)}({found})" if finish else found
    every, passed = ", ".join(f"{name}={absent}" for name in parameters), "".join(f"{name}, " for name in parameters)
    lines = [
        f"def entry({every}):",
        *(line for name in given for line in checks.conversion(name, arguments[name])),
        f"    if {' and '.join(conditions) or 'True'}:",
        "        try:",
        f"            {found} = {checks.bound(program)}({', '.join(given_on)})",
        f"            {total} = {' + '.join(_terms(found, result, own('sum'))) or '0.0'}",
        f"            if {total} - {total} == 0.0:",
        f"                return {returned}",
        f"        except {checks.bound((ArithmeticError, TypeError, ValueError))}:",
        "            pass",
        f"        {call} = {checks.bound(original)}",
        "    else:",
        f"        {call} = {checks.bound(otherwise)}",
        f"    return {checks.bound(_pass_on)}({call}, {checks.bound(tuple(parameters))}, ({passed}))",
    ]
    # of the reader's text there are only the parameters' names, which are identifiers
    exec(compile("\n".join(lines), "<entry>", "exec"), checks.constants)  # noqa: S102 - made up here
    made: Function = checks.constants["entry"]
    return made


def _pass_on(call: Function, names: tuple[str, ...], values: tuple[object, ...]) -> object:
    """Call with the arguments that are there: by position, from the first that is missing on by name."""
    missing = next((i for i, x in enumerate(values) if x is ABSENT), len(values))
    named = zip(names[missing:], values[missing:], strict=True)
    return call(*values[:missing], **{name: x for name, x in named if x is not ABSENT})


def floats(rows: Any) -> object:
    """Numbers, or rows of numbers, as floats; what else there is among them is left as it is."""
    kinds = {*map(type, rows)}
    if kinds <= {float, int}:
        return rows if int not in kinds else type(rows)(map(float, rows))
    return [floats(row) for row in rows] if kinds <= {list, tuple} else rows


def _terms(text: str, structure: Structure, sum_of: str) -> list[str]:
    """Expressions for the numbers in a result, whose sum is finite only if all of them are."""
    if structure is None or type(structure) is Kept:
        return []
    if structure == LEAF:
        return [text]
    kind, *names, branches = structure
    if kind in {list, tuple, Numbers} and len(branches) > LISTED and all(branch == LEAF for branch in branches):
        return [f"{sum_of}({text})"]
    if not names:
        places = [f"[{i}]" for i in range(len(branches))]
    elif issubclass(kind, dict):
        plain = all(type(key) in {str, int} for key in names[0])
        text = text if plain else f"[*{text}.values()]"
        places = [f"[{key!r}]" if plain else f"[{i}]" for i, key in enumerate(names[0])]
    else:
        places = [f".{name}" for name in names[0]]
    return [
        term for place, branch in zip(places, branches, strict=True) for term in _terms(text + place, branch, sum_of)
    ]


class _Checks:
    """Python conditions for arguments to have their structure, and the constants that these refer to.

    All names in the text but the parameters' begin with more underscores than any of those.
    """

    def __init__(self, parameters: list[str], is_buffer: Callable[[object, Hashable], bool] | None) -> None:
        self._prefix = "_"
        while any(name.startswith(self._prefix) for name in parameters):
            self._prefix += "_"
        builtins = {self.own(each.__name__): each for each in (type, len, sum, hasattr, map, list, float, int)}
        self.constants: dict[str, Any] = {"__name__": __name__, **builtins}
        self._is_buffer = is_buffer
        self._numbers: tuple[type, ...] = (float,)

    def own(self, name: str) -> str:
        """A name that is no parameter's."""
        return self._prefix + name

    def bound(self, value: object) -> str:
        """The name of a constant with this value."""
        name = self.own(f"C{len(self.constants)}")
        self.constants[name] = value
        return name

    def passed(self, name: str, argument: Argument) -> str:
        """What the program gets for this parameter: itself, or the list made of an array."""
        return self.own(f"{name}_listed") if _is_list(argument, Numbers) and not argument.batched else name

    def conversion(self, name: str, argument: Argument) -> list[str]:
        """Arrays become lists, or where the program takes buffers, buffers of floats; ints in a batch floats."""
        if self.passed(name, argument) != name:
            listed, is_one = self.passed(name, argument), f"{self.bound(is_array)}({name})"
            return [f"    {listed} = {name}.tolist() if {is_one} else None"]
        rows_are_lists = _is_list(argument, list)
        if self._is_buffer and argument.batched:
            packs = self.bound(packed_or_not)
            return [f"    if {self._type(name)} is not {self.own('list')}: {name} = {packs}({name})"]
        if self._is_buffer or not (argument.batched or rows_are_lists):
            return []
        is_list, p = f"{self._type(name)} is {self.own('list')}", self._prefix
        one_more = "" if argument.batched else f" and not {self.bound(is_array)}({name})"
        lines = [f"    if not ({is_list}) and {p}hasattr({name}, 'tolist'){one_more}:"]
        lines += [f"        {name} = {name}.tolist()"]
        if argument.batched and (rows_are_lists or argument.structure == LEAF):
            row = f"{name}[0]"
            first, more = (f"{row}[0]", f" and {self._type(row)} is {p}list and {row}") if rows_are_lists else (row, "")
            lines += [
                f"    if {is_list} and {name}{more} and {self._type(first)} is {p}int:",
                f"        {name} = {self.bound(floats)}({name})",
            ]
        return lines

    def _type(self, text: str) -> str:
        return f"{self.own('type')}({text})"

    def argument(self, name: str, argument: Argument) -> list[str]:
        if argument.batched:
            self._numbers = (float, int) if self._is_buffer else (float,)  # C takes ints for floats
            row = " and ".join(self._checks(f"{name}[0]", argument.structure, None))
            self._numbers = (float,)
            is_rows = f"{self._type(name)} is {self.own('list')} and {name}" + (f" and {row}" if row else "")
            if self._is_buffer:
                return [f"({is_rows} or {self.bound(self._is_buffer)}({name}, {self.bound(argument.structure)}))"]
            return [is_rows]
        fixed = iter(_leaves(argument)) if argument.fixed else None
        return self._checks(self.passed(name, argument), argument.structure, fixed)

    def _checks(self, text: str, structure: Structure, fixed: Iterator[Fixed | None] | None) -> list[str]:
        """Of a sequence of floats all are looked at, of one of rows the first."""
        if structure == LEAF:
            return [self._leaf(text, fixed)]
        if structure is None:
            return [f"{text} is None"]
        kind, *names, branches = structure
        checks = [f"{self._type(text)} is {self.bound(list if kind is Numbers else kind)}"]
        if names and issubclass(kind, dict):
            checks.append(f"(*{text},) == {self.bound(names[0])}")
            checks += [f"{text}.default_factory is {self.bound(factory)}" for factory in names[1:]]
            places = [f"[{self.bound(key)}]" for key in names[0]]
        elif names:
            places = [f".{name}" for name in names[0]]
        else:
            if branches and not fixed and not self._is_buffer and all(each == LEAF for each in branches):
                return [*checks, *self._all_floats(text, len(branches))]
            checks.append(f"{self.own('len')}({text}) == {len(branches)}")
            places = [f"[{i}]" for i in range(len(branches))]
        for i, (place, branch) in enumerate(zip(places, branches, strict=True)):
            if i == 0 or branch != LEAF or fixed or names:
                checks += self._checks(text + place, branch, fixed)
        return checks

    def _all_floats(self, text: str, count: int) -> list[str]:
        """That a sequence holds so many floats, in the way that takes the least time (docs/design.md)."""
        if count > ONE_BY_ONE:
            return [f"[*{self.own('map')}({self.own('type')}, {text})] == {self.bound([float] * count)}"]
        types = [self._type(f"{text}[{i}]") for i in range(count)]
        return [f"{self.own('len')}({text}) == {count}", f"{' is '.join(types)} is {self.own('float')}"]

    def _leaf(self, text: str, fixed: Iterator[Fixed | None] | None) -> str:
        there = next(fixed) if fixed else None
        if there is None:
            known = f"is {self.own('float')}" if len(self._numbers) == 1 else f"in {self.bound(self._numbers)}"
            return f"{self._type(text)} {known}"
        if there.is_constant:
            return f"{text} is {self.bound(there.thing)}"
        itself = f"{text} is {self.bound(there.thing)} and " if there.is_handed_back else ""
        return f"{itself}{self.bound(is_unchanged)}({text}, {self.bound(there.state)})"


def _is_list(argument: Argument, kind: type) -> bool:
    return isinstance(argument.structure, tuple) and argument.structure[0] is kind


def _leaves(argument: Argument) -> list[Fixed | None]:
    """What is fixed at each leaf, None for a number."""
    there = dict(argument.fixed)
    return [there.get(i) for i in range(len(leaf_names(argument.structure, "")))]
