"""The page in a real browser: every control, numbers equal to Python's, keys alone, nothing from outside."""

import itertools
import random
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import tinygrad_edu as tg
from tests.browser import expect
from tests.explorables.examples import EXAMPLES, branching, choosing, deep, neuron, undefined
from tests.hostile import HOSTILE
from tests.staging.material import HOSTILE as HOSTILE_TO_PROGRAMS
from tinygrad_edu import Value
from tinygrad_edu.notation.words import names, number_text
from tinygrad_edu.trees.tree import flatten, unflatten

PAGE = tg.explore(branching, a=-1.0, b=3.0, c=4.0)


@pytest.fixture
def opened(page, tmp_path):
    """A function that opens a page from a file, as a reader does; it fails if the page has an error."""
    page.set_default_timeout(5000)
    errors, requests = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    count = itertools.count()

    def opener(explorable, fragment="", width=1280):
        path = tmp_path / f"page{next(count)}.html"
        explorable.save(path)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"file://{path}{fragment}")
        return page

    yield opener
    assert errors == []
    assert all(url.startswith(("file:", "blob:")) for url in requests), "the page asked for something from outside"


def sentence(page):
    return page.locator("#sentence").inner_text()


def box(page, name):
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}[ ,]"))


# --- what is seen ------------------------------------------------------------------------------------------------


def test_the_untouched_page_shows_the_branch_step_with_its_numbers(opened):
    page = opened(PAGE)
    expect(page.get_by_role("button", name="b, value 3, grad 9")).to_have_count(1)
    expect(page.get_by_role("button", name="a, value -1, grad not computed, so far 7".replace("-", "−"))).to_have_count(
        0
    )
    expect(page.get_by_role("button", name="a, value −1, grad not computed")).to_have_count(1)
    expect(page.locator("#sentence")).to_contain_text(
        "Backward 5 of 6: gradient of b = 7 × 1 + 2 × 1 = 9. b is used twice"
    )
    assert page.locator("#sheet .main").text_content().endswith("=7·1+2·1=9")
    assert page.locator("#sheet ol").inner_text().split("\n") == [
        "2 comes back from y", "sum 2", "7 comes back from x", "sum 9",
    ]  # fmt: skip


def test_a_partial_sum_shows_that_more_is_to_come(opened):
    page = opened(PAGE, "#at=backward:4")
    expect(page.get_by_role("button", name="b, value 3, grad not computed, so far 2")).to_have_count(1)
    expect(box(page, "b")).to_contain_text("2 + …")


def test_moving_an_input_moves_everything_at_once(opened):
    page = opened(PAGE, "#at=backward:0")
    page.get_by_role("spinbutton", name="b").fill("5")
    expect(page.get_by_role("button", name="f = x × y, value 36, grad 1")).to_have_count(1)
    expect(page.get_by_role("button", name="b, value 5, grad 13")).to_have_count(1)
    expect(page.get_by_role("slider", name="b")).to_have_value("400")
    page.get_by_role("slider", name="b").fill("0")
    expect(page.get_by_role("spinbutton", name="b")).to_have_value("−5")
    page.get_by_role("button", name="Reset the inputs").click()
    expect(page.get_by_role("button", name="b, value 3, grad 9")).to_have_count(1)


def test_what_is_no_number_is_marked_and_changes_nothing(opened):
    page = opened(PAGE)
    field = page.get_by_role("spinbutton", name="b")
    field.fill("many")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="b, value 3, grad 9")).to_have_count(1)
    field.blur()
    expect(field).to_have_value("3")


def test_the_player_goes_to_every_step_and_says_each(opened):
    page = opened(PAGE)
    button = {name: page.get_by_role("button", name=name, exact=True) for name in ("First", "Back", "Next", "Last")}
    button["First"].click()
    seen = [sentence(page)]
    for _ in range(9):
        button["Next"].click()
        seen.append(sentence(page))
        assert page.get_by_role("status").last.inner_text() == seen[-1]
    assert [text.split(":")[0] for text in seen] == [
        "The inputs are given. Next",
        *(f"Forward {i} of 3" for i in (1, 2, 3)),
        *(f"Backward {i} of 6" for i in range(1, 7)),
    ]
    expect(button["Next"]).to_have_attribute("aria-disabled", "true")
    button["Back"].click()
    expect(page.locator("#sentence")).to_have_text(seen[-2])
    page.get_by_role("slider", name="Step").fill("2")
    expect(page.locator("#sentence")).to_have_text(seen[2])
    expect(page.get_by_role("slider", name="Step")).to_have_attribute("aria-valuetext", "Forward 2 of 3: y")
    button["Last"].click()
    expect(page.locator("#sentence")).to_have_text(seen[-1])


