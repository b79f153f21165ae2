"""How fast the live pages are in a browser: a slider's handler, and training in the explainer."""

import importlib.util
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu.explorables import explainer_html

from .report import Bound, Section
from .sizes import TINY, Sizes

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
NODES = 200
SLIDE = """() => {
  const slider = document.querySelector('.input input[type=range]');
  const times = [];
  for (let i = 0; i < 60; i++) {
    slider.value = String(100 + (i * 37) % 200);
    const start = performance.now();
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[30];
}"""
COMPUTE = """(seconds) => {
  const { training } = explainer.network.lab;
  const until = performance.now() + 1000 * seconds;
  const [start, first] = [performance.now(), training.epoch];
  while (performance.now() < until) training.epochOnce();
  return (training.epoch - first) / ((performance.now() - start) / 1000);
}"""
FRAMES = """() => {
  window.frames = [];
  let last = performance.now();
  const note = (time) => { window.frames.push(time - last); last = time; requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""


def pages(sizes: Sizes) -> Section:
    """A graph of 200 nodes under a moving slider, and 1-8-8-8-1 trained for 50 single updates an epoch."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    title = "pages: a live page of 200 nodes, and the explainer"
    if browser is None or importlib.util.find_spec("playwright") is None:
        return Section(title, (), (), ["Left out: this needs Chromium and the package playwright."])
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an optional package

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(viewport={"width": 1280, "height": 900})
        slide = _slide(page, Path(folder) / "graph.html", sizes)
        computing, drawing, frame, slow = _training(page, Path(folder) / "explainer.html", sizes)
        running.close()
    rows = [
        (f"a slider's handler at {NODES} nodes, median", f"{slide:.1f} ms"),
        ("epochs a second, computing only", f"{computing:,.0f}"),
        ("epochs a second, with the page drawing", f"{drawing:,.0f}"),
        ("a frame while training, median", f"{frame:.1f} ms"),
        ("frames longer than 32 ms", f"{slow:.0%}"),
        ("the best-known explainer's training, for comparison", "4 to 13 epochs a second"),
        ("TensorFlow Playground, 250 examples, for comparison", "8.6 epochs a second"),
    ]
    bounds = [
        Bound("a slider's handler at 200 nodes: under 8 ms", f"{slide:.1f} ms", slide < 8),
        Bound("training, computing: at least 1,000 epochs a second", f"{computing:,.0f}", computing >= 1000),
        Bound("training, drawing: at least 500 epochs a second", f"{drawing:,.0f}", drawing >= 500),
        Bound("no frame over 32 ms while training", f"{slow:.1%} are longer", slow == 0),
    ]
    return Section(title, ("work", "measured"), rows, [], bounds)


def _slide(page: Any, path: Path, sizes: Sizes) -> float:
    def chain(a: Any, b: Any) -> Any:
        x, y = a, b
        for _ in range((NODES - 2) // 3):
            x, y = tg.sin(x + y), x * y
        return x

    tg.explore(chain, a=0.5, b=0.25).save(path)
    page.goto(path.as_uri())
    page.wait_for_timeout(300)
    return statistics.median(page.evaluate(SLIDE) for _ in range(sizes.rounds))


def _training(page: Any, path: Path, sizes: Sizes) -> tuple[float, float, float, float]:
    """Epochs a second computing and drawing, the median frame, the share of frames over 32 ms."""
    seconds = 0.2 if sizes is TINY else 2.0
    path.write_text(explainer_html(), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_function("window.explainer")
    page.evaluate(COMPUTE, 0.5)  # the browser compiles what runs often
    computing = statistics.median(page.evaluate(COMPUTE, seconds / 4) for _ in range(sizes.rounds))
    page.evaluate(FRAMES)
    page.get_by_role("button", name="Train", exact=True).click()
    first = page.evaluate("explainer.network.lab.training.epoch")
    page.wait_for_timeout(1000 * seconds)
    drawing = (page.evaluate("explainer.network.lab.training.epoch") - first) / seconds
    frames = page.evaluate("window.frames.slice(5)")
    return computing, drawing, statistics.median(frames), sum(frame > 32 for frame in frames) / len(frames)
