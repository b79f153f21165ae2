"""Hypothesis profiles: the same examples on every run in CI, new ones on every run elsewhere; and one fixture."""

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("local", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture
def untraced() -> Iterator[None]:
    """For tests with millions of steps, which measuring coverage would slow down tenfold: it pauses meanwhile."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
