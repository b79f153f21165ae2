"""Numbers of any kind, and the functions of one number.

`number` says what a number is here and how one is told from what is not; `signatures` has the types of functions of
numbers; `operations` is the table of what is known about each operation; `kinds` finds the function that suits a
number's kind, and `scalar` computes with it. Way in: `scalar.py`.
"""

from .number import DomainError, Number

__all__ = ["DomainError", "Number"]
