"""Sizes, ages and lengths at which builds change: at the border and beside it."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tinygrad_edu.native import cache, compiler, way_in

KEY = "0" * 32


def build(directory, number, size, age=0.0):
    """A file that looks like a build, last used so many seconds ago."""
    path = directory / f"{number:x}-{KEY}{cache.SUFFIX}"
    path.write_bytes(b"x" * size)
    then = 1_700_000_000.0 - age
    os.utime(path, (then, then))
    return path


@pytest.mark.parametrize(("most", "left"), [(30, 3), (29, 2), (20, 2), (19, 1), (10, 1), (0, 1)])
def test_the_oldest_go_until_there_is_room_and_the_newest_stays(tmp_path, most, left):
    builds = [build(tmp_path, number, 10, age) for number, age in ((1, 50.0), (2, 20.0), (3, 90.0))]
    newest_first = [builds[1], builds[0], builds[2]]
    cache.tidy(tmp_path, most)
    assert {*tmp_path.iterdir()} == {*newest_first[:left]}


def test_how_much_is_kept(tmp_path, monkeypatch):
    found = [(tmp_path / str(i), SimpleNamespace(st_size=2**27, st_mtime=i)) for i in range(3)]
    gone = []
    monkeypatch.setattr(cache, "_builds", lambda _: found)
    monkeypatch.setattr(Path, "unlink", lambda path, **_: gone.append(path.name))
    cache.tidy(tmp_path)
    assert gone == ["0"], "two of 128 MB are just as much as is kept"


@pytest.mark.parametrize(("age", "is_left"), [(3600.0, True), (3600.5, False)])
def test_from_when_on_a_folder_was_left_behind(tmp_path, monkeypatch, age, is_left):
    folder = tmp_path / "building-1"
    folder.mkdir()
    os.utime(folder, (1_000_000.0, 1_000_000.0))
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0 + age)
    cache.tidy(tmp_path)
    assert folder.exists() == is_left


def test_a_summary_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    directory = cache.cache_directory()
    directory.mkdir(mode=0o700)
    place = f"in {directory}"
    assert str(cache.summary()) == f"0 compiled programs, 0.0 MB, {place}"
    build(directory, 1, 2**19, 90.0)
    assert str(cache.summary()) == f"1 compiled program, 0.5 MB, {place}"
    build(directory, 2, 2**20, 10.0)
    assert str(cache.summary()) == f"2 compiled programs, 1.5 MB, {place}"
    assert cache.summary()[1:] == (2, 3 * 2**19, 1_700_000_000.0 - 90.0, 1_700_000_000.0 - 10.0)


@pytest.mark.parametrize(("length", "way"), [(150_000, "-O1"), (150_001, "-O0")])
def test_up_to_which_length_programs_are_optimised(monkeypatch, length, way):
    keys = []

    def key(command, flags, source):
        keys.append((command, flags, len(source)))
        raise OSError("enough")

    monkeypatch.setattr(compiler, "compilers", lambda: iter([["some-cc", "--quiet"]]))
    monkeypatch.setattr(compiler, "_key", key)
    monkeypatch.setenv("CFLAGS", "-g '-D a b'")
    with pytest.raises(compiler.CompilerError, match=r"^some-cc --quiet: enough$"):
        compiler.load("x" * length, headers="/here")
    (command, flags, size), = keys  # fmt: skip
    assert (command, size) == (["some-cc", "--quiet"], length)
    assert flags == [way, *compiler.FLAGS, "-I/here", "-g", "-D a b"]


def test_what_is_said_to_a_compiler(tmp_path, monkeypatch):
    """Both sources, into a folder that is gone afterwards; the mathematical library behind them."""
    runs = []

    def run(command, **options):
        runs.append((command, options))
        Path(command[-2 if command[-1] == "-lm" else -1]).write_bytes(b"built")

    monkeypatch.setattr(subprocess, "run", run)
    for sources in (["int a;", ""], ["int a;", "int b;"]):
        path = compiler._built(tmp_path, "abc", ["cc", "-O1"], sources)
        assert path.name == f"abc-{hashlib.sha256(b'built').hexdigest()[:32]}.so"
    folders = [Path(command[2]).parent for command, _ in runs]
    math = [] if os.name == "nt" else ["-lm"]
    for (command, options), folder, names in zip(
        runs, folders, (["program.c"], ["program.c", "beside.c"]), strict=True
    ):
        assert command == [
            "cc",
            "-O1",
            *(str(folder / name) for name in names),
            "-o",
            str(folder / "program.so"),
            *math,
        ]
        assert options == {"check": True, "capture_output": True, "timeout": 600}
        assert not folder.exists()
        assert folder.name.startswith("building-")


def test_the_first_line_of_a_complaint():
    error = subprocess.CalledProcessError(1, "cc", stderr=b"  \n" + b"x" * 201 + b"\nmore")
    assert compiler._reason(error) == "x" * 200
    assert compiler._reason(OSError("one\ntwo")) == "one"


def test_a_key_is_of_all_that_a_build_depends_on(monkeypatch):
    monkeypatch.setattr(compiler, "processor", lambda: "this one")
    known = {
        compiler._key(*each)
        for each in [
            (["cc"], ["-O1"], "int a;"), (["cc"], ["-O2"], "int a;"), (["cc"], ["-O1"], "int b;"),
            (["c99"], ["-O1"], "int a;"), (["cc"], ["-O1", "-march=native"], "int a;"),
        ]
    }  # fmt: skip
    assert len(known) == 5
    assert {len(each) for each in known} == {32}


def test_the_headers_are_those_of_the_usual_python_on_linux(tmp_path, monkeypatch):
    way_in.headers.cache_clear()
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    monkeypatch.setattr("sys.platform", "linux")
    is_usual = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    assert way_in.headers() is None
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "Python.h").touch()
    way_in.headers.cache_clear()
    assert way_in.headers() == (str(tmp_path / "include") if is_usual else None)
    way_in.headers.cache_clear()
    monkeypatch.setattr("sys.platform", "darwin")
    assert way_in.headers() is None
    way_in.headers.cache_clear()
