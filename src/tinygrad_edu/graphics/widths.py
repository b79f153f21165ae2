"""How wide a text is: the widths of Arial, which Liberation Sans, Nimbus Sans and Helvetica share.

Pictures tell the reader's program the width of each text (`textLength`), so that a text stays in its box where other
letters stand in for these.
"""

import unicodedata

BOLD = 1.07  # bold letters are wider by about this
WIDE, TALL, OTHER, SMALL = 1000, 680, 570, 365  # East Asian letters, capitals, others, raised and lowered ones
_WIDTHS = {  # in thousandths of the size of the letters
    "ijl'′": 222,
    " !,./:;I[]\\ft·|\u00a0": 278,
    '()-r`{}"': 340,
    "*°^": 420,
    "Jcksvxyz∂↑↓": 500,
    "#$0123456789?L_abdeghnopqu–±÷√≈≤≥≠": 556,
    "+<=>~×−": 584,
    "FTZσΣ": 615,
    "&ABEKPSVXY": 667,
    "CDHNRUw∞": 722,
    "GOQωΩφ": 780,
    "Mm%": 860,
    "W@…←→—": 1000,
}
WIDTHS = {letter: width for letters, width in _WIDTHS.items() for letter in letters}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in letters of this size, in the same unit.

    >>> text_width("value", 10), text_width("", 10)
    (23.9, 0.0)
    """
    return sum(map(_letter, text)) * size / 1000 * (BOLD if bold else 1)


def _letter(letter: str) -> int:
    known = WIDTHS.get(letter)
    if known is not None:
        return known
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Me", "Cf"):  # accents stand above the letter before, joiners nowhere
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    return (
        SMALL if unicodedata.decomposition(letter).startswith(("<super>", "<sub>")) else TALL if kind == "Lu" else OTHER
    )
