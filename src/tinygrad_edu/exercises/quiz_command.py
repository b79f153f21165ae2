"""The command `tinygrad-edu quiz 3`: questions in the terminal, or sheets of them in files."""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeAlias

from ..notation.tables import text_table
from ..questions.question import Question
from .chapters import CHAPTERS
from .quizzing import Quiz, kind_of_sheet, quiz

DESCRIPTION = """\
Questions on a chapter of the course, with numbers of their own each time: about graphs, gates, neurons, losses,
optimisers. Wrong answers are told what probably went wrong.

  tinygrad-edu quiz 3                                   five questions on chapter 3, in the terminal
  tinygrad-edu quiz gates --seed 7 --questions 10       the same ten questions each time
  tinygrad-edu quiz 3 --seed 7 --sheet quiz.svg         a sheet to print: .md, .txt, .html, .svg or .ipynb
  tinygrad-edu quiz 3 --seed 7 --sheet key.svg --solved its solutions
"""
HOW = "Type a number, as 9, -2, 0.5 or 1/3. ? gives a hint, ! the solution, an empty line skips, q stops."
ATTEMPTS = 3  # then the solution is shown
END = f"After {ATTEMPTS} wrong answers you see the solution, and the next question comes."
INTERRUPTED = 130
Write: TypeAlias = Callable[[str], None]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see tinygrad-edu quiz --help)")


class _Stopped(Exception):
    """There are no more answers: the input has ended, or the person has had enough."""


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tinygrad-edu quiz", description=DESCRIPTION, add_help=False, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("chapter", nargs="?", metavar="CHAPTER", help="its number or name; without it, questions on all chapters")
    add("--seed", metavar="SEED", help="a number or word: the same seed gives the same quiz")
    add("--questions", metavar="N", type=int, default=5, help="how many questions (5)")
    add("--sheet", metavar="FILE", action="append", default=[], help="write a sheet in place of asking; repeatable")
    add("--solved", action="store_true", help="with the worked solutions in it")
    add("--steps", action="store_true", help="with the solutions' steps, blanks in place of their numbers; not in .svg")
    add("--list", action="store_true", help="list the chapters and their kinds of question")
    add("-h", "--help", action="store_true", help="print this help")
    return parser


def run(words: Sequence[str], write: Write) -> int:
    """Carry out the command, write what it has to say, and return the exit status."""
    options = _parser().parse_args(words[1:])
    if options.help:
        write(_parser().format_help().rstrip())
        return 0
    if options.list:
        rows = [[str(each.number), each.name, each.title, str(len(each.kinds))] for each in CHAPTERS]
        write(text_table(["chapter", "name", "title", "kinds"], rows, words={1, 2}, indent=""))
        return 0
    if (options.solved or options.steps) and not options.sheet:
        raise ValueError("--solved and --steps say what a sheet shows: add --sheet FILE")
    seed = int(options.seed) if options.seed and options.seed.isdecimal() else options.seed
    made = quiz(options.chapter, seed=seed, questions=options.questions)
    for path in options.sheet:
        kind_of_sheet(path, steps=options.steps)
    for path in options.sheet:
        made.save(path, solved=options.solved, steps=options.steps)
        write(f"{made.title}: {path}")
    return 0 if options.sheet else asked(made, write)


def asked(made: Quiz, write: Write) -> int:
    """Ask the questions one by one, and tell the score at the end, whenever it comes. The exit status."""
    write(f"{made.title}\n{HOW}\n{END}")
    status = 0
    try:
        for i, question in enumerate(made.questions, start=1):
            write(f"\nQuestion {i} of {len(made.questions)}\n{question.text}")
            _ask(question, write)
    except _Stopped:
        write("")
    except KeyboardInterrupt:
        write("")
        status = INTERRUPTED
    write(f"\nScore: {made.score}")
    return status


def _ask(question: Question, write: Write) -> None:
    """Ask one question until it is answered, given up or skipped."""
    wrong = 0
    while wrong < ATTEMPTS:
        answer = _line()
        if not answer:
            return
        if answer == "?":
            write(f"Hint: {question.hint()}")
            continue
        if answer == "!":
            break
        verdict = question.check(answer)
        write(verdict.text)
        if verdict.is_right:
            return
        wrong += verdict.is_read
    write(f"\n{question.solution().text}")


def _line() -> str:
    """The next line that is typed."""
    try:
        line = input("> ").strip()
    except (EOFError, RuntimeError):  # the latter if there is no input at all
        raise _Stopped from None
    if line.lower() in ("q", "quit", "exit"):
        raise _Stopped
    return line
