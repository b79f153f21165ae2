"""The cases by name. A new one is a function from Sizes to a Section, and a line here."""

from collections.abc import Callable

from . import calls, digits, importing, learning, loops, memory, native, pages, rosenbrock, scaling, speed
from .report import Section
from .sizes import Sizes

CASES: dict[str, Callable[[Sizes], Section]] = {
    "moons": speed.moons_step,
    "nn": learning.nn_step,
    "curve": learning.curve_epoch,
    "expression": speed.eager_expression,
    "staged": learning.staged_expression,
    "staging": learning.staging_time,
    "native": native.moons_in_c,
    "loops": loops.loops_in_c,
    "calls": calls.call_expression,
    "arrays": calls.call_gradient,
    "steps": calls.steps,
    "classifiers": digits.against_torch,
    "digits": digits.digits,
    "gpt": learning.gpt_step,
    "rosenbrock": rosenbrock.rosenbrock_minimum,
    "memory": memory.memory_per_node,
    "scaling": scaling.cost_per_node,
    "import": importing.import_time,
    "pages": pages.pages,
}
# whose versions the report states:
PACKAGES = ("tinygrad-edu", "micrograd", "torch", "jax", "autograd", "casadi", "scipy", "scikit-learn")
