from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lowerbound_site.stage import staging

from .modules import Modules


@pytest.fixture(scope="session")
def stage() -> Iterator[str]:
    """The address of the stage: the instruments' sources as they are, on loopback."""
    with staging() as address:
        yield address


@pytest.fixture(scope="session")
def modules(browser: Browser, stage: str) -> Iterator[Modules]:
    """The modules, in one empty page of the browser."""
    page = browser.new_page()
    page.goto(stage)
    yield Modules(page)
    page.close()
