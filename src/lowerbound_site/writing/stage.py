"""A stage for the instruments, without building the site: their sources as they are, served on loopback.

The tests import modules from it, the recording command photographs instruments on it, and whoever writes one looks at
it there: `python -m lowerbound_site stage` prints the address, and a reload shows what was just saved.

    /                                    an empty page, from which modules can be imported
    /NAME?key=value                      an instrument in a state
    /download/instruments/VERSION/...    modules and data; `changes` may put other text into a module of a VERSION
"""

import contextlib
import html
import http.server
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder, modules
from lowerbound_site.publish.serving import QuietHandler, serving
from lowerbound_site.trained.instrument_data import export

NOW = "now"  # the VERSION that is the sources as they are
MODULES = "download/instruments"
BACK = Path(__file__).parents[1] / "theme" / "partials" / "back.html"  # the part of a page's head that they need

_SHEETS = ("colour.css", "type.css", "page.css", "instruments.css")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
{back}
{head}
<body data-md-color-scheme="default" data-md-color-primary>
<script>
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.body.dataset.mdColorScheme = dark.matches ? "slate" : "default";
dark.addEventListener("change", follow);
follow();
</script>
<main class="md-typeset">{body}</main>
"""
_STYLE = """<style>
html { font-size: 125%; background: var(--lb-paper) }
body { margin: 0; padding: 1rem; background: var(--lb-paper); color: var(--lb-ink) }
body { font: 0.9rem var(--md-text-font-family) }
main { max-width: 60rem; margin: auto }
</style>"""


class Stage(QuietHandler):
    """Serves the stage; nothing of it is ever kept by a browser."""

    changes: dict[str, tuple[str, str]] = {}  # noqa: RUF012 (one for all requests: VERSION -> module, its text)

    @property
    def _root(self) -> Path:
        return Path(self.directory).parent

    def end_headers(self) -> None:
        """Add what keeps every file fresh."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        """Answer with a page, a module, data, or a file of docs/."""
        url = urlsplit(self.path)
        path = unquote(url.path).lstrip("/")
        if path.startswith(f"{MODULES}/"):
            found, rest = path.removeprefix(f"{MODULES}/").split("/", 1)
            return self._module(found, rest)
        if path in {source.stem for source in folder(self._root).glob("*.js")}:
            return self._answer(_page(path, url.query).encode(), "text/html")
        if not path:
            return self._answer(_PAGE.format(title="Stage", back="", head="", body="").encode(), "text/html")
        return super().do_GET()

    def _module(self, found: str, path: str) -> None:
        changed, text = self.changes.get(found, ("", ""))
        files = modules(self._root) | export(self._root)
        if path not in files:
            self.send_error(http.HTTPStatus.NOT_FOUND)
            return
        kind = "text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0]
        self._answer(text.encode() if path == changed else files[path].read_bytes(), kind or "application/octet-stream")

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _page(name: str, state: str) -> str:
    links = "\n".join(f'<link rel="stylesheet" href="/assets/css/{sheet}">' for sheet in _SHEETS)
    loader = '<script type="module" src="/assets/js/instruments.js"></script>'
    place = f'<lb-instrument data-name="{name}" data-start="{html.escape(state)}" data-version="{NOW}"></lb-instrument>'
    body = f'<h1>{name}</h1><figure class="lb-figure lb-moves">{place}</figure>'
    return _PAGE.format(title=name, back=BACK.read_text(encoding="utf-8"), head=links + _STYLE + loader, body=body)


@contextlib.contextmanager
def staging(root: Path = ROOT) -> Iterator[str]:
    """Serve the stage as long as the context lasts; yields its address."""
    export(root)  # before the first request asks for it
    with serving(root / "docs", Stage) as address:
        yield address


def stage(root: Path = ROOT) -> None:
    """Serve the stage until interrupted."""
    import threading

    with staging(root) as address, contextlib.suppress(KeyboardInterrupt):
        for path in sorted(folder(root).glob("*.js")):
            print(f"{address}{path.stem}", flush=True)
        print("Ctrl+C stops it", flush=True)
        threading.Event().wait()
