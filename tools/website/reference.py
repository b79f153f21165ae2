"""The reference of the public API, made of the docstrings: a page for each room of the library.

Each name has a place to link to, `tinygrad_edu.grad`, its signature, its docstring with the example, and its source.
Names are found in the package itself, so that a new one is in the reference as soon as it is public.
"""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tinygrad_edu

SOURCE = Path(tinygrad_edu.__file__).parent
DESIGN = Path(__file__).parents[2] / "docs" / "design.md"
MODULES = (*sorted(set(dir(tinygrad_edu)) - set(tinygrad_edu.__all__)), "testing")  # tg.nn, tg.optim, …
TITLES = {"numbers": "Functions of a number", "core": "Rules and recording", "engine": "Value"}
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass
class Entry:
    """A public name: what it is called, where it is defined."""

    name: str  # tinygrad_edu.grad
    module: str  # transforms.gradients
    node: Definition


@dataclass
class Room:
    """A page of the reference."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    also: list[Entry] = field(default_factory=list)  # names that have their entry on another page

    @property
    def title(self) -> str:
        """The page's heading."""
        return TITLES.get(self.name, self.name if self.name in MODULES else self.name.capitalize())

    @property
    def page(self) -> str:
        """The page's path in the site."""
        return f"reference/{self.name}.md"


