"""Finding a C compiler, and what decides whether something has to be built."""

import os
import stat
import subprocess
import sys
import types

import pytest

from tests.staging.building import SOURCE, cc, commands
from tinygrad_edu.native import compiler
from tinygrad_edu.staging import jit

pytestmark = pytest.mark.usefixtures("cache")


@cc
def test_a_build_is_kept(cache, monkeypatch):
    runs = commands(monkeypatch)
    for _ in range(2):
        jit(lambda x: 2 * x, backend="c")(1.0)
    assert len(runs) == 1
    assert len(list(cache.iterdir())) == 1
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    jit(lambda x: 3 * x, backend="c")(1.0)
    assert len(runs) == 2


@cc
def test_long_programs_are_not_optimised(monkeypatch):
    runs = commands(monkeypatch)
    compiler.load(SOURCE + "//\n" * compiler.OPTIMISED)
    assert "-O0" in runs[0]
    assert "-O1" not in runs[0]


@cc
def test_flags_of_the_readers_own_make_another_build(monkeypatch):
    runs = commands(monkeypatch)
    compiler.load(SOURCE)
    monkeypatch.setenv("CFLAGS", "-O3 '-DSAFE=1'")
    compiler.load(SOURCE)
    assert [command[command.index("-O3") :][:2] for command in runs[1:]] == [["-O3", "-DSAFE=1"]]


@cc
def test_processes_may_build_at_once(cache):
    program = (
        "import tinygrad_edu as tg; from tinygrad_edu.staging import jit; print(jit(lambda x: x * x, backend='c')(3.0))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", program], stdout=subprocess.PIPE, env={**os.environ})
        for _ in range(3)
    ]
    assert [run.communicate()[0] for run in runs] == [f"9.0{os.linesep}".encode()] * 3
    assert len(list(cache.iterdir())) == 1


def test_a_compiler_that_does_not_work_is_named(monkeypatch):
    script = "import sys; sys.exit('cannot compile today')"
    monkeypatch.setattr(compiler, "compilers", lambda: [["no-such-compiler"], [sys.executable, "-c", script]])
    with pytest.raises(compiler.CompilerError) as caught:
        compiler.load(SOURCE)
    assert "no-such-compiler: [Errno 2]" in str(caught.value)
    assert str(caught.value).endswith("cannot compile today")


def test_a_compiler_may_complain_in_any_encoding(monkeypatch):
    script = "import sys; sys.stderr.buffer.write(bytes([100, 233, 115, 111, 108, 233])); sys.exit(1)"
    monkeypatch.setattr(compiler, "compilers", lambda: [[sys.executable, "-c", script]])
    with pytest.raises(compiler.CompilerError, match="d\ufffdsol\ufffd"):
        compiler.load(SOURCE)


def test_which_compilers_are_tried(monkeypatch, tmp_path):
    for name in ("gcc", "clang"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CC", "ccache 'my cc'")
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda name: types.SimpleNamespace(name=name))
    assert list(compiler.compilers()) == [
        ["ccache", "my cc"],
        [str(tmp_path / "gcc")],
        [str(tmp_path / "clang")],
        [sys.executable, "-m", "ziglang", "cc"],
    ]
    monkeypatch.delenv("CC")
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda name: None)
    assert list(compiler.compilers()) == [[str(tmp_path / "gcc")], [str(tmp_path / "clang")]]


@cc
def test_another_compiler_in_its_place_is_another_build(cache, tmp_path, monkeypatch):
    own = tmp_path / "mycc"
    own.write_text('#!/bin/sh\nexec cc "$@"\n')
    own.chmod(0o755)
    monkeypatch.setenv("CC", str(own))
    runs = commands(monkeypatch)
    compiler.load(SOURCE)
    compiler.load(SOURCE)
    assert len(runs) == 1
    own.write_text('#!/bin/sh\n# updated\nexec cc "$@"\n')
    compiler.load(SOURCE)
    assert len(runs) == 2


@cc
def test_loops_are_built_for_this_processor_where_the_compiler_can(tmp_path, monkeypatch):
    runs = commands(monkeypatch)
    compiler.load(SOURCE, optimisation=compiler.LOOPS)
    assert ("-O3" in runs[0], "-march=native" in runs[0]) == (True, True)
    own = tmp_path / "mycc"
    own.write_text('#!/bin/sh\ncase "$*" in *-march=native*) exit 1;; esac\nexec cc "$@"\n')
    own.chmod(0o755)
    monkeypatch.setenv("CC", str(own))
    compiler.load(SOURCE, optimisation=compiler.LOOPS)
    assert [("-O2" in run, "-march=native" in run) for run in runs[1:]] == [(False, True), (True, False)]


@pytest.mark.parametrize("flags", ["-march=native", "-O3 -mtune=native", "-mcpu=native"])
def test_code_for_this_processor_alone_is_kept_for_it_alone(monkeypatch, flags):
    def key():
        return compiler._key(["cc"], flags.split(), SOURCE)

    first, plain = key(), compiler._key(["cc"], ["-O1"], SOURCE)
    monkeypatch.setattr(compiler, "processor", lambda: "another")
    assert key() != first
    assert compiler._key(["cc"], ["-O1"], SOURCE) == plain
    assert compiler._key(["cc", "-march=native"], ["-O1"], SOURCE) != plain


def test_a_processor_is_told_from_others_on_any_system(monkeypatch):
    compiler.processor.cache_clear()
    assert compiler.processor()

    def absent(*_args, **_options):
        raise FileNotFoundError

    monkeypatch.setattr(compiler.Path, "read_text", absent)
    compiler.processor.cache_clear()
    assert compiler.processor().endswith(compiler.platform.node())
    compiler.processor.cache_clear()


@cc
def test_names_of_the_headers_may_be_those_of_parameters(monkeypatch):
    """Macros of <math.h> and <fenv.h>, in C as strict as ours and in GNU's with all extensions."""
    names = "FE_INVALID FE_TONEAREST M_PI M_E M_2_SQRTPI FP_NAN FP_ILOGB0 MATH_ERRNO math_errhandling HUGE_VAL sinf"
    names += " NULL isnan I linux unix __x86_64__ out total size_t fenv_t exp10f cosl"
    program = f"def f({', '.join(names.split())}):\n    return sum([{', '.join(names.split())}])\n"
    space = {}
    exec(program, space)  # noqa: S102 - the text above
    for options in ("", "-std=gnu99", "-std=gnu17 -D_GNU_SOURCE"):
        monkeypatch.setenv("CFLAGS", options)
        numbers = [float(i) for i, _ in enumerate(names.split())]
        ours = jit(space["f"], backend="c")
        assert ours(*numbers) == sum(numbers)
        assert ours.trace.is_buffer, "it was compiled"


@cc
@pytest.mark.parametrize("name", ["sinf", "gammaf", "exp2l", "M_PI", "FE_INVALID", "isnan", "roundeven", "acospi"])
def test_a_function_may_have_a_name_of_the_headers(name, tmp_path):
    ours = jit(lambda x: x * x)
    ours.__wrapped__.__name__ = name
    ours(2.0)
    (tmp_path / "f.c").write_text(ours.to("c"))
    command = ["cc", "-std=gnu17", "-D_GNU_SOURCE", "-Werror", "-c", "f.c", "-o", "f.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
