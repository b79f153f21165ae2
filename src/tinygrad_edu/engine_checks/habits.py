"""How an engine behaves beyond one backward pass: twice, two losses, late changes, deep and shared graphs, copies.

Each check is a short script in the engine's own words: it is run, one number is asked for, and if that is not the right
one the script is what the finding shows.
"""

import gc
import re
import sys
import tracemalloc
from typing import NamedTuple

from ..foreign_engines.catalogue import FORMS, chapter
from ..foreign_engines.engines import Engine, Reverse, number_in
from ..foreign_engines.programs import Expression
from ..foreign_engines.trials import close, trial_of
from .checks import SECONDS, Checker
from .limits import TimeUpError
from .report import Finding

DEEP, DOUBLINGS = 5000, 14
INNER_KEPT = "the gradients of inner nodes are kept from pass to pass: clear all but the leaves when a pass begins"
LATE = "a change of data between the passes changes gradients: save what backward needs in the forward pass"
COPIED = "a deep copy gets no gradient: the functions of its nodes still refer to the nodes they were made for"
DEEPER = f"a chain of {DEEP} operations"
FRESH = "backward twice: each pass starts afresh (12, then 12)"


class Script(NamedTuple):
    """Lines to run, and the gradient to ask for at the end."""

    lines: list[str]
    asked: str = "x"


