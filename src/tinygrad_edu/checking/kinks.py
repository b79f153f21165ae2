"""Kinks and jumps in a graph: where the gradient follows a convention instead of being a slope."""

from ..engine import Value, topological_order


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
            if _at_kink(node):
                found.append(node)
    return found


def _at_kink(node: Value) -> bool:
    operands = [x.data if isinstance(x, Value) else x for x in node.operands]
    if node.op in ("relu", "leaky_relu", "abs"):
        return bool(operands[0] == 0)
    if node.op == "hypot":
        return bool(node.data == 0)
    if node.op == "arctan2":  # at the origin, or where the angle jumps from π to -π
        return bool(operands[0] == 0 and operands[1] <= 0)
    return node.op in ("maximum", "minimum", "max", "min") and operands.count(node.data) > 1
