"""Names for the lines of a program: the reader's own where the target language allows them, never two the same."""

import re
import unicodedata

from ..notation.words import plain
from ..symbols.symbol import Symbol

LONGEST = 40  # characters of a label that go into a name


class Names:
    """Gives each line that needs one a name that is none of `reserved`. With `unicode`, names may have any letters."""

    def __init__(self, reserved: frozenset[str], *, patterns: str = "(?!)", unicode: bool = False) -> None:
        self._reserved = reserved
        self._patterns = re.compile(patterns)  # more names that are reserved, whole
        self._unicode = unicode
        self._taken: set[str] = set()
        self._names: dict[Symbol, str] = {}
        self._count = 0
        self._counts: dict[str, int] = {}

    def fresh(self, wish: str) -> str:
        """A name as near to the wish as the language and the names taken allow; t1, t2, … for no wish."""
        base = self._word(wish) if wish else ""
        name = base = f"own_{base}" if self._patterns.fullmatch(base) else base
        while not name or name in self._taken or name in self._reserved:
            if base:
                self._counts[base] = self._counts.get(base, 1) + 1
                name = f"{base}_{self._counts[base]}"
            else:
                self._count += 1
                name = f"t{self._count}"
        self._taken.add(name)
        return name

    def of(self, line: Symbol) -> str:
        """The name of a line."""
        name = self._names.get(line)
        if name is None:
            name = self._names[line] = self.fresh(line.label or line.wish)
        return name

    def comment(self, line: Symbol) -> str:
        """The label of a line whose name does not show it, fit for a comment in any language; otherwise empty."""
        if not line.label or self._word(line.label) == line.label:
            return ""
        return comment_text(line.label)

    def _word(self, wish: str) -> str:
        """The wish as one word of letters, digits and underscores, not too long, or nothing."""
        wish = wish[:LONGEST]
        if self._unicode:
            wish = unicodedata.normalize("NFKC", wish)  # as Python's compiler does
            if wish.isidentifier() and not wish.startswith("__"):
                return wish
        word = re.sub(r"[^A-Za-z0-9]+", "_", wish).strip("_")
        return word if re.match("[A-Za-z]", word) else ""


def comment_text(text: str) -> str:
    """Text that cannot end a comment: letters, digits and plain punctuation of one line."""
    return "".join(c if c.isalnum() or c in " _.,:;+-=()[]<>^|'" else "_" for c in plain(text))