def test_play_runs_to_the_end_and_pauses(opened):
    page = opened(PAGE, "#at=forward:0")
    page.get_by_role("combobox", name="Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_have_count(1)
    page.get_by_role("button", name="a, value −1, grad 7").wait_for()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    expect(page.get_by_role("slider", name="Step")).to_have_value("9")


def test_something_moves_along_the_arrows_of_a_step_unless_a_reader_wants_calm(opened):
    page = opened(PAGE, "#at=backward:2")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".dots circle")).to_have_count(1)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".dots circle")).to_have_count(0)


def test_a_box_pins_its_derivation_with_all_paths_on_request(opened):
    page = opened(PAGE, "#at=backward:0")
    box(page, "b").click()
    expect(page.get_by_role("region", name="Derivation")).to_contain_text("Pinned: b")
    page.get_by_role("button", name="Show all 2 paths to f").click()
    paths = page.locator("#sheet li").all_text_contents()
    assert paths[-2:] == ["b→x→f : 7·1=7", "b→y→f : 2·1=2"]
    page.get_by_role("button", name="Back to the step").click()
    expect(page.locator(".pin")).to_have_count(0)


def test_the_question_before_a_step_takes_an_answer_and_never_blocks(opened):
    page = opened(PAGE, "#at=backward:2")
    field = page.get_by_role("textbox", name="∂f/∂b")
    expect(page.locator("#hint")).to_contain_text("What comes back: 7 along × 1, and 2 along × 1.")
    field.fill("14")
    field.press("Enter")
    expect(page.locator("#reply")).to_contain_text("Not that")
    field.fill("9")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#reply")).to_have_text("✓ Yes: 7 × 1 + 2 × 1 = 9.")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("button", name="b, value 3, grad 9")).to_have_count(1)
    expect(page.get_by_role("textbox", name="∂f/∂a")).to_have_value("")


# --- numbers -----------------------------------------------------------------------------------------------------

STATES = """(fragments) => {
    const found = [];
    for (const fragment of fragments) {
        history.replaceState(null, "", "#" + fragment);
        dispatchEvent(new HashChangeEvent("hashchange"));
        const boxes = [...document.querySelectorAll(".node")].map((node) => node.getAttribute("aria-label"));
        found.push({ boxes, sentence: document.getElementById("sentence").textContent });
    }
    return found;
}"""
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def as_python(text):
    """A number that the page shows, as Python writes it."""
    mantissa, times, power = text.replace("−", "-").replace("∞", "inf").partition("×10")
    exponent = int(power.translate(SUPERSCRIPTS)) if times else 0
    return mantissa + (f"e{'-' if exponent < 0 else '+'}{abs(exponent):02}" if times else "")


def numbers_of(label):
    found = re.search(r", value (\S+), grad (\S+)$", label)
    return found and (as_python(found[1]), as_python(found[2]))


def random_states(inputs, count):
    """Numbers for the inputs, some of them whole or equal, with the fragment that sets them."""
    rng = random.Random(7)
    leaves, structure = flatten(inputs)
    for _ in range(count):
        numbers = [round(rng.uniform(-4, 4), rng.choice([0, 1, 6])) for _ in leaves]
        yield unflatten(structure, numbers), f"in={','.join(map(repr, numbers))}&at=backward:0"


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_numbers_equal_pythons_to_the_last_digit_shown(opened, name):
    f, inputs = EXAMPLES[name]
    page = opened(tg.explore(f, inputs))
    states = list(random_states(inputs, 100))
    shown = page.evaluate(STATES, [fragment for _, fragment in states])
    for (numbers, _), now in zip(states, shown, strict=True):
        leaves, structure = flatten(numbers)
        values = [Value(x) for x in leaves]
        y = f(**unflatten(structure, values))
        y.backward()
        order = list(dict.fromkeys([*values, *tg.topological_order(y)]))
        if f is choosing:  # the page has the branch that is not taken too
            order, boxes = [*values, y], [*now["boxes"][: len(values)], now["boxes"][-1]]
        else:
            boxes = now["boxes"]
        expected = [(number_text(node.data), number_text(node.grad)) for node in order]
        assert [numbers_of(label) for label in boxes] == expected, numbers


