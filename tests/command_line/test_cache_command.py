"""The command `tinygrad-edu cache`."""

import os
import time

import pytest

from tinygrad_edu.command_line.cache_command import _ago, run
from tinygrad_edu.command_line.cli import main

NAMES = [f"{letter * 32}-{letter * 32}.so" for letter in "abc"]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache with three builds, last used now, an hour ago and two days ago."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    directory = tmp_path / "tinygrad-edu"
    directory.mkdir(mode=0o700)
    for name, ago in zip(NAMES, (10, 3700, 2 * 86_400 + 60), strict=True):
        (directory / name).write_bytes(b"x" * 2**19)
        os.utime(directory / name, (time.time() - ago,) * 2)
    return directory


def said(*words):
    written = []
    status = run(["cache", *words], written.append)
    return status, "\n".join(written)


def test_it_shows_place_number_sizes_and_age(cache):
    status, text = said()
    assert status == 0
    assert text.splitlines() == [
        f"place     {cache}",
        "programs  3, 1.5 MB of at most 256 MB",
        "last used 10 seconds ago the newest, 2 days ago the oldest",
    ]
    assert len([*cache.iterdir()]) == 3, "to look is not to touch"


def test_it_clears(cache, capsys):
    assert main(["cache", "--clear"]) == 0
    assert capsys.readouterr().out == f"removed 3 compiled programs from {cache}\n"
    assert [*cache.iterdir()] == []
    assert said() == (0, f"place     {cache}\nprograms  0, 0 kB of at most 256 MB")


def test_before_the_first_build_there_is_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert said()[1].splitlines()[1] == "programs  0, 0 kB of at most 256 MB"
    assert said("--clear") == (0, f"removed 0 compiled programs from {tmp_path}/tinygrad-edu")
    assert not (tmp_path / "tinygrad-edu").exists()


def linked(directory):
    directory.rename(directory.with_name("other"))
    directory.symlink_to(directory.with_name("other"))
    return "it is a link to another place, which somebody else may have made"


def shared(directory):
    directory.chmod(0o777)
    return "others can write there, or it is not yours"


@pytest.mark.parametrize("spoil", [linked, shared])
def test_a_place_that_is_not_safe_is_named_and_left_alone(cache, spoil):
    trouble = spoil(cache)
    assert said()[1].splitlines()[-1] == f"not used: {trouble}"
    status, text = said("--clear")
    assert status == 2
    assert text.splitlines() == [
        f"removed 0 compiled programs from {cache}",
        f"3 could not be removed: {trouble}",
    ]
    assert len([*cache.iterdir()]) == 3


def test_a_file_in_the_place_of_the_directory_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "tinygrad-edu").write_text("")
    assert said()[1].splitlines()[-1] == "not used: it is no directory"
    assert said("--clear")[0] == 0


def test_what_cannot_be_removed_is_counted(cache):
    (cache / NAMES[0]).unlink()
    (cache / NAMES[0]).mkdir()
    assert said("--clear") == (
        2,
        f"removed 2 compiled programs from {cache}\n1 could not be removed: look into the directory",
    )


def test_a_place_whose_name_would_steer_the_terminal_does_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "\x1b[31mred"))
    assert main(["cache"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_unknown_words_and_help(capsys):
    assert main(["cache", "--clean"]) == 2
    assert "unrecognized arguments: --clean (see tinygrad-edu cache --help)" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["cache", "--help"])
    assert left.value.code == 0
    assert "256 MB" in capsys.readouterr().out


def test_a_name_of_an_expression_may_be_cache(capsys):
    assert main(["cache", "cache=2"]) == 0
    assert "cache" in capsys.readouterr().out


def test_ages_in_words():
    assert [_ago(x) for x in (0, 1, 59, 60, 3600, 90_000)] == [
        "0 seconds", "1 second", "59 seconds", "1 minute", "1 hour", "1 day",
    ]  # fmt: skip
