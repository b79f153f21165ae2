"""The explainer in a real browser: its controls, its numbers beside the library's, what a page owes its readers."""

import itertools
import random
import re
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tests.browser import expect
from tinygrad_edu import nn, optim
from tinygrad_edu.explorables import explainer_page, lesson_programs
from tinygrad_edu.explorables.explainer_page import explainer_html
from tinygrad_edu.explorables.lesson_programs import ACTIVATION_NAMES, CURVES, DEPTHS, INPUTS, WIDTHS, sizes_of

ROOT = Path(__file__).parent.parent.parent
STATES = 200
XS = [(i - 10) / 10 for i in range(21)]
YS = [0.65 * x - 0.3 for x in XS]


def loaded(browser):
    """The page in a context of its own; errors in it end up in `errors`."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith("about:") else page.errors.append(request.url))
    page.set_content(explainer_html())
    page.wait_for_function("window.explainer")
    page.first_curve = page.locator("#s2").get_by_label("curve", exact=True).input_value()
    yield page
    assert page.errors == []
    context.close()


@pytest.fixture(scope="module")
def shared(browser):
    """The page, loaded once for the tests that set what they need."""
    yield from loaded(browser)


@pytest.fixture
def fresh(browser):
    """The page as a reader finds it, for tests that go on from there."""
    yield from loaded(browser)


def close(a, b):
    return pytest.approx(b, rel=1e-9, abs=1e-12) == a


def each_state(page, figure, put, read, states):
    """What a figure says in each of these states."""
    script = f"(all) => all.map((n) => (explainer.{figure}.{put}, explainer.{figure}.{read}))"
    return page.evaluate(script, states)


def states(seed, *ranges):
    rng = random.Random(seed)
    return [[rng.uniform(low, high) for low, high in ranges] for _ in range(STATES)]


# --- the page as a whole ---------------------------------------------------------------------------------------------


def test_the_page_is_one_file_of_at_most_700_kilobytes_that_can_load_nothing():
    page = explainer_html()
    assert len(page.encode()) < 700_000
    documented = re.search(r"a single file of about (\d+) kB", (ROOT / "docs/explainer.md").read_text("utf-8"))
    assert len(page.encode()) == pytest.approx(1000 * int(documented[1]), rel=0.1)
    assert "default-src 'none'" in page
    text = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(?:link|img|iframe)|src=\"|@import|url\(|\{\{", text)


def test_there_are_ten_sections_each_with_a_heading_and_all_but_the_last_with_a_question(shared):
    expect(shared.locator("main > section")).to_have_count(10)
    expect(shared.locator("main > section > h2")).to_have_count(10)
    expect(shared.locator(".question")).to_have_count(9)


def test_the_sections_one_to_five_seven_and_eight_have_a_puzzle(shared):
    assert shared.locator(".puzzle").count() >= 8


def test_each_term_is_explained_on_hover_and_focus_and_goes_away_with_escape(fresh):
    term = fresh.locator("#s1 [data-term=loss]")
    term.focus()
    expect(fresh.locator("#definition")).to_contain_text("wrong the outputs are")
    fresh.keyboard.press("Escape")
    assert not fresh.locator("#definition").is_visible()
    missing = fresh.evaluate(
        "() => [...document.querySelectorAll('[data-term]')].map((t) => t.dataset.term)"
        ".filter((t) => !(t in JSON.parse(document.getElementById('lesson-data').textContent).glossary))"
    )
    assert missing == []


def test_bars_are_as_long_as_they_say_and_the_chain_stands_in_a_row(fresh):
    lengths = fresh.locator("#s9 .bar").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().width)")
    assert len(lengths) == 4
    assert min(lengths) > 100
    tops = fresh.locator(".chain-box").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().top)")
    assert len(tops) == 4
    assert len(set(tops)) == 1


HIDDEN = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"

CUT_CHOICES = """(all) => all.filter((each) => {
  const copy = each.parentNode.appendChild(each.cloneNode(true));
  copy.style.width = "max-content";
  const isCut = copy.offsetWidth > each.offsetWidth;
  copy.remove();
  return isCut;
}).map((each) => each.ariaLabel)"""

BAD_TICKS = """(all) => all.flatMap((plot) => {
  const box = (each) => each.getBoundingClientRect();
  const title = box([...plot.querySelectorAll(".axis-title")].at(-1));
  const isBad = ({ left, right, top, bottom }) =>
    left < box(plot).left || (left < title.right && right > title.left && top < title.bottom && bottom > title.top);
  return [...plot.querySelectorAll(".tick")].filter((each) => isBad(box(each)) && box(each).width);
}).map((each) => each.textContent)"""


def test_on_a_phone_nothing_of_a_figure_has_to_be_scrolled_to(browser):
    context = browser.new_context(offline=True, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.set_content(explainer_html())
    page.wait_for_function("window.explainer")
    page.evaluate("explainer.update.go(20)")  # the longest numbers
    for selector in ("#s5 .scroll", "#s9 .scroll >> nth=0", "#s10 pre >> nth=0"):
        hidden = page.locator(selector).evaluate("(each) => each.scrollWidth - each.clientWidth")
        assert hidden <= 0, selector
    ranges = page.locator(".control [type=range]").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().width).filter((width) => width > 0)"
    )
    assert min(ranges) >= 90
    assert page.locator(".choice select").evaluate_all(CUT_CHOICES) == []
    lines = page.locator(".whole").evaluate_all("(all) => all.map((each) => each.getClientRects().length)")
    assert set(lines) == {1}
    page.evaluate("explainer.network.epochs(300)")  # the axis of the losses goes down to 0.01
    assert page.locator(".figure .plot").evaluate_all(BAD_TICKS) == []
    page.locator("#s9").get_by_role("button", name="Ten sigmoids").click()
    inside = """(each) => {
      const [frame, neuron] = [each.closest(".scroll"), each].map((one) => one.getBoundingClientRect());
      return neuron.left >= frame.left && neuron.right <= frame.right;
    }"""
    for step in (0, 9, 17):  # wider than the frame: the layer that it is about is in it all the same
        page.locator("#s9").get_by_role("slider", name="Phases of a step").fill(str(step))
        assert page.locator(".neuron.is-now").first.evaluate(inside), step
    page.locator("#s9").get_by_role("button", name="Last").click()  # a button more
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#help").click()
    expect(page.locator("#help-title")).to_be_in_viewport()
    context.close()


def test_numbers_stand_below_their_headings_and_in_their_neurons(shared):
    columns = shared.locator("table").evaluate_all(
        """(all) => all.flatMap(({ tHead, tBodies }) => [...tBodies[0].rows[0].cells].map((cell, i) =>
          [tHead.rows[0].cells[i], cell].map((each) => getComputedStyle(each).textAlign)))"""
    )
    assert ["right", "right"] in columns
    assert all(heading == cell for heading, cell in columns)
    shared.set_viewport_size({"width": 1280, "height": 900})
    shared.locator("#s9").get_by_role("button", name="Large weights").click()
    assert shared.locator(".neuron").evaluate_all(HIDDEN) == []
    assert shared.locator(".diagnosis pre").evaluate_all(HIDDEN) == []
    assert "×10" not in shared.locator(".shades").inner_text()


def test_a_term_is_kept_together_with_the_punctuation_around_it():
    assert not re.search(r"(?<!<span class=\"whole\">)\(<button|</button>[).,:](?!.*</span>)", explainer_html())


def test_negative_slopes_of_section_4_are_in_parentheses_and_its_boxes_are_in_line(shared):
    shared.evaluate("explainer.chain.set(-49, [-1.31, 1.43, 0.6], [0.06, -0.28, -0.1])")
    expect(shared.locator("#chain .sentence")).to_contain_text("dn₃/dx = 0.6 · 1.43 · (−1.31) = −1.12398:")
    shared.set_viewport_size({"width": 1280, "height": 900})
    tops = shared.locator(".chain-value").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().top)")
    assert len(set(tops)) == 1


def test_space_plays_the_figure_of_section_6_only_for_those_who_are_in_it(fresh):
    fresh.keyboard.press("Space")
    assert fresh.locator("#play.playing").count() == 0
    fresh.locator("#scrubber").focus()
    fresh.keyboard.press("Space")
    assert fresh.locator("#play.playing").count() == 1


def test_the_contents_have_the_numbers_of_the_sections_and_a_number_to_come_is_a_dash(fresh):
    assert fresh.locator(".contents li").last.evaluate("(each) => getComputedStyle(each, '::before').content") != "none"
    assert fresh.get_by_label("epochs a second").inner_text() == "–"


def test_the_derived_code_is_that_of_the_network_as_it_stands_in_lines_to_read(fresh):
    fresh.get_by_text("The derived code").click()
    code = fresh.locator("#derived")
    assert code.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    assert max(map(len, code.inner_text().splitlines())) < 250
    fresh.get_by_label("neurons in each").select_option("2")
    expect(code).to_contain_text("const[x0]=x")
    program = fresh.evaluate("explainer.network.lab.network.toString()")
    assert "".join(code.text_content().split()) == "".join(program.split())


def test_the_help_is_about_the_whole_page_and_the_end_says_where_the_course_is(shared):
    lines = shared.locator("#help-dialog li").all_text_contents()
    assert "dots below" in lines[0]
    assert "section 6" in lines[2]
    (course,) = re.findall(r"docs/\S+\.md", shared.locator("#s10").inner_text())
    assert (ROOT / course).read_text("utf-8").startswith("# ")


def test_the_lowest_point_of_the_curve_in_section_3_is_seen_whole(fresh):
    fresh.evaluate("for (let i = 0; i < 400; i++) explainer.downhill.stepOnce()")
    dot, paper = (
        fresh.locator(f"#downhill details {each}").first.bounding_box() for each in (".now-dot", ".plot-paper")
    )
    assert dot["y"] + dot["height"] <= paper["y"] + paper["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_hinders_a_reader_who_uses_assistive_tools(shared, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shared.emulate_media(color_scheme=scheme)
    shared.set_viewport_size({"width": width, "height": 900})
    found = axe.run(shared).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
    assert shared.evaluate("document.documentElement.scrollWidth") <= width
    shared.set_viewport_size({"width": 1280, "height": 900})


# --- its numbers, beside the library's -------------------------------------------------------------------------------


def test_the_line_of_section_1_has_the_librarys_loss_and_gradients(shared):
    pairs = states(1, (-3, 3), (-2, 2))
    found = shared.evaluate(
        "(pairs) => pairs.map((p) => (explainer.tune.set(...p), explainer.tune.state().loss))", pairs
    )
    for (w, b), (loss, gradient) in zip(pairs, found, strict=True):
        p = [tg.Value(w), tg.Value(b)]
        expected = tg.mean((p[0] * x + p[1] - y) ** 2 for x, y in zip(XS, YS, strict=True))
        expected.backward()
        assert close(loss, expected.data)
        assert close(gradient, [p[0].grad, p[1].grad])


@pytest.mark.parametrize("name", sorted(set(CURVES) - {"sigmoid"}))
def test_the_curves_of_section_2_have_the_librarys_slopes(shared, name):
    xs = [x for (x,) in states(2, (-2.5, 2.5))]
    found = shared.evaluate(
        "([name, xs]) => xs.map((x) => (explainer.nudge.set(name, x, 0.1), explainer.nudge.state().result))", [name, xs]
    )
    for x, (value, slope) in zip(xs, found, strict=True):
        expected, by_x = tg.value_and_grad(CURVES[name])(x)
        assert close([value, slope], [expected, by_x])


@pytest.mark.parametrize("key", ["sgd", "momentum", "adagrad", "rmsprop", "adam"])
def test_the_walkers_of_section_3_go_where_the_optimisers_go(shared, key):
    make = {
        "sgd": lambda p: optim.SGD(p, lr=0.05),
        "momentum": lambda p: optim.SGD(p, lr=0.05 * 0.2, momentum=0.9),
        "adagrad": lambda p: optim.AdaGrad(p, lr=0.05 * 20),
        "rmsprop": lambda p: optim.RMSProp(p, lr=0.05 * 2, alpha=0.9),
        "adam": lambda p: optim.Adam(p, lr=0.05 * 5),
    }[key]
    path = shared.evaluate(
        "([key]) => { explainer.downhill.set([3, 10], 0.05, [key]); for (let i = 0; i < 40; i++)"
        " explainer.downhill.stepOnce(); return explainer.downhill.state().paths[key]; }",
        [key],
    )
    w, b = tg.Value(3.0), tg.Value(10.0)
    optimizer = make([w, b])
    for found in path[1:]:
        loss = tg.mean((w * x + b - (5.0 - x)) ** 2 for x in range(6))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert close(found, [w.data, b.data])


def test_the_row_of_section_4_has_the_librarys_derivatives(shared):
    numbers = states(4, (-50, 50), *[(-2, 2)] * 6)
    found = each_state(shared, "chain", "set(n[0], n.slice(1, 4), n.slice(4))", "state().result", numbers)
    for (x, *n), (values, slopes) in zip(numbers, found, strict=True):
        row = [tg.Value(x)]
        for w, b in zip(n[:3], n[3:], strict=True):
            row.append(w * row[-1] + b)
        row[-1].backward()
        assert close(values, [each.data for each in row])
        assert close(slopes, [each.grad for each in row])


def test_the_row_of_section_4_starts_with_the_well_known_numbers_unrounded(shared):
    shared.get_by_role("button", name="Start again").nth(1).click()
    values, slopes = shared.evaluate("() => explainer.chain.state().result")
    assert values == pytest.approx([34, 15.03, 4.779, 0.57674], rel=1e-12)
    assert slopes[0] == pytest.approx(0.00756, rel=1e-12)


def test_the_rounds_of_section_5_are_those_of_the_library(shared):
    numbers = states(5, (-5, 5), (-10, 10), (-5, 5), (-5, 5), (0.0001, 0.02))
    put = "set({ x: n[0], y: n[1], w: n[2], b: n[3], rate: n[4] })"
    found = each_state(shared, "update", put, "state().rounds", numbers)
    for (x, y, w, b, rate), rounds in zip(numbers, found, strict=True):
        p = [tg.Value(w), tg.Value(b)]
        for each in rounds:
            output = p[0] * x + p[1]
            loss = (output - y) ** 2
            loss.zero_grad()
            loss.backward()
            assert close(
                [each["output"], each["loss"], each["d_w"], each["d_b"]], [output.data, loss.data, p[0].grad, p[1].grad]
            )
            for parameter in p:
                parameter.data -= rate * parameter.grad
            assert close([each["new_w"], each["new_b"]], [p[0].data, p[1].data])


def test_section_5_starts_with_the_worked_example(shared):
    shared.evaluate("() => explainer.update.set({ x: 2.1, y: 4, w: 1, b: 0, rate: 0.01 })")
    first, second, _ = shared.evaluate("() => explainer.update.state().rounds")
    assert [first[key] for key in ("loss", "d_w", "d_b", "new_w", "new_b")] == pytest.approx(
        [3.61, -7.98, -3.8, 1.0798, 0.038]
    )
    assert second["loss"] == pytest.approx(2.8710591364, rel=1e-10)


def test_the_gates_of_section_6_have_the_librarys_local_gradients(shared):
    numbers = [*states(6, (-6, 6), (-6, 6), (-4, 4)), [2.0, 2.0, 1.0], [0.0, -3.0, 2.0]]
    found = each_state(shared, "gates", "set(...n)", "state().results", numbers)
    for (x, y, _), results in zip(numbers, found, strict=True):
        for key, gate in lesson_programs.GATES.items():
            left, right = tg.Value(x), tg.Value(y)
            result = gate(left, right)
            result.backward()
            assert close(results[key], [result.data, left.grad, right.grad])


def test_the_sigmoid_neuron_of_section_7_has_the_librarys_numbers(shared):
    numbers = [*states(7, (-5, 5), (-5, 5), (-20, 20), (0, 1)), [2.0, -3.0, -3.0, 1.0]]
    put = "set({ w: [n[0], n[1]], b: n[2], x: [-1, -2], y: n[3] })"
    found = each_state(shared, "sigmoid", put, "state().result", numbers)
    for (w1, w2, b, y), (z, a, cost, (da, delta, db, dw)) in zip(numbers, found, strict=True):
        w, bias = [tg.Value(w1), tg.Value(w2)], tg.Value(b)
        node_z = tg.dot(w, [-1.0, -2.0]) + bias
        node_a = tg.sigmoid(node_z)
        node_cost = (y - node_a) ** 2 / 2
        node_cost.backward()
        expected = [node_z.data, node_a.data, node_cost.data, node_a.grad, node_z.grad, bias.grad, w[0].grad, w[1].grad]
        assert [z, a, cost, da, delta, db, *dw] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    shared.get_by_role("button", name="One step, η = 1").click()
    after = shared.evaluate("() => explainer.sigmoid.state()")
    assert after["w"] == pytest.approx([1.9471229072157332, -3.1057541855685336], rel=1e-12)
    assert after["b"] == pytest.approx(-2.9471229072157334, rel=1e-12)


OPTIMISERS = {
    "sgd": lambda p, lr: optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9),
    "adagrad": lambda p, lr: optim.AdaGrad(p, lr=lr),
    "rmsprop": lambda p, lr: optim.RMSProp(p, lr=lr, alpha=0.9),
    "adam": lambda p, lr: optim.Adam(p, lr=lr),
}
NETWORKS = list(itertools.product(INPUTS, ACTIVATION_NAMES, DEPTHS, WIDTHS))
TRAIN = """([data, activation, depth, width, optimiser, seed]) => {
  const { lab, change } = explainer.network;
  change({ data, activation, depth, width, optimiser, seed, batch: 1, rate: 0.002, init: "glorot", noise: 0 });
  const start = [...lab.training.parameters];
  const order = [];
  for (let i = 0; i < 50; i++) { order.push(lab.training.next); lab.training.stepOnce(); }
  return [start, order, lab.examples, lab.training.parameters];
}"""


@pytest.mark.parametrize(("inputs", "activation"), list(itertools.product(INPUTS, ACTIVATION_NAMES)))
def test_every_network_on_offer_trains_for_fifty_steps_as_in_the_library(shared, inputs, activation):
    for k, (depth, width) in enumerate(itertools.product(DEPTHS, WIDTHS)):
        name = list(OPTIMISERS)[k % len(OPTIMISERS)]
        data = "moons" if inputs == 2 else "sin"
        start, order, examples, trained = shared.evaluate(TRAIN, [data, activation, depth, width, name, k + 1])
        model = nn.MLP(inputs, sizes_of(inputs, width, depth)[1:], activation=activation, init="zeros")
        parameters = model.parameters()
        for parameter, number in zip(parameters, start, strict=True):
            parameter.data = float(number)
        optimizer = OPTIMISERS[name](parameters, 0.002)
        for i in order:
            loss = (model(examples[i]["x"]) - examples[i]["y"]) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert trained == pytest.approx([p.data for p in parameters], rel=1e-9, abs=1e-11), (depth, width, name)


def test_back_leads_to_the_very_same_weights(shared):
    found = shared.evaluate("""() => {
      const { lab, change } = explainer.network;
      change({ data: "sin", activation: "relu", depth: 2, width: 5, optimiser: "adam", rate: 0.01, batch: 5 });
      for (let i = 0; i < 137; i++) lab.training.stepOnce();
      const then = [...lab.training.parameters];
      for (let i = 0; i < 700; i++) { if (i === 300) lab.training.rate = 0.002; lab.training.stepOnce(); }
      lab.training.back(700);
      return [lab.training.step, then, lab.training.parameters, lab.training.rate];
    }""")
    step, then, now, rate = found
    assert (step, rate) == (137, 0.01)
    assert then == now


# --- its controls ----------------------------------------------------------------------------------------------------


def test_a_slider_and_its_field_have_one_name_and_one_number(shared):
    section = shared.locator("#s1")
    section.get_by_role("slider", name="w", exact=True).press("End")
    expect(section.get_by_role("spinbutton", name="w", exact=True)).to_have_value("2")
    field = section.get_by_role("spinbutton", name="b", exact=True)
    field.fill("-0.3")
    field.press("Enter")
    field.blur()
    assert shared.evaluate("() => explainer.tune.state().b") == -0.3


def test_the_puzzle_of_section_1_notices_its_solution(shared):
    shared.locator("#s1").get_by_role("button", name="Show me").click()
    expect(shared.locator("#s1 .verdict")).to_contain_text("Solved")


def test_the_phases_of_section_5_go_both_ways_by_keyboard(shared):
    scrubber = shared.locator("#s5").get_by_role("slider", name="Phases")
    scrubber.press("Home")
    assert scrubber.get_attribute("aria-valuetext").startswith("round 1, forward: ŷ")
    for _ in range(3):
        scrubber.press("ArrowRight")
    assert "backward: ∂L/∂w" in scrubber.get_attribute("aria-valuetext")
    scrubber.press("ArrowLeft")
    assert "backward: ∂L/∂ŷ" in scrubber.get_attribute("aria-valuetext")


def test_the_start_of_section_3_moves_with_the_arrow_keys(shared):
    shared.evaluate("() => explainer.downhill.set([0, 10], 0.05, ['sgd'])")
    handle = shared.get_by_role("button", name="Start point")
    handle.focus()
    handle.press("ArrowLeft")
    handle.press("ArrowUp")
    assert shared.evaluate("() => explainer.downhill.state().start") == [-0.25, 10.5]


def test_training_can_be_played_paused_stepped_and_rewound(fresh):
    section = fresh.locator("#s8")
    settings = {"data": "sin", "activation": "relu", "depth": 3, "width": 8, "optimiser": "sgd", "rate": 0.001}
    fresh.evaluate("(s) => explainer.network.change(s)", {**settings, "batch": 1, "init": "glorot", "seed": 1})
    section.get_by_role("button", name="Train", exact=True).click()
    fresh.wait_for_function("() => explainer.network.lab.training.epoch > 50")
    section.get_by_role("button", name="Pause", exact=True).click()
    step = fresh.evaluate("() => explainer.network.lab.training.step")
    section.get_by_role("button", name="One step").click()
    assert fresh.evaluate("() => explainer.network.lab.training.step") == step + 1
    section.get_by_role("button", name="Back a step").click()
    assert fresh.evaluate("() => explainer.network.lab.training.step") == step
    section.get_by_role("button", name="One epoch").click()
    assert fresh.evaluate("() => explainer.network.lab.training.step") >= step
    section.get_by_role("button", name="Rewind").click()
    assert fresh.evaluate("() => explainer.network.lab.training.step") == 0


def test_a_choice_shows_at_first_what_the_figure_shows(shared):
    assert shared.first_curve == "square"


def test_curves_have_the_colour_of_what_they_show(shared):
    """A rule for all paths of a plot must not be stronger than the rule for a curve."""
    found = shared.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement("i"));
          const found = [["--value", "value-line"], ["--grad", "gradient-line"]].map(([name, line]) => {
            probe.style.color = `var(${name})`;
            const lines = [...document.querySelectorAll(`.plot .${line}`)];
            return [getComputedStyle(probe).color, lines.map((each) => getComputedStyle(each).stroke)];
          });
          probe.remove();
          return found;
        }"""
    )
    for colour, strokes in found:
        assert len(strokes) > 1
        assert set(strokes) == {colour}


