"""The site as it is once it is published: with a repository, and below the root of its host."""

from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.utils.yaml import get_yaml_loader, yaml_load
from playwright.sync_api import Browser, expect

from lowerbound_site.build import prepare, serving
from lowerbound_site.claims import ROOT
from lowerbound_site.lighten import inline, postpone, prune

from .test_links import Links
from .test_pages import DESKTOP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

BASE = "/lower-bound/"
SITE = f"https://reader.invalid{BASE}"
REPOSITORY = "https://github.com/reader/lower-bound"
# Some pages stand for all: what differs when the site is published is the same on each.
PAGES = {"Home": "index.md", "Short": "short-answer.md", "Why": "questions/why-measure-q-against-p.md"}


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


def test_every_page_asks_its_own_host_alone_and_gets_all_it_asks_for(published: Path, browser: Browser) -> None:
    with serving(published) as host:
        page = browser.new_page(viewport=DESKTOP)
        asked: list[str] = []
        failed: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
        home = urljoin(host, BASE)
        for path in PAGES.values():
            page.goto(urljoin(home, path.removesuffix("index.md").replace(".md", "/")), wait_until="networkidle")
            assert page.locator(".md-header .md-source").get_attribute("href") == REPOSITORY
            assert page.evaluate(
                "[...document.fonts].every(face => face.status !== 'error' || /fallback/.test(face.family))"
            )
        page.goto(home, wait_until="networkidle")
        box = page.get_by_role("textbox", name="Search")
        box.focus()
        expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching", timeout=30_000)
        box.press_sequentially("posterior")
        result = page.locator(".md-search-result__link").first
        expect(result).to_be_attached(timeout=30_000)
        found = urljoin(page.url, result.get_attribute("href") or "")
        assert found.startswith(home)
        assert page.request.get(found).ok
        page.close()
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []
    assert failed == []


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
