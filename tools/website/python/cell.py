"""Runs what is typed into the page as Python's prompt would: a result shows itself, as text, picture or live page."""

import ast
import itertools
import linecache
import sys
import traceback
from collections.abc import Callable


def runner(show: Callable[[str, str], None]) -> Callable[[str], None]:
    """A function that runs source text; all calls share one namespace.

    `show(kind, text)` is called with "svg", "html" or "error". Other results, and what is printed, go to sys.stdout.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    numbers = itertools.count(1)

    def display(value: object) -> None:
        if value is None:
            return
        namespace["_"] = value
        bundle: dict[str, str] = getattr(value, "_repr_mimebundle_", dict)()
        if "image/svg+xml" in bundle:
            show("svg", bundle["image/svg+xml"])
        elif hasattr(value, "_repr_html_"):
            show("html", getattr(value, "html", None) or value._repr_html_())
        else:
            sys.stdout.write(f"{value!r}\n")

    def run(source: str) -> None:
        name = f"<cell {next(numbers)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)  # for tracebacks
        before, sys.displayhook = sys.displayhook, display
        try:
            for statement in ast.parse(source, name).body:
                exec(compile(ast.Interactive([statement]), name, "single"), namespace)  # noqa: S102 - what it is for
        except SyntaxError as error:
            show("error", "".join(traceback.format_exception_only(error)))
        except BaseException as error:  # sys.exit too ends the cell only
            inside = error.__traceback__.tb_next if error.__traceback__ else None
            show("error", "".join(traceback.format_exception(type(error), error, inside)))
        finally:
            sys.displayhook = before

    return run
