"""Graphs to draw, and what stands on their pictures."""

from xml.etree import ElementTree

from tinygrad_edu import Value

PURE = "graphviz-pure"
SVG = "{http://www.w3.org/2000/svg}"


def branching():
    """W2: f = (a + b)(b + c)."""
    a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    x, y = a + b, b + c
    x.label, y.label = "x", "y"
    f = x * y
    f.label = "f"
    return f


def parsed(drawing):
    return ElementTree.fromstring(drawing.svg)  # noqa: S314 - our own


def texts(drawing):
    """The words on the picture, in the order they are drawn."""
    return [element.text for element in parsed(drawing).iter(f"{SVG}text")]


def boxes(drawing):
    """Of each box the line that sums it up, which is its tooltip and part of the description."""
    root = parsed(drawing)
    lines = root.findtext(f"{SVG}desc").partition(". ")[2][:-1].split("; ")
    assert sorted(lines) == sorted(title.text for title in root.iterfind(f".//{SVG}g[@class='node']/{SVG}title"))
    return lines


def edges(drawing):
    """The texts beside each arrow."""
    groups = parsed(drawing).iterfind(f".//{SVG}g[@class='edge']")
    return [[text.text.strip() for text in group.iter(f"{SVG}text")] for group in groups]
