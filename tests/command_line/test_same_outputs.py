"""What the command prints stays as it is: tables, explanations, checks, LaTeX, errors. See tests/kept.py."""

import contextlib
import io
from collections.abc import Callable

import pytest

from tests.kept import Kept
from tinygrad_edu.command_line.cli import main

BRANCHING = ["(a+b)*(b+c)", "a=-1", "b=3", "c=4"]
STEPS = ["x = a + b; y = b + c; x * y", "a=-1", "b=3", "c=4"]


def printed(*argv: str) -> str:
    """The exit status, what is printed, and the errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(argv))
    return f"{argv}\n{status}\n{out.getvalue()}\n{err.getvalue()}"


def rows(n: int) -> list[str]:
    """A command whose table would have n rows, three of them with names."""
    return [f"{'-' * (n - 2)}(a*a)", "a=2"]


def all_named(n: int) -> list[str]:
    """A command whose table has n rows, all with names."""
    return [f"sum({', '.join(f'n{i}' for i in range(n - 1))})", *(f"n{i}={i}" for i in range(n - 1))]


def long_sum(n: int) -> list[str]:
    """A command with a formula of n characters; beyond 60 it is cut."""
    a, b = "a" * ((n - 3) // 2), "b" * ((n - 2) // 2)
    return [f"dot([{a}], [{b}])", f"{a}=1", f"{b}=2"]


COMMANDS: list[list[str]] = [
    BRANCHING, STEPS, [*BRANCHING, "--wrt", "b"], [*STEPS, "--wrt", "x", "--wrt", "c"], [*BRANCHING, "--check"],
    [*STEPS, "--latex"], [*STEPS, "--latex", "--check"], [*STEPS, "--latex", "--wrt", "b", "--wrt", "a"],
    ["x**3 / 7 - 1/x", "x=3", "--digits", "1"], ["x**3 / 7 - 1/x", "x=3", "--digits", "17"],
    ["w = 3; xs = [1, x]; dot([w, w], xs)", "x=2", "--check", "--digits", "2"], ["abs(x)", "x=0", "--check"],
    ["relu(x) * y + max(x, y)", "x=0", "y=2", "--check"], ["where(x > 0, 1, 0) * y", "x=0", "y=3", "--check"],
    ["a", "a=2"], ["7"], ["2 + 3"], ["-x**2", "x=3"], ["f*f", "f=2"], ["a*e + pi", "a=2"], ["a*b", "a=1/4", "b=2**-2"],
    ["where(x > 0, x*x, y)", "x=0", "y=2"], ["sum(softmax([a, b]) ) + a", "a=1", "b=1"], ["1e300 * a * a", "a=1e-9"],
    *(rows(n) for n in (29, 30, 31, 32)), *(all_named(n) for n in (99, 100, 101, 102)),
    *(long_sum(n) for n in (58, 59, 60, 61, 62)), ["n" * 50 + "*2", "n" * 50 + "=1"], ["a*2", "n" * 51 + "=1"],
    ["a", "a=1", "--digits", "18"], ["a", "a=1", "--digits", "1"], ["a*b", "a=1", "b=2", "--wrt", "q" * 20],
    [*all_named(60), "--wrt", "zzz"], ["a*b", "a=1", "b=2", "a=3"],
    ["xs = [" + ", ".join(f"a*{i}" for i in range(30)) + "]; sum(xs)", "a=1", "--wrt", "xs"],
    ["a*b", "a=1", "--wrt", "b"], ["a*b", "a=1 + (2", "b=1"], ["a*b", "a=1", "b=c"],
    ["a*b", "a=1", "b=" + "1" * 40 + "x"], ["a", "b", "c"], ["--version", "--x"], ["a", "a=1", "--html", "x.txt"],
    ["a", "a=1", "--svg"], ["a", "--", "-5"], ["--", "-a", "a=2"], ["quiz=1"], ["quiz*2", "quiz=3"],
]  # fmt: skip
OUTPUTS: dict[str, Callable[[], str]] = {
    f"{i} {' '.join(argv)[:40]}": lambda argv=argv: printed(*argv) for i, argv in enumerate(COMMANDS)
}
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_printed_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_that_is_printed_is_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
