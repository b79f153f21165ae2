"""The cyclic collector is paused within a block only, whatever happens in it."""

import gc
import threading
from collections.abc import Iterator

import pytest

from tinygrad_edu.core.collector import paused_collector


@pytest.fixture(autouse=True)
def _collector_enabled() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_is_paused_within_the_block_and_back_afterwards() -> None:
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_brings_it_back() -> None:
    with pytest.raises(ZeroDivisionError), paused_collector():
        1 / 0  # noqa: B018 - the error is the point
    assert gc.isenabled()


def test_blocks_nest() -> None:
    with paused_collector():
        with paused_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with paused_collector():
        pass
    assert not gc.isenabled()


def test_blocks_in_two_threads_may_overlap() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with paused_collector():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with paused_collector():
        thread.start()
        assert entered.wait(10)
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_it_decorates() -> None:
    @paused_collector()
    def enabled() -> bool:
        return gc.isenabled()

    assert not enabled()
    assert gc.isenabled()
