"""A dozen states of the live page as pictures, in .make/screenshots: for people to look at after a run of the tests."""

import itertools
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

FOLDER = Path(__file__).parents[2] / ".make" / "screenshots"


def neuron(w1, w2, b):
    return (1 - tg.sigmoid(w1 * -1.0 + w2 * -2.0 + b)) ** 2 / 2


def choice(x):
    return tg.where(x > 0, lambda: tg.log(x), 0.0) + tg.relu(x)


def network():
    return (nn.MLP(2, [3, 1], activation="tanh", seed=1)([1.0, -2.0]) - 0.5) ** 2


PAGES = {
    "branch": lambda: tg.explore(lambda a, b, c: (a + b) * (b + c), a=-1.0, b=3.0, c=4.0),
    "neuron": lambda: tg.explore(neuron, w1=2.0, w2=-3.0, b=-3.0, start="forward:f"),
    "choice": lambda: tg.explore(choice, x=-1.0),
    "network": lambda: tg.explore(network()),
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_photographed_wide_and_narrow_light_and_dark(browser, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    html = PAGES[name]().html
    for width, scheme in itertools.product((360, 1280), ("light", "dark")):
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.set_content(html)
        page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()
