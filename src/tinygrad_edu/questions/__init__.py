"""Questions with seeded numbers that know their answers, a hint, and what a wrong answer says; and those on graphs.

`dice` chooses, `answers` reads what a person types, `question` says what a question is. In `slopes`, `graphs` and
`gates` each function makes one kind of question, from dice and a level of difficulty. Ways in: `Dice` and `Question`.
"""

from .dice import Dice
from .question import Question, Solution, Verdict

__all__ = ["Dice", "Question", "Solution", "Verdict"]
