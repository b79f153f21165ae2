"""What is checked beyond one backward pass, in engines that are unusual there."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from tests.testing.test_kit import BASE, module_at, report_on, write
from tinygrad_edu.engine_checks import checks
from tinygrad_edu.testing import Report, check_engine

LAZY = """
class Lazy:
    def __init__(self, number, *rule):
        self.number, self.rule, self.grad = number, rule, 0.0

    @property
    def data(self):
        if not self.rule:
            return self.number
        a, b = (each.data for each in self.rule[1:])
        return a + b if self.rule[0] == "+" else a * b

    @data.setter
    def data(self, number):
        self.number = number

    def __add__(self, other):
        return Lazy(None, "+", self, other)

    def __mul__(self, other):
        return Lazy(None, "*", self, other)

    def backward(self, above=1.0):
        self.grad += above
        if self.rule:
            _, a, b = self.rule
            a.backward(above * (1.0 if self.rule[0] == "+" else b.data))
            b.backward(above * (1.0 if self.rule[0] == "+" else a.data))
"""


def report_of(folder: Path, text: str, kind: str = "Value") -> Report:
    return check_engine(module_at(write(folder, text, f"habits_{abs(hash(text))}.py")).__dict__[kind])


def test_engines_that_evaluate_anew_read_data_late_by_design(tmp_path: Path) -> None:
    report = report_of(tmp_path, LAZY, "Lazy")
    assert report.ok
    assert "results are evaluated anew: they follow a change of data, by design" in report.conventions


def test_data_that_cannot_be_changed_is_not_changed(tmp_path: Path) -> None:
    text = BASE.replace("self.data = float(data)", "self.inner = float(data)")
    text = text.replace(
        "    def __add__", "    @property\n    def data(self):\n        return self.inner\n\n    def __add__"
    )
    report = report_of(tmp_path, text)
    assert report.ok
    assert not any(each.operation == "data" for each in report.findings)


def test_a_deep_graph_that_takes_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SECONDS", 1.0)
    slow = "        while len(order) > 1000:\n            pass\n"
    report = report_of(tmp_path, BASE.replace("        for node in order:\n", f"{slow}        for node in order:\n"))
    assert report.ok
    assert [each.what for each in report.findings if each.operation == "depth"] == [
        "a chain of 5000 operations takes more than 20 s"
    ]


def test_a_slope_at_the_kink_that_raises_is_no_convention(tmp_path: Path) -> None:
    report = report_of(tmp_path, BASE.replace("max(self.data, 0.0),", "max(self.data, 0 / self.data),"))
    assert report.ok
    assert not any(each.startswith("relu") for each in report.conventions)


def test_the_collector_and_the_memory_tracer_are_left_as_they_were() -> None:
    gc.disable()
    tracemalloc.start()
    try:
        report = report_on("closures")
        assert not gc.isenabled()
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert report.ok
    assert not any(each.startswith("memory") for each in report.conventions)


def test_a_finding_that_names_no_number_can_be_written_as_json(tmp_path: Path) -> None:
    report = report_of(tmp_path, BASE.replace("_of_one(e, e)", "_of_one(math.nan, e)"))
    assert report.findings[0].actual == "nan"
    assert '"actual": "nan"' in report.to_json()
