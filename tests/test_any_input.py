"""Whatever is put in, only errors that are documented come out: saved states, labels, pages, reports, pickles.

Texts of the command line have tests of their own (`tests/command_line`). `make fuzz` gives all of these new inputs.
"""

import copy
import html.parser
import json
import math
import pickle
import subprocess
import sys
import xml.etree.ElementTree

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, nn
from tinygrad_edu.optim import Adam
from tinygrad_edu.saving import from_json, to_json
from tinygrad_edu.testing import Finding, Report, Rubric

ODD = st.sampled_from(
    [
        "\x00",
        "\x1b[2J",
        "\ud800",
        "\ufffe",
        "&",
        "<",
        ">",
        '"',
        "'",
        "]]>",
        "--",
        "</script>",
        "\\",
        "%",
        "$",
        "{",
        "\u202e",
    ]
)
TEXTS = st.lists(ODD | st.text(max_size=8), max_size=6).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=5), parts, max_size=4),
    max_leaves=8,
)


# --- states ------------------------------------------------------------------------------------------------------


def trained(seed: int) -> tuple[nn.MLP, Adam]:
    model = nn.MLP(2, [2, 1], seed=seed)
    optimizer = Adam(model.parameters())
    tg.fit(model, datasets.xor(), optimizer=optimizer, epochs=1, progress=False)
    return model, optimizer


def paths(tree: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Ways to all parts of a tree of dicts and lists."""
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [at, *(path for key, part in below for path in paths(part, (*at, key)))]


def replaced(tree: object, path: tuple[object, ...], part: object) -> object:
    """A copy with another part in one place."""
    if not path:
        return part
    other = copy.deepcopy(tree)
    inner = other
    for key in path[:-1]:
        inner = inner[key]  # type: ignore[index]
    inner[path[-1]] = part  # type: ignore[index]
    return other


@given(st.data(), JSON, st.booleans())
def test_a_changed_state_is_taken_over_whole_or_refused_whole(
    data: st.DataObject, part: object, of_optimizer: bool
) -> None:
    model, optimizer = trained(1)
    saved = json.loads(to_json(optimizer if of_optimizer else model))
    path = data.draw(st.sampled_from(paths(saved)))
    text = json.dumps(replaced(saved, path, part))
    other_model, other = trained(2)
    thing: nn.MLP | Adam = other if of_optimizer else other_model
    before = to_json(thing)
    try:
        from_json(thing, text)
    except ValueError:
        assert to_json(thing) == before
    numbers = [p.data for p in other_model.parameters()]
    assert all(type(x) in (int, float) and math.isfinite(x) for x in numbers)
    optimizer_works(other)


def optimizer_works(optimizer: Adam) -> None:
    for p in optimizer.parameters:
        p.grad = 0.5
    optimizer.step()


@given(st.text(max_size=40) | st.integers(0, 100))
def test_any_text_is_a_state_or_a_value_error(text: str | int) -> None:
    neuron = nn.Neuron(2, seed=3)
    before = to_json(neuron)
    text = before[:text] if isinstance(text, int) else text
    try:
        from_json(neuron, text)
    except ValueError:
        assert to_json(neuron) == before


# --- labels ------------------------------------------------------------------------------------------------------


def labelled(one: str, other: str) -> Value:
    a, b = Value(2.0, label=one), Value(3.0, label=other)
    y = tg.tanh(a * b) + a
    y.backward()
    return y


@given(TEXTS, TEXTS)
def test_labels_of_any_characters_give_well_formed_pictures(one: str, other: str) -> None:
    drawing = tg.draw(labelled(one, other))
    drawing.svg.encode()
    tags = {each.tag.rpartition("}")[2] for each in xml.etree.ElementTree.fromstring(drawing.svg).iter()}  # noqa: S314
    assert "script" not in tags
    assert drawing.dot.count("->") >= 5
    drawing.dot.encode()


@given(TEXTS, TEXTS)
def test_labels_of_any_characters_can_be_explained(one: str, other: str) -> None:
    explanation = tg.explain(labelled(one, other))
    for text in (explanation.text, repr(explanation)):
        assert "\x00" not in text
        assert "\x1b" not in text


class Elements(html.parser.HTMLParser):
    """Counts the elements of a page and keeps what its scripts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def elements(page: str) -> list[str]:
    parser = Elements()
    parser.feed(page)
    return sorted(parser.names)


@settings(max_examples=8)
@given(TEXTS, TEXTS, TEXTS)
def test_labels_and_titles_of_any_characters_change_no_element_of_a_page(one: str, other: str, title: str) -> None:
    page = tg.explore(labelled(one, other), title=title or "t").html
    page.encode()
    assert elements(page) == elements(tg.explore(labelled("a", "b"), title="t").html)


# --- the kit's reports and rubrics --------------------------------------------------------------------------------


@given(TEXTS, TEXTS, st.floats())
def test_reports_of_any_texts_are_well_formed(what: str, code: str, number: float) -> None:
    report = Report(what or "engine", [Finding("wrong", what, "x * y", code, number, what, 3)], [what], [code])
    assert json.loads(report.to_json())["findings"][0]["code"] == code
    assert Report.unpacked(report.packed()) == report
    plain = Report("engine", [Finding("wrong", "w", "x * y", "c", 1.0, "a", 3)], ["m"], ["c"])
    extra = {"pre": 0} if code else {"pre": 1}
    assert elements(report.to_html()).count("pre") == elements(plain.to_html()).count("pre") - extra["pre"]
    assert "script" not in elements(report.to_html())
    assert str(report)
    assert report.to_markdown()


@given(
    text=st.text(max_size=60)
    | st.sampled_from(["title = 3", "points = 3", "require = 'exp'", "[points]\narithmetic = 'x'"])
)
def test_a_rubric_is_read_or_refused_with_a_value_error(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rubric") / "rubric.toml"
    path.write_text(text.encode("utf-8", "replace").decode(), "utf-8")
    try:
        rubric = Rubric.from_file(path)
    except ValueError:
        return
    assert rubric.total >= 0 or rubric.points


# --- pickles -----------------------------------------------------------------------------------------------------

OPEN = """
import pickle, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
import tinygrad_edu as tg
for line in sys.stdin:
    try:
        thing = pickle.loads(bytes.fromhex(line))
    except BaseException as error:
        print("refused", type(error).__name__)
        continue
    if not isinstance(thing, tg.Value):
        print("other")
        continue
    try:
        thing.backward()
        repr(thing)
        print("works")
    except (ArithmeticError, TypeError, ValueError, AttributeError) as error:
        print("raises", type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limits")
@settings(max_examples=4)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=40, max_size=40))
def test_a_damaged_pickle_crashes_nothing(changes: list[tuple[int, int]]) -> None:
    """Whoever opens pickles runs what is in them; but one with a wrong byte must not end or hang the process."""
    whole = pickle.dumps(labelled("a", "b"))
    damaged = [bytes([*whole[: at % len(whole)], byte, *whole[at % len(whole) + 1 :]]) for at, byte in changes]
    run = subprocess.run(
        [sys.executable, "-c", OPEN], input="\n".join(each.hex() for each in [whole, *damaged]) + "\n",
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == "works"
    assert len(run.stdout.splitlines()) == 1 + len(damaged)
