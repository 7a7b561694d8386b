"""What makes a page found, shared and cited: its description, address and card; and the page for what is not there."""

import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from mkdocs.utils.yaml import get_yaml_loader, yaml_load
from PIL import Image

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.expand import SITE_URL
from lowerbound_site.publish.cards import SIZE, cards

LARGEST_CARD = 60_000  # bytes; some places show no card that is slow to fetch
AUTHOR = "The contributors to Lower Bound"


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, BeautifulSoup]:
    """Every page that is meant to be found, by its address."""
    paths = [path for path in built_site.rglob("*.html") if path.name != "404.html"]
    return {
        SITE_URL + path.relative_to(built_site).as_posix().removesuffix("index.html"): _read(path) for path in paths
    }


def _read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "html.parser")


def _meta(page: BeautifulSoup, name: str) -> str:
    found = page.find_all("meta", {"property" if name.startswith("og:") else "name": name})
    assert len(found) == 1, f"{name} stands {len(found)} times"
    return str(found[0]["content"])


def test_every_page_says_its_address_once(pages: dict[str, BeautifulSoup]) -> None:
    for address, page in pages.items():
        assert [link["href"] for link in page.find_all("link", rel="canonical")] == [address]
        assert _meta(page, "og:url") == address


def test_every_page_has_a_title_and_a_description_of_its_own(pages: dict[str, BeautifulSoup]) -> None:
    told = [(_meta(page, "og:title"), _meta(page, "og:description")) for page in pages.values()]
    assert len({title for title, _ in told}) == len(told)
    assert len({description for _, description in told}) == len(told)
    for page, (title, description) in zip(pages.values(), told, strict=True):
        assert _meta(page, "description") == description
        assert page.title
        assert title in page.title.text


def test_every_page_has_a_card(pages: dict[str, BeautifulSoup], built_site: Path) -> None:
    for page in pages.values():
        image = _meta(page, "og:image")
        assert image.startswith(SITE_URL)
        file = built_site / unquote(urlsplit(image).path).lstrip("/")
        assert file.stat().st_size < LARGEST_CARD
        with Image.open(file) as card:
            assert card.size == SIZE == (int(_meta(page, "og:image:width")), int(_meta(page, "og:image:height")))


def test_a_card_has_room_for_its_text() -> None:
    for address, card in cards().items():
        pixels = np.asarray(Image.open(card).convert("L"))
        assert (pixels[-40:] > 250).all(), f"{address}: the description runs into the lower edge; make it shorter"
        assert (pixels[:, -40:] > 250).all(), f"{address}: a word is too long for its line"


def test_a_card_is_drawn_again_when_its_text_changes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_description: A sentence.\n")
    (tmp_path / "docs" / "page.md").write_text("---\ntitle: One\n---\n\n# One\n")
    first = cards(tmp_path)["page"]
    drawn = first.stat().st_mtime_ns
    assert cards(tmp_path)["page"] == first
    assert first.stat().st_mtime_ns == drawn
    (tmp_path / "docs" / "page.md").write_text("---\ntitle: Two\n---\n\n# Two\n")
    assert cards(tmp_path)["page"] != first


def test_every_page_says_how_to_cite_it(pages: dict[str, BeautifulSoup]) -> None:
    for address, page in pages.items():
        fold = page.find("details", class_="lb-cite")
        assert isinstance(fold, Tag)
        sentence, entry = fold.find("p"), fold.find("code")
        assert sentence
        assert entry
        for part in (AUTHOR, _meta(page, "og:title"), address, "CC BY-SA 4.0"):
            assert part in sentence.text
        dates = [line.split("{")[1][:10] for line in entry.text.splitlines() if line.strip().startswith("date")]
        assert [datetime.date.fromisoformat(date).isoformat() for date in dates] == dates != []


def test_who_is_cited_is_the_same_everywhere() -> None:
    settings = yaml_load((ROOT / "mkdocs.yml").read_text(), get_yaml_loader())
    citation = yaml_load((ROOT / "CITATION.cff").read_text())
    assert citation["authors"] == [{"name": settings["site_author"]}] == [{"name": AUTHOR}]
    assert {"cff-version", "message", "title", "type", "license"} <= citation.keys()


def test_a_question_says_how_far_along_it_is(pages: dict[str, BeautifulSoup]) -> None:
    lines = [line.text.split() for page in pages.values() for line in page.select(".lb-progress")]
    numbers = sorted(int(number) for _, number, *_ in lines)
    assert numbers == list(range(1, len(numbers) + 1)) != []
    assert {int(last) for _, _, _, last, *_ in lines} == {len(numbers)}


def test_the_page_for_what_is_not_there_leads_on(built_site: Path) -> None:
    page = _read(built_site / "404.html")
    article = page.find("article")
    assert isinstance(article, Tag)
    targets = [str(link["href"]) for link in article.find_all("a")] + [
        str(form["action"]) for form in page("form", action=True)
    ]
    for target in targets:
        assert target.startswith("/"), "an address that is not there may be in any folder"
        assert (built_site / target.lstrip("/") / "index.html").exists(), target
    assert {"/ledger/", "/short-answer/", "/questions/verdict/"} <= set(targets)
    assert article.find("input", {"name": "q"})
    assert page.find("meta", {"name": "robots", "content": "noindex"})
    assert not page.find("link", rel="canonical")
