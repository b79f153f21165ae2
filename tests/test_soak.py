"""tools/soak.py trains with the collector off and tells flat memory from memory that grows."""

import gc
import math

import pytest

from tools import soak
from tools.soak import Reading, is_flat


def test_a_short_run_trains_without_the_collector_and_says_what_it_saw(capsys: pytest.CaptureFixture[str]) -> None:
    assert gc.isenabled()
    status = soak.main(["0.02"])
    assert gc.isenabled()
    first, *_, last, steps, verdict = capsys.readouterr().out.splitlines()
    assert "epochs" in first
    assert "blocks" in last
    assert steps.startswith("steps: python; parameters:")
    assert verdict.startswith(("flat", "GROWN")[status])


def test_all_the_work_between_the_epochs_leaves_nothing_to_collect() -> None:
    for work in soak.BETWEEN:
        work()
    gc.collect()
    gc.disable()
    try:
        for work in soak.BETWEEN:
            work()
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("blocks", "megabytes", "flat"),
    [(104, 20.0, True), (106, 20.0, False), (100, 20.9, True), (100, 21.1, False), (100, math.nan, True)],
)
def test_memory_is_flat_if_it_grows_by_no_more_than_a_twentieth(blocks: int, megabytes: float, flat: bool) -> None:
    assert is_flat(Reading(1.0, 1, 100, 20.0), Reading(2.0, 9, blocks, megabytes)) is flat
