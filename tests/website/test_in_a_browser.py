"""The site in a real browser: from a server and from disk, light and dark, on a phone, searched, and Python in it."""

import functools
import http.server
import threading

import pytest

from tests.browser import expect

PAGES = {
    "start": "index.html",
    "a chapter": "docs/course/03-branches.html",
    "the glossary": "docs/course/glossary.html",
    "a page of the guide": "docs/drawing.html",
    "a table": "docs/benchmarks.html",
    "the reference": "reference/index.html",
    "a page of the reference": "reference/transforms.html",
    "the gallery": "examples/index.html",
    "an example": "examples/xor.html",
    "try it": "try.html",
    "the changelog": "CHANGELOG.html",
    "the explainer": "explainer/index.html",
}

QUESTIONS = {  # what people type who are in a hurry, and where the answer is
    "batch size": "course/08-a-network-learns.html#batches",
    "clip gradients": "optimisers.html#clipping",
    "confusion matrix": "training.html#validation-metrics-early-stopping",
    "convert from PyTorch": "coming-from.html",
    "custom activation function": "networks.html#activations",
    "custom loss": "networks.html#losses",
    "dropout": "networks.html#modules-of-your-own",
    "early stopping": "training.html#validation-metrics-early-stopping",
    "exploding gradients": "lessons/vanishing.html#what-to-see",
    "export to C": "staging.html#other-languages",
    "export to JavaScript": "staging.html#other-languages",
    "freeze layer": "optimisers.html#groups-of-parameters",
    "grade students": "checking-engines.html#for-teachers-a-class-in-one-command",
    "homework sheet": "teaching.html#homework-with-keys",
    "install": "in-a-minute.html#install",
    "learning rate schedule": "optimisers.html#learning-rates-that-change",
    "load weights": "networks.html#saving-and-loading",
    "nan loss": "diagnosis.html#where-nan-came-from",
    "numerical gradient check": "transforms.html#is-it-right",
    "plot decision boundary": "plots.html#where-a-classifier-decides",
    "regularization": "networks.html#losses",
    "reproducible seed": "training.html#the-same-with-fit",
    "save a model": "networks.html#saving-and-loading",
    "second derivative": "transforms.html#second-derivatives-and-higher",
    "train test split": "training.html#validation-metrics-early-stopping",
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module")
def address(site):
    """The site's address on a server of this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def opened(browser):
    """A function that opens an address in a page of its own; the test fails if that asks for something elsewhere."""
    contexts, problems = [], []

    def open_(address, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # for a machine that has much else to do
        home = address.split("/", 3)[:3]
        page.on("request", lambda r: problems.append(r.url) if outside(r.url, home) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def outside(url, home):
    return not url.startswith(("data:", "blob:", "about:")) and url.split("/", 3)[:3] != home


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_serious_fault_of_accessibility_light_or_dark(page, address, opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = opened(f"{address}/{page}")
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme=scheme)
        found = axe.run(shown, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        assert [(scheme, each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_is_wider_than_a_phone(page, address, opened):
    shown = opened(f"{address}/{page}", width=360)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360


def test_one_switch_makes_page_drawings_and_live_page_dark_and_is_remembered(address, opened):
    page = opened(f"{address}/docs/course/03-branches.html")

    def dark():
        scheme = page.evaluate("getComputedStyle(document.body).colorScheme")
        return scheme, page.locator("img[src$='branching.svg']").screenshot()

    scheme, light_picture = dark()
    assert scheme == "light"
    page.locator("label[for=__palette_1]").click()  # it was as the system has it
    page.locator("label[for=__palette_2]").click()
    page.wait_for_function("getComputedStyle(document.body).colorScheme === 'dark'")
    scheme, dark_picture = dark()
    assert scheme == "dark"
    assert dark_picture != light_picture
    page.goto(f"{address}/index.html")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.frame_locator("iframe.live").locator("html[data-theme=dark]").wait_for()


def test_what_is_copied_has_no_prompts_and_nothing_that_was_printed(address, opened):
    page = opened(f"{address}/docs/course/03-branches.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".language-pycon").nth(1).locator("[data-md-type=copy]").click(force=True)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('s = tg.Value(1.0, label="s")\nt = s + s; t.label = "t"\n')
    assert copied.endswith("u.backward()\ns.grad\n")


def test_commands_are_copied_without_their_prompt(address, opened):
    page = opened(f"{address}/in-a-minute.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".language-console").first.locator("[data-md-type=copy]").click(force=True)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[:2] == ["python3 -m venv .venv", "source .venv/bin/activate"]


@pytest.mark.parametrize("place", ["server", "disk"])
def test_search_finds_a_function_and_leads_to_it(place, address, site, opened):
    home = address if place == "server" else site.as_uri()
    page = opened(f"{home}/docs/course/03-branches.html")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox", name="Search").fill("value_and_jacobian")
    page.locator("ol[role=listbox] a").filter(has_text="value_and_jacobian").first.click()
    page.wait_for_url(f"{home}/reference/transforms.html*")


def test_search_finds_what_people_ask_among_its_first_ten(address, opened):
    page = opened(f"{address}/docs/course/03-branches.html")
    page.get_by_role("button", name="Search").click()
    for question, place in QUESTIONS.items():
        page.get_by_role("combobox", name="Search").fill(question)
        name, mark, anchor = place.partition("#")
        link = f'a[href$="/{name}?h={question.replace(" ", "+")}{mark}{anchor}"]'  # so no link of the last question
        expect(page.locator(f"ol[role=listbox] > li:nth-child(-n+10) > {link}")).to_be_attached(timeout=10_000)


def test_a_formula_is_set(address, opened, site, tmp_path):
    page = opened(f"{address}/docs/course/03-branches.html")
    page.evaluate("""() => {
        const place = document.createElement("div");
        place.className = "arithmatex";
        place.textContent = "\\\\[\\\\frac{\\\\partial f}{\\\\partial b} = 9\\\\]";
        document.querySelector("article").append(place);
        const script = document.createElement("script");
        script.src = "../../assets/formulas.js";
        document.head.append(script);
    }""")
    page.locator(".katex .mfrac").wait_for()


def test_the_first_example_runs_and_shows_its_picture(address, opened):
    page = opened(f"{address}/try.html")
    page.get_by_role("button", name="Run").click()
    finished(page)
    output = page.get_by_role("region", name="Output")
    expect(output).to_have_text("(14.0, 7.0, 9.0, 2.0)", use_inner_text=True)
    expect(output.get_by_role("img")).to_have_count(1)


def finished(page):
    """Python has been loaded and has done its work: two minutes on the slowest machine."""
    page.wait_for_function("document.getElementById('status').textContent === 'Done.'", timeout=120_000)


def test_a_chapters_example_comes_with_the_lines_before_it_and_python_can_be_stopped(address, opened):
    chapter = opened(f"{address}/docs/course/03-branches.html")
    link = chapter.get_by_role("link", name="Try", exact=True).nth(1).get_attribute("href")
    page = opened(f"{address}/docs/course/{link}")
    assert page.locator("#code").input_value().startswith('s = tg.Value(1.0, label="s")')
    page.get_by_role("button", name="Run").click()
    finished(page)
    output = page.get_by_role("region", name="Output")
    assert output.inner_text().split("\n")[:2] == ["['s', 't', 'u']", "4.0"]  # and nothing of the lines before

    code = page.get_by_role("textbox", name="Python code")
    code.fill("tg.explore(tg.exp(s))")
    code.press("Control+Enter")
    output.locator("iframe").wait_for()
    assert output.frame_locator("iframe").locator("h1").inner_text() != ""

    code.fill("while True: pass")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#status")).to_have_text("Stopped. The next run starts Python anew.")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()
