"""Makes the pictures of the documentation again: `python -m tools.pictures`, or with the pages to do.

It runs a page's Python blocks, and the examples its console blocks call, in a folder of its own, and copies what the
page shows from there into docs/pictures. A picture of measurements, which a page makes with --plot, stays as it is, and
so do those of `tools/course_pictures.py`.
"""

import contextlib
import doctest
import os
import re
import runpy
import shutil
import sys
import tempfile
from pathlib import Path

from tools.course_pictures import EVERY

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"


def shown_on(page: Path) -> list[str]:
    """The names of the pictures on the page, except those of measurements."""
    text = page.read_text(encoding="utf-8")
    measured = re.findall(r"--plot docs/pictures/([\w-]+\.svg)", text)
    return [name for name in re.findall(r"\((?:\.\./|docs/)?pictures/([\w-]+\.svg)\)", text) if name not in measured]


def run(page: Path) -> None:
    """Run the page's Python blocks and examples in the current folder; what they print goes nowhere."""
    text = page.read_text(encoding="utf-8")
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        blocks = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        test = doctest.DocTestParser().get_doctest(blocks, {"__name__": "__main__"}, page.name, str(page), 0)
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=lambda _: None)
        for command in re.findall(r"^\$ python (examples/.*)$", text, re.MULTILINE):
            sys.argv = command.split()
            runpy.run_path(str(ROOT / sys.argv[0]), run_name="__main__")


def main(pages: list[Path]) -> int:
    """Make the pictures of the pages again; the number of those that no example of any of the pages drew."""
    drawn, shown = {f"{each.__name__}.svg" for each in EVERY}, dict[str, Path]()
    for page in pages:
        names = shown_on(page)
        if not names:
            continue
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            run(page)
            for name in names:
                shown.setdefault(name, page)
                if Path(name).exists():
                    shutil.copyfile(name, PICTURES / name)
                    drawn.add(name)
        sys.stdout.write(f"{page.relative_to(ROOT)}: {', '.join(names)}\n")
    missing = [name for name in shown if name not in drawn]
    for name in missing:
        sys.stdout.write(f"{shown[name].relative_to(ROOT)} shows {name}, and no example draws it\n")
    return len(missing)


if __name__ == "__main__":
    given = [Path(each).resolve() for each in sys.argv[1:]]
    sys.exit(main(given or [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]) > 0)
