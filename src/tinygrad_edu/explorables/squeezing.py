"""Smaller text for the page: styles and scripts without comments, indentation and spaces that mean nothing.

Names stay, so that a page can still be read. Strings, templates and regular expressions are left alone.
"""

import re
from collections.abc import Iterable

# In a script, what must be left as it is: strings; templates; regular expressions, which stand where an operand would.
LITERAL = re.compile(
    r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
    r"""|(?<=[(,=:\[!&|?{};])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*""",
)
# Two of them with + between, where no other operator binds one of them more closely: a text broken over two lines.
JOINED = re.compile("(?<![-*/%])\0(\\d+)\0\\+\0(\\d+)\0(?![.\\[(*/%])")
SPACE = re.compile(r"[ \t]*([{}()\[\];,:?=<>*&|!~^%]|=>)[ \t]*")
SIGN = re.compile(r"(?<![-+]) *([-+/]) *(?![-+/])")


def squeezed_script(text: str) -> str:
    """A script of the same meaning; every statement in it must end with a semicolon or a brace.

    >>> squeezed_script('// why\\nconst a = [1, 2];\\nconst b = 3;\\n  f(a, "x , y", `${a[0]} + ${ b }`);')
    'const a=[1,2],b=3;f(a,"x , y",`${a[0]} + ${ b }`);'
    """
    lines = (line.strip() for line in text.splitlines())
    kept = "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
    literals: list[str] = []

    def hold(literal: str) -> str:
        literals.append(literal)
        return f"\0{len(literals) - 1}\0"

    def join(pair: re.Match[str]) -> str:
        before, after = literals[int(pair[1])], literals[int(pair[2])]
        return hold(before[:-1] + after[1:]) if before[0] == after[0] else pair[0]

    parts, at = [], 0
    while at < len(kept):
        literal = LITERAL.search(kept, at)
        tick = kept.find("`", at)
        starts = [start for start in (literal.start() if literal else -1, tick) if start >= 0]
        start = min(starts, default=len(kept))
        parts.append(kept[at:start])
        at = _end_of_template(kept, start) if start == tick else literal.end() if literal else start
        if at > start:
            parts.append(hold(kept[start:at]))
    code = _without_spaces("".join(parts))
    while (joined := JOINED.sub(join, code)) != code:
        code = joined
    return re.sub("\0(\\d+)\0", lambda found: literals[int(found[1])], code)


def _without_spaces(code: str) -> str:
    code = re.sub(r" // .*", "", code)
    code = SIGN.sub(r"\1", SPACE.sub(r"\1", code))
    code = re.sub(r"(?<=[{(\[,;=>?:&|])\n|(?<=[^+]\+)\n|\n(?=[.?:&|)\]])", "", code)  # no statement ends there
    code = re.sub(r"(?<=\))\n(?=[\w$])|(?<=\})\n(?!function|\n|$)", "", code)  # each function begins a line
    code = re.sub(r" (?=\0)|(?<=\0) ", "", code)  # between a word and a string
    code = re.sub(r"(?<![\w)])\((\w+)\)=>", r"\1=>", code)
    code = re.sub(r",(?=[)}\]])|;(?=\})", lambda found: found[0] if _ends_empty_loop(found) else "", code)
    return _with_one_const(code)


def _ends_empty_loop(found: re.Match[str]) -> bool:
    """Whether this is the semicolon of `while (…);`, which is the loop's whole body."""
    code, at = found.string, found.start() - 1
    depth = 0
    while (at >= 0 and code[at] in ")") or depth:
        depth += {")": 1, "(": -1}.get(code[at], 0)
        at -= 1
        if depth == 0:
            return re.search(r"\b(while|for)$", code[max(0, at - 5) : at + 1]) is not None
    return False


def _with_one_const(code: str) -> str:
    """`const a=1;const b=2;` as `const a=1,b=2;`: a statement that follows one of its kind on its level joins it."""
    kinds = [False]  # for each open bracket, whether the statement within it is a const
    parts = []
    for piece in re.findall(r";const(?=[ {\[])|\bconst(?=[ {\[])|[{}()\[\];]|[^{}()\[\];]", code):
        if piece == ";const" and kinds[-1]:
            parts.append(",")
            continue
        if piece.endswith("const"):
            kinds[-1] = True
        elif piece in "{([":
            kinds.append(False)
        elif piece in "})]":
            kinds.pop()
        elif piece == ";":
            kinds[-1] = False
        parts.append(piece)
    return re.sub(r",( )(?=\w)", ",", "".join(parts))


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


# A word that is a property, a key, or a shorthand for both. Texts have no words in camel case.
OTHER = re.compile(r"(?<!\.)\.(\w+)|\b(\w+):|(?<!\$)\{(\w+)[,}]|,(\w+)\}")


def with_short_names(script: str, names: Iterable[str]) -> str:
    """The script with two or three letters for each of these names of its own that is in camelCase and no property.

    >>> with_short_names("function squareOf(x){return x*x}squareOf(3)", ["squareOf"])
    'function $0(x){return x*x}$0(3)'
    """
    others = {word for found in OTHER.findall(script) for word in found}
    ours = sorted(name for name in set(names) - others if re.search("[a-z][A-Z]|_", name))
    short = {name: f"${i:x}" for i, name in enumerate(ours)}
    return re.sub(r"(?<![\w$.])\w+|(?<=\.\.\.)\w+", lambda found: short.get(found[0], found[0]), script)


def squeezed_style(text: str) -> str:
    """A style sheet of the same meaning.

    >>> squeezed_style("p {\\n  margin: 0 1px; /* note */\\n}")
    'p{margin:0 1px}'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]|(?<=[\w-]):(?= )) ?", r"\1", text).replace(";}", "}").strip()
