"""`explore`: what it takes, what it refuses, and that its page is one document."""

import math
import re
from html.parser import HTMLParser

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.command_line import main
from tinygrad_edu.explorables.exploring import _check_size
from tinygrad_edu.explorables.program import of_function


def branching(a, b, c):
    x = a + b
    y = b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    return f


PAGE = tg.explore(branching, a=-1.0, b=3.0, c=4.0)


def test_a_function_and_its_inputs_make_a_page():
    assert repr(PAGE) == "<Explorable: f = (a + b) × (b + c), 6 nodes>"
    assert PAGE.html.startswith("<!doctype html>")


def test_inputs_may_be_one_mapping_where_a_name_is_an_options():
    page = tg.explore(lambda title, start: title * start, {"title": 2.0, "start": 3.0})
    assert page.title == "f = title × start"


def test_inputs_may_be_lists_of_numbers():
    page = tg.explore(tg.dot, xs=[2.0, -3.0], ys=[-1.0, -2.0])
    assert page.title == "f = xs[0] × ys[0] + xs[1] × ys[1]"


def test_a_value_makes_a_page_of_its_graph():
    a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    page = tg.explore(branching(a, b, c))
    assert page.html == PAGE.html
    assert a.grad is Value(1.0).grad, "the graph itself stays as it is"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tg.explore(3.0), TypeError, "explore needs a function or a Value, got 3.0"),
        (lambda: tg.explore(lambda a: 5.0, a=1.0), TypeError, "returned 5.0, which is no Value"),
        (lambda: tg.explore(lambda a: a if a > 0 else -a, a=1.0), tg.StagingError, "Use where"),
        (lambda: tg.explore(lambda a: a * a, a="x"), TypeError, "explore: a: expected a number, got 'x'"),
        (lambda: tg.explore(lambda a: a * a, a=float("inf")), ValueError, "explore: a is inf: an input starts at a"),
        (lambda: tg.explore(Value(1.0), a=2.0), TypeError, "takes no inputs, its leaves are: leave out a"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, parameters="b"), ValueError, "'b', which is no input: there are a"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, ranges={"a": (2, 1)}), ValueError, "must be below the second"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, ranges={"a": (2, 2)}), ValueError, "must be below the second"),
        (
            lambda: tg.explore(lambda a: a * a, a=1.0, ranges={"a": (-math.inf, 2)}),
            ValueError,
            "explore: ranges['a'] = (-inf, 2): the first number must be below the second",
        ),
        (
            lambda: tg.explore(lambda a: a * a, a=1.0, ranges={"a": (0, math.inf)}),
            ValueError,
            "explore: ranges['a'] = (0, inf): the first number must be below the second",
        ),
        (lambda: tg.explore(lambda a: a * a, a=1.0, digits=18), ValueError, "a whole number from 1 to 17"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, start="b"), ValueError, "start='b' is no step"),
        (
            lambda: tg.explore(lambda a: a * a, a=1.0, start="sideways:f"),
            ValueError,
            "'backward:NAME', with a name of f",
        ),
        (lambda: tg.explore(lambda a: a * a, a=1.0, start="forward:a"), ValueError, "with a name of f"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, start="backward:b"), ValueError, "with a name of a, f"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, digits=0), ValueError, "a whole number from 1 to 17"),
        (lambda: tg.explore(lambda a: a * a, a=1.0, learning_rate="x"), TypeError, "learning_rate must be a number"),
        (lambda: PAGE.save("page.txt"), ValueError, "must end in .html"),
    ],
)
def test_what_cannot_be_explored_is_refused_with_a_way_out(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_a_graph_beyond_the_stated_size_is_refused_with_the_ways_out():
    def long(a):
        for _ in range(400):
            a = a + 1.0
        return a

    with pytest.raises(ValueError, match=r"up to 400 nodes .* this graph has 401 .* smaller piece .* dot"):
        tg.explore(long, a=1.0)


def chain(operations, operands):
    """A graph of so many sums, one after the other, each of so many operands: the last sum and inputs."""

    def f(xs):
        total = xs[0]
        for _ in range(operations):
            total = tg.sum([*xs[1:], total])
        return total

    return of_function(f, {"xs": [1.0] * operands})


def test_a_graph_of_just_the_stated_size_is_shown():
    _check_size(chain(398, 2))  # 400 nodes
    with pytest.raises(ValueError, match="up to 400 nodes and 2,000 arrows, this graph has 401 and 798"):
        _check_size(chain(399, 2))
    _check_size(chain(40, 50))  # 2000 arrows
    with pytest.raises(ValueError, match="up to 400 nodes and 2,000 arrows, this graph has 98 and 2,001"):
        _check_size(chain(69, 29))


def test_a_notebook_gets_an_isolated_frame_with_the_whole_page():
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(PAGE._repr_html_())
    ((tag, attributes),) = found
    assert (tag, attributes["sandbox"], attributes["title"]) == ("iframe", "allow-scripts", PAGE.title)
    assert attributes["srcdoc"] == PAGE.html
    assert attributes["style"] == "width: 100%; height: 860px; border: 0"


def test_save_writes_the_page(tmp_path):
    PAGE.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == PAGE.html


def test_the_command_line_makes_a_page(tmp_path, capsys):
    file = tmp_path / "page.html"
    assert main(["x = a + b; y = b + c; x * y", "a=-1", "b=3", "c=4", "--html", str(file)]) == 0
    assert capsys.readouterr().out.endswith(f"\npage: {file}\n")
    assert file.read_text("utf-8") == PAGE.html
    assert main(["x * x", "x=1", "--html", "page.txt"]) == 2
    assert "must end in .html" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        (0.0, 5.0),
        (0.5, 5.0),
        (-4.0, 5.0),
        (0.49, 1.0),
        (4.01, 10.0),
        (10.0, 20.0),
        (20.0, 50.0),
        (100 / 3, 50.0),
        (-3.0, 5.0),
        (7.0, 20.0),
        (34.0, 100.0),
        (0.01, 0.02),
        (-2e-9, 5e-9),
        (1.7e308, 1e308),
        (5e-324, 1e-323),
    ],
)
def test_a_slider_has_round_ends_about_twice_as_far_as_it_starts(start, ends):
    (found,) = tg.explore(lambda a: a * 1.0, a=start).data["ranges"]
    assert found == [-ends, ends]


