"""The ten steps: the course's own code passes each and fails the next; usual slips are told in words that help."""

import doctest
import re
import sys
import tempfile
from pathlib import Path

import pytest

from tests.kept import Kept
from tests.testing.test_kit import told
from tests.testing.test_worker import _nothing_left, served  # noqa: F401 - a fixture
from tinygrad_edu.command_line import main
from tinygrad_edu.testing import Report, check_file, check_step
from tinygrad_edu.testing.steps import KEPT, STEPS, check_steps, names_of_steps

PAGE = Path(__file__).parents[2] / "docs" / "course" / "13-build-your-own.md"


def chapter_until(step: int) -> str:
    """What a learner's file holds after that step: all that the page says to type, without its checks."""
    sections = re.split(r"^## (?=\d+\. )", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    blocks = "".join(
        "\n".join(re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
        for section in sections[1 : step + 1]
    )
    examples = doctest.DocTestParser().get_examples(blocks)
    return "".join(each.source for each in examples if "check_step" not in each.source and "report" not in each.source)


@pytest.mark.parametrize("step", range(1, 11))
def test_the_file_of_each_step_passes_up_to_there(step: int, tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_text(chapter_until(step), "utf-8")
    report = check_file(tmp_path / "engine.py", step=step)
    assert [each.what for each in report.findings if each.severity != "fragile"] == []
    assert report.ok
    assert len(report.topics) == step
    assert report.engine == "engine.py:Number"
    after = f"next comes {step + 1}, {STEPS[step].name}" if step < 10 else "this was the last one"
    assert report.closing.endswith(f"right; {after}")


NEXT = [  # what the file of a step hears when it is asked for the next one
    "step 2, addition: Number has no + yet: write __add__",
    "step 3, multiplication: Number has no * yet: write __mul__",
    "step 4, backward, in a row: Number has no backward yet",
    "step 5, the branch: the second share overwrites the first: gradients add at branches, so write += and not =",
    "step 6, the order: every path is walked, and their number doubles at each step: visit each node once",
    f"step 7, twice: {KEPT}",
    "3 * x is required and missing",
    "step 9, a neuron: there is no Neuron in the file yet",
    "step 10, training: there is no step in the file yet",
]


@pytest.mark.parametrize("step", range(1, 10))
def test_the_file_of_each_step_fails_the_next_in_words_that_say_what_to_do(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tinygrad_edu.testing.steps.SECONDS", 1.0)
    report, _ = served_steps(tmp_path, chapter_until(step), step + 1)
    assert not report.ok
    assert NEXT[step - 1] in [each.what for each in report.findings]
    assert report.closing.endswith(f"step {step + 1}, {STEPS[step].name}, is not right yet")


def served_steps(folder: Path, text: str, step: int):
    (folder / "engine.py").write_text(text, "utf-8")
    return served(folder / "engine.py", step=step)


def changed(old: str, new: str, until: int = 10) -> str:
    text = chapter_until(until)
    assert old in text, old
    return text.replace(old, new)


BACK = """
def backward(self):
    for node in order_of(self):
        {clear}
    self.grad = 1.0
    for node in reversed(order_of(self)):
        for parent, local in zip(node.parents, node.local_grads):
            {hand_on}
Number.backward = backward
"""
KEEP = "if node.parents: node.grad = 0.0"
ADD = "parent.grad += node.grad * local"
QUEUE = """
def backward(self):
    self.grad = 1.0
    queue, seen = [self], set()
    while queue:
        node = queue.pop(0)
        for parent, local in zip(node.parents, node.local_grads):
            parent.grad += node.grad * local
            if id(parent) not in seen:
                seen.add(id(parent))
                queue.append(parent)
Number.backward = backward
"""
AGAIN = """
def backward(self, gradient=1.0):
    self.grad += gradient
    for parent, local in zip(self.parents, self.local_grads):
        parent.backward(self.grad * local)
Number.backward = backward
"""
DEEP = """
def backward(self):
    order, seen = [], set()
    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)
    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        for parent, local in zip(node.parents, node.local_grads):
            parent.grad += node.grad * local
Number.backward = backward
"""
SLIPS = {
    "no data": ("class Number:\n    def __init__(self, x): self.x, self.grad = x, 0.0\n", 1, "Number has no data yet"),
    "grad None": ("class Number:\n    def __init__(self, x): self.data, self.grad = x, None\n", 1, "starts at 0.0"),
    "grad 1": ("class Number:\n    def __init__(self, x): self.data, self.grad = x, 1.0\n", 1, "starts at 0.0"),
    "no argument": ("class Number:\n    pass\n", 1, "it raises TypeError: Number() takes no arguments"),
    "no return": (changed("return Number(self.data + ", "Number(self.data + ", 2), 2, "end it with return"),
    "plain sum": (changed("return Number(self.data + other.data, (self, other), (1.0, 1.0))",
                          "return self.data + other.data", 2), 2, "a plain number stands where a Number belongs"),
    "in place": (chapter_until(1) + "def add(self, other):\n    self.data += other.data\n    return self\n"
                 "Number.__add__ = add\n", 2, "adding changes its operand"),
    "adds for times": (changed("self.data * other.data", "self.data + other.data", 3), 3, "it adds"),
    "own value": (changed("(other.data, self.data))", "(self.data, other.data))", 4), 4, "must get the other's"),
    "no seed": (chapter_until(4) + BACK.format(clear="pass", hand_on=ADD).replace("self.grad = 1.0", "pass")
                + chapter_until(6)[len(chapter_until(5)):].partition("def backward")[0], 4, "starts with 1 at the end"),
    "one step only": (chapter_until(3) + "def backward(self):\n    self.grad = 1.0\n    for p, d in zip(self.parents, "
                      "self.local_grads):\n        p.grad = d\nNumber.backward = backward\n", 4, "stops early"),
    "adds slopes": (chapter_until(3) + "def backward(self, g=0.0, top=True):\n    self.grad = 1.0 if top else g\n"
                    "    for p, d in zip(self.parents, self.local_grads):\n        p.backward(g + d, False)\n"
                    "Number.backward = backward\n", 4, "added along the path"),
    "local only": (chapter_until(3) + "def backward(self, g=1.0):\n    self.grad = g\n    for p, d in zip(self.parents,"
                   " self.local_grads):\n        p.backward(d)\nNumber.backward = backward\n", 4, "its local gradient"),
    "assigns": (chapter_until(6) + BACK.format(clear="pass", hand_on=ADD.replace("+=", "=")), 5, "write += and not ="),
    "set of parents": (chapter_until(6) + BACK.format(clear="pass", hand_on="pass").replace(
        "in zip(node.parents, node.local_grads)", "in dict(zip(node.parents, node.local_grads)).items()").replace(
        "            pass", "            parent.grad += node.grad * local"), 5, "kept in a set"),
    "queue": (chapter_until(5) + QUEUE, 6, "reported: walk a topological order"),
    "hands on its sum": (chapter_until(5) + AGAIN, 6, "more than once"),
    "recursion": (chapter_until(6) + DEEP, 6, "keep a stack of your own"),
    "all cleared": (chapter_until(7) + BACK.format(clear="node.grad = 0.0", hand_on=ADD), 7, "clear only nodes that"),
    "swapped": (changed("number(other) + -self", "self + -number(other)", 8), 8, "the operands are swapped"),
    "slope of tanh": (changed("(1 - y * y,)", "(1 - y,)", 8), 8, "forgets the square"),
    "equal weights": (changed("rng.uniform(-1, 1)", "0.5"), 9, "draw them at random"),
    "no activation": (changed("return z.tanh() if self.bend else z", "return z"), 9, "the activation is missing"),
    "no bias": (changed("z = self.b\n", "z = 0.0\n"), 9, "the bias is missing"),
    "data of weights": (changed("z = z + wi * xi", "z = z + wi.data * xi"), 9, "not their data"),
    "up": (changed("p.data -= rate", "p.data += rate"), 10, "the step goes up"),
    "no rate": (changed("p.data -= rate * p.grad", "p.data -= p.grad"), 10, "the learning rate is missing"),
    "a copy moves": (changed("        p.data -= rate * p.grad", "        p.data - rate * p.grad"), 10, "nothing has"),
    "not cleared": (changed("        p.grad = 0.0\n", "        pass\n"), 10, "before each backward pass"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_usual_slips_are_named(slip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu.testing.steps.SECONDS", 1.0)
    text, step, words = SLIPS[slip]
    report, _ = served_steps(tmp_path, text, step)
    KEPT.check(slip, without_lines(report))
    assert any(words in each.what for each in report.findings), report
    assert report.closing.endswith(f"step {step}, {STEPS[step - 1].name}, is not right yet")
    assert step == 1 or report.closing.startswith("step")


def test_a_finding_is_a_program_in_the_learners_own_names(tmp_path: Path) -> None:
    text = changed("(other.data, self.data))", "(self.data, other.data))", 4).replace("Number", "Scalar")
    report, _ = served_steps(tmp_path, text, 4)
    found = report.findings[0]
    assert found.code.startswith("from engine import Scalar\nx = Scalar(-2.0)\n")
    assert found.code.endswith("\nprint(x.grad)")
    assert (found.expected, found.actual) == (3.0, -2.0)
    assert text.splitlines()[found.line - 1] == "def multiply(self, other):"


def test_a_notebook_or_a_prompt_has_nothing_to_import_from() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    exec(chapter_until(4), scope)  # noqa: S102 - as a notebook would
    found = check_step(scope["Number"], 5).findings[0]  # type: ignore[arg-type]
    assert found.code.startswith("a = Number(-1.0)\n")
    assert found.line is None
    here = {"__name__": __name__}
    exec(chapter_until(1), here)  # noqa: S102 - as above
    assert check_step(here["Number"], 2).findings[0].code.startswith(f"from {__name__} import Number\n")


def test_the_headings_of_the_chapter_are_the_names_of_the_steps() -> None:
    headings = re.findall(r"^## \d+\. (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [each.lower() for each in headings] == list(names_of_steps())


def test_steps_that_do_not_exist_and_options_that_do_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Number:
        pass

    with pytest.raises(ValueError, match="there is no step 11: the steps are 1 to 10"):
        check_step(Number, 11)
    file = tmp_path / "engine.py"
    file.write_text(chapter_until(1), "utf-8")
    assert main(["check", str(file), "--step", "11"]) == 2
    assert "there is no step 11" in capsys.readouterr().err
    assert main(["check", str(file), "--step", "1", "--require", "exp"]) == 2
    assert "leave --adapter and --require out" in capsys.readouterr().err
    assert main(["check", str(file), "--step", "1"]) == 0
    assert capsys.readouterr().out.endswith("step 1 is right; next comes 2, addition\n")
    assert main(["check", str(file), "--step", "2"]) == 1


def test_progress_is_told_after_each_check() -> None:
    class Number:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0

    told: list[int] = []
    check_steps(Number, {}, Report("Number"), 1, lambda: told.append(1))
    assert told == [1, 1]


# --- reports stay as they are, see tests/kept.py -----------------------------------------------------------------


def without_lines(report: Report) -> str:
    """All of a report but lines of the page, which may be written anew."""
    return re.sub(r'"line": \d+', '"line": some', told(report))


def told_alone(slip: str) -> str:
    """The report on a slip, made as the test makes it."""
    text, step, _ = SLIPS[slip]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tinygrad_edu.testing.steps.SECONDS", 1.0)
        for name in ("stdout", "stderr", "path"):
            patch.setattr(sys, name, getattr(sys, name))
        report, _ = served_steps(Path(folder), text, step)
        sys.modules.pop("engine")
    return without_lines(report)


KEPT = Kept(__file__, {slip: lambda slip=slip: told_alone(slip) for slip in SLIPS})


def test_all_reports_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
