"""Functions in, derivatives of functions out: `grad`, `jacobian`, `hessian`, `jvp`, `vjp` and the rest.

Each call lifts its arguments into a level of nodes of its own (`level`), so that transforms nest; `traced` runs the
function on them, `dual` is the node of forward mode, and `operators` are the transforms. Way in: `operators.py`.
"""

from .dual import Dual
from .operators import derivative, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__all__ = ["Dual", "derivative", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]
