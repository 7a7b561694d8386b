"""Every link of the built site that stays on the site leads somewhere."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HERE = "http://site.invalid/"


class Links(HTMLParser):
    """The ids and instruments of a page, and what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.instruments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if tag == "lb-instrument" and key == "data-name" and value:
                self.instruments.append(value)
            if key == "id" and value:
                self.ids.append(value)
            if (key == "href" and tag in ("a", "link", "use")) or key == "src":
                self.targets.append(value or "")


def read(site: Path) -> dict[str, Links]:
    """Every page by its address."""
    pages = {}
    for path in sorted(site.rglob("*.html")):
        links = Links()
        links.feed(path.read_text())
        pages[urljoin(HERE, path.relative_to(site).as_posix().removesuffix("index.html"))] = links
    return pages


def test_links_and_anchors_lead_somewhere(built_site: Path) -> None:
    pages = read(built_site)
    broken = []
    for address, links in pages.items():
        for target in links.targets:
            url, _, anchor = urljoin(address, target).partition("#")
            if not url.startswith(HERE) or address.endswith("404.html"):
                continue
            file = built_site / unquote(urlsplit(url).path).lstrip("/")
            if not file.exists() or (file.is_dir() and not (file / "index.html").exists()):
                broken.append(f"{address}: {target}: no such file")
            elif anchor.startswith("~"):  # the state of an instrument, checked when the link was written
                name = anchor[1:].partition("?")[0]
                if name not in pages[url].instruments:
                    broken.append(f"{address}: {target}: no instrument {name} on the page")
            elif anchor and url in pages and anchor not in pages[url].ids:
                broken.append(f"{address}: {target}: no such place on the page")
    assert not broken, "\n".join(broken)


def test_no_id_stands_twice_on_a_page(built_site: Path) -> None:
    twice = {
        (address, identifier)
        for address, links in read(built_site).items()
        for identifier in links.ids
        if links.ids.count(identifier) > 1
    }
    assert not twice
