"""An adapter to start from, for engines whose shape the kit does not find: ten lines that say how it is used."""

import re

from .engines import Engine, Forward, Function, Namespace, Reverse

HEAD = '''"""How the checking kit uses {module}: change what does not fit.

tinygrad-edu check {module}.py --adapter {{this file}}
"""

'''
UNKNOWN = """from {module} import {names}


def run(f, xs):
    \"\"\"The value and the gradients of f at the numbers xs, on fresh leaves.\"\"\"
    leaves = [{leaf}(x) for x in xs]
    out = f(*leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


functions = {{}}  # such as {{"exp": exp}}: functions of one number that are no methods
"""
DUAL = """{imports}


def run(f, xs):
    \"\"\"The value and the gradients of f at the numbers xs: a run for each input, whose seed is 1.\"\"\"
    outs = [f(*[{leaf} for j, x in enumerate(xs)]) for i in range(len(xs))]
    return {value}, [{gradient} for out in outs]


functions = {{}}  # such as {{"exp": exp}}: functions of one number that are no methods
"""
FOUND = """from {module} import {names}


{text}
"""
FUNCTIONS = """

functions = {}  # such as {"exp": exp}: functions of one number that are no methods
"""
KNOWN = """{imports}


def run(f, xs):
    \"\"\"The value and the gradients of f at the numbers xs, on fresh leaves.\"\"\"
    leaves = [{leaf} for x in xs]
    out = f(*leaves)
    {backward}
    return {value}, [{gradient} for leaf in leaves]


functions = {{}}  # such as {{"exp": exp}}: functions of one number that are no methods
"""


def adapter_text(engine: Engine | None, module: str, names: Namespace | None = None) -> str:
    """The text of an adapter: as the engine was found to work, or the usual one, to be changed."""
    head = HEAD.format(module=module).replace("{this file}", "ADAPTER")
    defined = [name for name, each in (names or {}).items() if callable(each)]
    if isinstance(engine, Function):
        used = {word for word in re.findall(r"\w+", engine.imports) if word in (names or {})} - {"run"}  # its own name
        text = FOUND.format(module=module, names=", ".join(sorted(used)), text=engine.imports)
        return head + text + FUNCTIONS * ("functions = {" not in text)
    if isinstance(engine, Forward):
        return head + DUAL.format(
            imports=engine.head,
            leaf=engine.leaf.written("x", "float(i == j)"),
            value=engine.value.written("outs[0]"),
            gradient=engine.gradient.written("out"),
        )
    if not isinstance(engine, Reverse):
        leaf = next((name for name in defined if isinstance((names or {})[name], type)), "Value")
        return head + UNKNOWN.format(module=module, names=", ".join(defined) or leaf, leaf=leaf)
    return head + KNOWN.format(
        imports=engine.head,
        leaf=engine.leaf.written("x"),
        backward="\n    ".join(engine.backward or ("pass",)),
        value=engine.value.written("out"),
        gradient=engine.gradient.written("leaf", "out"),
    )