def test_what_is_undefined_has_the_engines_message_and_no_numbers(opened):
    page = opened(tg.explore(undefined, a=2.0, b=1.0))
    states = [({"a": a, "b": b}, f"in={a},{b}&at=backward:0") for a in (-1.0, 0.0, 2.5) for b in (-2.0, 0.0, 2.5)]
    shown = page.evaluate(STATES, [fragment for _, fragment in states])
    seen = set()
    for (numbers, _), now in zip(states, shown, strict=True):
        try:
            undefined(**{name: Value(x) for name, x in numbers.items()})
            message = "gradient of a"
        except (ArithmeticError, ValueError) as error:
            message = f"No value: {error}."
            assert not any("nan" in label.lower() or "∞" in label for label in now["boxes"])
            assert sum("value undefined" in label for label in now["boxes"]) >= 1
        assert message in now["sentence"]
        seen.add(message.split("(")[0])
    assert len(seen) >= 3


def test_the_branch_that_is_not_taken_says_so(opened):
    page = opened(tg.explore(choosing, x=1.0, y=-2.0))
    expect(page.get_by_role("button", name=re.compile(r"^v\d+ = exp\(.*value 0\.3679"))).to_have_count(1)
    page.get_by_role("spinbutton", name="x").fill("-3")
    expect(
        page.get_by_role("button", name=re.compile(r"^v\d+ = exp\(.*not computed: branch not taken$"))
    ).to_have_count(1)
    expect(page.locator("g.back text", has_text="not taken")).to_have_count(0)  # what is emphasised follows the branch
    page.evaluate("location.hash = '#at=forward:' + (document.querySelectorAll('.node').length - 1)")
    page.locator("#sentence", has_text="because").wait_for()
    expect(page.locator("#sentence")).to_contain_text("because x = −3 ≤ y = −2")


def test_a_kink_and_a_tie_are_said(opened):
    page = opened(tg.explore(lambda a, b: tg.maximum(a, b) + tg.relu(a), a=0.0, b=0.0), "#at=backward:0")
    text = page.get_by_role("region", name="Derivation").inner_text()
    assert "a = b is a tie, which is shared: slope 0.5." in text
    assert "At the kink, a = 0, the slope is taken as 0." in text


def test_huge_and_tiny_numbers_are_readable(opened):
    page = opened(tg.explore(lambda a, b: a * b, a=1e-300, b=2.5e200, start="backward:a"))
    expect(page.get_by_role("button", name="a, value 1×10⁻³⁰⁰, grad 2.5×10²⁰⁰")).to_have_count(1)
    page.get_by_role("spinbutton", name="a").fill("1e200")
    expect(page.get_by_role("button", name="f = a × b, value ∞, grad 1")).to_have_count(1)


# --- descent -----------------------------------------------------------------------------------------------------


def test_descent_steps_plays_rewinds_and_draws_the_way(opened):
    page = opened(tg.explore(neuron, w=2.0, x=-1.0, b=-3.0, y=1.0, parameters=["w", "b"], learning_rate=1.0))
    page.get_by_text("Descend", exact=True).first.click()
    expect(page.get_by_role("img", name="Level lines of f over w and b")).to_have_count(1)
    page.get_by_role("button", name="One step").click()
    w, b = Value(2.0), Value(-3.0)
    neuron(w, -1.0, b, 1.0).backward()
    expect(page.get_by_role("spinbutton", name="w")).to_have_value(number_text(2.0 - w.grad, 6))
    expect(page.get_by_role("spinbutton", name="b")).to_have_value(number_text(-3.0 - b.grad, 6).replace("-", "−"))
    page.get_by_role("button", name="Descend", exact=True).click()
    page.get_by_text(re.compile("After (1[0-9]|[2-9][0-9]) steps")).wait_for(timeout=10000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("img", name="f over the steps")).to_have_count(1)
    page.get_by_role("button", name="Rewind").click()
    expect(page.get_by_role("spinbutton", name="w")).to_have_value("2")
    page.get_by_role("checkbox", name="b").uncheck()
    page.get_by_role("img", name="f as w changes").wait_for()


def test_descent_says_why_it_stops(opened):
    page = opened(tg.explore(lambda a: a * a, a=0.0))
    page.keyboard.press("g")
    expect(page.locator("#descent-note")).to_contain_text("The gradient is 0 here")
    page = opened(tg.explore(lambda a: a**3, a=-1e9, learning_rate=1.0))
    page.keyboard.press("g")
    expect(page.locator("#descent-note")).to_contain_text("Too far away")


