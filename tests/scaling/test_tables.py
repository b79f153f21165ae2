"""Tables of runs, their summaries and the errors of `total`, whole."""

import random
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu import saving
from tinygrad_edu.scaling.runs import NOT_RUN, Run, Sweep

NINE = "n" * 9


def mixed(kind: str, seed: int) -> dict[str, object]:
    if kind == "bad":
        raise ValueError("x" * (87 + seed) if seed < 3 else "")
    if kind == "nan":
        return {"loss": float("nan"), "kind": seed}
    return {"loss": 0.5 * seed, "name": f"{NINE * 4}{'n' * (2 + seed)}", "exact": Fraction(seed, 3), "none": None}


TABLE = f"""\
  kind  seed  loss                                      name  exact  none  result: kind  error
  good  1      0.5   {NINE * 4}nnn    1/3  None
  good  2        1  {NINE * 4}nnnn    2/3  None
  good  3      1.5  {NINE * 4}nnn…      1  None
  bad   1                                                                                ValueError: {"x" * 88}
  bad   2                                                                                ValueError: {"x" * 87}…
  bad   3                                                                                ValueError
  nan   1      nan                                                                    1
  nan   2      nan                                                                    2
  nan   3      nan                                                                    3"""

SUMMARIES = {
    "seed": """\
  kind  runs  loss: median  lowest  highest  exact: median  lowest  highest  result: kind: median  lowest  highest
  good     3             1     0.5      1.5            2/3     1/3        1
  bad      0
  nan      3                                                                                    2       1        3""",
    "kind": """\
  seed  runs  loss: median  lowest  highest  exact: median  lowest  highest  result: kind: median  lowest  highest
  1        2           0.5     0.5      0.5            1/3     1/3      1/3                     1       1        1
  2        2             1       1        1            2/3     2/3      2/3                     2       2        2
  3        2           1.5     1.5      1.5              1       1        1                     3       3        3""",
}


def test_a_table_with_errors_and_gaps() -> None:
    runs = tg.sweep(mixed, {"kind": ["good", "bad", "nan"], "seed": [1, 2, 3]})
    assert str(runs) == TABLE
    assert {over: str(runs.summary(over)) for over in SUMMARIES} == SUMMARIES
    assert [run.settings["kind"] for run in runs.failures] == ["bad"] * 3
    assert runs.unfinished == []
    assert not runs.interrupted
    assert ["error" in row and row["error"] != "" for row in runs.rows()] == [False] * 3 + [True] * 3 + [False] * 3
    assert [bool(run.traceback) for run in runs] == [False] * 3 + [True] * 3 + [False] * 3


def test_a_table_of_nothing_and_an_interrupted_one() -> None:
    assert str(Sweep([])).strip() == ""
    runs = Sweep([Run({"a": 1}, 2.0, seconds=1.5), Run({"a": 2}, error=NOT_RUN)], True)
    assert str(runs) == ("  a  result  error\n  1       2\n  2          not run\ninterrupted: 1 of 2 runs were not run")
    assert (runs.failures, runs.unfinished) == ([], [runs[1]])
    assert runs.rows() == [
        {"a": 1, "result": 2.0, "error": "", "seconds": 1.5},
        {"a": 2, "error": "not run", "seconds": 0.0},
    ]
    assert Run({}) == Run({}, None, "", 0.0, "")


def test_runs_are_seeded_by_their_numbers() -> None:
    drawn = [run.result for run in tg.sweep(lambda x: random.random(), {"x": ["a", "b", "c"]})]
    assert drawn == [random.Random(number).random() for number in range(3)]


def test_numbers_of_other_kinds_may_be_the_best() -> None:
    made = [True, Decimal("0.5"), Fraction(1, 3), "0.1", None, 2]
    runs = tg.sweep(lambda i: made[i], {"i": range(6)})
    assert (runs.best("result").settings, runs.best("result", highest=True).settings) == ({"i": 2}, {"i": 5})


def of_length(n: int) -> Callable[[int], list[float]]:
    return lambda part: [1.0] * (n + part)


@pytest.mark.parametrize(("n", "more"), [(5, ""), (6, ", …")])
def test_structures_that_differ_are_shown_up_to_six_numbers(n: int, more: str) -> None:
    known = ", ".join(f"result[{i}]" for i in range(6))
    before = ", ".join(f"result[{i}]" for i in range(n))
    words = f"total: part 1 gave {n + 1} numbers ({known}{more}), the parts before it {n} numbers ({before})"
    with pytest.raises(TypeError, match=f"^{re.escape(words)}$"):
        tg.total(of_length(n), [0, 1])


@pytest.mark.parametrize("count", range(1, 18))
def test_neighbours_are_added_as_a_binary_tree(count: int) -> None:
    """Of texts in brackets, the order of additions can be read."""

    class Term(str):
        def __add__(self, other: str) -> "Term":
            return Term(f"({self}{other})")

    def tree(terms: list[str]) -> str:
        """Halves of a power of two, the rest behind."""
        size = 1 << (len(terms) - 1).bit_length() - 1 if len(terms) > 1 else 0
        return f"({tree(terms[:size])}{tree(terms[size:])})" if size else terms[0]

    letters = "abcdefghijklmnopq"[:count]
    assert tg.total(lambda part: [Term(part)], letters) == [tree([*letters])]


def test_what_is_saved_and_where(tmp_path: Path) -> None:
    """A file of one line; beside it nothing, not even where its name is cut for the part."""
    neuron = tg.nn.Neuron(2, init="zeros")
    path = tmp_path / f"{'n' * 60}.json"
    saving.save(neuron, path)
    assert path.read_text("utf-8") == (
        '{"format": "tinygrad-edu", "version": 1, "state": {"w": [0.0, 0.0], "b": 0.0}}\n'
    )
    assert [*tmp_path.iterdir()] == [path]
