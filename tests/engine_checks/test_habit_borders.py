"""What each habit is judged by: scripts stay as they are, and every number that may come out of them has its words."""

import json
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import asdict

import pytest

from tests.kept import Kept
from tests.testing.test_kit import RIGHT, found_in, module_at
from tinygrad_edu.engine_checks import habits as module
from tinygrad_edu.engine_checks.checks import Checker
from tinygrad_edu.engine_checks.habits import COPIED, DEEPER, FRESH, INNER_KEPT, LATE, Habits, Script
from tinygrad_edu.engine_checks.limits import TimeUpError
from tinygrad_edu.engine_checks.report import Report
from tinygrad_edu.engine_checks.suspects import Source
from tinygrad_edu.foreign_engines.engines import Reverse

Played = float | BaseException


def made(name: str = "closures") -> Habits:
    engine_module = module_at(RIGHT[name])
    engine = found_in(engine_module)
    assert isinstance(engine, Reverse)
    checker = Checker(engine, Source(type(engine.node())), Report("Value"))
    return Habits(checker, engine)


def played(check: str, numbers: Sequence[Played], name: str = "closures") -> tuple[Habits, list[Script]]:
    """A check whose scripts give these numbers, or raise."""
    habits, scripts, left = made(name), [], [*numbers]

    def play(script: Script) -> float:
        scripts.append(script)
        number = left.pop(0)
        if isinstance(number, BaseException):
            raise number
        return number

    habits.play = play  # type: ignore[method-assign]
    getattr(habits, check)()
    assert left == []
    return habits, scripts


USED_UP = "a second backward pass from one result raises: its graph is used up"
ADD_UP = "backward twice: gradients of leaves add up (12, then 24)"
NOTHING = "two losses that share a node give {}: nothing of the second arrives"
NO_TRACE = "changes the number and leaves no trace in the graph"
ANEW = "results are evaluated anew: they follow a change of data, by design"
TIME = "time doubles with each shared node: a node is visited once for each path to it; visit each once"
RAISED = ValueError("no")
# The check, the numbers that its scripts give; findings as (severity, what, operation, expected, actual); conventions;
# checks that passed and that were made.
CASES: list[tuple[str, list[Played], list[tuple[object, ...]], list[str], tuple[int, int]]] = [
    ("check_twice", [13.0], [], [], (0, 0)),
    ("check_twice", [12.0, RAISED], [], [USED_UP], (1, 1)),
    ("check_twice", [12.0, 24.0], [], [ADD_UP], (1, 1)),
    ("check_twice", [12.0, 12.0, 12.0], [], [FRESH], (1, 1)),
    ("check_twice", [12.0, 12.0, RAISED], [], [FRESH], (1, 1)),
    ("check_twice", [12.0, 12.0, 0.0, 0.0], [
        ("wrong", "a second backward pass does nothing, and does not say so", "backward", 12.0, 0.0)], [], (0, 1)),
    ("check_twice", [12.0, 36.0], [("wrong", f"backward twice gives 36: {INNER_KEPT}", "backward", 24.0, 36.0)],
     [], (0, 1)),
    ("check_twice", [12.0, 25.0], [
        ("wrong", "backward twice gives 25: something is left over from the first pass", "backward", 24.0, 25.0)],
     [], (0, 1)),
    ("check_two_losses", [13.0], [], [], (0, 0)),
    ("check_two_losses", [12.0, 32.0, 20.0], [], [], (2, 2)),
    ("check_two_losses", [12.0, 20.0, 20.0], [], [], (2, 2)),
    ("check_two_losses", [12.0, RAISED], [], [], (0, 0)),
    ("check_two_losses", [12.0, 32.0, RAISED], [], [], (1, 1)),
    ("check_two_losses", [12.0, 12.0], [("wrong", NOTHING.format(12), "two losses", 32.0, 12.0)], [], (0, 1)),
    ("check_two_losses", [12.0, 32.0, 0.0], [("wrong", NOTHING.format(0), "two losses", 20.0, 0.0)], [], (1, 2)),
    ("check_two_losses", [12.0, 44.0], [
        ("wrong", f"two losses that share a node give 44: {INNER_KEPT}", "two losses", 32.0, 44.0)], [], (0, 1)),
    ("check_two_losses", [12.0, 32.0, 32.0], [
        ("wrong", f"two losses that share a node give 32: {INNER_KEPT}", "two losses", 20.0, 32.0)], [], (1, 2)),
    ("check_late_data", [2.0], [], [], (1, 1)),
    ("check_late_data", [10.0], [("fragile", LATE, "data", 2.0, 10.0)], [], (0, 1)),
    ("check_deep", [5000.0], [], [], (1, 1)),
    ("check_deep", [4999.0], [], [], (1, 1)),  # to a thousandth, as everywhere
    ("check_deep", [4000.0], [("wrong", f"{DEEPER} gives a wrong gradient", "depth", 5000.0, 4000.0)], [], (0, 1)),
    ("check_deep", [RecursionError()], [(
        "fragile", f"{DEEPER} raises RecursionError: walk the graph with a list of your own", "depth", 5000.0,
        "RecursionError")], [], (0, 1)),
    ("check_deep", [TimeUpError()], [
        ("fragile", f"{DEEPER} takes more than 20 s", "depth", 5000.0, "no result in time")], [], (0, 1)),
    ("check_copies", [3.0, 3.0], [], [], (2, 2)),
    ("check_copies", [0.0, 0.0], [("fragile", COPIED, "deep copy", 3.0, 0.0)], [], (0, 1)),
    ("check_copies", [RAISED, RAISED], [], ["a graph has no deep copy", "a graph has no pickle"], (0, 0)),
]  # fmt: skip


