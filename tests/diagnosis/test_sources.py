"""Recorded source lines: the right line, nothing left behind, and only where it was asked for."""

import threading
from contextvars import copy_context

import pytest

from tinygrad_edu import Value, nn, no_grad, where
from tinygrad_edu.core import recording
from tinygrad_edu.diagnosis import sources as module
from tinygrad_edu.diagnosis.sources import record_sources
from tinygrad_edu.recurrent import RNNCell


def is_plain():
    return recording.open_blocks == recording.observed_blocks == 0


def test_the_line_that_made_a_value_is_named():
    x = Value(2.0)
    with record_sources() as sources:
        y = x * x
        z = Value(3.0)
    assert sources.line(y).endswith(": y = x * x")
    assert sources.line(y).startswith("test_sources.py:")
    assert sources.line(z).endswith(": z = Value(3.0)")
    assert sources.line(x) == ""
    assert len(sources) == 2


def test_recorded_values_are_what_plain_ones_are():
    with record_sources():
        x = Value(3.0, label="x")
        y = x * x + 2 * x - where(x > 0, x, 0.0)
        y.backward()
    assert (x.label, y.data, x.grad) == ("x", 12.0, 7.0)


def test_values_made_in_the_library_are_laid_to_the_readers_line_that_called_it():
    model = nn.MLP(2, [2, 1], seed=1)
    with record_sources() as sources:
        y = model([1.0, 2.0])
        loss = nn.mse_loss([y], [1.0])
        h = RNNCell(1, 1, seed=1)([1.0])
    assert sources.line(y).endswith(": y = model([1.0, 2.0]) (through MLP, Layer.activations, Neuron)")
    assert sources.line(loss).endswith(": loss = nn.mse_loss([y], [1.0]) (through mse_loss)")
    assert sources.line(h[0]).endswith("(through RNNCell)")


def test_operations_are_plain_again_after_the_block():
    with record_sources() as sources:
        assert not is_plain()
    assert is_plain()
    y = Value(2.0) * 3
    assert sources.line(y) == ""


def test_operations_are_plain_again_after_an_error():
    with pytest.raises(ZeroDivisionError), record_sources():
        Value(1.0) / 0
    assert is_plain()


def test_blocks_nest():
    x = Value(2.0)
    with record_sources() as outer:
        a = x + 1
        with record_sources() as inner:
            b = x + 2
        c = x + 3
        assert not is_plain()
    assert is_plain()
    assert [bool(outer.line(v)) for v in (a, b, c)] == [True, True, True]
    assert [bool(inner.line(v)) for v in (a, b, c)] == [False, True, False]


def test_other_threads_are_not_recorded_and_may_record_for_themselves():
    begun, done, found = threading.Event(), threading.Event(), {}

    def silent():
        begun.wait()
        found["silent"] = Value(1.0) * 2
        done.set()

    def record():
        with record_sources() as sources:
            y = Value(1.0) * 3
        found["recording"] = sources.line(y)

    threads = [threading.Thread(target=silent), threading.Thread(target=record)]
    for thread in threads:
        thread.start()
    with record_sources() as sources:
        begun.set()
        done.wait()
        threads[1].join()
        assert not is_plain()
    threads[0].join()
    assert is_plain()
    assert sources.line(found["silent"]) == ""
    assert found["recording"].endswith(": y = Value(1.0) * 3")


def test_a_task_that_outlives_the_block_is_no_longer_recorded():
    with record_sources() as sources:
        context = copy_context()
    with record_sources():
        y = context.run(lambda: Value(1.0) * 2)
    assert sources.line(y) == ""


def test_within_no_grad_lines_are_recorded_too():
    with no_grad(), record_sources() as sources:
        y = Value(1.0) * 2
    assert y.parents == ()
    assert sources.line(y)


def test_many_blocks_leave_arithmetic_as_it_was():
    before = Value._node, Value.__init__
    for _ in range(50):
        with record_sources():
            Value(1.0) * 2
    assert (Value._node, Value.__init__) == before
    assert is_plain()


def test_a_line_without_source_text_is_named_by_file_and_number():
    with record_sources() as sources:
        namespace = {"Value": Value}
        exec(compile("\n\ny = Value(1.0) * 2", "C:\\made\\up.py", "exec"), namespace)  # noqa: S102
    assert sources.line(namespace["y"]) == "up.py:3"


def test_a_value_that_no_line_of_the_readers_made_has_none(monkeypatch):
    monkeypatch.setattr(module, "HERE", "")  # every frame counts as the library's
    with record_sources() as sources:
        y = Value(1.0) * 2
    assert sources.line(y).startswith("(through ")
    monkeypatch.setattr(module, "ARITHMETIC", set())
    assert module._text(None, "") == ""
