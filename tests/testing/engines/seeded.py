"""Right: the user sets the gradient of the result to 1 first; numbers are wrapped by hand."""


class Node:
    def __init__(self, v, *inputs):
        self.v = v
        self.inputs = inputs
        self.adj = 0.0

    def plus(self, other):
        return Node(self.v + other.v, (self, 1.0), (other, 1.0))

    def times(self, other):
        return Node(self.v * other.v, (self, other.v), (other, self.v))

    __add__ = plus
    __mul__ = times

    def relu(self):
        return Node(self.v if self.v > 0 else 0.0, (self, 1.0 if self.v > 0 else 0.5 if self.v == 0 else 0.0))

    def reverse(self):
        waiting, todo = {}, [self]
        seen = {id(self)}
        while todo:
            for each, _ in todo.pop().inputs:
                waiting[id(each)] = waiting.get(id(each), 0) + 1
                if id(each) not in seen:
                    seen.add(id(each))
                    todo.append(each)
        ready = [self]
        while ready:
            node = ready.pop()
            for each, slope in node.inputs:
                each.adj += slope * node.adj
                waiting[id(each)] -= 1
                if not waiting[id(each)]:
                    ready.append(each)
            if node.inputs:
                node.adj = 0.0