# --- taking away, and links --------------------------------------------------------------------------------------


def taken(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    text = page.get_by_role("dialog").get_by_role("textbox").input_value()
    page.get_by_role("button", name="Close").click()
    return text


def test_what_is_taken_away_is_whole(opened):
    page = opened(tg.explore(choosing, x=-3.0, y=-2.0))
    page.get_by_text("Take away").click()
    picture = ElementTree.fromstring(taken(page, "Picture (SVG)"))  # noqa: S314 - the page's own
    assert len(picture.findall("{*}rect")) == 1 + page.locator(".node").count()
    table = [line.split("\t") for line in taken(page, "Table").splitlines()]
    assert table[0] == ["name", "formula", "value", "gradient"]
    assert table[1] == ["x", "", "-3.0", "-6.0"]
    program = taken(page, "Python")
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    x, y = Value(-3.0), Value(-2.0)
    f = choosing(x, y)
    f.backward()
    assert result.stdout.split() == [str(f.data), str(x.grad), str(y.grad)]
    latex = taken(page, "LaTeX")
    assert latex.startswith("\\begin{gather*}\n")
    assert latex.count("{") == latex.count("}")


def test_in_the_picture_taken_away_no_text_covers_another(opened):
    page = opened(tg.explore(squared_loss, w1=0.5, x1=1.5, w2=-0.25, x2=-2.0, b=0.1, y=1.0))
    page.get_by_text("Take away").click()
    picture = taken(page, "Picture (SVG)")
    assert ">value<" in picture  # where there is room
    covered = """(picture) => {
      document.body.innerHTML = picture;
      const texts = [...document.querySelectorAll("text")].filter((each) => each.textContent);
      const boxes = texts.map((each) => each.getBoundingClientRect());
      const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom;
      return texts.filter((_, i) => boxes.some((other, k) => k !== i && meet(boxes[i], other)))
        .map((each) => each.textContent);
    }"""
    assert page.evaluate(covered, picture) == []


def test_the_address_restores_the_state(opened):
    page = opened(PAGE)
    page.get_by_role("spinbutton", name="b").fill("5")
    page.get_by_role("button", name="Back", exact=True).click()
    page.wait_for_url(re.compile("in=-1,5,4&at=backward:2"))
    fragment = page.evaluate("location.hash")
    again = opened(PAGE, fragment)
    expect(again.get_by_role("spinbutton", name="b")).to_have_value("5")
    expect(again.locator("#sentence")).to_contain_text("Backward 4 of 6: gradient of c")


def test_in_a_notebooks_frame_everything_works_and_the_state_can_be_copied(page):
    page.set_content(f"<!doctype html><title>notebook</title>{PAGE._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Next", exact=True).click()
    expect(frame.get_by_role("button", name="a, value −1, grad 7")).to_have_count(1)
    frame.get_by_role("button", name="Copy state").click()
    state = frame.get_by_role("dialog").get_by_role("textbox")
    state.wait_for(timeout=3000)
    expect(state).to_have_value("#in=-1,3,4&at=backward:0&p=0,1,2&rate=0.05")


def test_the_theme_switches_whatever_the_system_says(opened):
    page = opened(PAGE)
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(background) == "rgb(15, 23, 42)"
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"


# --- keys alone --------------------------------------------------------------------------------------------------


def focused(page):
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
    )


def test_every_control_is_reached_by_tab(opened):
    page = opened(PAGE)
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(focused(page))
    wanted = ["Dark", "Copy link", "Help", "First", "Back", "Play", "Next", "Last", "Step", "a", "b", "c", "∂f/∂a"]
    assert [name for name in [*wanted, "Check", "Show", "Descend", "Take away"] if name not in seen] == []
    assert sum(name.startswith("f = x × y") for name in seen) >= 1, "the graph is one stop"


