"""The command that writes the explainer."""

import webbrowser

import pytest

from tinygrad_edu.command_line import main
from tinygrad_edu.explorables import explainer_command


def test_the_page_is_written_where_it_should_be_and_no_browser_is_opened(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail("a browser was opened"))
    path = tmp_path / "page.html"
    assert main(["explainer", "--output", str(path), "--no-open"]) == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(path) in capsys.readouterr().out


@pytest.mark.parametrize(("opens", "words"), [(True, "your browser shows it"), (False, "open it in a browser")])
def test_the_browser_is_asked_and_what_came_of_it_is_said(opens, words, tmp_path, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or opens)
    assert main(["explainer", "--output", str(tmp_path / "page.html")]) == 0
    assert asked == [(tmp_path / "page.html").as_uri()]
    assert words in capsys.readouterr().out


def test_a_browser_that_cannot_be_started_is_no_error(tmp_path, capsys, monkeypatch):
    def broken(url):
        raise webbrowser.Error("no")

    monkeypatch.setattr(webbrowser, "open", broken)
    assert main(["explainer", "--output", str(tmp_path / "page.html")]) == 0
    assert "open it in a browser" in capsys.readouterr().out


def test_a_name_that_no_browser_shows_is_refused(capsys):
    assert main(["explainer", "--output", "page.txt"]) == 2
    assert "must end in .html" in capsys.readouterr().err


def test_explainer_as_a_name_in_an_expression_is_still_a_name(capsys):
    assert main(["explainer * 2", "explainer=3"]) == 0
    assert main(["explainer", "explainer=3"]) == 0


def test_help_names_the_options(capsys):
    with pytest.raises(SystemExit) as ended:
        explainer_command.run(["explainer", "--help"], print)
    assert ended.value.code == 0
    assert "--no-open" in capsys.readouterr().out
