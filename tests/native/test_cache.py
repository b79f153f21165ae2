"""Where builds are kept: nothing is loaded from there that could have been written by anybody else, or is damaged."""

import ctypes
import os
import stat
import subprocess
import sys

import pytest

from tests.staging.building import SOURCE, cc, commands
from tinygrad_edu.native import cache as cache_module
from tinygrad_edu.native import compiler

pytestmark = pytest.mark.usefixtures("cache")


@cc
def test_a_file_that_others_can_write_is_not_loaded(cache, monkeypatch):
    compiler.load(SOURCE)
    runs = commands(monkeypatch)
    (file,) = cache.iterdir()
    file.chmod(0o666)
    compiler.load(SOURCE)
    assert len(runs) == 1
    assert stat.S_IMODE(file.stat().st_mode) & 0o022 == 0
    file.rename(cache / "elsewhere")
    file.symlink_to(cache / "elsewhere")
    compiler.load(SOURCE)
    assert len(runs) == 2
    assert not file.is_symlink()


@cc
def test_half_a_file_is_built_again(cache, monkeypatch):
    program = "import sys; from tinygrad_edu.native import compiler; compiler.load(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, SOURCE.replace("2.0", "4.0")], check=True)
    (file,) = cache.iterdir()
    file.write_bytes(b"\x7fELF, and no more")
    out = (ctypes.c_double * 1)()
    assert compiler.load(SOURCE.replace("2.0", "4.0")).staged(ctypes.c_double(1.0), out) == 0
    assert out[0] == 4.0


@cc
def test_a_cache_that_cannot_be_trusted_or_made_is_not_used(cache, tmp_path, monkeypatch):
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    compiler.load(SOURCE)
    assert list(cache.iterdir()) == []
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    compiler.load(SOURCE)


def test_the_cache_is_where_the_system_keeps_such_things(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_module.cache_directory() == tmp_path / "local" / "tinygrad-edu"
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_module.cache_directory() == tmp_path / ".cache" / "tinygrad-edu"


@cc
def test_a_user_without_a_home_has_a_temporary_one(cache, monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(cache_module.Path, "home", nowhere)
    assert compiler.load(SOURCE).staged
    assert not cache.exists()


@cc
@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077, 0o777])
def test_a_build_is_kept_under_any_umask(cache, monkeypatch, mask):
    cache.parent.mkdir()
    before = os.umask(mask)
    try:
        runs = commands(monkeypatch)
        for _ in range(2):
            try:
                compiler.load(SOURCE)
            except compiler.CompilerError:
                assert mask == 0o777, "the compiler could not read what it wrote itself"
                return
        assert len(runs) == 1
    finally:
        os.umask(before)
    assert cache_module.is_trusted(cache)
    assert all(map(cache_module.is_trusted, cache.iterdir()))


def in_a_process(source):
    """What a fresh process makes of 3.0 with this program."""
    program = (
        "import ctypes, sys; from tinygrad_edu.native import compiler; out = (ctypes.c_double * 1)(); "
        "compiler.load(sys.argv[1]).staged(ctypes.c_double(3.0), out); print(out[0])"
    )
    run = subprocess.run([sys.executable, "-c", program, source], capture_output=True, text=True, check=False)
    assert run.returncode == 0, (run.returncode, run.stderr)
    return float(run.stdout)