def test_each_setting_of_the_network_builds_it_anew(shared):
    shared.evaluate("() => explainer.network.change({ data: 'sin', activation: 'relu', depth: 3, width: 8 })")
    section = shared.locator("#s8")
    for name, option, sizes in [
        ("data", "two circles", [2, 8, 8, 8, 1]),
        ("hidden layers", "2", [2, 8, 8, 1]),
        ("neurons in each", "4", [2, 4, 4, 1]),
        ("activation", "tanh", [2, 4, 4, 1]),
        ("optimiser", "Adam", [2, 4, 4, 1]),
        ("batch size", "10", [2, 4, 4, 1]),
        ("first weights", "He", [2, 4, 4, 1]),
    ]:
        section.get_by_label(name, exact=True).select_option(label=option)
        assert shared.evaluate("() => explainer.network.lab.sizes") == sizes
        assert shared.evaluate("() => explainer.network.lab.training.step") == 0
    settings = shared.evaluate("() => explainer.network.lab.settings")
    assert (settings["activation"], settings["optimiser"], settings["batch"], settings["init"]) == (
        "tanh",
        "adam",
        10,
        "he",
    )


def test_own_points_are_placed_by_keys_and_by_clicks(shared):
    section = shared.locator("#s8")
    section.get_by_label("data", exact=True).select_option(label="your own points")
    for x, y in [("-1", "2"), ("1", "-2")]:
        section.get_by_role("spinbutton", name="x of the new point").fill(x)
        section.get_by_role("spinbutton", name="x of the new point").press("Enter")
        section.get_by_role("spinbutton", name="y of the new point").fill(y)
        section.get_by_role("spinbutton", name="y of the new point").press("Enter")
        section.get_by_role("button", name="Add the point").click()
    assert shared.evaluate("() => explainer.network.lab.examples") == [{"x": [-1], "y": 2}, {"x": [1], "y": -2}]
    section.locator(".fit svg").click(position={"x": 200, "y": 100})
    assert shared.evaluate("() => explainer.network.lab.examples.length") == 3
    section.get_by_role("button", name="Remove all").click()
    assert shared.evaluate("() => explainer.network.lab.examples.length") == 0


