"""Examples as floats: with floats for ints, and for C as one buffer; each example is looked at once."""

from array import array

from ..trees.tree import flatten, unflatten
from .step import Examples


class Converted:
    """What examples have become, known by their identity: they must not be changed meanwhile, or be forgotten."""

    def __init__(self) -> None:
        self._rows: dict[int, object] = {}
        self._packed: dict[int, bytes] = {}
        self._sizes: dict[int, int] = {}  # of each packed example: how many numbers in a list, 0 for one alone
        self._kinds: set[int] = set()  # of these sizes

    def rows(self, examples: Examples) -> Examples:
        """The same examples with floats in the place of ints."""
        known = self._rows
        try:
            return [*map(known.__getitem__, map(id, examples))]
        except KeyError:
            known.update((id(each), _as_floats(each)) for each in examples)
            return [known[id(each)] for each in examples]

    def buffer(self, examples: Examples) -> "memoryview[float] | None":
        """The numbers of the examples as one buffer; None unless all are floats, or lists of as many floats."""
        try:
            numbers = b"".join(map(self._packed.__getitem__, map(id, examples)))
        except KeyError:
            self._pack(examples)
            numbers = b"".join(map(self._packed.__getitem__, map(id, examples)))
        kinds = self._kinds if len(self._kinds) == 1 else {self._sizes[id(each)] for each in examples}
        size, *others = kinds
        if size < 0 or others:
            return None
        return memoryview(numbers).cast("d", [len(examples), size] if size else [len(examples)])

    def forget(self) -> None:
        """Look at all examples anew."""
        for known in (self._rows, self._packed, self._sizes, self._kinds):
            known.clear()

    def _pack(self, examples: Examples) -> None:
        for each, row in zip(examples, self.rows(examples), strict=True):
            self._sizes[id(each)], self._packed[id(each)] = size, _ = _packed(row)
            self._kinds.add(size)


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