def cut(file, _other):
    os.truncate(file, file.stat().st_size // 2)


def emptied(file, _other):
    os.truncate(file, 0)


def flipped(file, _other):
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    file.write_bytes(content)


def foreign(file, other):
    file.write_bytes(other.read_bytes())


def a_directory(file, _other):
    file.unlink()
    file.mkdir()


@cc
@pytest.mark.parametrize("damage", [cut, emptied, flipped, foreign, a_directory])
def test_what_was_damaged_is_built_again(cache, damage):
    """A library that is cut off is loaded without a word, and a bus error when it is used."""
    other = SOURCE.replace("2.0", "5.0")
    assert in_a_process(other) == 15.0
    (second,) = cache.iterdir()
    assert in_a_process(SOURCE) == 6.0
    (first,) = {*cache.iterdir()} - {second}
    damage(first, second)
    if first.is_dir():
        first.rmdir()
    assert in_a_process(SOURCE) == 6.0
    assert in_a_process(other) == 15.0


@cc
def test_what_a_killed_build_left_is_removed_and_the_oldest_builds_too(cache, monkeypatch):
    compiler.load(SOURCE)
    left, going = cache / f"{cache_module.UNFINISHED}old", cache / f"{cache_module.UNFINISHED}new"
    for folder in (left, going):
        folder.mkdir()
        (folder / "program.c").write_text(SOURCE)
    os.utime(left, (0.0, 0.0))
    (oldest,) = cache.glob("*.so")
    os.utime(oldest, (1.0, 1.0))
    compiler.load(SOURCE.replace("2.0", "3.0"))
    assert not left.exists()
    assert going.exists(), "somebody may be building there"
    assert oldest.exists(), "there is room"
    size = oldest.stat().st_size
    cache_module.tidy(cache, most=size)
    (newest,) = cache.glob("*.so")
    assert newest != oldest
    cache_module.tidy(cache, most=0)
    assert newest.exists(), "what was just built stays"


@cc
def test_a_build_that_is_used_counts_as_new(cache):
    compiler.load(SOURCE)
    (file,) = cache.iterdir()
    os.utime(file, (1.0, 1.0))
    compiler.load(SOURCE)
    assert file.stat().st_mtime > 1.0


@cc
def test_the_cache_can_be_shown_and_cleared(cache):
    assert cache_module.summary() == cache_module.clear() == (cache, 0, 0, None, None)
    compiler.load(SOURCE)
    (cache / f"{cache_module.UNFINISHED}x").mkdir()
    (file,) = cache.glob("*.so")
    used = file.stat().st_mtime
    assert cache_module.summary() == (cache, 1, file.stat().st_size, used, used)
    assert str(cache_module.clear()).endswith(f"MB, in {cache}")
    assert [*cache.iterdir()] == []
    compiler.load(SOURCE)
    assert cache_module.summary().builds == 1


NAME = f"{'a' * 32}-{'b' * 32}.so"


def test_only_what_is_ours_is_counted_and_removed(cache):
    cache.mkdir(parents=True, mode=0o700)
    for name in ("libmine.so", "notes.txt", "a-b.so", f"../{NAME}"):
        (cache / name).write_text("mine")
    (cache / NAME).mkdir()  # of our name, but no file
    assert cache_module.clear().builds == 1
    assert {path.name for path in cache.iterdir()} == {"libmine.so", "notes.txt", "a-b.so", NAME}
    assert (cache.parent / NAME).exists()
    assert cache_module.summary().builds == 1


def test_a_link_to_another_place_is_not_emptied(cache, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / NAME).write_text("somebody's")
    (other / f"{cache_module.UNFINISHED}x").mkdir()
    cache.parent.mkdir()
    cache.symlink_to(other)
    assert cache_module.clear().builds == 1
    assert len([*other.iterdir()]) == 2
    cache.unlink()
    other.rename(cache)
    cache.chmod(0o777)
    cache_module.clear()
    assert len([*cache.iterdir()]) == 2, "others can write there"


def test_a_build_that_vanishes_meanwhile_is_not_counted(cache, monkeypatch):
    cache.mkdir(parents=True)
    (cache / NAME).symlink_to(cache / "nowhere")
    assert cache_module.summary().builds == 1
    monkeypatch.setattr(cache_module.Path, "lstat", lambda _self: (_ for _ in ()).throw(FileNotFoundError()))
    assert cache_module.summary().builds == 0


def test_what_is_not_there_is_not_trusted(tmp_path):
    assert not cache_module.is_trusted(tmp_path / "nothing")