def test_a_walk_by_keys_alone(opened):
    page = opened(PAGE)
    press = page.keyboard.press
    press("[")
    expect(page.locator("#sentence")).to_contain_text("Backward 4 of 6")
    press("]")
    press("]")
    expect(page.locator("#sentence")).to_contain_text("Backward 6 of 6")
    while not focused(page).startswith("f = x × y"):
        press("Tab")
    press("ArrowLeft")
    assert focused(page).startswith("x = a + b")
    press("ArrowDown")
    assert focused(page).startswith("y = b + c")
    press("ArrowLeft")
    assert focused(page).startswith(("b", "c"))
    press("ArrowRight")
    name = focused(page)[0]
    assert name in "xy"
    press("Enter")
    expect(page.get_by_role("region", name="Derivation")).to_contain_text(f"Pinned: {name}")
    press("Escape")
    expect(page.locator(".pin")).to_have_count(0)
    press("Home")
    assert focused(page).startswith("a")
    press("End")
    assert focused(page).startswith("f")
    while focused(page) != "Step":
        press("Tab")
    press("Home")
    expect(page.locator("#sentence")).to_contain_text("The inputs are given")
    press("End")
    press("ArrowLeft")
    expect(page.locator("#sentence")).to_contain_text("Backward 5 of 6")
    while focused(page) != "b":
        press("Tab")
    press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="b")).to_have_value("3.025")
    press("Tab")
    press("ArrowUp")
    expect(page.get_by_role("spinbutton", name="b")).to_have_value("3.05")
    press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)  # letters do nothing while a reader types
    press("Tab")
    press("?")
    expect(page.get_by_role("dialog", name="How to use this page")).to_have_count(1)
    press("Escape")
    press("g")
    expect(page.locator("#descent-note")).to_contain_text("After 1 step")
    press("r")
    expect(page.get_by_role("spinbutton", name="b")).to_have_value("3.05")


# --- accessibility and width -------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_three_steps(opened, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for explorable in (PAGE, tg.explore(choosing, x=1.0, y=-2.0), tg.explore(undefined, a=-1.0, b=1.0)):
        for fragment in ("#at=start:0", "#at=forward:3", "#at=backward:1"):
            page = opened(explorable, fragment, width)
            page.emulate_media(color_scheme=scheme)
            for details in page.locator("details").all():
                details.evaluate("each => { each.open = true }")
            page.wait_for_timeout(300)
            violations = axe.run(page).response["violations"]
            assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in violations] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_at_360_pixels_the_page_does_not_scroll_sideways(opened, name):
    f, inputs = EXAMPLES[name]
    page = opened(tg.explore(f, inputs), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


SQUEEZED = """() => {
  const box = (each) => each.getBoundingClientRect();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  const numbers = all(".row span").filter((each) => {
    const [n, node] = [box(each), box(each.closest(".node"))];
    return n.left < node.left + 2 || n.right > node.right - 2 || n.bottom > node.bottom;
  });
  const heads = all(".head").filter((each) => each.scrollHeight > each.clientHeight + 2);
  const texts = all(".local text").filter((each) => each.textContent);
  const labels = texts.filter((each, i) =>
    [...texts.slice(i + 1), ...all(".node")].some((other) => meet(box(each), box(other))));
  const sheet = all("#sheet").filter((each) => each.scrollWidth > each.clientWidth);
  return [...numbers, ...heads, ...labels, ...sheet].map((each) => each.textContent);
}"""


def squared_loss(w1, x1, w2, x2, b, y):
    return (tg.sigmoid(w1 * x1 + w2 * x2 + b) - y) ** 2


@pytest.mark.parametrize(
    ("width", "font"), [(320, "DejaVu Sans"), (360, "DejaVu Sans"), (360, "Liberation Sans"), (1280, "DejaVu Sans")]
)
@pytest.mark.parametrize(
    "explorable",
    [
        tg.explore(branching, a=-1.0, b=3.0, c=4.0, parameters=("a", "b")),
        tg.explore(lambda x: x * x + x, x=3.0, parameters=("x",)),
        tg.explore(lambda w, x, b: tg.tanh(w * x + b) ** 2, w=2.0, x=3.5, b=-6.0, parameters=("w", "b")),
        tg.explore(squared_loss, w1=0.5, x1=1.5, w2=-0.25, x2=-2.0, b=0.1, y=1.0, parameters=("w1", "w2")),
        tg.explore(lambda a, b: tg.maximum(a, b) * a, a=1e150, b=1e-12, parameters=("b",)),
    ],
    ids=["branch", "square", "tanh", "loss", "huge"],
)
def test_no_text_is_cut_and_none_touches_another_at_any_step_after_descent_and_at_the_ends(
    opened, explorable, width, font
):
    page = opened(explorable, width=360 if width > 1000 else 1280)
    page.evaluate("(font) => { document.body.style.fontFamily = font; }", font)
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator(".canvas.narrow")).to_have_count(int(width < 1000))
    squeezed = {}

    def look(when):
        if found := page.evaluate(SQUEEZED):
            squeezed[when] = found

    scrubber = page.locator("#scrubber")
    steps = int(scrubber.get_attribute("max")) + 1
    for step in range(steps):
        scrubber.fill(str(step))
        look(step)
    page.evaluate("document.getElementById('descent').open = true")
    for _ in range(20):
        page.keyboard.press("g")
    look("after descent")
    scrubber.fill(str(steps - 2))
    look("after descent, a step before the last")
    for i, slider in enumerate(page.locator(".input input[type=range]").all()):
        for end in ("0", "400"):
            slider.evaluate(
                "(each, to) => { each.value = to; each.dispatchEvent(new Event('input', { bubbles: true })); }", end
            )
            look((i, end))
    assert squeezed == {}


