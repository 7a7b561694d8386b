"""What of a program is folded: in its place, by rules that anyone can foresee, and never the evidence."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lowerbound_site.claims import ROOT, Claim, EvidenceError, parse, read_claims
from lowerbound_site.expand import read_pages
from lowerbound_site.fold import LONGEST_VISIBLE, fold_page, marked, parts, visible_lines

DRAWS = '''\
"""Two and two are four.

Kind: identity
Break it: 2 + 2 -> 2 + 3
Figure: A line.
Fold: helper, table
"""

import torch

from lowerbound.plots import subplots

table = [
    1,
    2,
]


# What it is for.
def helper(x):
    """Return it."""
    return x


total = 2 + 2

figure, ax = subplots()
for x in table:
    ax.plot([x], [x])

figure.savefig("draws.svg")

print(f"total = {total}")
for x in table:
    print(x)

assert helper(total) == 4, f"expected four, not {total}"
'''


def draws(source: str = DRAWS) -> Claim:
    return parse(Path("snippets/draws.py"), source)


def test_docstring_imports_helpers_drawing_and_printing_are_folded() -> None:
    claim = draws()
    lines = claim.source.splitlines()
    seen = ["\n".join(lines[part.first - 1 : part.last]) for part in parts(claim) if not part.holds]
    assert [text.strip() for text in seen] == [
        "total = 2 + 2",
        'assert helper(total) == 4, f"expected four, not {total}"',
    ]
    assert seen == [text.strip() for text in seen]  # the gaps go with what is folded
    assert [part.holds for part in parts(claim) if part.holds] == [
        ("imports", "table", "helper"),
        ("drawing", "printing"),
    ]
    assert visible_lines(claim) == 2


@pytest.mark.parametrize("name", sorted(read_claims(ROOT)))
def test_the_parts_are_the_program_and_the_evidence_is_seen(name: str) -> None:
    claim = read_claims(ROOT)[name]
    numbers = [number for part in parts(claim) for number in range(part.first, part.last + 1)]
    assert numbers == list(range(1, len(claim.source.splitlines()) + 1))
    pairs = zip(claim.source.splitlines(), claim.broken_source.splitlines(), strict=True)
    (broken,) = [number for number, (before, after) in enumerate(pairs, 1) if before != after]
    asserts = [
        number for number, line in enumerate(claim.source.splitlines(), 1) if line.lstrip().startswith("assert ")
    ]
    seen = {number for part in parts(claim) if not part.holds for number in range(part.first, part.last + 1)}
    assert {broken, *asserts} <= seen


def test_what_is_read_at_once_is_short() -> None:
    claims = read_claims(ROOT)
    opened = {name for page in read_pages() for name in page.opened}
    too_long = {name: lines for name in sorted(opened) if (lines := visible_lines(claims[name])) > LONGEST_VISIBLE}
    assert not too_long, f"name helpers behind Fold: in the docstring, or fold the claim: {too_long}"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("helper, table", "helpful", r"snippets/draws.py:1: Fold: helpful: no function, class or value of the program"),
        ("helper, table", "total", r"snippets/draws.py:\d+: Fold: total holds the line to break or an assert"),
    ],
)
def test_what_cannot_be_folded_is_said(before: str, after: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        parts(draws(DRAWS.replace(before, after)))


def test_a_fold_of_one_line_is_none() -> None:
    source = DRAWS.replace('print(f"total = {total}")\n', "").replace('figure.savefig("draws.svg")\n', "ax.set(a=1)\n")
    source = source.replace("Figure: A line.\n", "").replace(
        "for x in table:\n    print(x)\n", "print(total)\nbreaks = 1\n"
    )
    assert "print(total)" not in "\n".join(
        source.splitlines()[part.first - 1] for part in parts(draws(source)) if part.holds == ("printing",)
    )


def test_a_folded_program_is_whole_and_has_one_copy_button() -> None:
    claim = draws()
    code = "".join(f"<span>{line}</span>\n" for line in claim.source.splitlines()).replace("->", "-&gt;")
    page = (
        f'<section class="lb-claim" data-folds="{marked(claim)}">'
        f'<div class="language-python highlight" data-search-exclude><pre><span></span><code>{code}</code></pre></div>'
        '<div class="language-text highlight"><pre><code>4\n</code></pre></div></section>'
    )
    html = BeautifulSoup(fold_page(page), "html.parser")
    program = html.select_one(".lb-program")
    assert program is not None
    assert "".join(part.get_text() for part in program.select("pre > code")) == claim.source
    assert [fold.get_text() for fold in program.select("summary")] == ["imports, table, helper", "drawing, printing"]
    assert next(part.get_text() for part in program.select("pre:not(.no-copy)")) == "total = 2 + 2\n"
    assert len(html.select(".lb-program")) == 1
