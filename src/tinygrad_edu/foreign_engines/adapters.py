"""An adapter to start from, for engines whose shape the kit does not find: ten lines that say how it is used."""

from .engines import Engine, Reverse

HEAD = '''"""How the checking kit uses {module}: change what does not fit.

tinygrad-edu check {module}.py --adapter {{this file}}
"""

'''
UNKNOWN = """from {module} import *


def run(f, xs):
    \"\"\"The value and the gradients of f at the numbers xs, on fresh leaves.\"\"\"
    leaves = [Value(x) for x in xs]
    out = f(*leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


functions = {{}}  # such as {{"exp": exp}}: functions of one number that are no methods
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


def adapter_text(engine: Engine | None, module: str) -> str:
    """The text of an adapter: as the engine was found to work, or the usual one to be changed."""
    head = HEAD.format(module=module).replace("{this file}", "ADAPTER")
    if not isinstance(engine, Reverse):
        return head + UNKNOWN.format(module=module)
    return head + KNOWN.format(
        imports=engine.head,
        leaf=engine.leaf.written("x"),
        backward="\n    ".join(engine.backward or ("pass",)),
        value=engine.value.written("out"),
        gradient=engine.gradient.written("leaf", "out"),
    )
