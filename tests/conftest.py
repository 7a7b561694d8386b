import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from lowerbound_site.evidence.run import STYLE
from lowerbound_site.publish.build import kept, refresh
from lowerbound_site.publish.chromium import FLAGS, chromium
from lowerbound_site.publish.serving import serving

from .small_repository import library, root, write  # noqa: F401 (fixtures of every room)

# Before anything imports torch: workers share the machine, and threads that wait for each other's core stall them all.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Before anything imports matplotlib: figures are drawn as they were recorded, and need no screen.
os.environ["MATPLOTLIBRC"] = str(STYLE)


# What takes long begins first, so that no worker is left alone with it; the pages wait until the site is built.
FIRST = ("site", "alone", "one-thread", "machinery", "pages")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what shares something costly to one worker, and begin with what is long."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("xdist_group"):
            continue
        if "built_site" in fixtures:
            item.add_marker(pytest.mark.xdist_group("site"))
        elif "browser" in fixtures:
            item.add_marker(pytest.mark.xdist_group(f"a browser for {item.path.stem}"))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group is None:
        return len(FIRST) + 1
    name = group.args[0].partition(":")[0]
    return FIRST.index(name) if name in FIRST else len(FIRST)


@pytest.fixture(scope="session")
def built_site() -> Path:
    """The whole site, as `make serve` has it: built only when what it is made of has changed, by one worker."""
    lock = kept().with_name("being-built.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        return refresh()


@pytest.fixture(scope="session")
def site_address(built_site: Path) -> Iterator[str]:
    """Where the built site is served, on loopback, while the tests run."""
    with serving(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests that need one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
