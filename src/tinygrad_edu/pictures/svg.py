"""From DOT to SVG and PNG: find a program that lays graphs out, run it, finish its SVG.

The finished SVG has a title and a description for screen readers, colours that follow a dark page, and no ids, so
that several of them fit into one page.
"""

from .boxes import Picture
from .dot_text import COLOURS, FONT

CSS_CLASS = "tinygrad-edu"
DESCRIBED = 40  # boxes that the description for screen readers lists
NO_PROGRAM = (
    "drawing needs a program that lays out graphs, and none was found. Either: pip install graphviz-pure "
    "(no system package needed). Or: install Graphviz, which has the program dot "
    "(apt install graphviz, brew install graphviz, https://graphviz.org/download). "
    "The text to lay out needs neither: draw(...).dot, or .save('graph.dot')"
)


class DrawingError(RuntimeError):
    """A picture could not be laid out: no program to do it, or the program failed.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.pictures import draw
    >>> draw(Value(1.0), program="no-such-program").svg
    Traceback (most recent call last):
        ...
    tinygrad_edu.DrawingError: there is no program 'no-such-program': drawing needs a program that ...
    """

    __module__ = "tinygrad_edu"


def rendered(dot: str, form: str, program: str | None) -> bytes:
    """What the program makes of `dot`: bytes of `form`, "svg" or "png". DrawingError if that fails."""
    import subprocess  # noqa: PLC0415 - costs milliseconds, so it is loaded when something is drawn

    command = [_found(program), f"-T{form}"] + ["-Gdpi=192"] * (form == "png")
    try:
        run = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise DrawingError(f"{command[0]} could not be started: {error}") from error
    if run.returncode != 0 or not run.stdout:
        said = run.stderr.decode(errors="replace").strip()[-500:]
        raise DrawingError(
            f"{' '.join(command)} failed with code {run.returncode}: {said or 'it said nothing'}. "
            "Try another program: pip install graphviz-pure, and draw(..., program='graphviz-pure')"
        )
    return run.stdout


def _found(program: str | None) -> str:
    """The path of the program: the one asked for, else the system's dot, else graphviz-pure."""
    import os  # noqa: PLC0415
    import shutil  # noqa: PLC0415
    import sysconfig  # noqa: PLC0415

    # A virtual environment's programs are not on the PATH unless it was activated.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])
    for name in ("dot", "graphviz-pure") if program is None else (program,):
        found = shutil.which(name, path=path)
        if found:
            return found
    raise DrawingError(NO_PROGRAM if program is None else f"there is no program {program!r}: {NO_PROGRAM}")


# --- finishing the SVG -----------------------------------------------------------------------------------------------


def finished(svg: bytes, picture: Picture, title: str) -> str:
    """The program's SVG, made fit for screen readers, dark pages and pages with several pictures."""
    from xml.etree import ElementTree  # noqa: PLC0415 - parses what our own program wrote

    root = ElementTree.fromstring(svg)  # noqa: S314
    summaries = {box.key: box.summary for box in picture.boxes}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib.pop("id", None)
        shown = element.find("{*}title")
        if shown is not None:  # the program's internal names: a tooltip for a box, nothing for an arrow
            summary = summaries.get(shown.text or "")
            if summary is None:
                element.remove(shown)
            else:
                shown.text = summary
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("class", CSS_CLASS)
    root.set("role", "img")
    for position, (tag, text) in enumerate([("title", title), ("desc", description(picture)), ("style", _style())]):
        element = ElementTree.Element(tag)
        element.text = text
        root.insert(position, element)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def description(picture: Picture) -> str:
    """The picture in words.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.pictures.boxes import Options, picture
    >>> description(picture([Value(2.0, label="x") ** 2], Options(), {}))
    '2 boxes, 1 arrow. x: value 2, grad –; v1 = x²: value 4, grad –.'
    """
    boxes = picture.boxes
    listed = "; ".join(box.summary for box in boxes[:DESCRIBED])
    more = f"; and {len(boxes) - DESCRIBED} more" if len(boxes) > DESCRIBED else ""
    return f"{counted(len(boxes), 'box', 'es')}, {counted(len(picture.arrows), 'arrow', 's')}. {listed}{more}."


def counted(n: int, noun: str, plural: str) -> str:
    """`1 box`, `2 boxes`."""
    return f"{n} {noun}{'' if n == 1 else plural}"


def _style() -> str:
    """CSS, for this picture alone: other fonts where Arial is missing, other colours on a dark page."""
    dark = "".join(
        f'.{CSS_CLASS} [{paint}="{light}"]{{{paint}:{colour}}}'
        for light, colour in COLOURS.items()
        for paint in ("fill", "stroke")
    )
    return (
        f".{CSS_CLASS}{{max-width:100%;height:auto}}"
        f".{CSS_CLASS} text{{font-family:{FONT},Helvetica,sans-serif}}"
        f"@media (prefers-color-scheme:dark){{{dark}}}"
    )
