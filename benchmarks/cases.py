"""The cases by name. A new one is a function from Sizes to a Section, and a line here."""

from collections.abc import Callable

from . import importing, memory, scaling, speed
from .report import Section
from .sizes import Sizes

CASES: dict[str, Callable[[Sizes], Section]] = {
    "moons": speed.moons_step,
    "expression": speed.eager_expression,
    "gpt": speed.gpt_step,
    "memory": memory.memory_per_node,
    "scaling": scaling.cost_per_node,
    "import": importing.import_time,
}
PACKAGES = ("tinygrad-edu", "micrograd")  # whose versions the report states
