"""The limits of time and of depth for foreign code."""

import signal
import sys
import time

import pytest

from tinygrad_edu.engine_checks.limits import TimeUpError, time_limit, usual_depth

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no such signal")


def test_an_alarm_that_comes_too_late_does_nothing() -> None:
    with time_limit(10.0):
        stop = signal.getsignal(signal.SIGALRM)
    assert callable(stop)
    stop(signal.SIGALRM, None)  # as when the alarm rings between the end of the block and the end of the timer


def test_no_timer_is_left_behind() -> None:
    with pytest.raises(TimeUpError), time_limit(0.02):
        time.sleep(5)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_timer_ends_also_where_the_time_is_up_in_the_last_moment() -> None:
    limit = time_limit(10.0)
    limit.__enter__()
    stop = signal.getsignal(signal.SIGALRM)
    assert callable(stop)
    with pytest.raises(TimeUpError):
        stop(signal.SIGALRM, None)
    limit.__exit__(None, None, None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("module", ["coverage.collector", "hypothesis.internal.junkdrawer"])
def test_what_measures_the_tests_is_not_interrupted(module: str) -> None:
    lines = "def wait(end):\n    while time.monotonic() < end: pass\n    waited.append(end)"
    waited: list[float] = []
    names = {"__name__": module, "time": time, "waited": waited}
    exec(lines, names)  # noqa: S102 - lines from here, as if they were that module's

    def wait_and_go_on() -> None:
        names["wait"](time.monotonic() + 0.3)
        while True:
            pass

    with pytest.raises(TimeUpError), time_limit(0.1):
        wait_and_go_on()
    assert len(waited) == 1


def test_the_usual_depth_holds_in_the_block_only() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        with usual_depth():
            assert sys.getrecursionlimit() == 1000
        assert sys.getrecursionlimit() == 5000
    finally:
        sys.setrecursionlimit(before)