def test_weights_leave_as_python_that_runs_and_come_back_as_json(shared, capsys):
    shared.evaluate("() => explainer.network.change({ data: 'sin', activation: 'tanh', depth: 1, width: 3, seed: 5 })")
    shared.evaluate("() => explainer.network.epochs(3)")
    panel = shared.locator("#s8 details", has_text="Take the weights along")
    panel.locator("summary").click()
    panel.get_by_role("button", name="As Python").click()
    exec(panel.locator("textarea").input_value(), {})  # noqa: S102 - the page's own export is what this test is about
    printed = float(capsys.readouterr().out)
    page_says = "() => explainer.network.lab.network([0.5], 0, explainer.network.lab.training.parameters)[1].at(-1)"
    assert printed == pytest.approx(shared.evaluate(page_says), rel=1e-12)
    panel.get_by_role("button", name="As JSON").click()
    before = shared.evaluate("() => [...explainer.network.lab.training.parameters]")
    shared.evaluate("() => explainer.network.change({ seed: 6, depth: 2 })")
    panel.get_by_role("button", name="Load this JSON").click()
    assert shared.evaluate("() => explainer.network.lab.training.parameters") == before
    panel.locator("textarea").fill('{"inputs": 1}')
    panel.get_by_role("button", name="Load this JSON").click()
    expect(panel.locator("p[role=status]")).to_contain_text("1 or 2 inputs")


