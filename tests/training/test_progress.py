import importlib
import io
import sys
import types

import pytest

from tests.training.models import Line
from tinygrad_edu import datasets, fit


class Terminal(io.StringIO):
    def isatty(self):
        return True


def without_tqdm(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)


def bar_text(monkeypatch, **options):
    pytest.importorskip("tqdm")
    stream = Terminal() if options.pop("terminal", True) else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    fit(Line(), datasets.line(), epochs=3, batch_size=2, **options)
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_epoch_and_loss(monkeypatch):
    text = bar_text(monkeypatch)
    assert "9/9" in text
    assert "epoch 3, loss " in text


def test_a_file_gets_a_bar_only_on_request(monkeypatch):
    assert bar_text(monkeypatch, terminal=False) == ""
    assert "9/9" in bar_text(monkeypatch, terminal=False, progress=True)
    assert bar_text(monkeypatch, progress=False) == ""


def test_a_notebook_gets_a_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    assert "9/9" in bar_text(monkeypatch, terminal=False)


def test_without_a_standard_error_there_is_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert fit(Line(), datasets.line(), epochs=3).epochs == 3


def test_without_tqdm_training_goes_on_and_asking_for_the_bar_says_how_to_get_it(monkeypatch):
    without_tqdm(monkeypatch)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert fit(Line(), datasets.line(), epochs=3).epochs == 3
    assert sys.stderr.getvalue() == ""
    with pytest.raises(ImportError, match="pip install tqdm"):
        fit(Line(), datasets.line(), progress=True)
