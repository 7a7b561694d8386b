"""Make the built pages light: style sheets without what no page can use, inside the pages, and scripts after the text.

A rule stays if every class that its selector names occurs in a page or as a word in a script, which could add it; so
what is left out could never have matched. Of the rules for text that runs from right to left none can match either:
the pages say that theirs runs from left to right. A custom property stays if something asks for it.

A browser shows nothing before the last sheet has come. And where the theme's navigation finds a link to a sheet, it
makes the browser read it and style the page a second time. So the pages hold their style themselves.
"""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2  # type: ignore[import-untyped]

from lowerbound_site.evidence.claims import EvidenceError

_CLASS_ATTRIBUTE = re.compile(r'class="([^"]*)"')
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CHOICE = re.compile(r":(?:not|is|where|has)\([^)]*\)")  # none of the classes within has to be there
_PROPERTY = re.compile(r"--[\w-]+")
_ASKED_FOR = re.compile(r"var\(\s*(--[\w-]+)")
_SHEET_LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
# While the colours change, the theme stops everything that moves; for that the browser styles every element, twice.
_SWITCHING = "[data-md-color-switching]"
_SCRIPT = re.compile(r'<script src="([^"]*assets/javascripts/bundle[^"]*)"></script>')
_POSTPONED = (
    r'<link rel="preload" href="\1" as="script">'
    "<script>requestAnimationFrame(() => setTimeout(() => {"
    # What was asked for early is on its way; the theme's navigation would ask for it again.
    'for (const early of document.querySelectorAll("link[rel=preload]")) early.remove();'
    'const script = document.createElement("script");'
    r'script.src = "\1";'
    # What the script waits for is over by then.
    'script.onload = () => document.dispatchEvent(new Event("DOMContentLoaded"));'
    "document.body.append(script)"
    "}))</script>"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMMENT_LINE = re.compile(r"^[ \t]*(?://.*|/\*\*.*\*/)\n", re.MULTILINE)
_BREAK = re.compile(r"\s*\n\s*")
_BESIDE = re.compile(r'url\("(\.\.?/[^"]+)"\)')
_GROUPS = ("media", "supports", "layer")  # at-rules that hold rules


def without_comment_lines(script: str) -> str:
    """A module for the browser without the lines that are only a comment: a tenth of what all modules weigh."""
    return _COMMENT_LINE.sub("", script)


def prune(site: Path) -> None:
    """Rewrite the theme's style sheets in a built site."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.js"))
    known = set(_WORD.findall(scripts))
    for page in site.rglob("*.html"):
        for classes in _CLASS_ATTRIBUTE.findall(page.read_text(encoding="utf-8")):
            known.update(classes.split())
    sheets = [*site.glob("assets/stylesheets/*.css"), *site.glob("assets/_mkdocstrings.css")]
    theirs = {path: pruned(path.read_text(encoding="utf-8"), known) for path in sheets}
    ours = [path.read_text(encoding="utf-8") for path in site.rglob("*.css") if path not in theirs]
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    asked_for = set(_PROPERTY.findall(scripts))
    for text in (*theirs.values(), *ours, *pages):
        asked_for.update(_ASKED_FOR.findall(text))
    for path, sheet in theirs.items():
        path.write_text(without_idle_properties(sheet, asked_for), encoding="utf-8")


def inline(site: Path, base: str = "/") -> None:
    """Put all style sheets of a built site into every page, in the order of its links; `base` is the site's path."""
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    orders = {tuple(_inside(href) for href in _SHEET_LINK.findall(text)) for text in pages.values()}
    if len(orders) != 1:
        raise EvidenceError(f"the pages do not all link to the same style sheets: {sorted(orders)}")
    sheets = [site / name for name in orders.pop()]
    style = f"<style>{''.join(packed(sheet, site, base) for sheet in sheets)}</style>"
    for sheet in sheets:
        sheet.unlink()
    for page, text in pages.items():
        page.write_text(styled(text, style), encoding="utf-8")


def styled(page: str, style: str) -> str:
    """Put an element `style` in the place of all links to style sheets."""
    first, *_ = _SHEET_LINK.finditer(page)
    return page[: first.start()] + style + _SHEET_LINK.sub("", page[first.end() :])


def postpone(site: Path) -> None:
    """Let the theme's script wait until a page has been shown once; it is fetched meanwhile.

    It takes as long to run as all the rest, and readers can read without it.
    """
    for page in site.rglob("*.html"):
        page.write_text(postponed(page.read_text(encoding="utf-8")), encoding="utf-8")


def postponed(page: str) -> str:
    """One page whose script waits."""
    return _SCRIPT.sub(_POSTPONED, page)


def packed(sheet: Path, site: Path, base: str) -> str:
    """A style sheet without comments and blanks, and with what it asks for named from the root of the host."""
    folder = f"{base.rstrip('/')}/{sheet.parent.relative_to(site).as_posix()}"

    def from_root(asked_for: re.Match[str]) -> str:
        return f'url("{posixpath.normpath(f"{folder}/{asked_for[1]}")}")'

    text = _COMMENT.sub("", sheet.read_text(encoding="utf-8"))
    return _BREAK.sub("\n", _BESIDE.sub(from_root, text)).strip()


def _inside(href: str) -> str:
    """The path inside the site of what a page links to as assets/..., ../assets/... or /assets/..."""
    return href[href.index("assets/") :]


def pruned(sheet: str, known: set[str]) -> str:
    """Return a style sheet without the rules whose selectors name a class that is not known."""
    return _written(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), known)


def _written(rules: Iterable[tinycss2.ast.Node], known: set[str]) -> str:
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [selector for selector in _selectors(rule.prelude) if _can_match(selector, known)]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if written := _written(inner, known):
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{written}}}")
        else:
            kept.append(rule.serialize())
    return "".join(kept)


def _selectors(prelude: list[tinycss2.ast.Node]) -> list[str]:
    """The selectors of a rule: what stands between its commas, those inside brackets apart."""
    selectors: list[list[tinycss2.ast.Node]] = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return [tinycss2.serialize(tokens).strip() for tokens in selectors]


def _can_match(selector: str, known: set[str]) -> bool:
    if "[dir=rtl]" in selector or _SWITCHING in selector:
        return False
    return all(name in known for name in _CLASS.findall(_CHOICE.sub("", selector)))


def without_idle_properties(sheet: str, asked_for: set[str]) -> str:
    """Return a style sheet without the custom properties that nothing asks for."""
    declaration = re.compile(r"(--[\w-]+):(?:\"[^\"]*\"|'[^']*'|\([^)]*\)|[^;{}\"'(])*(?:;|(?=\}))")
    return declaration.sub(lambda found: found[0] if found[1] in asked_for else "", sheet)
