"""The site as it is once it is published: with a repository, and below the root of its host."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.utils.yaml import get_yaml_loader, yaml_load
from playwright.sync_api import Browser, Page, Route, expect

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.publish.build import prepare
from lowerbound_site.publish.lighten import inline, postpone, prune

from ..complaints import listen
from .test_links import Links
from .test_pages import DESKTOP, PHONE, SMALLEST_TARGET, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

BASE = "/lower-bound/"
SITE = f"https://reader.invalid{BASE}"
REPOSITORY = "https://github.com/reader/lower-bound"
# Some pages stand for all: what differs when the site is published is the same on each.
PAGES = {"Home": "index.md", "Short": "short-answer.md", "Why": "questions/why-measure-q-against-p.md"}


def address(path: str) -> str:
    """Where a page is published."""
    return urljoin(SITE, path.removesuffix("index.md").replace(".md", "/"))


def lost(path: str) -> str:
    """Where somebody says that this page lost them."""
    return f"{REPOSITORY}/issues/new?template=lost.yml&page={quote(address(path))}"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site in it, as a host has it that serves many."""
    folder = tmp_path_factory.mktemp("host")
    site = folder / BASE.strip("/")
    kept = "".join(f"!/{path}\n" for path in PAGES.values())
    written = yaml_load((ROOT / "mkdocs.yml").read_text(), get_yaml_loader())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", SITE)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            site_dir=str(site),
            site_url=SITE,
            repo_url=REPOSITORY,
            nav=[{title: path} for title, path in PAGES.items()],
            plugins=[plugin for plugin in written["plugins"] if "search" in plugin],
            hooks=[],
            exclude_docs=f"*.md\n/labs/\n/reference/\n{kept}",
        )
        try:
            prepare()
            build(config)
        finally:
            patch.undo()
            prepare()  # what other tests find in docs/download is the served site's again
    prune(site)
    inline(site, BASE)
    postpone(site)
    return folder


@pytest.fixture
def page(published: Path, browser: Browser) -> Iterator[Page]:
    """A page at the published address; every other host is asked in vain, and that is a complaint."""
    context = browser.new_context(viewport=DESKTOP)
    complaints: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
        file = served(published, url)
        if not url.startswith(SITE):
            complaints.append(f"asks another host: {url}")
            route.abort()
        elif file.exists():
            route.fulfill(path=file)
        else:
            complaints.append(f"is not there: {url}")
            route.fulfill(status=404)

    context.route("**", answer)
    page = context.new_page()
    listen(page, complaints)
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("path", PAGES.values())
def test_every_page_asks_its_own_host_alone_and_gets_all_it_asks_for(path: str, page: Page) -> None:
    page.goto(address(path), wait_until="networkidle")
    assert page.locator(".md-header .md-source").get_attribute("href") == REPOSITORY
    assert page.evaluate("[...document.fonts].every(face => face.status !== 'error' || /fallback/.test(face.family))")


def test_the_theme_s_navigation_stays_below_the_site_s_own_address(page: Page) -> None:
    page.goto(SITE, wait_until="networkidle")
    page.evaluate("window.loadedOnce = true")
    page.get_by_role("link", name="Start with the short answer").click()
    page.wait_for_selector("h1:has-text('short answer')")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.loadedOnce"), "the page was loaded anew: this tested nothing"
    assert page.url == address(PAGES["Short"])
    assert page.locator(".lb-mend a").first.get_attribute("href") == lost(PAGES["Short"])


def test_the_search_finds_pages_below_the_site_s_own_address(page: Page, published: Path) -> None:
    page.goto(SITE, wait_until="networkidle")
    box = page.get_by_role("textbox", name="Search")
    box.focus()
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching", timeout=30_000)
    box.press_sequentially("encoder")
    result = page.locator(".md-search-result__link").first
    expect(result).to_be_attached(timeout=30_000)
    found = urljoin(page.url, result.get_attribute("href") or "")
    assert found.startswith(SITE)
    assert served(published, found).exists()


@pytest.mark.parametrize("path", PAGES.values())
def test_every_page_says_where_to_mend_it(path: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address(path), wait_until="networkidle")
    links = page.locator(".lb-mend a")
    assert [link.get_attribute("href") for link in links.all()] == [lost(path), f"{REPOSITORY}/edit/main/docs/{path}"]
    assert (ROOT / "docs" / path).exists()
    for link in links.all():
        link.scroll_into_view_if_needed()
        box = link.bounding_box()
        assert box
        assert box["height"] >= SMALLEST_TARGET


def test_the_form_of_that_link_is_there_and_has_a_place_for_the_page() -> None:
    asked = parse_qs(urlsplit(lost("index.md")).query)
    form = yaml_load((ROOT / ".github" / "ISSUE_TEMPLATE" / asked.pop("template")[0]).read_text())
    assert asked.keys() <= {field.get("id") for field in form["body"]}


def test_without_a_repository_no_page_names_one(built_site: Path) -> None:
    page = (built_site / "index.html").read_text()
    assert "lost me" not in page
    assert "Edit this page" not in page


def test_programs_and_wheel_are_offered_below_the_sites_own_address(published: Path) -> None:
    site = published / BASE.strip("/")
    address = f"{SITE}questions/why-measure-q-against-p/"
    page = (site / "questions" / "why-measure-q-against-p" / "index.html").read_text()
    links = Links()
    links.feed(page)
    offered = [urljoin(address, target) for target in links.targets if "/download/" in target]
    assert f"{SITE}download/gap-is-the-kl-digits.py" in offered
    assert all((site / unquote(urlsplit(url).path).removeprefix(BASE)).exists() for url in offered)
    wheel = next((site / "download").glob("*.whl")).name
    assert f"pip install {SITE}download/{wheel}" in page
    assert f"lowerbound @ {SITE}download/{wheel}" in (site / "download" / "gap-is-the-kl-digits.py").read_text()
