"""The pictures that stand on the pages are those that the instruments show first."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser

from lowerbound_site.evidence.record import same
from lowerbound_site.pages.elements import folder, looks, recorded, recorded_path
from lowerbound_site.writing.record_instruments import picture, placed

pytestmark = pytest.mark.browser

COMMAND = "python -m lowerbound_site record-instruments"


@pytest.mark.parametrize(("name", "start"), sorted(placed()), ids=lambda part: part or "as it is")
def test_the_recorded_picture_is_what_is_shown(name: str, start: str, browser: Browser, stage: str) -> None:
    page = browser.new_page()
    shown = picture(page, stage, name, start)
    page.close()
    elements = [_elements(text) for text in (recorded(name, start), shown.strip())]
    assert len(elements[0]) == len(elements[1]), COMMAND
    for left, right in zip(*elements, strict=True):
        assert left.name == right.name, COMMAND
        assert left.attrs.keys() == right.attrs.keys(), f"{left}: {COMMAND}"
        for key, value in left.attrs.items():
            assert same(str(value), str(right.attrs[key])), f"{key} of <{left.name}>: {COMMAND}"
        texts = ["".join(part.find_all(string=True, recursive=False)) for part in (left, right)]
        assert same(*texts), f"{texts}: {COMMAND}"


def test_nothing_is_recorded_that_no_page_shows() -> None:
    kept = set((folder() / "recorded").glob("*.html"))
    assert kept == {recorded_path(name, start) for name, start in placed()}, COMMAND


def _elements(text: str) -> list[Tag]:
    return BeautifulSoup(text, "html.parser").find_all(True)


@pytest.mark.parametrize("path", sorted((folder() / "recorded").glob("*.html")), ids=lambda path: path.stem)
def test_a_style_is_written_down_where_it_comes_from(path: Path) -> None:
    text = path.read_text()
    assert "<style>" not in text, COMMAND
    assert text.count("<style ") == sum(text.count(mark) for mark in looks()), COMMAND
