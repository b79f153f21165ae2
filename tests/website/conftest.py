"""The site, built once for the tests that look at it; where it cannot be, they are skipped: `make test-site` can."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.website import build


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The folder of the built site."""
    missing = [name for name in ("zensical",) if importlib.util.find_spec(name) is None]
    missing += [] if build.PACKAGES.exists() else ["the packages from npm"]
    if missing:
        why = f"the site is not built without {', '.join(missing)}: make test-site has them"
        if os.environ.get("TINYGRAD_EDU_REQUIRE_SITE") == "1":
            pytest.fail(why)
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "tools.website.build", str(folder)]
    done = subprocess.run(command, cwd=build.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r".*/site: \d+ pages, [\d.]+ MB, [\d.]+ s\n", done.stdout)
    return folder
