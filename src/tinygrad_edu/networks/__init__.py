"""What networks are made of, behind the module `nn`.

`module` finds parameters and saves them, `activations` gives functions by name, `initialisation` draws starting
weights, `shapes` checks the numbers on their way in and out, `parameters` what an optimiser is given; `state` notices
what a model keeps from call to call. `stack` has the parts that PyTorch's users know, `names` what else they may type.
Way in: `nn.py`, one floor up.
"""

from .activations import ACTIVATIONS, Maxout
from .module import Module

__all__ = ["ACTIVATIONS", "Maxout", "Module"]
