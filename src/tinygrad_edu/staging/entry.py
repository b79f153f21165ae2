"""The way into a program: a quick check that the arguments have its structure, as a Python function made to measure."""

import inspect
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ..core.tree import LEAF
from .arguments import Argument

ABSENT: Any = object()  # stands for an argument that was left to its default
LISTED = 8  # of more results than that, those in one list are summed up to see whether all are finite


def entry(
    program: Callable[..., Any],
    signature: inspect.Signature,
    arguments: Mapping[str, Argument],
    result: Hashable,
    *,
    original: Callable[..., Any],
    otherwise: Callable[..., Any],
    is_buffer: Callable[..., bool] | None = None,
) -> Callable[..., Any]:
    """A function with the parameters of `signature` that calls `program` where the arguments have its structure.

    Where the program raises, or a result is not finite, `original` is called instead; for arguments of another
    structure, `otherwise` is. With `is_buffer`, batched arguments may be buffers of which it says whether they fit.
    """
    parameters = signature.parameters
    if any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in parameters.values()):
        return otherwise
    names = [f"a{i}" for i in range(len(parameters))]
    given = [own for own, name in zip(names, parameters, strict=True) if name in arguments]
    checks = _Checks({"ABSENT": ABSENT, "PROGRAM": program, "ORIGINAL": original, "OTHERWISE": otherwise})
    checks.constants |= {"NAMES": tuple(parameters), "PASS_ON": _pass_on, "IS_BUFFER": is_buffer, "__name__": __name__}
    conditions: list[str] = []
    for own, name in zip(names, parameters, strict=True):
        conditions += checks.argument(own, arguments[name]) if name in arguments else [f"{own} is ABSENT"]
    signature_text = ", ".join(f"{own}=ABSENT" for own in names)
    lines = [
        f"def entry({signature_text}):",
        *_conversions(given, [arguments[name] for name in parameters if name in arguments], is_buffer),
        f"    if {' and '.join(conditions) or 'True'}:",
        "        try:",
        f"            result = PROGRAM({', '.join(given)})",
        f"            total = {' + '.join(_terms('result', result)) or '0.0'}",
        "            if total - total == 0.0:",
        "                return result",
        "        except (ArithmeticError, TypeError, ValueError):",
        "            pass",
        "        call = ORIGINAL",
        "    else:",
        "        call = OTHERWISE",
        f"    return PASS_ON(call, NAMES, ({''.join(f'{own}, ' for own in names)}))",
    ]
    # parameters go by other names inside: theirs could be those of what is used here
    exec(compile("\n".join(lines), "<entry>", "exec"), checks.constants)  # noqa: S102 - no text of the reader's in it
    positional: Callable[..., Any] = checks.constants["entry"]
    code = positional.__code__
    positional.__code__ = code.replace(co_varnames=(*parameters, *code.co_varnames[len(names) :]))
    return positional


def _pass_on(call: Callable[..., Any], names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """Call with the arguments that are there: by position, from the first that is missing on by name."""
    missing = next((i for i, x in enumerate(values) if x is ABSENT), len(values))
    named = zip(names[missing:], values[missing:], strict=True)
    return call(*values[:missing], **{name: x for name, x in named if x is not ABSENT})


def _conversions(names: list[str], arguments: list[Argument], is_buffer: Any) -> list[str]:
    """Arrays become lists, except where the program takes buffers."""
    return [
        f"    if type({own}) is not list and hasattr({own}, 'tolist'):\n        {own} = {own}.tolist()"
        for own, argument in zip(names, arguments, strict=True)
        if (argument.batched and not is_buffer) or (not argument.batched and _kind(argument.structure) is list)
    ]


def _kind(structure: Any) -> Any:
    return structure[0] if isinstance(structure, tuple) else None


def _terms(text: str, structure: Any) -> list[str]:
    """Expressions for the numbers in a result, whose sum is finite only if all of them are."""
    if structure is None:
        return []
    if structure == LEAF:
        return [text]
    kind, *names, branches = structure
    if kind in {list, tuple} and len(branches) > LISTED and all(branch == LEAF for branch in branches):
        return [f"sum({text})"]
    if not names:
        places = [f"[{i}]" for i in range(len(branches))]
    elif issubclass(kind, dict):
        plain = all(type(key) in {str, int} for key in names[0])
        text = text if plain else f"[*{text}.values()]"
        places = [f"[{key!r}]" if plain else f"[{i}]" for i, key in enumerate(names[0])]
    else:
        places = [f".{name}" for name in names[0]]
    return [term for place, branch in zip(places, branches, strict=True) for term in _terms(text + place, branch)]


class _Checks:
    """Python conditions for arguments to have their structure, and the constants that these refer to."""

    def __init__(self, constants: dict[str, Any]) -> None:
        self.constants = constants

    def argument(self, text: str, argument: Argument) -> list[str]:
        if argument.batched:
            row = " and ".join(self._checks(f"{text}[0]", argument.structure, []))
            is_rows = f"type({text}) is list and {text}" + (f" and {row}" if row else "")
            if self.constants["IS_BUFFER"]:
                return [f"({is_rows} or IS_BUFFER({text}, {self._bound(argument.structure)}))"]
            return [is_rows]
        leaves = [(i, value) for i, value in argument.fixed]
        return self._checks(text, argument.structure, [dict(leaves), 0] if leaves else [])

    def _bound(self, value: Any) -> str:
        name = f"C{len(self.constants)}"
        self.constants[name] = value
        return name

    def _checks(self, text: str, structure: Any, fixed: list[Any]) -> list[str]:
        """Of a sequence, only the first number is checked."""
        if structure == LEAF:
            return [self._leaf(text, fixed)]
        if structure is None:
            return [f"{text} is None"]
        kind, *names, branches = structure
        checks = [f"type({text}) is {self._bound(kind)}"]
        if names and issubclass(kind, dict):
            checks.append(f"(*{text},) == {self._bound(names[0])}")
            places = [f"[{self._bound(key)}]" for key in names[0]]
        elif names:
            places = [f".{name}" for name in names[0]]
        else:
            checks.append(f"len({text}) == {len(branches)}")
            places = [f"[{i}]" for i in range(len(branches))]
        for i, (place, branch) in enumerate(zip(places, branches, strict=True)):
            if i == 0 or branch != LEAF or fixed:
                checks += self._checks(text + place, branch, fixed)
        return checks

    def _leaf(self, text: str, fixed: list[Any]) -> str:
        if fixed:
            values, place = fixed
            fixed[1] += 1
            if place in values:
                return f"{text} is {self._bound(values[place])}"
        return f"type({text}) is float"
