"""The tests of native code have a cache of their own too."""

from tests.staging.conftest import cache

__all__ = ["cache"]