class Habits:
    """The checks that need nodes to be kept, walked again or changed."""

    def __init__(self, checker: Checker, engine: Reverse) -> None:
        self.checker, self.engine, self.report = checker, engine, checker.report
        self.blank = engine.gradient.text.removeprefix("{0}.")
        fresh = getattr(engine.node(), self.blank, None)
        self.fresh = repr(fresh) if fresh is None or isinstance(fresh, int | float) else "0.0"

    # --- scripts

    def leaves(self, **numbers: float) -> list[str]:
        """Lines that make leaves."""
        return self.engine.leaf_lines([*numbers], [*numbers.values()])

    def line(self, name: str, op: str, left: str, right: str) -> str:
        """A line with an operation in it."""
        return f"{name} = {self.engine.templates[op].format(left, right)}"

    def back(self, name: str = "out") -> list[str]:
        """The lines of a backward pass."""
        return [re.sub(r"\bout\b", name, line) for line in self.engine.backward]

    def play(self, script: Script) -> float:
        """Run a script and read the gradient that it asks for, 0 where there is none."""
        names = {**self.engine.names, "range": range}  # whatever the engine's module calls by that name
        exec("\n".join(script.lines), names)  # noqa: S102 - made of the names of attributes
        found = number_in(self.engine.gradient(names[script.asked], names.get("out")))
        return found if isinstance(found, float) else 0.0

    def tell(
        self,
        severity: str,
        what: str,
        operation: str,
        script: Script,
        expected: float,
        actual: float | str,
        method: str = "",
    ) -> None:
        """A finding, shown by its script; the line is that of a method, or of the backward pass."""
        topic = "accumulation" if severity == "wrong" else "robustness"
        self.checker.count(topic, passed=False)
        starts = re.findall(r"(\w+)\(", "".join(self.engine.backward[-1:]))
        line = self.checker.source.line_of(method, *starts)
        asked = f"print({self.engine.gradient.written(script.asked, 'out')})"
        code = "\n".join(filter(None, [self.engine.head, *script.lines, asked]))
        self.report.findings.append(
            Finding(severity, what, operation, code, expected, actual, line, topic, chapter(topic))
        )

    def passed(self, topic: str, convention: str = "") -> None:
        """A check that nothing is wrong with, and perhaps a choice worth knowing."""
        self.checker.count(topic, passed=True)
        self.report.conventions += [convention] if convention else []

    # --- passes

    def check_twice(self) -> None:
        """Two backward passes from one result: 24, 12, an exception, or something wrong."""
        once = [
            *self.leaves(x=2.0, y=3.0),
            self.line("u", "*", "x", "x"),
            self.line("out", "*", "u", "y"),
            *self.back(),
        ]
        if not close(self.play(Script(once)), 12.0):
            return
        twice = Script(once + self.back())
        try:
            second = self.play(twice)
        except Exception:
            self.passed("accumulation", "a second backward pass from one result raises: its graph is used up")
            return
        again = Script([*once, f"x.{self.blank} = {self.fresh}", *self.back()])
        if close(second, 24.0):
            self.passed("accumulation", "backward twice: gradients of leaves add up (12, then 24)")
        elif not close(second, 12.0):
            words = INNER_KEPT if close(second, 36.0) else "something is left over from the first pass"
            self.tell("wrong", f"backward twice gives {second:g}: {words}", "backward", twice, 24.0, second)
        elif not self._is_stale(again):
            self.passed("accumulation", FRESH)
        else:
            what = "a second backward pass does nothing, and does not say so"
            self.tell("wrong", what, "backward", again, 12.0, self.play(again))

    def _is_stale(self, again: Script) -> bool:
        """Whether nothing arrives in a leaf that was set to zero between two passes."""
        try:
            return close(self.play(again), 0.0)
        except Exception:  # such as a gradient that cannot be set
            return False

    def check_two_losses(self) -> None:
        """Two results that share a node, the leaf's gradient kept or zeroed between them."""
        first = [
            *self.leaves(x=2.0, y=3.0, z=5.0),
            self.line("u", "*", "x", "x"),
            self.line("out", "*", "u", "y"),
            *self.back(),
        ]
        if not close(self.play(Script(first)), 12.0):
            return
        second = [self.line("other", "*", "u", "z"), *self.back("other")]
        for between, right in (([], 32.0), ([f"x.{self.blank} = {self.fresh}"], 20.0)):
            script = Script([*first, *between, *second])
            try:
                found = self.play(script)
            except Exception:  # as one pass only is allowed, or a gradient cannot be set
                return
            if not close(found, right) and not close(found, 20.0):
                words = "nothing of the second arrives" if close(found, 12.0) or close(found, 0.0) else INNER_KEPT
                what = f"two losses that share a node give {found:g}: {words}"
                self.tell("wrong", what, "two losses", script, right, found)
                return
            self.passed("accumulation")

    def check_late_data(self) -> None:
        """A leaf's number is changed between the two passes."""
        change = f"{self.engine.value.written('x')} = 10.0"
        made = [*self.leaves(x=2.0, y=3.0), self.line("out", "*", "x", "y"), change]
        if not isinstance(self.engine.value(self.engine.node()), int | float):
            return
        names = dict(self.engine.names)
        try:
            exec("\n".join(made), names)  # noqa: S102 - as above
        except Exception:  # as it cannot be set
            return
        value = number_in(self.engine.value(names["out"]))
        found = self.play(Script(made + self.back(), "y"))
        if close(value, 30.0):
            self.passed("robustness", "results are evaluated anew: they follow a change of data, by design")
        elif close(found, 2.0):
            self.passed("robustness")
        else:
            self.tell("fragile", LATE, "data", Script(made + self.back(), "y"), 2.0, found)

    def check_in_place(self) -> None:
        """u += x and its like, where the class defines them, must be operations too and not just change a number."""
        forms = (("+", "x", 12.0), ("-", "x", 6.0), ("*", "x", 36.0), ("/", "y", 2.0))
        for (sign, operand, right), method in zip(forms, ("iadd", "isub", "imul", "itruediv"), strict=True):
            if not hasattr(type(self.engine.node()), f"__{method}__"):
                continue
            lines = [*self.leaves(x=2.0, y=3.0), self.line("u", "*", "x", "y"), f"u {sign}= {operand}"]
            script = Script([*lines, self.line("out", "*", "u", "y"), *self.back()], operand)
            try:
                found = self.play(script)
            except Exception as error:
                self.report.conventions.append(f"u {sign}= {operand} is refused: {type(error).__name__}")
                continue
            if close(found, right):
                self.passed("accumulation")
            else:
                what = f"u {sign}= {operand} changes the number and leaves no trace in the graph"
                self.tell("wrong", what, f"{sign}=", script, right, found, f"__{method}__")

    # --- size

    def check_deep(self) -> None:
        """A chain of some thousand additions."""
        loop = ["out = x", f"for _ in range({DEEP}):", f"    {self.line('out', '+', 'out', 'y')}"]
        script = Script([*self.leaves(x=1.0, y=0.5), *loop, *self.back()], "y")
        right = float(DEEP)
        try:
            found = self.play(script)
        except RecursionError:
            what = f"{DEEPER} raises RecursionError: walk the graph with a list of your own"
            self.tell("fragile", what, "depth", script, right, "RecursionError")
        except TimeUpError:
            self.tell("fragile", f"{DEEPER} takes more than {SECONDS:g} s", "depth", script, right, "no result in time")
        else:
            if close(found, right):
                self.passed("robustness")
            else:
                self.tell("wrong", f"{DEEPER} gives a wrong gradient", "depth", script, right, found)

    def check_shared_time(self) -> None:
        """x + x, again and again: the number of calls must grow with the nodes, not with the paths."""
        scripts = [self._doubling(DOUBLINGS // 2), self._doubling(DOUBLINGS)]
        short, long = [self._calls(script) for script in scripts]
        if long <= 24 * max(short, 1):
            self.passed("robustness")
            return
        what = "time doubles with each shared node: a node is visited once for each path to it; visit each once"
        self.tell(
            "fragile",
            what,
            "time",
            scripts[1],
            2.0**DOUBLINGS,
            f"2 ** {DOUBLINGS}, after {long} calls; {short} for {DOUBLINGS // 2}",
        )

    def _doubling(self, count: int) -> Script:
        loop = ["out = x", f"for _ in range({count}):", f"    {self.line('out', '+', 'out', 'out')}"]
        return Script([*self.leaves(x=1.0), *loop, *self.back()])

    def _calls(self, script: Script) -> int:
        calls = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal calls  # coverage does not see lines within a profile function
            calls += event == "call"  # pragma: no cover

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            self.play(script)
        finally:
            sys.setprofile(before)
        return calls

    def check_memory(self) -> None:
        """Bytes for each operation, and whether nodes die without the collector."""
        kind, was_enabled = type(self.engine.node()), gc.isenabled()
        gc.collect()
        gc.disable()
        try:
            before = _alive(kind)
            self._graph(200)
            if _alive(kind) - before >= 100:
                gc.collect()
                is_kept = _alive(kind) - before >= 100
                words = "something global keeps every node" if is_kept else "nodes are in reference cycles"
                self.passed("robustness", f"{words}: memory is not freed when the last reference goes")
        finally:
            if was_enabled:
                gc.enable()
        if not tracemalloc.is_tracing():
            tracemalloc.start()
            try:
                kept = self._graph(500)
                size = round(tracemalloc.get_traced_memory()[0] / 500, -1)
                self.report.conventions.append(f"memory: about {size:.0f} bytes an operation")
                del kept
            finally:
                tracemalloc.stop()

    def _graph(self, length: int) -> object:
        x, y = self.engine.leaf(1.0), self.engine.leaf(0.5)
        out: object = x
        for _ in range(length):
            out = self.engine.rules["+"](out, y)
        return x, y, out  # some link leaves to what is made of them

    # --- copies

    def check_copies(self) -> None:
        """A deep copy must get gradients of its own; pickling is a bonus."""
        product = self.engine.templates["*"].format("x", "y")
        for word, call in (("deep copy", "copy.deepcopy({})"), ("pickle", "pickle.loads(pickle.dumps({}))")):
            lines = [f"import {call[: call.index('.')]}", *self.leaves(x=2.0, y=3.0)]
            lines += [f"x2, y2, out = {call.format(f'(x, y, {product})')}", *self.back()]
            try:
                found = self.play(Script(lines, "x2"))
            except Exception:
                self.report.conventions.append(f"a graph has no {word}")
                continue
            if close(found, 3.0):
                self.passed("robustness")
            elif word == "deep copy":
                self.tell("fragile", COPIED, word, Script(lines, "x2"), 3.0, found)


def _alive(kind: type) -> int:
    return sum(type(each) is kind for each in gc.get_objects())


def check_edges(checker: Checker, engine: Engine) -> None:
    """Powers at and below 0, and the slope at a kink."""
    x, found = Expression("x"), checker.report
    line = checker.source.gradient_line("__pow__", "pow")
    if "x ** 2" in checker.sound:
        trial = trial_of(engine, x**0, (0.0,), checker.rules)
        if trial.wrong is not None and not (trial.error and checker.source.is_refusal(trial.error)):
            checker.count("robustness", passed=False)
            what = "x ** 0 at 0 fails: its slope is 0 there, not 0 · 0 ** -1"
            checker.find(trial, "fragile", what, "x ** 0", "robustness", line)
        root, at = x ** (1 / 3), (-8.0,)
        try:
            value = engine.run(root, at).value
        except Exception:
            value = None
        if isinstance(value, complex):
            what = "(-8) ** (1/3) becomes a complex number without a word"
            facts = (engine.listing(root, at, None), "an error, or nan", str(value), line, "robustness")
            found.findings.append(Finding("fragile", what, "x ** (1/3)", *facts, chapter("robustness")))
    for name in sorted({"relu(x)", "abs(x)"} & checker.sound):
        form = next((f.expression for f in FORMS if str(f.expression) == name), Expression("relu", x))
        trial = trial_of(engine, form, (0.0,), checker.rules)
        if trial.outcome is not None:
            found.conventions.append(f"{name} at 0 has the slope {trial.outcome.gradients[0]}")


def check_habits(checker: Checker, engine: Engine) -> None:
    """All of it, each check apart from the others' trouble."""
    checker.guarded("edges", lambda: check_edges(checker, engine))
    if not isinstance(engine, Reverse) or not engine.has_graph or "x * y" not in checker.sound:
        return
    habits = Habits(checker, engine)
    checks = [habits.check_twice, habits.check_two_losses, habits.check_late_data, habits.check_in_place]
    if "x + y" in checker.sound and checker.is_sharing_right:
        checks += [habits.check_shared_time, habits.check_copies, habits.check_memory, habits.check_deep]
    for check in checks:
        checker.guarded(check.__name__.removeprefix("check_"), check)
