"""No line of a text that people read is longer than 120 columns."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "tools", "benchmarks", "examples", "docs", ".ci", ".github")
# Not the data (.json) and drawings (.svg) that programs write.
KINDS = {".py", ".pyi", ".md", ".js", ".css", ".html", ".toml", ".yml", ".yaml", ".cff", ".c", ".sh", ".txt", ""}
COLUMNS = 120


def files() -> list[Path]:
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return [
        path
        for path in [*ROOT.iterdir(), *inside]
        if path.is_file() and path.suffix in KINDS and not {"node_modules", "__pycache__"} & {*path.parts}
        if path.suffix or path.name in {"Makefile", "run", "find-python", "test-matrix"}
        if path.name != "equal_mutants.toml"  # its keys are whole lines of code, and more
    ]


def long_lines(text: str, *, is_markdown: bool) -> list[str]:
    """The lines that are too long, but in Markdown for rows of tables and for what a program printed.

    A row of a table cannot be broken; and an example shows what is printed as it is printed.
    """
    found = []
    is_code = is_session = False
    for line in text.splitlines():
        if is_markdown and re.match(r" *```", line):
            is_code, is_session = not is_code, False
        is_typed = re.match(r" *(>>>|\.\.\.|\$) ", line)
        is_session = is_code and (is_session or bool(is_typed))
        is_excused = is_markdown and (line.lstrip().startswith("|") or (is_session and not is_typed))
        if len(line) > COLUMNS and not is_excused:
            found.append(line)
    return found


def test_no_line_is_longer_than_120_columns() -> None:
    paths = files()
    assert len(paths) > 300, "the files are found"
    assert {".py", ".md", ".js", ".css", ".html", ".toml"} <= {path.suffix for path in paths}
    found = {
        str(path.relative_to(ROOT)): lines
        for path in paths
        if (lines := long_lines(path.read_text("utf-8"), is_markdown=path.suffix == ".md"))
    }
    assert not found


def test_long_lines_are_found_and_excused() -> None:
    long = "word " * 25
    assert long_lines(long, is_markdown=True) == [long]
    assert long_lines(f"| {long}", is_markdown=True) == []
    assert len(long_lines(f"| {long}", is_markdown=False)) == 1
    session = f"```python\n>>> f()\n{long}\n```\n"
    assert long_lines(session, is_markdown=True) == []
    assert long_lines(session + long, is_markdown=True) == [long], "the block has ended"
    assert len(long_lines(f"```python\n>>> {long}\n```", is_markdown=True)) == 1, "what is typed can be broken"
    assert len(long_lines(f"```python\n{long}\n```", is_markdown=True)) == 1, "code is no output"
