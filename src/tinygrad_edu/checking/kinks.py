"""Kinks and jumps in a graph: where the gradient follows a convention instead of being a slope."""

from ..engine import Value, topological_order
from ..numbers.operations import at_kink


def kinks(y: Value, x: Value) -> list[Value]:
    """The nodes between x and y that sit exactly at a kink or jump: relu or abs of 0, a tie in max or min.

    There the gradient follows a convention (relu′(0) = 0, a tie is shared), and need not be a slope of y.

    >>> x = Value(0.0)
    >>> [node.op for node in kinks(x.relu() - (-x).relu(), x)]
    ['relu', 'relu']
    """
    found = []
    downstream = {x}
    for node in topological_order(y):
        if any(parent in downstream for parent in node.parents):
            downstream.add(node)
            if at_kink(node.op, [x.data if isinstance(x, Value) else x for x in node.operands], node.data):
                found.append(node)
    return found
