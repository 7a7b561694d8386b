"""What of a program is folded: in its place, by rules that anyone can foresee, and never the evidence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lowerbound_site.evidence.claims import ROOT, Claim, EvidenceError, parse, read_claims
from lowerbound_site.pages.expand import expand
from lowerbound_site.pages.fold import LONGEST_VISIBLE, fold_page, marked, parts, visible_lines

from ..small_repository import SNIPPET

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


def test_a_program_too_long_to_be_read_at_once_has_to_be_folded(root: Path, write: Callable[[str, str], Path]) -> None:
    long = SNIPPET.replace("total = 2 + 2", "total = 2 + 2\n" + "total += 0\n" * LONGEST_VISIBLE)
    write("snippets/two-and-two.py", long)
    with pytest.raises(EvidenceError, match=r"p.md:1: .* shows 3\d lines .* name helpers behind Fold:"):
        expand("{{ claim: two-and-two }}", root, "p.md")
    assert "<summary>The evidence</summary>" in expand("{{ folded: two-and-two }}", root)


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
    source = DRAWS.replace("total = 2 + 2\n", "total = 2 + 2\nprint(total)\nmore = total\n")
    lines = source.splitlines()
    seen = [line for part in parts(draws(source)) if not part.holds for line in lines[part.first - 1 : part.last]]
    assert seen[:3] == ["total = 2 + 2", "print(total)", "more = total"]


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