def test_options_are_in_the_page():
    page = tg.explore(
        branching, a=-1.0, b=3.0, c=4.0, parameters="b", ranges={"b": (0, 9)}, start="forward:y", digits=6
    )
    assert (page.data["parameters"], page.data["ranges"][1], page.data["at"]) == ([1], [0.0, 9.0], ["forward", 4])
    assert tg.explore(branching, a=-1.0, b=3.0, c=4.0, start="start").data["at"] == ["start", 0]
    assert tg.explore(branching, a=-1.0, b=3.0, c=4.0, start="backward:c").data["at"] == ["backward", 2]


def test_a_result_called_f_already_keeps_its_name():
    assert tg.explore(lambda f: f * f, f=2.0).title == "v1 = f × f"


def test_a_page_of_one_node_says_so():
    assert repr(tg.explore(lambda a: a, a=1.0)) == "<Explorable: a, 1 node>"


@pytest.mark.parametrize("name", ["page.html", "PAGE.HTM"])
def test_a_page_is_saved_under_either_ending(name, tmp_path):
    PAGE.save(tmp_path / name)
    assert (tmp_path / name).exists()


def test_a_page_starts_with_the_last_of_several_values_that_are_used_twice():
    page = tg.explore(lambda a, b: (a * a + b) * b, a=1.0, b=2.0)
    assert page.data["at"] == ["backward", 1]
    assert tg.explore(lambda a, b: a * a + b, a=1.0, b=2.0).data["at"] == ["backward", 0]
