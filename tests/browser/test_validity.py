"""Every page is valid HTML: the strict parser accepts it, and so do the rules below, which a parser lets pass."""

import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from bs4 import BeautifulSoup
from html5lib.constants import E

from .test_pages import PATHS, served

# What the theme itself writes, with the reason why it stays.
ALLOWED = {
    r'tabindex is no number: <label class="md-nav__link[^>]* tabindex=""': "browsers ignore it; the toggle has a label",
    r'autocomplete on a checkbox: <input autocomplete="off" class="md-toggle': "Firefox keeps a checkbox's state else",
}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
FORBIDDEN = {
    "is obsolete": "acronym, applet, basefont, big, center, dir, font, frame, frameset, marquee, nobr, strike, tt",
    "stands in something that is clicked": "a a, a button, button a, button button, a input, label label, a details",
    "stands in a form": "form form",
    "stands in a list, outside its items": ":is(ul, ol) > :not(li, script, template)",
    "stands where only text may": ":is(p, span, h1, h2, h3, h4, h5, h6, summary) :is(div, p, ul, ol, pre, table)",
    "has no description": "img:not([alt])",
}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "home")
def test_page_is_valid(path: str, built_site: Path) -> None:
    complaints = list(invalid(served(built_site, path).read_text()))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("<p>One<div>two</div></p>", "Unexpected end tag"),
        ("<p title=a title=b></p>", "duplicate"),
        ("<em><strong></em></strong>", "strong"),
        ("<table><p></p></table>", "Unexpected start tag"),
        ("&nosuch;", "ntity"),
        ('<label for="nothing">Name</label>', "for refers to 'nothing'"),
        ("<ul><p></p></ul>", "stands in a list"),
        ('<a href="#"><button></button></a>', "stands in something that is clicked"),
        ("<span><div></div></span>", "stands where only text may"),
        ('<img src="a.png">', "has no description"),
        ('<p tabindex="">', "tabindex"),
        ('<input type="checkbox" autocomplete="off">', "autocomplete"),
    ],
)
def test_what_is_not_valid_is_found(content: str, complaint: str) -> None:
    complaints = list(invalid(f"<!doctype html><html lang=en><title>A page</title><body>{content}"))
    assert any(complaint in line for line in complaints), complaints


def test_what_is_allowed_is_still_needed(built_site: Path) -> None:
    everything = "\n".join(_rules(BeautifulSoup(served(built_site, "").read_text(), "html.parser")))
    assert [pattern for pattern in ALLOWED if not re.search(pattern, everything)] == []


def invalid(text: str) -> Iterator[str]:
    """What is wrong with a page, a line for each."""
    yield from _parse_errors(text)
    for complaint in _rules(BeautifulSoup(text, "html.parser")):
        if not any(re.match(pattern, complaint) for pattern in ALLOWED):
            yield complaint


def _parse_errors(text: str) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines()
    for (line, column), code, details in parser.errors:
        yield f"line {line}: {E[code] % details}: {lines[line - 1][max(0, column - 60) : column + 20]}"


def _rules(page: BeautifulSoup) -> Iterator[str]:
    ids = {element["id"] for element in page.find_all(id=True)}
    for attribute in REFERENCES:
        for element in page.find_all(attrs={attribute: True}):
            if element.name == "mo":  # in a formula, `form` says on which side of its operand an operator stands
                continue
            for wanted in str(element[attribute]).split():
                if wanted not in ids:
                    yield f"{attribute} refers to {wanted!r}, which is not on the page: {str(element)[:160]}"
    for complaint, selector in FORBIDDEN.items():
        for element in page.select(selector):
            yield f"<{element.name}> {complaint}: {str(element)[:160]}"
    for element in page.find_all(tabindex=lambda value: value is not None and not re.fullmatch(r"-?\d+", value)):
        yield f"tabindex is no number: {str(element)[:160]}"
    for element in page.select("input[type=checkbox][autocomplete]"):
        yield f"autocomplete on a checkbox: {str(element)[:160]}"
