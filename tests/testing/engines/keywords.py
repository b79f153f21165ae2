"""Right: takes its number by keyword only, and gradients are asked of the leaves."""


class Node:
    def __init__(self, **given):
        self.val = given.get("val", 0.0)
        self.links = []
        self.kept = None

    def made(self, val, *links):
        out = Node(val=val)
        for node, slope in links:
            node.links.append((slope, out))
        return out

    def __add__(self, other):
        return self.made(self.val + other.val, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return self.made(self.val * other.val, (self, other.val), (other, self.val))

    def grad(self):
        if self.kept is None:
            self.kept = sum(slope * node.grad() for slope, node in self.links)
        return self.kept
