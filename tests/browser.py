"""What a page is expected to show, waited for: some of a browser's events come a moment after the click."""

import typing

if typing.TYPE_CHECKING:
    from playwright.sync_api import Locator, LocatorAssertions


def expect(locator: "Locator") -> "LocatorAssertions":
    """Playwright's expect, imported when a browser is there: tests without one are skipped before they come here."""
    from playwright.sync_api import expect  # noqa: PLC0415 - the package is not everywhere where tests run

    return expect(locator)
