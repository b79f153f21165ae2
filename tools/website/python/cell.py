"""Runs what is typed into the page as Python's prompt would: a result shows itself, as text, picture or live page."""

import ast
import itertools
import linecache
import sys
import traceback
from collections.abc import Callable
from pathlib import Path


def runner(show: Callable[[str, str], None]) -> Callable[[str], None]:
    """A function that runs source text; all calls share one namespace.

    `show(kind, text)` is called with "svg", "html" or "error". Other results, and what is printed, go to sys.stdout.
    A picture or page that the source saves in the current folder is shown at the end.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    numbers = itertools.count(1)

    def display(value: object) -> None:
        if value is not None:
            namespace["_"] = value
            kind, text = as_shown(value)
            if kind == "text":
                sys.stdout.write(text)
            else:
                show(kind, text)

    def run(source: str) -> None:
        name = f"<cell {next(numbers)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)  # for tracebacks
        before, sys.displayhook = sys.displayhook, display
        files = saved()
        try:
            for statement in ast.parse(source, name).body:
                exec(compile(ast.Interactive([statement]), name, "single"), namespace)  # noqa: S102 - what it is for
        except BaseException as error:  # sys.exit too ends the cell only
            show("error", told(error))
        finally:
            sys.displayhook = before
        for path in [path for path, time in saved().items() if files.get(path) != time]:
            show(path.suffix[1:], path.read_text("utf-8"))

    return run


def as_shown(value: object) -> tuple[str, str]:
    """How a result shows itself: as "svg" or "html", else as "text"."""
    bundle: dict[str, str] = getattr(value, "_repr_mimebundle_", dict)()
    if "image/svg+xml" in bundle:
        return "svg", bundle["image/svg+xml"]
    if hasattr(value, "_repr_html_"):
        return "html", getattr(value, "html", None) or value._repr_html_()
    return "text", f"{value!r}\n"


def told(error: BaseException) -> str:
    """The traceback, without this module's own line."""
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error))
    inside = error.__traceback__.tb_next if error.__traceback__ else None
    return "".join(traceback.format_exception(type(error), error, inside))


def saved() -> dict[Path, int]:
    """The pictures and pages in the current folder, each with the time of its last change."""
    return {path: path.stat().st_mtime_ns for path in sorted(Path().iterdir()) if path.suffix in (".svg", ".html")}
