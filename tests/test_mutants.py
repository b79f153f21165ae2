"""The tool that plants errors finds the places, replaces just the operator, and runs what notices it."""

import tomllib
from pathlib import Path

import pytest

from tools import mutants

SOURCE = """def f(x: "int | float" = 1) -> bool:
    if (x + 2) * 3 > 0 and x is not None:
        return not x
    raise ValueError("a" + "b")
"""
FOUND = ["(1 + 1)", "(not ((x + 2) * 3 > 0 and x is not None))", " or ", " >= ", ") / ", " - ", "is", "None"]


def test_operators_numbers_conditions_and_results_are_replaced_one_at_a_time() -> None:
    found = list(mutants.mutants(SOURCE))
    changed = [SOURCE.encode()[: each.start].decode() + each.new + SOURCE[each.end :] for each in found]
    assert len(set(changed)) == len(found) == 11
    for text in changed:
        compile(text, "mutant", "exec")
    for new in FOUND:
        assert any(new in each.new for each in found), new


def test_a_mutant_is_noticed_or_survives_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package, tests = tmp_path / "src" / "tinygrad_edu", tmp_path / "tests"
    package.mkdir(parents=True)
    tests.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "sums.py").write_text("def total(x, y):\n    return x + y if x > 0 else y\n", "utf-8")
    (tests / "test_sums.py").write_text(
        "from tinygrad_edu.sums import total\n\n\ndef test_total():\n    assert total(1, 2) == 3\n", "utf-8"
    )
    equal = tmp_path / "equal.toml"
    (tmp_path / "tools").symlink_to(mutants.ROOT / "tools")
    for name, value in (
        ("ROOT", tmp_path),
        ("PACKAGE", package),
        ("RESULTS", tmp_path / "kept" / "results.json"),
        ("EQUALS", equal),
    ):
        monkeypatch.setattr(mutants, name, value)
    assert mutants.main(["0", "sums.py"]) == 0
    assert mutants.main(["5", "sums.py"]) == 1
    told = capsys.readouterr().out
    assert "sums.py: 0 noticed, 0 survived of 5" in told
    assert "sums.py: 4 noticed, 1 survived of 5" in told
    assert "line 2" in told
    assert ">  ->  >=" in told
    monkeypatch.setattr(mutants, "Runner", lambda: pytest.fail("tried again"))
    assert mutants.main(["5", "sums.py"]) == 1  # all known: nothing is tried again
    assert "4 noticed, 1 survived" in capsys.readouterr().out
    listed = '["sums.py"]\n"return x + y if x > 0 else y  |  >  ->  >=" = "an example"\n'
    equal.write_text(listed, "utf-8")
    assert mutants.main(["5", "sums.py"]) == 0
    told = capsys.readouterr().out
    assert "4 noticed, 0 survived, 1 equal of 5" in told
    assert "in all 4 tried, 100.0% noticed or endless, 1 more change nothing" in told
    equal.write_text(listed.replace("x > 0", "x > 1"), "utf-8")
    with pytest.raises(ValueError, match=r"equal.toml: sums.py has no such place"):
        mutants.main(["5", "sums.py"])


def test_the_list_of_mutants_that_change_nothing_has_a_reason_for_each_and_fits_the_code() -> None:
    listed = tomllib.loads(mutants.EQUALS.read_text("utf-8"))
    for module, places in listed.items():
        text = (mutants.PACKAGE / module).read_bytes()
        found = list(mutants.mutants(text.decode()))
        assert mutants.equal_ones(Path(module), text, found)
        assert all(len(reason) >= len("as above") for reason in places.values()), module


def test_tests_are_tried_from_the_nearest_to_the_most_general() -> None:
    names = [
        [str(each.relative_to(mutants.ROOT)) for each in stage] for stage in mutants.stages(Path("core/slopes.py"))
    ]
    assert names == [["tests/core/test_slopes.py"], ["tests/core"], mutants.WHOLE]
    own, whole = mutants.stages(Path("engine.py"))
    assert [each.name for each in own] == ["test_engine.py"]
    assert len(whole) == len(mutants.WHOLE) - 1


