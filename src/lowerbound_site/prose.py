"""What a page may not contain: a measured number typed by hand, and code that nobody runs."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mkdocs.utils.meta import get_data

from lowerbound_site.claims import ROOT
from lowerbound_site.expand import Page, hide_code, read_pages

# Numerals that are never measured. The reason stands beside each.
ALLOWED: Mapping[str, str] = {
    r"^[ \t]*\d+\.[ \t]": "the marker of a numbered list",
    r"\b\d-D\b": "the dimension of a space",
    r"\b\d+[x×]\d+(?:[x×]\d+)?\b": "the shape of a grid or an image",
    r"\b[Qq]uestions? \d+(?:(?:, | and | to |–)\d+)*\b": "a question by its number",
    r"\bCC BY-SA 4\.0\b": "the name of a licence",
    r"\bMIT-0\b": "the name of a licence",
    r"\b(?:Python|PyTorch|torch|MkDocs|Material|Zensical) \d+(?:\.\d+)*\+?": "a version",
    r"\b(?:19|20)\d\d\b(?!\.\d)": "a year",
    r"\bISO \d+\b|\bUTF-8\b|\bfloat(?:16|32|64)\b": "the name of a standard or a type",
    r"\b[A-Z]\d+\b(?!\.\d)": "a name with a number in it",
    r"\[\^[\w-]+\]": "the mark of a footnote",
}
_ALLOWED = re.compile("|".join(ALLOWED), re.MULTILINE)
_NUMERAL = re.compile(r"(?<![\w.])[-+−]?\d[\d,.]*(?:[eE][-+]?\d+)?(?:\s?%)?|\d")

# Everything that is no prose, tried from top to bottom.
_NOT_PROSE = re.compile(
    r"\{\{\s*(?:figure|instrument)\s*:[^{}|]*\||\{\{[^{}]*\}\}"  # placeholders, but for captions
    r"|\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)|(?<![\\$])\$(?![\s$])[^$\n]+?(?<!\s)\$"  # formulas
    r"|<[a-zA-Z/!][^>]*>"  # HTML tags
    r"|\{:?[^{}\n]*\}"  # attribute lists
    r"|(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|(?<=\])\[[^\]\n]*\]"  # link targets
    r"|^[ \t]*\[[^\]\n]+\]:[^\n]*"  # link and footnote targets, abbreviations
    r"|&#?\w+;",  # entities
    re.MULTILINE | re.DOTALL,
)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*\{?[ \t]*\.?(?P<language>[\w+-]*)", re.MULTILINE)
_NOT_RUN = {"python", "py", "python3", "pycon", "ipython"}
_SHELLS = {"sh", "bash", "zsh", "shell"}


def check_pages(root: Path = ROOT) -> list[str]:
    """Return every complaint about every page, as `path:line: what is wrong; what to do`."""
    return [complaint for page in read_pages(root) for complaint in check_page(page)]


def check_page(page: Page) -> list[str]:
    """Return the complaints about one page."""
    return [f"docs/{page.path}:{line}: {what}" for line, what in sorted([*numerals(page.text), *_form(page)])]


def numerals(text: str) -> Iterator[tuple[int, str]]:
    """Find every numeral in prose that is neither a placeholder nor allowed: its line, and how to mend it."""
    prose = _blank(_ALLOWED, _blank(_NOT_PROSE, hide_code(text)))
    for found in _NUMERAL.finditer(prose):
        yield (
            _line(text, found.start()),
            f"the number {found[0].strip().rstrip('.,')!r} is typed by hand; if it was measured, write "
            "{{ NAME: key }} and let the snippet print it; if it is chosen, defined or cited, write "
            f"{{{{ set: {found[0].strip().rstrip('.,')} }}}}",
        )


def _form(page: Page) -> Iterator[tuple[int, str]]:
    yield from _fences(page.text)
    if page.path.startswith("questions/"):
        yield from _question(page.text)


def _fences(text: str) -> Iterator[tuple[int, str]]:
    inside = ""
    for found in _FENCE.finditer(text):
        if inside:
            closes = found[1].startswith(inside) and not found["language"]
            inside = "" if closes else inside
            continue
        inside, language = found[1], found["language"].lower()
        if language in _NOT_RUN:
            yield (
                _line(text, found.start(1)),
                f"a {language!r} fence that nothing runs; make it a snippet (make new CLAIM=name) and write "
                "{{ claim: name }}",
            )
        if language in _SHELLS:
            yield (
                _line(text, found.start(1)),
                f"a {language!r} fence, which the tests would run; write ```console instead",
            )


def _question(text: str) -> Iterator[tuple[int, str]]:
    _, settings = get_data(text)
    for key in ("title", "description"):
        if not settings.get(key):
            yield 1, f"no {key} in the front matter; every question has one, between two lines of ---"
    for heading in ("Short answer", "What this does not show"):
        if not re.search(rf"^## {heading}\b", hide_code(text), re.MULTILINE):
            yield 1, f"no section '## {heading}'; every question has one"


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
