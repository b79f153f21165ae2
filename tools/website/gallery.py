"""The examples as a gallery: a card for each, with a picture, and a page with its source and what can be downloaded."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import tinygrad_edu as tg

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
ROW = re.compile(
    r"^\| \[(?P<file>[\w-]+)\.py\]\([^)]*\)(?P<note>[^|]*)\| (?P<about>[^|]*?) \|(?P<page>.*)$", re.MULTILINE
)


def composite() -> tg.Drawing:
    """A function within a function within a function."""
    x = tg.Value(0.5, label="x")
    return tg.draw(tg.exp(tg.sin(x**2)), style="compact")


def linear_neuron() -> tg.Drawing:
    """One weight, one bias, and the loss."""
    w, x, b, y = (tg.Value(number, label=name) for number, name in ((2.0, "w"), (3.0, "x"), (1.0, "b"), (5.0, "y")))
    return tg.draw((w * x + b - y) ** 2, style="compact")


def sigmoid_neuron() -> tg.Drawing:
    """A neuron with two inputs."""
    w, x, b = tg.Value(2.0, label="w"), tg.Value(-1.0, label="x"), tg.Value(-3.0, label="b")
    return tg.draw(tg.sigmoid(w * x + b), style="compact")


def robot_arm() -> tg.Drawing:
    """How far to the right an arm of two links reaches."""
    first, second = tg.Value(0.5, label="θ₁"), tg.Value(0.3, label="θ₂")
    return tg.draw(tg.cos(first) + tg.cos(first + second), style="compact")


def option_greeks() -> tg.Drawing:
    """What stands in the normal distribution."""
    price, strike, spread = tg.Value(100.0, label="S"), tg.Value(95.0, label="K"), tg.Value(0.2, label="σ")
    return tg.draw(tg.erf(tg.log(price / strike) / spread), style="compact")


def character_model() -> tg.Drawing:
    """Three scores become probabilities."""
    scores = [tg.Value(score, label=name) for score, name in ((2.0, "a"), (1.0, "b"), (0.1, "c"))]
    return tg.draw(tg.softmax(scores)[0], style="compact")


DRAWN: dict[str, Callable[[], tg.Drawing]] = {
    each.__name__: each
    for each in (composite, linear_neuron, sigmoid_neuron, robot_arm, option_greeks, character_model)
}


def anything() -> tg.Drawing:
    """Something becomes something else: for an example that nobody has drawn yet."""
    return tg.draw(tg.tanh(tg.Value(1.0, label="x")), style="compact")


def thumbnail(name: str) -> str:
    """An example's picture: the one of its lesson, or one that is drawn here."""
    if (PICTURES / f"{name}.svg").exists():
        return (PICTURES / f"{name}.svg").read_text("utf-8")
    return DRAWN.get(name, anything)().svg


def names() -> list[str]:
    """The examples, in the order of their page."""
    return [row["file"] for row in ROW.finditer((ROOT / "examples" / "README.md").read_text("utf-8"))]


def title(name: str) -> str:
    """An example's name for people: robot_arm → Robot arm."""
    return "XOR" if name == "xor" else name.replace("_", " ").capitalize()


def gallery_page(readme: str) -> str:
    """The page of the examples with cards in the place of its tables."""

    def card(row: re.Match[str]) -> str:
        name = row["file"]
        lesson = re.search(r"\[[^\]]*\]\(([^)]*)\)", row["page"])
        links = [f"[Lesson]({lesson[1]})"] if lesson else []
        links += [f"[Source]({name}.md)", f'[Notebook](../notebooks/{name}.ipynb){{ download="{name}.ipynb" }}']
        lines = [
            '<div class="card" markdown="1">',
            f'[![](thumbnails/{name}.svg)]({name}.md){{ .picture tabindex="-1" aria-hidden="true" }}',
            f"**[{title(name)}]({name}.md)**{row['note'].strip()}<br>{row['about']}",
            " · ".join(links),
            "</div>",
        ]
        return "\n\n".join(lines)

    text = re.sub(r"^\| file .*\n\|[-|]*\n", '<div class="gallery" markdown="1">\n', readme, flags=re.MULTILINE)
    text = re.sub(r"((?:^\| \[.*\n?)+)", lambda rows: f"{rows[1]}\n</div>\n", text, flags=re.MULTILINE)
    return ROW.sub(card, text)


def example_page(name: str) -> str:
    """An example's own page: what it says of itself, its picture, its source, and the downloads."""
    source = (ROOT / "examples" / f"{name}.py").read_text("utf-8")
    tree = ast.parse(source)
    heading, _, about = (ast.get_docstring(tree) or "").partition("\n")
    code = "\n".join(source.splitlines()[tree.body[0].end_lineno or 0 :]).strip()
    downloads = (
        f'[Download the source]({name}.py){{ .download download="{name}.py" }} '
        f'[Download as a notebook](../notebooks/{name}.ipynb){{ .download download="{name}.ipynb" }}'
    )
    return (
        f"---\ntitle: {title(name)}\n---\n\n# {heading.rstrip('.')}\n\n{downloads}\n\n{about.strip()}\n\n"
        f"![](thumbnails/{name}.svg){{ .thumbnail }}\n\n```python\n{code}\n```\n"
    )