def test_the_result_of_five_columns_is_seen_on_a_wide_page(opened):
    page = opened(tg.explore(lambda w, x, b: tg.tanh(w * x + b) ** 2, w=2.0, x=3.5, b=-6.0))
    frame, result = page.locator("#frame").bounding_box(), box(page, "f").bounding_box()
    assert result["x"] + result["width"] <= frame["x"] + frame["width"]


def test_boxes_stay_readable_and_large_graphs_scroll_in_their_own_frame(opened):
    page = opened(tg.explore(deep, x=0.5))
    sizes = page.evaluate(
        "[...document.querySelectorAll('.node')].slice(0, 3).map((node) => node.getBoundingClientRect().height)"
    )
    assert all(size >= 98 * 0.86 - 1 for size in sizes)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#frame").evaluate("({ scrollWidth, clientWidth }) => scrollWidth > clientWidth")


# --- what others could put in ------------------------------------------------------------------------------------

SCRIPTS = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "</ScRiPt><svg onload=window.hacked=1>",
    "<!--<script>",
    "*/ window.hacked = 1 /*",
    "\u2028window.hacked = 1",
    "${window.hacked = 1}",
    "`;window.hacked=1;`",
    "{{script}}",
    "__proto__",
    "constructor",
]


LABELS = list(dict.fromkeys([*HOSTILE, *HOSTILE_TO_PROGRAMS, *SCRIPTS]))


def test_labels_can_inject_nothing_and_are_shown_as_they_are(opened):
    leaves = [Value(0.01 * i, label=label) for i, label in enumerate(LABELS)]
    steps = [tg.tanh(leaf) for leaf in leaves]
    for step in steps:
        step.label = f"{step.left.label[:200]}!"
    named = names(leaves)
    page = opened(tg.explore(tg.sum(steps)))
    page.get_by_text("Take away").click()
    for kind in ("Picture (SVG)", "Table", "Python", "LaTeX"):
        assert len(taken(page, kind)) > 1000
    page.get_by_role("button", name="First", exact=True).click()
    page.get_by_role("button", name="Last", exact=True).click()
    unharmed(page)
    shown = page.locator(".node b").all_text_contents()
    assert [text for text in named.values() if len(text) <= 24 and text not in shown] == []


@pytest.mark.parametrize("label", [*HOSTILE_TO_PROGRAMS[:5], *SCRIPTS], ids=lambda label: ascii(label[:20]))
def test_a_title_can_inject_nothing(opened, label):
    page = opened(tg.explore(lambda a: a * a, a=2.0, title=label))
    assert page.title().split() == page.locator("h1").text_content().split()
    unharmed(page)


def unharmed(page):
    assert page.evaluate("window.hacked") is None
    expect(page.locator("script")).to_have_count(2)
    expect(page.locator("img, iframe, object, embed, link, base")).to_have_count(0)


def test_the_policy_stops_what_is_put_in_afterwards(page, tmp_path):
    PAGE.save(tmp_path / "page.html")
    page.goto(f"file://{tmp_path}/page.html")
    blocked = page.evaluate(
        """async () => {
            const violations = [];
            addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.hacked = 1";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "https://example.org/x.png";
            document.body.append(image);
            document.body.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='hacked = 1'>x</p>");
            await fetch("https://example.org/").catch(() => 0);
            await new Promise((done) => setTimeout(done, 100));
            return { hacked: window.hacked, violations: [...new Set(violations)].sort() };
        }"""
    )
    assert blocked.get("hacked") is None
    assert {"connect-src", "img-src", "script-src-elem"} <= set(blocked["violations"])


# --- sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_has_at_most_60_kb_and_half_a_kb_a_node(name):
    f, inputs = EXAMPLES[name]
    page = tg.explore(f, inputs)
    nodes = len(page.data["nodes"])
    assert len(page.html.encode()) <= 1024 * (60 + 0.5 * nodes)
