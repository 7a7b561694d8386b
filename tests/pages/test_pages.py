"""The pages: what is rendered is what test_blocks.py runs, and prose holds no number typed by hand."""

import functools
import io
import re
from pathlib import Path

import pytest
import pytest_codeblocks
from bs4 import BeautifulSoup

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.expand import Page, expand, read_pages
from lowerbound_site.pages.prose import check_page

PAGES = {page.path: page for page in read_pages()}
SHOWN = [(page.path, number, name) for page in PAGES.values() for number, name in enumerate(page.claims)]


@functools.cache
def blocks(path: str) -> list[pytest_codeblocks.CodeBlock]:
    expanded = expand(PAGES[path].text, where=f"docs/{path}")
    return [block for block in pytest_codeblocks.extract_from_buffer(io.StringIO(expanded)) if block.syntax == "python"]


@pytest.mark.parametrize("path", PAGES)
def test_what_is_rendered_is_what_is_run_and_copied(path: str, built_site: Path) -> None:
    html = BeautifulSoup((built_site / address(path)).read_text(), "html.parser")
    for documented in html.select(".doc"):  # the library's own source, on the reference pages
        documented.decompose()
    programs = html.select("[class*=language-py]")
    rendered = ["".join(code.get_text() for code in program.select("pre > code")) for program in programs]
    sources = [(ROOT / "snippets" / f"{name}.py").read_text() for name in PAGES[path].claims]
    assert rendered == [block.code for block in blocks(path)] == sources


def address(path: str) -> str:
    folder = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md") + "/"
    return f"{folder}index.html"


def test_the_built_site_offers_what_the_pages_link_to(built_site: Path) -> None:
    offered = {path.name for path in (built_site / "download").iterdir()}
    assert {f"{name}.py" for _, _, name in SHOWN} <= offered
    assert [name for name in offered if name.endswith(".whl")]


def test_no_attributes_are_left_as_text(built_site: Path) -> None:
    """What Markdown does not understand as attributes of an element, it prints: {: download="x.py" }."""
    left = {}
    for path in sorted(built_site.rglob("*.html")):
        html = BeautifulSoup(path.read_text(), "html.parser")
        for apart in html.select("code, script, style, math"):
            apart.decompose()
        if found := re.findall(r"\{:?\s*[.#]?[\w-]+(?:\s*=[^{}]*)?\s*\}|\{:[^{}]*\}", html.get_text()):
            left[path.relative_to(built_site).as_posix()] = found
    assert not left


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_prose_holds_no_number_typed_by_hand(page: Page) -> None:
    complaints = check_page(page)
    assert not complaints, "\n".join(complaints)


def test_calls_in_the_sentences_on_your_own_networks_stand_in_its_programs() -> None:
    """The page's advice is one line each, between ticks: what a reader copies is what was run."""
    page = PAGES["your-own-networks.md"]
    programs = "".join((ROOT / "snippets" / f"{name}.py").read_text() for name in page.claims)
    calls = [call for call in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", page.text) if re.search(r"\w\(|=", call)]
    run = re.sub(r"\s", "", programs)
    assert len(calls) > 3
    assert [call for call in calls if re.sub(r"\s", "", call) not in run] == []
