# ruff: noqa: PLC2401 - names of any language
"""Right: names in another script."""


class 数:
    def __init__(self, 値, 親=()):
        self.値, self.親, self.勾配 = 値, 親, 0.0

    def __add__(self, o):
        o = o if isinstance(o, 数) else 数(o)
        return 数(self.値 + o.値, ((self, 1.0), (o, 1.0)))

    def __mul__(self, o):
        o = o if isinstance(o, 数) else 数(o)
        return 数(self.値 * o.値, ((self, o.値), (o, self.値)))

    __radd__ = __add__
    __rmul__ = __mul__

    def 逆伝播(self):
        順, 済 = [], set()

        def 訪(n):
            if n in 済:
                return
            済.add(n)
            [訪(p) for p, _ in n.親]
            順.append(n)

        訪(self)
        for n in 順:
            n.勾配 = 0.0
        self.勾配 = 1.0
        for n in reversed(順):
            for p, s in n.親:
                p.勾配 += s * n.勾配