def test_a_sample_is_the_beginning_of_the_whole_and_endless_tests_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found: list[object] = []

    class Tried:
        """Passes once: the tests as they are."""

        def outcome(self, _folder: Path, _tests: list[Path], seconds: float) -> str:
            found.append(seconds)
            return mutants.SURVIVED if len(found) == 1 else mutants.ENDLESS

        def close(self) -> None: ...

    monkeypatch.setattr(mutants, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(mutants, "MAP", tmp_path / "map.json")
    monkeypatch.setattr(mutants, "Runner", Tried)
    assert mutants.main(["5", "--sample", "3", "core/slopes.py"]) == 0
    assert "core/slopes.py: 0 noticed, 0 survived, 3 not ended in time of" in capsys.readouterr().out
    mutants.main(["5", "--sample", "4", "core/slopes.py"])
    assert len(found) == 1 + 3 + 1 + 0  # the second run fails before it begins: nothing passes any more
    assert "not tried" in capsys.readouterr().out


def test_tests_run_in_a_copy_of_a_warm_process(tmp_path: Path) -> None:
    package = tmp_path / "warm_example"
    package.mkdir()
    (package / "__init__.py").write_text("import sys\nX = 'pytest' in sys.modules\n", "utf-8")
    test = tmp_path / "test_x.py"
    runner = mutants.Runner()
    for text, result in (
        ("import warm_example\n\ndef test_x():\n    assert warm_example.X\n", mutants.SURVIVED),
        ("def test_x():\n    assert not 'this'\n", mutants.NOTICED),
        ("import os\n\ndef test_x():\n    os.abort()\n", mutants.NOTICED),
        ("def test_x():\n    while True: pass\n", mutants.ENDLESS),
        ("", mutants.NOTICED),  # no test: pytest does not call this a success
    ):
        test.write_text(text, "utf-8")
        assert runner.outcome(tmp_path, [test], 2.0) == result
    runner.close()


def test_a_line_that_runs_at_import_is_tried_with_all_tests_of_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "PACKAGE", tmp_path)
    (tmp_path / "sums.py").write_text("LIMIT = 3\n\n\ndef f(x=1):\n    return x + LIMIT\n", "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_sums.py").touch()
    of = mutants._digest((tmp_path / "sums.py").read_bytes())
    names = ["tests/test_sums.py::a", "tests/test_more.py::b", "tests/test_slow.py::c", "tests/test_long.py::d"]
    known = {
        "seconds": dict(zip(names, (2.0, 1.0, 80.0, 100.0), strict=True)),
        "modules": {"sums.py": {"of": of, "lines": {"4": [1], "5": [0, 2, 3], "7": [1]}}},
    }
    own, rest, signatures = [names[0]], [names[1], names[2]], ["tests/test_sums.py", mutants.OF_SIGNATURES]
    module = Path("sums.py")
    assert mutants.stages_of_line(known, module, 1) == [own, rest, signatures]  # all but what takes too long
    assert mutants.stages_of_line(known, module, 4) == [own, rest, signatures]  # a default
    assert mutants.stages_of_line(known, module, 5) == [own, [names[2]]]
    assert mutants.stages_of_line(known, module, 5, 200.0) == [own, [names[2], names[3]]]
    assert mutants._lines_within_functions(b"def f(x=1): ...\ndef g():\n    return 1\n") == {3}
    (tmp_path / "sums.py").write_text("LIMIT = 4\n", "utf-8")
    assert mutants.stages_of_line(known, module, 1) == []  # changed since


def test_a_number_that_takes_up_one_more_is_left_alone() -> None:
    assert [each.new for each in mutants.mutants("X = 1e16\nY = 2.5\n")] == ["(2.5 + 1)"]
