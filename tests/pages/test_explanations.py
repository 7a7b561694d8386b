"""Explanations without code: shown under their claims, checked, and no pages of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import markdown

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.expand import expand, read_pages
from lowerbound_site.pages.explanations import read_explanations
from lowerbound_site.pages.prose import check_explanation, check_pages
from lowerbound_site.writing.check import check_page

Write = Callable[[str, str], Path]
TEXT = "---\nclaim: two-and-two\ntitle: Two <pairs>\nby: The contributors\n---\n\nIt is {{ two-and-two: total }}.\n"


@pytest.fixture
def explained(root: Path, write: Write) -> Path:
    """The small repository, its claim on two pages, with an explanation."""
    write("docs/index.md", "# Home\n\n{{ claim: two-and-two }}\n")
    write("docs/other.md", "# Other\n\n{{ folded: two-and-two }}\n")
    write("docs/explanations/pairs.md", TEXT)
    return root


@pytest.mark.parametrize("number", [0, 1])
def test_it_stands_folded_under_its_claim_on_every_page(explained: Path, number: int) -> None:
    page = expand(read_pages(explained)[number].text, explained)
    html = BeautifulSoup(markdown(page, extensions=["md_in_html", "attr_list", "pymdownx.superfences"]), "html.parser")
    (fold,) = html.select("section.lb-claim > details#pairs")
    assert fold.summary is not None
    assert fold.summary.get_text() == "Another way to see it: Two <pairs>"
    assert "It is 4." in fold.get_text()
    assert "Written by The contributors." in fold.get_text()
    assert "claim: two-and-two" not in fold.get_text()


def test_it_is_no_page_and_stands_under_no_other_claim(explained: Path, write: Write) -> None:
    assert [page.path for page in read_pages(explained)] == ["index.md", "other.md"]
    write("docs/explanations/pairs.md", TEXT.replace("claim: two-and-two", "claim: two-and-three"))
    assert "Another way" not in expand("{{ claim: two-and-two }}", explained)


def test_the_ledger_lists_it_with_its_claim_and_leads_to_it(explained: Path, write: Write) -> None:
    lists = "- Another way to see it: [Two &lt;pairs>](/index.md#pairs)"
    assert lists in expand("{{ ledger }}", explained).splitlines()
    for page in ("index", "other"):
        write(f"docs/{page}.md", "# No claim\n")
    assert "Another way" not in expand("{{ ledger }}", explained)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("claim: two-and-two\n", "", "docs/explanations/pairs.md:1: no claim in the front matter; write"),
        ("title: Two <pairs>\n", "", "docs/explanations/pairs.md:1: no title in the front matter; write"),
        ("claim: two-and-two", "claim: two-and-to", "pairs.md:1: no claim has the name 'two-and-to'; nearest is 'two-"),
        ("by: The", "by: The: t", "pairs.md:4: the front matter is not YAML"),
        ("It is {{ two-and-two: total }}.", "It is 4.", "pairs.md:7: the number '4' is typed by hand"),
        ("It is", "## It is", "pairs.md:7: a heading, which an explanation has none of"),
        ("It is", "```python\n4\n```\n", "pairs.md:7: a 'python' fence that nothing runs"),
        pytest.param("It is", "word " * 200 + "$x + y$ one", "pairs.md:1: 201 words, at most 200 are", id="long"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    explained: Path, write: Write, before: str, after: str, message: str
) -> None:
    assert check_pages(explained) == []
    write("docs/explanations/pairs.md", TEXT.replace(before, after))
    assert any(message in complaint for complaint in check_pages(explained)), check_pages(explained)


def test_a_claim_that_stands_nowhere_shows_no_explanation(explained: Path, write: Write) -> None:
    for name in ("index", "other"):
        write(f"docs/{name}.md", "# Empty\n")
    (complaint,) = check_pages(explained)
    assert "the claim 'two-and-two' stands on no page" in complaint


@pytest.mark.parametrize("block", ["{{ claim: two-and-two }}", "{{ instrument: plane | See. }}", "{{ ledger }}"])
def test_evidence_has_no_place_within_one(explained: Path, write: Write, block: str) -> None:
    write("docs/explanations/pairs.md", f"{TEXT}\n{block}\n")
    with pytest.raises(EvidenceError, match=r"^docs/explanations/pairs\.md:9: .* has no place in an explanation"):
        expand("{{ claim: two-and-two }}", explained)


def test_one_is_checked_by_its_name(explained: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_page("docs/explanations/pairs.md", explained)
    assert "is shown on docs/index.md, docs/other.md\n" in capsys.readouterr().out
    write("docs/explanations/pairs.md", TEXT.replace("total", "totl"))
    assert not check_page("docs/explanations/pairs.md", explained)
    assert "docs/explanations/pairs.md:7: {{ two-and-two: totl }} asks for a value" in capsys.readouterr().out
    assert not check_page("docs/explanations/pears.md", explained)
    assert "there is no such explanation" in capsys.readouterr().out


@pytest.mark.parametrize("path", [found.path for found in read_explanations()])
def test_those_that_are_there_are_sound(path: str) -> None:
    (explanation,) = (found for found in read_explanations() if found.path == path)
    assert check_explanation(explanation, ROOT) == []


def test_the_site_shows_them_and_has_no_page_of_them(built_site: Path) -> None:
    assert not (built_site / "explanations").exists()
    assert "/explanations/" not in (built_site / "search" / "search_index.json").read_text(encoding="utf-8")
    for explanation in read_explanations():
        pages = [page.path for page in read_pages() if explanation.claim in page.claims]
        html = (built_site / pages[0].removesuffix(".md") / "index.html").read_text(encoding="utf-8")
        assert f"Another way to see it: {explanation.title}" in html
