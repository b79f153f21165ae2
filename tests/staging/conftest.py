"""What the tests of native code share: a cache of its own for each test."""

import pytest

from tinygrad_edu.native import compiled


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The directory that builds are kept in during this test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(compiled, "_warned", False)
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CFLAGS", raising=False)
    return tmp_path / "cache" / "tinygrad-edu"
