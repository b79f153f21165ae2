"""Sheets as plain text, as Markdown and as one HTML page."""

import html
from collections.abc import Sequence
from typing import Literal

from ..notation.words import escaped
from ..pictures.boxes import PARTS
from ..pictures.drawing import draw
from ..questions.question import Question

WIDEST = 1000  # of a picture; one that would be wider has small boxes, so that it can be read on a page
LINE = "Answer: ____________"
STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem;
  background: light-dark(#ffffff, #0f172a); color: light-dark(#0f172a, #f1f5f9); }
h1 { font-size: 1.3rem; }
li { margin: 0 0 2rem; break-inside: avoid; }
pre { font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
svg { max-width: 100%; height: auto; }
.answer { margin-top: .6rem; }
.result { font-weight: bold; text-decoration: underline; }
@media print { :root { color-scheme: light; } }
"""


def text_of(title: str, questions: Sequence[Question], *, solved: bool, steps: bool) -> str:
    """The sheet as plain text."""
    parts = [title]
    for i, question in enumerate(questions, start=1):
        below = _below(question, solved=solved, steps=steps, is_text=True)
        lines = [*question.text.splitlines(), *(["", *below.splitlines()] if below else [])]
        start = f"{i}. "
        parts.append("\n".join((start if j == 0 else " " * len(start)) + line for j, line in enumerate(lines)))
    return "\n\n".join(_stripped(part) for part in parts)


def markdown_of(title: str, questions: Sequence[Question], *, solved: bool, steps: bool) -> str:
    """The sheet as Markdown."""
    parts = [f"## {escaped(title)}"]
    for i, question in enumerate(questions, start=1):
        parts.append(f"### Question {i}\n\n{question.markdown}")
        parts += [_below(question, solved=solved, steps=steps, is_text=False) or escaped(LINE)]
    return "\n\n".join(parts) + "\n"


def _below(question: Question, *, solved: bool, steps: bool, is_text: bool) -> str:
    """What stands below a question: its solution, or that with blanks, or nothing."""
    if not solved and not steps:
        return ""
    told = question.solution(blanks=not solved)
    return told.text if is_text else told.markdown


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


def html_of(title: str, questions: Sequence[Question], *, solved: bool, steps: bool) -> str:
    """The sheet as a page that needs nothing else, its pictures inside."""
    items = []
    for question in questions:
        below = _below(question, solved=solved, steps=steps, is_text=True)
        answer = f"<pre>{_marked(below, solved=solved)}</pre>" if below else f'<p class="answer">{LINE}</p>'
        program = f"<pre>{html.escape(chr(10).join(question.steps))}</pre>" if question.steps else ""
        given = f"<p>{html.escape(question.given)}</p>" if question.given else ""
        drawn = picture_of(question, solved=solved)
        items.append(f"<li>{given}{program}<p>{html.escape(question.asks)}</p>{drawn}{answer}</li>")
    name = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{name}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>\n{STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{name}</h1>\n<ol>\n{chr(10).join(items)}\n</ol>\n</body>\n</html>\n"
    )


def _marked(below: str, *, solved: bool) -> str:
    """A solution as HTML, its last line, which is the answer, in bold and underlined."""
    start, line, answer = html.escape(below).rpartition("\n\n")
    return f'{start}{line}<strong class="result">{answer}</strong>' if solved else f"{start}{line}{answer}"


def picture_of(question: Question, *, solved: bool) -> str:
    """The question's graph as SVG, with fields to fill in or with the numbers; nothing where there is none to see.

    Both have boxes of the same style, so that a key looks like its sheet: small ones if either would be too wide.
    """
    graph, about = question.graph, question.about
    if graph is None:
        return ""
    show = ("formula", "value") if question.drawn == "values" else PARTS
    tangents = {about: 1.0} if about is not None and question.drawn == "tangents" else None
    blanks: Literal["all", False] = False if solved else "all"
    key = draw(graph, show=show, tangents=tangents).svg
    sheet = draw(graph, show=show, tangents=tangents, blanks="all").svg
    if max(width_of(key), width_of(sheet)) <= WIDEST:
        return key if solved else sheet
    return draw(graph, style="compact", show=show, tangents=tangents, blanks=blanks).svg


def width_of(svg: str) -> float:
    """The width of a picture.

    >>> width_of('<svg width="12.5" height="3">')
    12.5
    """
    return float(svg.partition(' width="')[2].partition('"')[0])
