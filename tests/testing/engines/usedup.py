"""Right: a graph can be walked once."""


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data, self.requires_grad, self.grad, self.fn, self.freed = data, requires_grad, None, None, False

    def __mul__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        out = Tensor(self.data * o.data, self.requires_grad or o.requires_grad)
        out.fn = [(self, o.data), (o, self.data)]
        return out

    def __add__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        out = Tensor(self.data + o.data, self.requires_grad or o.requires_grad)
        out.fn = [(self, 1.0), (o, 1.0)]
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def detach(self):
        return Tensor(self.data)

    def zero_(self):
        self.grad = None

    def backward(self, retain_graph=False):
        if not self.requires_grad:
            raise RuntimeError("does not require grad")
        order, seen = [], set()

        def visit(n):
            if id(n) in seen or not n.requires_grad:
                return
            if n.freed:
                raise RuntimeError("Trying to backward through the graph a second time")
            seen.add(id(n))
            for p, _ in n.fn or ():
                visit(p)
            order.append(n)

        visit(self)
        acc = {id(self): 1.0}
        for n in reversed(order):
            if n.fn is None:
                n.grad = (n.grad or 0.0) + acc[id(n)]
                continue
            for p, s in n.fn:
                acc[id(p)] = acc.get(id(p), 0.0) + acc[id(n)] * s
            if not retain_graph:
                n.fn, n.freed = None, True
