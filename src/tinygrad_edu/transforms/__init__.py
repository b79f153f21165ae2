"""Functions in, derivatives of functions out: `grad`, `jacobian`, `hessian`, `jvp`, `vjp` and the rest.

Each call lifts its arguments into a level of nodes of its own (`level`), so that transforms nest; `traced` runs the
function on them, `dual` is the node of forward mode, and `derived` is the function that comes out. `gradients`,
`directions` and `jacobians` are the transforms, `batches` calls a function for many rows. Way in: `gradients.py`.
"""

from .batches import vmap
from .directions import derivative, hvp, jvp, vjp
from .dual import Dual
from .gradients import grad, value_and_grad
from .jacobians import hessian, jacfwd, jacobian, jacrev, value_and_jacobian

__all__ = [
    "Dual",
    "derivative",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
]
