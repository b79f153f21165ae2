"""How an engine is found out to be used."""

import sys

import pytest

from tinygrad_edu.foreign_engines.shapes import makers


class Plain:
    def __init__(self, number: float) -> None:
        self.number = number


def test_leaves_are_tried_in_arrays_only_where_numpy_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", sys)
    assert any("numpy" in text for text in makers("Plain", Plain, {}))
    monkeypatch.delitem(sys.modules, "numpy")
    assert not any("numpy" in text for text in makers("Plain", Plain, {}))
