"""Every page of the built site in a browser, once: what it asks for, what it weighs, how it reads."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, sync_playwright

from lowerbound_site.chromium import chromium
from lowerbound_site.claims import ROOT
from lowerbound_site.maths import leftovers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 360, "height": 740}
HEAVIEST = 150_000  # bytes a page, compressed, with fonts and everything else that it asks for
LARGEST_SHIFT = 0.02  # what the eye does not notice

# Installed before a page's own scripts, so that no early shift is missed.
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => window.shift += entry.value))
  .observe({type: "layout-shift", buffered: true});
"""
READ = """() => ({
  headings: [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)")].map(h => +h.tagName[1]),
  undescribed: [...document.querySelectorAll("article :is(img, svg[role=img])")]
    .filter(e => !(e.getAttribute("alt") ?? e.getAttribute("aria-label"))).length,
  flat: [...document.querySelectorAll("math")].filter(m => m.checkVisibility() && !m.getBoundingClientRect().height)
    .length,
  shift: window.shift,
})"""
COPIED = """async block => {
  const button = block.querySelector("button[data-md-type=copy]");
  button.click();
  return await navigator.clipboard.readText();
}"""


@dataclass
class Visit:
    """What one visit to one page has shown."""

    path: str
    requests: list[str]
    console: list[str]
    read: dict[str, Any]
    overflow: int
    violations: list[str]
    copied: dict[str, str]
    html: str = field(repr=False)


@pytest.fixture(scope="module")
def visits(built_site: Path, site_address: str) -> Iterator[list[Visit]]:
    """One browser, one pass over all pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport=DESKTOP, color_scheme="light")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_init_script(WATCH_SHIFTS)
        yield [visit(context, site_address, built_site, path) for path in pages(built_site)]
        browser.close()


def pages(site: Path) -> list[str]:
    """The path of every page, as a browser asks for it."""
    files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [file.removesuffix("index.html") for file in files]


def visit(context: BrowserContext, address: str, site: Path, path: str) -> Visit:
    page = context.new_page()
    requests: list[str] = []
    console: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: console.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: console.append(str(error)))
    page.goto(address + path, wait_until="networkidle")
    read = page.evaluate(READ)
    copied = {
        block.get_attribute("aria-labelledby") or "": block.evaluate(COPIED)
        for block in page.locator("section.lb-claim").all()
    }
    violations = axe(page, "light, wide")
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    violations += axe(page, "dark, narrow")
    page.close()
    return Visit(path, requests, console, read, overflow, violations, copied, served(site, path).read_text())


def axe(page: Page, where: str) -> list[str]:
    """Every violation that axe finds, with the elements that it finds it in."""
    found = Axe().run(page).response["violations"]
    return [f"{where}: {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def served(site: Path, url: str) -> Path:
    file = site / unquote(urlsplit(url).path).lstrip("/")
    return file / "index.html" if file.is_dir() else file


def weight(site: Path, visit: Visit) -> dict[str, int]:
    """Compressed bytes of everything that a page asks for."""
    files = {served(site, visit.path), *(served(site, url) for url in visit.requests if url.startswith("http"))}
    sizes = {}
    for file in sorted(files):
        content = file.read_bytes() if file.exists() else b""
        sizes[file.relative_to(site).as_posix()] = min(len(content), len(gzip.compress(content, 9)))
    return sizes


def test_no_page_asks_another_host(visits: list[Visit], site_address: str) -> None:
    own = (site_address, "data:", "blob:")
    assert not [(visit.path, url) for visit in visits for url in visit.requests if not url.startswith(own)]


def test_no_page_complains(visits: list[Visit]) -> None:
    assert not [(visit.path, visit.console) for visit in visits if visit.console]


def test_no_page_is_wider_than_a_phone(visits: list[Visit]) -> None:
    assert not [(visit.path, visit.overflow) for visit in visits if visit.overflow > 0]


def test_axe_finds_nothing(visits: list[Visit]) -> None:
    found = [f"/{visit.path}: {violation}" for visit in visits for violation in visit.violations]
    assert not found, "\n".join(found)


def test_headings_go_down_one_step_at_a_time(visits: list[Visit]) -> None:
    for visit in visits:
        headings = visit.read["headings"]
        assert headings[:1] == [1], visit.path
        assert headings.count(1) == 1, visit.path
        steps = zip(headings, headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), (visit.path, headings)


def test_pictures_are_described(visits: list[Visit]) -> None:
    assert not [visit.path for visit in visits if visit.read["undescribed"]]


def test_every_formula_is_set(visits: list[Visit]) -> None:
    assert not [(visit.path, lines) for visit in visits if (lines := leftovers(visit.html))]
    assert not [visit.path for visit in visits if visit.read["flat"]]
    assert any("<math" in visit.html for visit in visits)


def test_nothing_moves_while_a_page_loads(visits: list[Visit]) -> None:
    assert not [(visit.path, shift) for visit in visits if (shift := visit.read["shift"]) > LARGEST_SHIFT]


def test_every_page_is_light(visits: list[Visit], built_site: Path) -> None:
    for visit in visits:
        sizes = weight(built_site, visit)
        assert sum(sizes.values()) <= HEAVIEST, (visit.path, sum(sizes.values()), sizes)


def test_the_copy_button_yields_the_program_that_was_tested(visits: list[Visit]) -> None:
    copied = {name: text for visit in visits for name, text in visit.copied.items()}
    assert copied, "no claim on any page"
    for name, text in copied.items():
        assert text == (ROOT / "snippets" / f"{name}.py").read_text(), name
