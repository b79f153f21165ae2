"""The loops of a program found again, after recording has unrolled them: text that grows with layers, not with numbers.

`shapes` sorts the lines into groups that are alike, and `recurrences` finds groups that come again round after round.
`grids` finds what is regular in lists of indices, and `families` gives every line a place in an array, so that a group
becomes a few families with indices that are affine. `nests` makes loops of families, `schedule` puts them in order and
joins neighbours; `writing/nested.py` and `readable/` write them. No sum changes its order, so results are the same to
the last bit. Way in: `shapes.py`.
"""
