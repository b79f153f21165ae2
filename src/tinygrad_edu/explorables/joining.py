"""One document out of the files in `page/`: styles, modules, the program and the data, under a strict policy.

The modules are joined to one script, since modules inside a document cannot import each other. The document may load
nothing: its Content-Security-Policy allows this script and this style sheet, known by their hashes.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from .content import script_json
from .program import NAME
from .squeezing import squeezed_script, squeezed_style, with_short_names

# Each module uses only what stands before it.
MODULES = (
    "elements",
    "numbers",
    "undefined",
    "state",
    "formulas",
    "steps",
    "sheet",
    "graph",
    "motion",
    "inputs",
    "player",
    "question",
    "plots",
    "descent",
    "address",
    "takeaway",
    "main",
)
IMPORT = re.compile(r"^import \{[^}]*\} from \"\.{1,2}/\w+\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(async )?(function|const|let) )", re.MULTILINE)
POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
)


def document(title: str, program: str, data: object) -> str:
    """The page as one HTML document that needs nothing else."""
    return filled(page_file("page.html"), title, program_text(program), MODULES, ("page.css",), data=script_json(data))


def filled(
    template: str, title: str, programs: str, modules: Iterable[str], styles: Iterable[str], **parts: str
) -> str:
    """A template with {{title}}, {{policy}}, {{style}}, {{script}} and the other parts put in their places."""
    script = f"{programs}{joined(tuple(modules))}"
    style = squeezed_style("".join(map(page_file, styles)))
    policy = POLICY.format(script=_hash(script), style=_hash(style))
    parts |= {"policy": policy, "title": html.escape(title), "style": style, "script": script}
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template.replace(">\n<", "><"))


def program_text(source: str, name: str = NAME) -> str:
    """The definition of a printed program, in a scope of its own: its helpers cannot meet the names of the modules."""
    return f"\nconst {name} = {enclosed(source, name)};\n"


def enclosed(source: str, name: str) -> str:
    """A printed program as an expression, its function."""
    source = source.replace("</", "<\\/").replace("<!--", "<\\!--")
    return f"(() => {{\n{_unindented(source)}return {name};\n}})()"


def _unindented(text: str) -> str:
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)


@cache
def joined(modules: tuple[str, ...]) -> str:
    """The modules one after the other, without their imports and exports."""
    texts = [page_file(f"{name}.js") for name in modules]
    script = squeezed_script("".join(EXPORT.sub("", IMPORT.sub("", text)) for text in texts))
    return with_short_names(script, [name for text in texts for name in top_level_names(text)])


def top_level_names(text: str) -> list[str]:
    """What a module declares outside of any function.

    >>> top_level_names("export const size = 1;\\nfunction f() {\\n  const x = 2;\\n}\\n")
    ['size', 'f']
    """
    return [
        name
        for found in re.finditer(r"^(?:export )?(?:async )?(?:const|let|function) (\w+|\[.*?\])", text, re.MULTILINE)
        for name in re.findall(r"\w+", found[1])
    ]


@cache
def page_file(name: str) -> str:
    """A file of the folder `page`."""
    return (files(__package__) / "page" / name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
