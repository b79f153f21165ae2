"""Right: unknown attributes go to the number."""


class Param:
    def __init__(self, raw):
        self.__dict__["raw"] = float(raw)
        self.__dict__["slope"] = 0.0
        self.__dict__["src"] = ()

    def __getattr__(self, name):
        return getattr(self.raw, name)

    def __call__(self):
        return self.raw

    def _o(self, raw, *src):
        p = Param(raw)
        p.__dict__["src"] = src
        return p

    def __mul__(self, o):
        o = o if isinstance(o, Param) else Param(o)
        return self._o(self.raw * o.raw, (self, o.raw), (o, self.raw))

    def __add__(self, o):
        o = o if isinstance(o, Param) else Param(o)
        return self._o(self.raw + o.raw, (self, 1.0), (o, 1.0))

    __radd__ = __add__
    __rmul__ = __mul__

    def pull(self):
        order, seen = [], set()

        def v(n):
            if id(n) in seen:
                return
            seen.add(id(n))
            [v(p) for p, _ in n.src]
            order.append(n)

        v(self)
        for n in order:
            n.__dict__["slope"] = 0.0
        self.__dict__["slope"] = 1.0
        for n in reversed(order):
            for p, s in n.src:
                p.__dict__["slope"] += s * n.slope
