"""What MkDocs warns of, with the line and what to do about it."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.explanations import read_explanations

_LINK = re.compile(r"Doc file '(?P<file>[^']+)' contains an? (?:[\w ]+ )?link '(?P<link>[^']+)'")
_NOT_IN_NAV = re.compile(r"not included in the \"nav\" configuration:(?P<files>(?:\s+- \S+)+)")
_NOT_THERE = re.compile(r"A reference to '(?P<file>[^']+)' is included in the 'nav' configuration")
_LEVEL = re.compile(r"^(?:WARNING|ERROR)\s+-\s+", re.MULTILINE)
_HEADING_ID = re.compile(r"\{:?[^{}\n]*#([\w-]+)[^{}\n]*\}")


def in_output(output: str, root: Path = ROOT) -> list[str]:
    """What a build printed, as complaints; all of it where none can be told apart."""
    found = []
    for start, end in _spans(output):
        message = re.split(r"\n(?:(?:INFO|DEBUG)\s+-\s|\s*Aborted with )", output[start:end])[0].strip()
        found += explained(message, root)
    return list(dict.fromkeys(found)) or [output.strip()]


def _spans(output: str) -> Iterator[tuple[int, int]]:
    starts = list(_LEVEL.finditer(output))
    ends = [*(start.start() for start in starts[1:]), len(output)]
    for start, end in zip(starts, ends, strict=False):  # where nothing starts, nothing ends
        yield start.end(), end


def explained(message: str, root: Path = ROOT) -> list[str]:
    """One warning as complaints of the site's own kind: file and line, what is wrong, what to do."""
    if found := _LINK.search(message):
        return [_broken_link(found["file"], found["link"], root)]
    if found := _NOT_IN_NAV.search(message):
        files = re.findall(r"- (\S+)", found["files"])
        return [f"docs/{file}:1: the page is not in the navigation; add it under nav: in mkdocs.yml" for file in files]
    if found := _NOT_THERE.search(message):
        line = _line(root / "mkdocs.yml", found["file"])
        return [
            f"mkdocs.yml:{line}: the navigation names {found['file']}, and there is no such page; write it, or drop it"
        ]
    return [message]


def _broken_link(file: str, link: str, root: Path) -> str:
    page, _, anchor = link.partition("#")
    docs = root / "docs"
    target = docs / page.lstrip("/") if page.startswith("/") else (docs / file).parent / page
    place = f"{_place(file, f']({link}', root)}: the link {link!r}"
    if not page or target.is_file():
        known = _HEADING_ID.findall((target if page else docs / file).read_text(encoding="utf-8"))
        return f"{place} leads to no heading or claim of that name{_nearest(anchor, known)}"
    pages = {f"/{path.relative_to(docs).as_posix()}" for path in docs.rglob("*.md")}
    return f"{place} leads to no page{_nearest(page, sorted(pages))}; write it from the root of docs/, as /ledger.md"


def _place(file: str, text: str, root: Path) -> str:
    """Where this is written: in a page's own file, or in an explanation that stands on it."""
    docs = root / "docs"
    files = [docs / name for name in [file, *(found.path for found in read_explanations(root))]]
    written = next((path for path in files if path.is_file() and text in path.read_text(encoding="utf-8")), files[0])
    return f"{written.relative_to(root).as_posix()}:{_line(written, text)}"


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"; nearest is {close[0]!r}" if close else ""


def _line(path: Path, text: str) -> int:
    if not path.is_file():
        return 1
    source = path.read_text(encoding="utf-8")
    return source.count("\n", 0, max(source.find(text), 0)) + 1