@pytest.mark.parametrize(
    ("title", "verdict"), [("Ten sigmoids", "vanishing"), ("Large weights", "exploding"), ("Dead ReLUs", "dead")]
)
def test_a_preset_shows_its_network_and_what_diagnose_says(shared, title, verdict):
    section = shared.locator("#s9")
    section.get_by_role("button", name=title).click()
    expect(section.locator(".diagnosis")).to_contain_text(verdict)
    if verdict == "dead":
        assert section.locator(".neuron.is-off").count() >= 16
        assert section.get_by_role("button", name=re.compile("off on every example")).count() >= 16
    if verdict == "vanishing":
        assert shared.evaluate("() => explainer.network.lab.sizes.length") == 12


def test_the_microscope_takes_the_training_step_that_it_showed(fresh):
    settings = {"data": "sin", "activation": "relu", "depth": 2, "width": 4, "optimiser": "adam", "rate": 0.01}
    fresh.evaluate("(s) => explainer.network.change(s)", {**settings, "batch": 1})
    section = fresh.locator("#s9")
    section.get_by_role("slider", name="Phases of a step").press("End")
    expected = fresh.evaluate("() => explainer.network.lab.training.preview(explainer.network.lab.training.next).moved")
    section.get_by_role("button", name="Take this step").click()
    assert fresh.evaluate("() => explainer.network.lab.training.parameters") == expected


