"""The page in a real browser."""

import tinygrad_edu as tg
from tests.explorables.test_exploring import PAGE


def test_the_untouched_page_shows_the_branch_step_with_its_numbers(page):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(PAGE.html)
    assert page.get_by_role("button", name="b, value 3, grad 9").count() == 1
    assert "b is used twice" in page.locator("#sentence").inner_text()
    assert errors == []


def test_moving_an_input_moves_everything_at_once(page):
    page.set_content(tg.explore(lambda a, b: a * b, a=2.0, b=3.0, start="backward:a").html)
    page.get_by_role("spinbutton", name="b").fill("5")
    assert page.get_by_role("button", name="f = a × b, value 10, grad 1").count() == 1
    assert page.get_by_role("button", name="a, value 2, grad 5").count() == 1
