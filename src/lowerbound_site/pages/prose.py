"""What a page may not contain: a measured number typed by hand, code that nobody runs, and what is not read as meant.

Front matter that is none and a formula that ends nowhere would be printed on the page, without a word.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml  # type: ignore[import-untyped]
from mkdocs.utils.meta import META_RE, YAML_RE, get_data

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages import maths
from lowerbound_site.pages.expand import Page, hide_code, read_pages
from lowerbound_site.pages.explanations import LONGEST, Explanation, read_explanations

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
    r"\bISO \d+\b|\bUTF-8\b|\bb?float(?:16|32|64)\b": "the name of a standard or a type",
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
_FORMULA = re.compile(
    r"\$\$(?P<block>(?:\\.|[^\\])+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<round>.+?)\\\)"
    r"|(?<![\\$])\$(?!\s)(?P<dollar>(?:\\.|[^\\$])+?)(?<!\s)\$",
    re.DOTALL,
)
_HOLDS = re.compile(r"[-*+] |\d+\. |\[\^|!!!|\?\?\?|:  |<")  # what indented lines may be part of
_HEADING = re.compile(r"^(#{1,6})[ \t]", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*\{?[ \t]*\.?(?P<language>[\w+-]*)", re.MULTILINE)
_NOT_RUN = {"python", "py", "python3", "pycon", "ipython"}
_SHELLS = {"sh", "bash", "zsh", "shell"}


def check_pages(root: Path = ROOT) -> list[str]:
    """Return every complaint about every page and explanation, as `path:line: what is wrong; what to do`."""
    explained = [complaint for found in read_explanations(root) for complaint in check_explanation(found, root)]
    return [*(complaint for page in read_pages(root) for complaint in check_page(page)), *explained]


def check_page(page: Page) -> list[str]:
    """Return the complaints about one page."""
    return [f"docs/{page.path}:{line}: {what}" for line, what in sorted([*numerals(page.text), *_form(page)])]


def check_explanation(explanation: Explanation, root: Path = ROOT) -> list[str]:
    """Return the complaints about one explanation."""
    text = explanation.text
    page = Page(explanation.path, text)
    found = sorted([*numerals(text), *_form(page), *_explanation(explanation, root)])
    return [f"docs/{explanation.path}:{line}: {what}" for line, what in found]


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
    yield from _front_matter(page.text)
    yield from _headings(page.text)
    yield from _formulas(page.text)
    yield from _fences(page.text)
    yield from _indented(page.text)
    if page.path.startswith("questions/"):
        yield from _question(page.text)


def _front_matter(text: str) -> Iterator[tuple[int, str]]:
    """What MkDocs does not understand as front matter, it prints; and what it takes for some, it hides."""
    if not text.startswith("---"):
        if META_RE.match(text):
            yield 1, "the first line reads as a setting and would not be seen; begin with front matter or a heading"
        return
    if not (found := YAML_RE.match(text)):
        yield 1, "the front matter is not closed, so it would be printed; end it with a line of ---"
        return
    try:
        settings = yaml.safe_load(found[1])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        yield line, f"the front matter is not YAML ({error.problem}); put what holds a colon or a # between quotes"
        return
    if not isinstance(settings, dict):
        yield 1, "the front matter has no settings, so it would be printed; write lines such as  title: A title"


def _headings(text: str) -> Iterator[tuple[int, str]]:
    before = 0
    for found in _HEADING.finditer(hide_code(text)):
        if len(found[1]) > before + 1:
            yield (
                _line(text, found.start()),
                f"a heading of level {len(found[1])} under one of level {before}; write {'#' * (before + 1)}",
            )
        before = len(found[1])


def _formulas(text: str) -> Iterator[tuple[int, str]]:
    """Formulas that cannot be set, and signs of one that none is made of; a value stands for any number."""
    visible = hide_code(text)
    for found in _FORMULA.finditer(visible):
        latex = re.sub(r"\{\{.*?\}\}", "0", found[found.lastgroup or 0])
        try:
            maths.to_mathml(" ".join(latex.split()), display=bool(found["block"] or found["bracket"]))
        except maths.FormulaError as error:
            own = ", ".join(f"\\{name}" for name in maths.MACROS)
            known = f"; mend it (the site's own commands are {own})" if "command" in error.what else "; mend it"
            yield _line(text, found.start()), f"the formula {found[0]} cannot be set: {error.what.rstrip('.')}{known}"
    for found in re.finditer(r"(?<!\\)\$", _blank(_FORMULA, visible)):
        yield _line(text, found.start()), r"a $ that is part of no formula; close the formula, or write \$ for the sign"


def _fences(text: str) -> Iterator[tuple[int, str]]:
    inside = ""
    for found in _FENCE.finditer(text):
        if inside:
            closes = found[1].startswith(inside) and not found["language"]
            inside = "" if closes else inside
            continue
        inside, language = found[1], found["language"].lower()
        if not language:
            yield (
                _line(text, found.start(1)),
                "a fence without a language, which might be code that nothing runs; write ```text or ```console",
            )
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


def _indented(text: str) -> Iterator[tuple[int, str]]:
    """Blocks that Markdown shows as code because they are indented, and not within a list, a note or an element."""
    before, blank = "", True
    lines = zip(text.split("\n"), hide_code(text).split("\n"), strict=True)
    for number, (line, seen) in enumerate(lines, 1):
        if blank and seen.strip() and line.startswith(("    ", "\t")) and not _HOLDS.match(before):
            yield number, "an indented block, which is shown as code that nothing runs; start its lines at the margin"
            before = "- "  # once is enough
        if line.strip() and not line.startswith((" ", "\t")):
            before = line
        blank = not line.strip()


def _explanation(explanation: Explanation, root: Path) -> Iterator[tuple[int, str]]:
    """What an explanation needs to be shown, and what would not fit into its fold."""
    text = hide_code(explanation.text)
    names = [path.stem for path in sorted((root / "snippets").glob("*.py"))]
    if not explanation.title:
        yield 1, "no title in the front matter; write a line such as  title: A picture in few words"
    if not explanation.claim:
        yield 1, "no claim in the front matter; write a line such as  claim: gap-is-the-kl"
    elif explanation.claim not in names:
        close = difflib.get_close_matches(explanation.claim, names, n=1, cutoff=0.4)
        nearest = f"; nearest is {close[0]!r}" if close else ""
        yield 1, f"no claim has the name {explanation.claim!r}{nearest}; the ledger lists all"
    elif not any(explanation.claim in page.claims for page in read_pages(root)):
        yield 1, f"the claim {explanation.claim!r} stands on no page, so this is shown nowhere; put it on one"
    if heading := _HEADING.search(text):
        yield _line(text, heading.start()), "a heading, which an explanation has none of; its title stands above it"
    words = sum(any(map(str.isalnum, word)) for word in _blank(_NOT_PROSE, text).split())
    if words > LONGEST:
        yield 1, f"{words} words, at most {LONGEST} are allowed; keep one idea, and cut the rest"


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
