"""Smaller text for the page: styles and scripts without comments, indentation and spaces that mean nothing.

Names stay, so that a page can still be read. Strings, templates and regular expressions are left alone.
"""

import re

# In a script, what must be left as it is: strings; templates; regular expressions, which stand where an operand would.
LITERAL = re.compile(
    r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<=[(,=:\[!&|?{};])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*""",
)
SPACE = re.compile(r"[ \t]*([{}()\[\];,:?=<>*&|!~^%]|=>)[ \t]*")
SIGN = re.compile(r"(?<![-+]) *([-+/]) *(?![-+/])")


def squeezed_script(text: str) -> str:
    """A script of the same meaning.

    >>> squeezed_script('// why\\nconst a = [1, 2];\\n  f(a, "x , y", `${a[0]} + ${ b }`);')
    'const a=[1,2];f(a,"x , y",`${a[0]} + ${ b }`);'
    """
    lines = (line.strip() for line in text.splitlines())
    kept = "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
    parts, at = [], 0
    while at < len(kept):
        literal = LITERAL.search(kept, at)
        tick = kept.find("`", at)
        starts = [start for start in (literal.start() if literal else -1, tick) if start >= 0]
        start = min(starts, default=len(kept))
        parts.append(_without_spaces(kept[at:start]))
        if start == len(kept):
            break
        at = _end_of_template(kept, start) if start == tick else literal.end()  # type: ignore[union-attr]
        parts.append(kept[start:at])
    return "".join(parts)


def _without_spaces(code: str) -> str:
    code = re.sub(r" // .*", "", code)
    code = SIGN.sub(r"\1", SPACE.sub(r"\1", code))
    return re.sub(r"([{(\[,;])\n", r"\1", code)


def _end_of_template(text: str, start: int) -> int:
    """The place after the template that starts here; those within its ${…} end before it does."""
    at = start + 1
    depth = 0  # of braces within ${…}
    while text[at] != "`" or depth:
        if text[at] == "\\":
            at += 1
        elif text.startswith("${", at):
            depth += 1
            at += 1
        elif depth and text[at] == "{":
            depth += 1
        elif depth and text[at] == "}":
            depth -= 1
        elif depth and text[at] == "`":
            at = _end_of_template(text, at) - 1
        at += 1
    return at + 1


def squeezed_style(text: str) -> str:
    """A style sheet of the same meaning.

    >>> squeezed_style("p {\\n  margin: 0 1px; /* note */\\n}")
    'p{margin:0 1px}'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]|(?<=[\w-]):(?= )) ?", r"\1", text).replace(";}", "}").strip()
