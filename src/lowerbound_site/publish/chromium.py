"""Find a Chromium for the browser tests, or install one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lowerbound_site.evidence.claims import EvidenceError

FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
# The first has no window around the page, and takes half the work.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of a Chromium: from PATH, or Playwright's own, or else a message with the command to run."""
    for path in _found():
        return path
    raise EvidenceError("no Chromium for the browser tests; install one with: python -m playwright install chromium")


def ensure_chromium() -> str:
    """Return the path of a Chromium, installed first where there is none (by apt, else by Playwright)."""
    if any(_found()):
        return chromium()
    if shutil.which("apt-get") and os.geteuid() == 0:
        _try("apt-get", "update")
        for name in _NAMES[:2]:  # older systems have only the second
            if not any(_found()):
                _try("apt-get", "install", "--yes", "--no-install-recommends", name)
    if not any(_found()):
        _try(sys.executable, "-m", "playwright", "install", "chromium")
    return chromium()


def _found() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _NAMES))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        yield own


def _try(*command: str) -> None:
    print("+", *command, file=sys.stderr, flush=True)
    subprocess.run(command, stdout=sys.stderr, check=False)