@cache
def definitions(module: str) -> dict[str, Definition]:
    """What a module of the package defines at its top, by name; of overloads, the last, which is the function."""
    path = SOURCE.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found: dict[str, Definition] = {}
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def modules() -> list[str]:
    """The package's modules as the page on design lists them, from the bottom up."""
    block = re.search(r"^## Layers$.*?^```text\n(.*?)^```", DESIGN.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    if block is None:
        raise ValueError("docs/design.md has no list of modules")
    order = []
    for line in block[1].splitlines():
        place, *names = line.split()
        order += [place.replace("/", ".") + name for name in names] or [place]
    return order


def home(name: str, item: object) -> str:
    """The module that defines a public name."""
    for module in modules():
        if name in definitions(module) and getattr(importlib.import_module(f"tinygrad_edu.{module}"), name) is item:
            return module
    raise LookupError(f"no module defines {name}")


def room_of(module: str) -> str:
    """The page that a module's names are on: its wing, or itself."""
    return module.partition(".")[0]


def public_names(module: str) -> list[str]:
    """The public names of a module: its list, or the functions and classes that it defines."""
    listed = getattr(importlib.import_module(f"tinygrad_edu.{module}"), "__all__", None)
    if listed is not None:
        return list(listed)
    nodes = definitions(module)
    return [name for name in nodes if name[0] != "_" and isinstance(nodes[name], ast.FunctionDef | ast.ClassDef)]


def rooms() -> list[Room]:
    """The pages, in the order of the page on design, each with its entries."""
    found: dict[str, Room] = {}
    entries: dict[tuple[str, str], Entry] = {}
    for name in tinygrad_edu.__all__:
        module = home(name, getattr(tinygrad_edu, name))
        entries[module, name] = entry = Entry(f"tinygrad_edu.{name}", module, definitions(module)[name])
        found.setdefault(room_of(module), Room(room_of(module))).entries.append(entry)
    for wing in MODULES:
        room = found.setdefault(wing, Room(wing))
        for name in public_names(wing):
            module = home(name, getattr(importlib.import_module(f"tinygrad_edu.{wing}"), name))
            known = entries.get((module, name))
            if known is None:
                entries[module, name] = known = Entry(f"tinygrad_edu.{wing}.{name}", module, definitions(module)[name])
                room.entries.append(known)
            elif known not in room.entries:
                room.also.append(known)
    order = list(dict.fromkeys(room_of(module) for module in modules()))
    return sorted(found.values(), key=lambda room: order.index(room.name))


def places() -> dict[str, str]:
    """Every entry's place: tinygrad_edu.grad → reference/transforms.md."""
    return {entry.name: room.page for room in rooms() for entry in room.entries}


# --- Markdown --------------------------------------------------------------------------------------------------------


def signature(node: ast.FunctionDef, name: str) -> str:
    """`name(a, b=1) -> float`, one parameter a line where it is long."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    written = parameters(node.args)
    line = f"{name}({', '.join(written)}){returns}"
    if len(line) <= 88:
        return line
    return f"{name}(\n{''.join(f'    {each},' + chr(10) for each in written)}){returns}"


def parameters(arguments: ast.arguments) -> list[str]:
    """The parameters as they are written, `/` and `*` among them."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    written = [_parameter(*pair) for pair in zip(positional, defaults, strict=True)]
    if arguments.posonlyargs:
        written.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg or arguments.kwonlyargs:
        written.append(f"*{ast.unparse(arguments.vararg) if arguments.vararg else ''}")
    written += [_parameter(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return written + ([f"**{ast.unparse(arguments.kwarg)}"] if arguments.kwarg else [])


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    if default is None:
        return ast.unparse(parameter)
    equals = " = " if parameter.annotation else "="
    return ast.unparse(parameter) + equals + ast.unparse(default).replace("'", '"')


def prose(docstring: str, page: str, known: dict[str, str]) -> str:
    """A docstring as Markdown: examples as blocks, names of the API as links, nothing else but text."""
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(docstring)):
        if re.match(r"\s*>>> ", paragraph):
            code = textwrap.dedent(paragraph).replace("<BLANKLINE>", "").rstrip()
            if parts and parts[-1].startswith("```"):
                parts[-1] = f"{parts[-1][:-4]}\n\n{code}\n```"
            else:
                parts.append(f"```pycon\n{code}\n```")
        else:
            parts.append(_plain(paragraph, page, known))
    return "\n\n".join(parts)


def _plain(paragraph: str, page: str, known: dict[str, str]) -> str:
    """Text whose signs are no Markdown; code spans stay, and lead to the entry of the name in them."""
    pieces = re.split(r"(`[^`]+`)", paragraph)
    pieces[::2] = [re.sub(r"([*_<\[\]$])", r"\\\1", piece) for piece in pieces[::2]]
    for i, code in enumerate(pieces[1::2]):
        entry = f"tinygrad_edu.{code.strip('`')}"
        if entry in known:
            target = "" if known[entry] == page else known[entry].rpartition("/")[2]
            pieces[2 * i + 1] = f"[{code}]({target}#{entry})"
    return "".join(pieces)


def source_of(entry: Entry) -> str:
    """The source, folded."""
    path = SOURCE.joinpath(*entry.module.split(".")).with_suffix(".py")
    if not path.exists():
        path = SOURCE.joinpath(*entry.module.split("."), "__init__.py")
    node = entry.node
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    last = node.end_lineno or first
    text = "\n".join(path.read_text("utf-8").splitlines()[first - 1 : last])
    where = f"{path.relative_to(SOURCE.parent).as_posix()}, lines {first}–{last}"
    summary = f'<details markdown="1" class="source"><summary>Source: {where}</summary>'
    return f"{summary}\n\n```python\n{text}\n```\n\n</details>"


def members(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The public methods and properties of a class that say what they do."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name[0] != "_" and ast.get_docstring(each):
            yield each


def entry_text(entry: Entry, page: str, known: dict[str, str]) -> str:
    """An entry of the reference in Markdown."""
    node = entry.node
    short = entry.name.removeprefix("tinygrad_edu.")
    parts = [f"## {_plain(short, page, {})} {{ #{entry.name} }}"]
    if isinstance(node, ast.FunctionDef):
        parts.append(f"```python\n{signature(node, f'{_prefix(entry)}{node.name}')}\n```")
    elif isinstance(node, ast.ClassDef):
        made = next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
        called = f"{_prefix(entry)}{node.name}"
        parts.append(
            f"```python\n{signature(_without_self(made), called).removesuffix(' -> None') if made else called}\n```"
        )
    else:
        parts.append(f"```python\n{ast.unparse(node)[:400]}\n```")
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        parts.append(prose(ast.get_docstring(node) or "", page, known))
    if isinstance(node, ast.ClassDef):
        for member in members(node):
            parts.append(f"### {_plain(f'{short}.{member.name}', page, {})} {{ #{entry.name}.{member.name} }}")
            if not any("property" in ast.unparse(mark) for mark in member.decorator_list):
                text = signature(_without_self(member), member.name)
                parts.append(f"```python\n{text}\n```")
            parts.append(prose(ast.get_docstring(member) or "", page, known))
    text = "\n\n".join([*filter(None, parts), source_of(entry)])
    return f'<div markdown="1" data-module="{entry.module}">\n\n{text}\n\n</div>'


def _prefix(entry: Entry) -> str:
    """What stands before the name where it is called, as in `tg.grad` or `nn.Linear`."""
    module = entry.name.split(".")[1:-1]
    return ".".join(["tg", *module]) + "." if not module else f"{module[0]}."


def _without_self(node: ast.FunctionDef) -> ast.FunctionDef:
    """The method as it is called: its first parameter is not written, unless it is static."""
    if any(ast.unparse(mark) == "staticmethod" for mark in node.decorator_list):
        return node
    rest = ast.arguments(**{name: getattr(node.args, name) for name in node.args._fields})
    if rest.posonlyargs:
        rest.posonlyargs = rest.posonlyargs[1:]
    else:
        rest.args = rest.args[1:]
    return ast.FunctionDef(node.name, rest, node.body, [], node.returns)


def room_text(room: Room, known: dict[str, str]) -> str:
    """A page of the reference."""
    about = inspect.getdoc(importlib.import_module(f"tinygrad_edu.{room.name}")) or ""
    if room.name not in MODULES:
        about = about.split("\n\n")[0]  # the rest is for those who read the code
    parts = [f"# {room.title}", prose(about, room.page, known)]
    if room.also:
        links = (
            f"[`{e.node.name}`]({known[e.name].rpartition('/')[2]}#{e.name})"  # type: ignore[union-attr]
            for e in room.also
        )
        parts.append(f"Also here by the name `{room.name}.…`: {', '.join(links)}.")
    return "\n\n".join([*parts, *(entry_text(entry, room.page, known) for entry in room.entries)]) + "\n"


def index_text(found: list[Room]) -> str:
    """The first page of the reference: every name, by page."""
    lines = ["# Reference", "Every public name, as `import tinygrad_edu as tg` gives it. Press `/` to search."]
    for room in found:
        names = (
            f"[`{entry.name.removeprefix('tinygrad_edu.')}`]({room.page.rpartition('/')[2]}#{entry.name})"
            for entry in room.entries
        )
        about = inspect.getdoc(importlib.import_module(f"tinygrad_edu.{room.name}")) or ""
        lines += [f"## [{room.title}]({room.page.rpartition('/')[2]})", _plain(about.split("\n\n")[0], "", {})]
        lines.append(" · ".join(names))
    return "\n\n".join(lines) + "\n"


def reference_pages() -> dict[str, str]:
    """All pages of the reference, by their path in the site; the first one first."""
    found, known = rooms(), places()
    return {"reference/index.md": index_text(found)} | {room.page: room_text(room, known) for room in found}
