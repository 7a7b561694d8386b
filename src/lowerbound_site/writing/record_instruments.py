"""Record the first pictures of the instruments that stand on pages, as Chromium shows them."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder, looks, recorded_path
from lowerbound_site.pages.expand import hide_code, read_pages
from lowerbound_site.pages.figures import as_webp
from lowerbound_site.publish.chromium import FLAGS, chromium
from lowerbound_site.writing.stage import staging

_PLACED = re.compile(r"\{\{\s*instrument\s*:\s*([\w-]+)(?:\?([^{}|\s]*))?")
_PNG = re.compile(r"data:image/png;base64,[\w+/=]+")
_LONGEST = 20_000  # milliseconds


def placed(root: Path = ROOT) -> set[tuple[str, str]]:
    """Every instrument that stands on a page, with the state that it starts in."""
    return {(found[1], found[2] or "") for page in read_pages(root) for found in _PLACED.finditer(hide_code(page.text))}


def record_instruments(root: Path = ROOT) -> None:
    """Record them all, say which changed, and remove what no page asks for."""
    wanted = {}
    with sync_playwright() as playwright, staging(root) as address:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        for name, start in sorted(placed(root)):
            wanted[recorded_path(name, start, root)] = picture(page, address, name, start)
        browser.close()
    for mark, style in looks(root).items():
        wanted = {path: text.replace(style, mark) for path, text in wanted.items()}
    for path in {*_recorded(root), *wanted}:
        was, now = path.read_text(encoding="utf-8") if path.exists() else "", wanted.get(path, "")
        if not now:
            path.unlink()
        elif was != now:
            path.parent.mkdir(exist_ok=True)
            path.write_text(now, encoding="utf-8")
        if was != now:
            print(f"{path.name}: {'removed' if not now else 'changed' if was else 'new'}", flush=True)


def picture(page: Page, address: str, name: str, start: str) -> str:
    """What an instrument shows before anybody has moved it, as HTML."""
    page.goto(f"{address}{name}?{start}")
    page.wait_for_selector("lb-instrument[data-ready]", state="attached", timeout=_LONGEST)
    shown: str = page.evaluate(_PICTURE)
    return _PNG.sub(lambda image: as_webp(image[0]), shown) + "\n"


# Without what is only spoken or switched; and no plain href in a drawing: the theme's script would assign to it.
_PICTURE = """() => {
  const shown = document.querySelector("lb-instrument").cloneNode(true);
  shown.querySelector(".lb-voice").remove();
  for (const part of shown.querySelectorAll(".lb-cells *")) {
    for (const name of ["role", "tabindex", "aria-label", "aria-checked"]) part.removeAttribute(name);
  }
  return shown.innerHTML.replaceAll(/(<image\\b[^>]*?) href=/g, "$1 xlink:href=");
}"""


def _recorded(root: Path) -> Iterator[Path]:
    return (folder(root) / "recorded").glob("*.html")
