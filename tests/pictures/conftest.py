"""A fixture for tests of the programs that lay graphs out."""

import pytest


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A directory that is the only place where programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    return tmp_path
