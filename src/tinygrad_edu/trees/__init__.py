"""Nested lists, tuples, dicts and dataclasses of numbers, taken apart and put together again.

`tree` flattens such a structure into its numbers and builds the like of it from others; `records` knows how
dataclasses, named tuples and dicts are rebuilt with other contents. Way in: `tree.py`.
"""

from .tree import flatten, tree_map, unflatten

__all__ = ["flatten", "tree_map", "unflatten"]
