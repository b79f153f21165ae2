"""Right: slots, == by value, an unusual name for everything, gradients by a dictionary of the result."""

import math


class Zahl:
    __slots__ = ("_ableitungen", "ableitung", "wert")

    def __init__(self, wert, ableitungen=()):
        self.wert = wert
        self.ableitung = 0
        self._ableitungen = ableitungen

    def __eq__(self, other):
        return self.wert == getattr(other, "wert", other)

    __hash__ = object.__hash__

    def __add__(self, other):
        if not isinstance(other, Zahl):
            other = Zahl(other)
        return Zahl(self.wert + other.wert, ((self, 1), (other, 1)))

    def __mul__(self, other):
        if not isinstance(other, Zahl):
            other = Zahl(other)
        return Zahl(self.wert * other.wert, ((self, other.wert), (other, self.wert)))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def tanh(self):
        t = math.tanh(self.wert)
        return Zahl(t, ((self, 1 - t * t),))

    def propagate(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node._ableitungen:
                    visit(parent)
                order.append(node)

        visit(self)
        for node in order:
            node.ableitung = 0
        self.ableitung = 1
        for node in reversed(order):
            for parent, slope in node._ableitungen:
                parent.ableitung += slope * node.ableitung
