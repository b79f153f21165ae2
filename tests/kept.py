"""Outputs that stay as they are: pictures, reports, pages. What is right by its looks has no formula to compare with.

A test module makes them by name; a digest of each stands in a file of JSON beside it. Whoever changes one on purpose
looks at it and keeps the new one: `python -m tests.pictures.test_same_pictures` writes the digests anew, with a folder
it writes the outputs there instead, so that those of before and after a change can be compared.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


class Kept:
    """The outputs of one test module."""

    def __init__(self, module: str, outputs: Mapping[str, Callable[[], str]]) -> None:
        self.file = Path(module).with_name(Path(module).stem.removeprefix("test_") + ".json")
        self.outputs = outputs
        self.digests = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}

    def check(self, name: str, made_already: str | None = None) -> None:
        """AssertionError if the output is not what it was."""
        made = digest(self.outputs[name]() if made_already is None else made_already)
        assert made == self.digests.get(name), f"{name} has changed: look at it, see {__name__}"

    def check_names(self) -> None:
        """AssertionError if one was added or taken away without being kept."""
        assert list(self.digests) == list(self.outputs), f"outputs were added or taken away, see {__name__}"

    def main(self) -> None:
        """Keep what there is now, or write it to the folder that is given."""
        made = {name: make() for name, make in self.outputs.items()}
        if folder := sys.argv[1:]:
            for name, text in made.items():
                path = Path(folder[0], name.replace("/", "-"))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        else:
            digests = {name: digest(text) for name, text in made.items()}
            self.file.write_text(json.dumps(digests, indent=1, ensure_ascii=False) + "\n", "utf-8")


def digest(text: str) -> str:
    """Sixteen hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
