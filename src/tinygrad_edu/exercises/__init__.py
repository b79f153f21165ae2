"""Quizzes for each chapter of the course, to answer in a terminal or a notebook, or to hand out as sheets.

`chapters` says which kinds of question belong to which chapter, `quizzing` makes a quiz of them. The sheets are in
`text_sheets`, `svg_sheets` and `notebooks`; `quiz_command` asks in a terminal. Way in: `quizzing.py`.
"""

from .quizzing import Quiz, quiz

__all__ = ["Quiz", "quiz"]
