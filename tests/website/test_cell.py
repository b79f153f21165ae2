"""The cell that runs in the page, run here: results show themselves, errors tell where, a namespace is kept."""

import sys

import pytest

import tinygrad_edu as tg
from tools.website.python.cell import runner


@pytest.fixture
def cell(capsys, tmp_path, monkeypatch):
    """A function that runs a source text and returns what was printed and what was shown."""
    monkeypatch.chdir(tmp_path)
    shown = []
    run = runner(lambda kind, text: shown.append((kind, text)))

    def typed(source):
        shown.clear()
        run(source)
        return capsys.readouterr().out, list(shown)

    return typed


def test_each_result_is_printed_as_at_the_prompt_and_names_stay(cell):
    assert cell("x = 2\nx\nx + 1\nNone\nprint('p')") == ("2\n3\np\n", [])
    assert cell("x, _") == ("(2, 3)\n", [])


def test_loops_and_functions_run(cell):
    assert cell("def f(x):\n    return x * x\n\nfor i in range(3):\n    f(i)\n") == ("0\n1\n4\n", [])


def test_a_drawing_shows_itself_as_a_picture(cell):
    _, shown = cell("import tinygrad_edu as tg\ntg.draw(tg.Value(2.0) ** 2)")
    assert shown == [("svg", tg.draw(tg.Value(2.0) ** 2).svg)]


def test_a_live_page_shows_itself_as_one_page_without_a_frame_around_it(cell):
    _, ((kind, text),) = cell("import tinygrad_edu as tg\ntg.explore(lambda a: a * a, a=2.0)")
    assert kind == "html"
    assert text.startswith("<!doctype html>")


def test_what_shows_itself_as_html_does(cell):
    assert cell("class A:\n    def _repr_html_(self):\n        return '<b>'\nA()") == ("", [("html", "<b>")])


def test_a_picture_or_page_that_is_saved_is_shown_once(cell):
    out, shown = cell("import tinygrad_edu as tg\nv = tg.Value(2.0)\ntg.draw(v).save('v.svg')\n1")
    assert (out, [(kind, text[:4]) for kind, text in shown]) == ("1\n", [("svg", "<svg")])
    assert cell("2") == ("2\n", [])
    assert [kind for kind, _ in cell("tg.explore(v * v).save('v.html')")[1]] == ["html"]
    assert [kind for kind, _ in cell("tg.draw(v * v).save('v.svg')\n1 / 0")[1]] == ["error", "svg"]


def test_an_error_tells_the_line_of_the_cell_and_nothing_of_ours(cell):
    out, ((kind, text),) = cell("1\ndef f():\n    return 1 / 0\nf()")
    assert (out, kind) == ("1\n", "error")
    assert 'File "<cell 1>", line 3, in f\n    return 1 / 0' in text
    assert "cell.py" not in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


def test_a_slip_of_the_keyboard_is_told_without_a_traceback(cell):
    _, ((kind, text),) = cell("x = = 1")
    assert kind == "error"
    assert "Traceback" not in text
    assert "SyntaxError" in text


def test_exit_ends_the_cell_only(cell):
    before = sys.displayhook
    assert cell("import sys\nsys.exit(3)")[1][0][1].endswith("SystemExit: 3\n")
    assert sys.displayhook is before
    assert cell("1") == ("1\n", [])