def told(habits: Habits) -> tuple[list[tuple[object, ...]], list[str], tuple[int, int]]:
    report = habits.report
    found: list[tuple[object, ...]] = [
        (each.severity, each.what, each.operation, each.expected, each.actual) for each in report.findings
    ]
    passed, made_ones = (sum(numbers) for numbers in zip((0, 0), *report.topics.values(), strict=True))
    return found, report.conventions, (passed, made_ones)


@pytest.mark.parametrize(("check", "numbers", "findings", "conventions", "counts"), CASES)
def test_each_number_that_a_script_may_give_has_its_words(
    check: str,
    numbers: list[Played],
    findings: list[tuple[object, ...]],
    conventions: list[str],
    counts: tuple[int, int],
) -> None:
    habits, _ = played(check, numbers)
    assert told(habits) == (findings, conventions, counts)


@pytest.mark.parametrize(
    ("calls", "is_fine"),
    [((1, 24), True), ((1, 25), False), ((0, 24), True), ((0, 25), False), ((10, 240), True), ((10, 241), False)],
)
def test_calls_may_grow_by_24_times_with_twice_the_nodes(
    calls: tuple[int, int], is_fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    habits, left = made(), [*calls]
    monkeypatch.setattr(habits, "_calls", lambda _: left.pop(0))
    habits.check_shared_time()
    short, long = calls
    actual = f"2 ** 14, after {long} calls; {short} for 7"
    finding = ("fragile", TIME, "time", 16384.0, actual)
    assert told(habits) == (([], [], (1, 1)) if is_fine else ([finding], [], (0, 1)))


@pytest.mark.parametrize(
    ("alive", "words"),
    [
        ([7, 106], []),
        ([7, 107, 7], ["nodes are in reference cycles"]),
        ([7, 107, 106], ["nodes are in reference cycles"]),
        ([7, 107, 107], ["something global keeps every node"]),
    ],
)
def test_how_many_nodes_may_be_alive_without_the_collector(
    alive: list[int], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    habits, left, lengths = made(), [*alive], []
    monkeypatch.setattr(module, "_alive", lambda _: left.pop(0))
    monkeypatch.setattr(habits, "_graph", lengths.append)
    monkeypatch.setattr(tracemalloc, "get_traced_memory", lambda: (500 * 123.4, 9))
    habits.check_memory()
    assert left == []
    assert lengths == [200, 500]
    told_ones = [f"{each}: memory is not freed when the last reference goes" for each in words]
    assert habits.report.conventions == [*told_ones, "memory: about 120 bytes an operation"]


def test_a_graph_is_a_chain_of_additions_with_its_leaves() -> None:
    graph = made()._graph(3)
    assert isinstance(graph, tuple)
    assert [each.data for each in graph] == [1.0, 0.5, 2.5]


def test_a_script_gives_the_gradient_that_it_asks_for_and_0_where_there_is_none() -> None:
    habits = made()
    lines = [*habits.leaves(x=2.0, y=3.0), "out = x * y", *habits.back()]
    assert [habits.play(Script(lines, name)) for name in ("x", "y", "out")] == [3.0, 2.0, 1.0]
    assert habits.play(Script([*lines, "x.grad = None"])) == 0.0
    assert habits.play(Script([*lines, "x.grad = 1j"])) == 0.0


def test_what_a_gradient_is_set_back_to() -> None:
    assert made().fresh == "0.0"
    assert {name: made(name).fresh for name in ("tape", "lists", "flags", "links")} == {
        "tape": "0.0", "lists": "None", "flags": "None", "links": "None",
    }  # fmt: skip


# --- scripts and whole findings ------------------------------------------------------------------------------------


def scripts_of(check: str, numbers: list[Played], name: str) -> str:
    habits, scripts = played(check, numbers, name)
    texts = ["\n".join([*each.lines, f"asked: {each.asked}"]) for each in scripts]
    return "\n\n".join(texts + [json.dumps(asdict(each), indent=1) for each in habits.report.findings])


def doubled(name: str) -> str:
    habits = made(name)
    return "\n".join([*habits._doubling(7).lines, *habits._doubling(14).lines])


ENGINES = ("closures", "seeded", "methods")
OUTPUTS: dict[str, Callable[[], str]] = {
    f"{check}, {', '.join(map(repr, numbers))}, {name}": (
        lambda check=check, numbers=numbers, name=name: scripts_of(check, numbers, name)
    )
    for check, numbers, *_ in CASES
    for name in ENGINES
    if check != "check_late_data" or name == "closures"
} | {f"doubling, {name}": lambda name=name: doubled(name) for name in ENGINES}
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_scripts_and_findings_stay_as_they_are(name: str) -> None:
    KEPT.check(name)


def test_all_scripts_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