def test_the_arrow_keys_go_from_neuron_to_neuron(shared):
    shared.evaluate("explainer.network.change({ data: 'sin', depth: 3, width: 8 })")
    section = shared.locator("#s9")
    section.locator(".neuron:not(.is-input)").first.focus()
    shared.keyboard.press("ArrowRight")
    shared.keyboard.press("ArrowDown")
    assert section.locator(".neuron:focus").get_attribute("aria-label").startswith("layer 2, neuron 2")
    expect(section.locator(".neuron-details h3")).to_contain_text("Layer 2, neuron 2")


def test_a_network_without_examples_says_so_and_its_neurons_have_names(fresh):
    fresh.get_by_label("data", exact=True).select_option("own")
    assert fresh.locator(".neuron").evaluate_all("(all) => all.filter((each) => !each.ariaLabel).length") == 0
    section = fresh.locator("#s9")
    expect(section.locator(".figure")).to_contain_text("no example yet")
    assert "no example" in section.get_by_role("slider", name="Phases").get_attribute("aria-valuetext")


def test_every_slider_moves_by_keys_and_its_field_follows(shared):
    shared.evaluate("explainer.network.change({ data: 'sin' })")  # many examples to move among
    sliders = shared.locator("main input[type=range][aria-label]:visible")
    for i in range(sliders.count()):
        slider = sliders.nth(i)
        before = slider.input_value()
        slider.press("ArrowLeft" if before == slider.get_attribute("max") else "ArrowRight")
        assert slider.get_attribute("aria-valuetext"), slider.get_attribute("aria-label")
        assert slider.input_value() != before, slider.get_attribute("aria-label")


