"""Hypothesis tries the same examples on every run, so that a failure is never luck; and the fixtures.

`make fuzz` looks for new examples. To do so with one test: `TINYGRAD_EDU_EXPLORE=1 make try T=tests/test_exact.py`.
"""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import hypothesis
import pytest
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NO_CONSTANTS = providers.Constants()
EXPLORE = os.environ.get("TINYGRAD_EDU_EXPLORE") == "1"
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile("explore" if EXPLORE else "same")
if not EXPLORE and hasattr(providers, "_get_local_constants"):
    # Hypothesis also tries the numbers that stand in the project's modules, those that are loaded so far: its examples
    # would depend on which tests ran before in the same process.
    providers._get_local_constants = lambda: NO_CONSTANTS


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going through 15,000 tests again and again: many tests call it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def set_aside() -> Iterator[None]:
    """Nor through what the tests of other modules have left, such as the packages that they have imported."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
def untraced() -> Iterator[None]:
    """For tests with millions of steps, which measuring coverage would slow down tenfold: it pauses meanwhile."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


# --- a browser -------------------------------------------------------------------------------------------------------

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
NO_BROWSER = "no browser"


@pytest.fixture(scope="module")  # not for the session: while Playwright runs, asyncio.run fails in the same thread
def browser() -> "Iterator[Browser]":
    """A headless Chromium: $TINYGRAD_EDU_BROWSER, else one on the PATH. Without one the test is skipped.

    TINYGRAD_EDU_REQUIRE_BROWSER=1 makes it fail instead. Playwright's own download of a browser is not used.
    """
    name = os.environ.get("TINYGRAD_EDU_BROWSER")
    path = next(filter(None, map(shutil.which, [name] if name else BROWSERS)), None)
    if path is None:
        _no_browser(f"{name or ', '.join(BROWSERS)} not found")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most runs need none
    except ImportError:
        _no_browser("the package playwright is not installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """An empty page of its own, without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def _no_browser(why: str) -> NoReturn:
    if os.environ.get("TINYGRAD_EDU_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{NO_BROWSER}: {why}")
    pytest.skip(f"{NO_BROWSER}: {why}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With pytest-xdist, all tests in the browser run in one process, so that only one browser is started."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line that nobody overlooks if the tests in the browser were skipped."""
    skipped = [report for report in terminalreporter.getreports("skipped") if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} TESTS IN A BROWSER WERE SKIPPED: install Chromium (apt install chromium) and the "
            "package playwright, or name a browser in $TINYGRAD_EDU_BROWSER",
            red=True,
            bold=True,
        )
