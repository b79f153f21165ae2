"""Derivatives compared with something else: finite differences, or another mode of differentiation.

`differences` estimates slopes from function values and judges whether a gradient agrees; `stencil` watches for kinks
between the points; `gradient_check` does so for a function of the user's, `modes` compares forward, reverse and
numerical derivatives of it in time and accuracy. Way in: `gradient_check.py`.
"""

from .gradient_check import WrongGradientError, gradcheck
from .modes import compare_modes

__all__ = ["WrongGradientError", "compare_modes", "gradcheck"]