def test_every_button_toggle_and_choice_can_be_used_and_no_number_becomes_nan(shared):
    """Sections 1 to 9: each control twice, in the order of the page. Errors fail in the fixture's end."""
    for section in [f"#s{i}" for i in range(1, 10)]:
        controls = shared.locator(f"{section} .figure").locator("button:visible, input[type=checkbox]:visible")
        for i in range(controls.count()):
            control = controls.nth(i)
            if control.is_visible() and control.get_attribute("aria-disabled") != "true":
                control.evaluate("(each) => { each.click(); each.click(); }")
        choices = shared.locator(f"{section} .figure select:visible")
        for i in range(choices.count()):
            count = choices.nth(i).locator("option").count()
            for option in (count - 1, 0):
                choices.nth(i).select_option(index=option)
        expect(shared.locator(section)).not_to_contain_text("NaN")
        expect(shared.locator(section)).not_to_contain_text("undefined")


def test_the_plane_of_two_inputs_shows_the_line_between_the_classes(shared):
    shared.evaluate(
        "() => explainer.network.change({ data: 'xor', activation: 'tanh', depth: 2, width: 8, rate: 0.02 })"
    )
    shared.evaluate("() => explainer.network.epochs(40)")
    assert len(shared.locator("#s8 .border-line").get_attribute("d")) > 100
    expect(shared.get_by_text("The line is where the network says 0")).to_be_visible()


def test_a_loss_to_stop_at_stops_the_training(shared):
    settings = {"data": "tanh", "activation": "relu", "depth": 2, "width": 8, "optimiser": "adam", "rate": 0.01}
    shared.evaluate("(s) => explainer.network.change(s)", {**settings, "batch": 1, "seed": 2})
    field = shared.locator("#s8").get_by_role("spinbutton", name="stop at a loss of")
    field.fill("1")
    field.press("Enter")
    shared.locator("#s8").get_by_role("button", name="Train", exact=True).click()
    shared.locator("#s8").get_by_role("button", name="Train", exact=True).wait_for()
    assert shared.evaluate("() => explainer.network.lab.training.losses.at(-1)") <= 1


def test_light_and_dark_can_be_chosen(shared):
    shared.emulate_media(color_scheme="light")
    shared.locator("#theme").click()
    assert shared.evaluate("document.documentElement.dataset.theme") == "dark"
    shared.locator("#theme").click()


def test_a_live_page_without_its_figure_is_noticed(monkeypatch):
    monkeypatch.setattr(explainer_page, "page_file", lambda name: "")
    with pytest.raises(ValueError, match="no main element"):
        explainer_page._template()
