"""After each test no transform is running any more."""

import pytest

from tinygrad_edu.transforms import level as levels


@pytest.fixture(autouse=True)
def _levels_are_released():
    yield
    assert levels._running == [0]
