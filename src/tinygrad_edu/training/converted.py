"""Examples as floats: with floats for ints, and for C as one buffer; each example is looked at once."""

from array import array

from ..trees.tree import flatten, unflatten
from .step import Examples


class Converted:
    """What examples have become, known by their identity: they must not be changed meanwhile, or be forgotten."""

    def __init__(self) -> None:
        self._rows: dict[int, object] = {}
        self._packed: dict[int, tuple[int, bytes]] = {}  # how many numbers in a list, 0 for one alone, and their bytes

    def rows(self, examples: Examples) -> Examples:
        """The same examples with floats in the place of ints."""
        known = self._rows
        try:
            return [known[id(each)] for each in examples]
        except KeyError:
            known.update((id(each), _as_floats(each)) for each in examples)
            return [known[id(each)] for each in examples]

    def buffer(self, examples: Examples) -> "memoryview[float] | None":
        """The numbers of the examples as one buffer; None unless all are floats, or lists of as many floats."""
        known = self._packed
        try:
            parts = [known[id(each)] for each in examples]
        except KeyError:
            known.update((id(each), _packed(row)) for each, row in zip(examples, self.rows(examples), strict=True))
            parts = [known[id(each)] for each in examples]
        sizes, numbers = zip(*parts, strict=True)
        if sizes[0] < 0 or sizes.count(sizes[0]) < len(sizes):
            return None
        return memoryview(bytearray().join(numbers)).cast("d", [len(sizes), *sizes[:1]] if sizes[0] else [len(sizes)])

    def forget(self) -> None:
        """Look at all examples anew."""
        self._rows.clear()
        self._packed.clear()


def _as_floats(row: object) -> object:
    """The example itself if it holds nothing but floats, or else a copy with them."""
    leaves, structure = flatten(row)
    if all(type(x) is float for x in leaves) and not hasattr(row, "tolist"):
        return row
    return unflatten(structure, [float(x) if type(x) is int or hasattr(x, "dtype") else x for x in leaves])


def _packed(row: object) -> tuple[int, bytes]:
    """The size and the bytes of a float, or of a list of floats; -1 for any other example."""
    if type(row) is float:
        return 0, array("d", [row]).tobytes()
    if type(row) is list and row and all(type(x) is float for x in row):
        return len(row), array("d", row).tobytes()
    return -1, b""
