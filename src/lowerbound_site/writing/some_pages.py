"""Some of the pages, rendered in this process as MkDocs renders all of them: in a second, and with its warnings."""

import contextlib
import dataclasses
import functools
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation

from lowerbound_site.evidence.claims import TRIED
from lowerbound_site.pages import extension
from lowerbound_site.pages.expand import Page, hide_code, read_pages
from lowerbound_site.pages.explanations import read_explanations
from lowerbound_site.publish.build import sources
from lowerbound_site.publish.warnings_of_mkdocs import explained

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)

Stamps = dict[Path, tuple[int, int]]


class SomePages:
    """The pages, and MkDocs kept in this process to render some of them."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.warned: dict[str, list[str]] = {}
        self.templates: Any = None

    def all(self) -> list[Page]:
        """Every page, the labs among them."""
        labs = sorted((self.root / "docs" / "labs").glob("*.py"))
        return [*read_pages(self.root), *(Page(f"labs/{lab.name}", lab.read_text(encoding="utf-8")) for lab in labs)]

    def source(self, path: str) -> str | None:
        """What a page of the site, questions/x/index.html, is made of: questions/x.md."""
        folder = path.removesuffix("index.html").rstrip("/")
        candidates = [f"{folder}.md", f"{folder}.py", f"{folder}/index.md".lstrip("/")]
        return next((name for name in candidates if (self.root / "docs" / name).is_file()), None)

    def claims(self, page: Page) -> list[str]:
        """The claims that a page shows or takes a number from."""
        words = set(re.findall(r"[\w-]+", " ".join(_PLACEHOLDER.findall(hide_code(page.text)))))
        return sorted(path.stem for path in (self.root / "snippets").glob("*.py") if path.stem in words)

    def needs(self) -> dict[str, Any]:
        """What decides how each page looks, to be compared with what it was before."""
        pages, files = self.all(), stamps(self.root)
        explanations = read_explanations(self.root)
        tried = {path.stem: path.stat().st_mtime_ns for path in Path(os.environ[TRIED]).glob("*.json")}
        site = self.root / "src" / "lowerbound_site"

        def under(*folders: Path) -> tuple[Any, ...]:
            return tuple(
                (path, files[path]) for path in files if any(path.is_relative_to(folder) for folder in folders)
            )

        common = under(site / "theme", self.root / "mkdocs.yml")
        snippets = under(self.root / "snippets")
        instruments = under(site / "instruments")
        library = under(self.root / "src" / "lowerbound")
        by_name: dict[str, list[Any]] = {}
        for path, stamp in snippets:
            by_name.setdefault(path.stem, []).append(stamp)
        everything = (
            snippets,
            tuple(tried.items()),
            [*(page.text for page in pages), *(found.text for found in explanations)],
        )
        return {
            page.path: (
                page.text,
                common,
                [(name, by_name[name], tried.get(name)) for name in self.claims(page)],
                [found.text for found in explanations if found.claim in page.claims],
                everything if re.search(r"\{\{\s*(ledger|questions)\b", page.text) else None,
                instruments if "instrument:" in page.text else None,
                library if re.search(r"^::: ", page.text, re.MULTILINE) else None,
            )
            for page in pages
        }

    def render(self, paths: set[str], out: Path) -> None:
        """Render some pages as MkDocs does, what is wrong on them marked; each is put in its place whole."""
        with tempfile.TemporaryDirectory(dir=self.folder) as place, _listening() as said:
            with contextlib.chdir(self.root), _told(said):
                config = load_config(str(self.root / "mkdocs.yml"), site_dir=place, strict=False)
                config.theme.static_templates.clear()
                self.templates = self.templates or config.theme.get_env()
                self.templates.list_templates = lambda **_: []  # nothing is copied
                config.theme.get_env = lambda: self.templates  # type: ignore[method-assign]  # it keeps what it compiled
                config.extra["labs_wait"] = True
                titles = {page.path: _title(page) for page in self.all()}
                config.plugins["lowerbound-some"] = _Some(paths, titles)
                extension.lenient = True
                try:
                    build_with_mkdocs(config, dirty=True)
                finally:
                    extension.lenient = False
            for page in Path(place).rglob("*.html"):
                kept = out / page.relative_to(place)
                kept.parent.mkdir(parents=True, exist_ok=True)
                page.replace(kept)
        # A build like this is no whole one, and what pages link to under download/ is written by one that is.
        known = ("A 'dirty' build", "contains a link '/download/")
        meant = (message for message in said if not any(part in message for part in known))
        complaints = [complaint for message in meant for complaint in explained(message, self.root)]
        claims = {claim for page in self.all() if page.path in paths for claim in page.claims}
        folded = {found.path for found in read_explanations(self.root) if found.claim in claims}
        own = tuple(f"docs/{path}:" for path in paths | folded)
        of_others = re.compile(r"docs/\S+\.md:\d+:")  # that they are not in the navigation, say
        for path in paths:
            self.warned.pop(path, None)
        if found := [said for said in complaints if said.startswith(own) or not of_others.match(said)]:
            self.warned[min(paths)] = found


class _Some(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Lets MkDocs render some pages and copy nothing; the others have their titles all the same."""

    def __init__(self, paths: set[str], titles: dict[str, str]) -> None:
        self.paths, self.titles = paths, titles

    def on_files(self, files: Files, config: MkDocsConfig) -> None:
        """Take all files but those for unchanged."""
        for file in files:
            file.is_modified = functools.partial(self.paths.__contains__, file.src_uri)  # type: ignore[method-assign]

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Name the pages that are not rendered."""
        for page in nav.pages:
            if page.file.src_uri not in self.paths:
                page.title = self.titles.get(page.file.src_uri, page.title)


def _title(page: Page) -> str:
    if page.path.endswith(".py"):  # a lab's front matter stands in comments
        page = dataclasses.replace(page, text=re.sub(r"^# ?", "", page.text, flags=re.MULTILINE))
    return str(page.meta.get("title", page.title))


@contextlib.contextmanager
def _told(said: list[str]) -> Iterator[None]:
    """Keep what stops MkDocs, which ends its process where it can, as one of its warnings."""
    try:
        yield
    except (Exception, SystemExit) as error:
        if not said or str(error) not in said[-1]:
            said.append(f"MkDocs renders nothing: {error}")


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """What MkDocs warns of, in the place of the terminal."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, listener = logging.getLogger("mkdocs"), Listener(logging.WARNING)
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(listener)


def stamps(root: Path) -> Stamps:
    """When each file that decides what the site is was written, and its size."""
    found: Stamps = {}
    folders = [str(path) for path in sources(root) if path.is_dir()]
    found |= {path: _stamp(path.stat()) for path in sources(root) if path.is_file()}
    while folders:
        with contextlib.suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name not in ("__pycache__", "download"):
                        folders.append(entry.path)
                elif not entry.name.startswith("."):
                    with contextlib.suppress(FileNotFoundError):
                        found[Path(entry.path)] = _stamp(entry.stat())
    return found


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_mtime_ns, status.st_size
