"""What networks are made of, behind the module `nn`.

`module` finds parameters and saves them, `activations` gives functions by name, `initialisation` draws starting
weights, `shapes` checks the numbers on their way in and out. Way in: `nn.py`, one floor up.
"""

from .activations import ACTIVATIONS, Maxout
from .module import Module

__all__ = ["ACTIVATIONS", "Maxout", "Module"]
