"""Reading snippets: what is right is read, and what is wrong is said with its place and its remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import EvidenceError, parse, read_claim, read_claims

from ..small_repository import SNIPPET


def test_a_snippet_is_read(root: Path) -> None:
    claim = read_claims(root)["two-and-two"]
    assert (claim.name, claim.sentence, claim.kind) == ("two-and-two", "Two and two are four.", "identity")
    assert (claim.break_from, claim.break_to) == ("2 + 2", "2 + 3")
    assert claim.broken_source == SNIPPET.replace("total = 2 + 2", "total = 2 + 3")
    assert claim.values == {"total": "4"}
    assert claim.alt is None


def test_a_changed_snippet_is_read_again(root: Path, write: Callable[[str, str], Path]) -> None:
    assert read_claims(root)["two-and-two"].kind == "identity"
    write("snippets/two-and-two.py", SNIPPET.replace("Kind: identity", "Kind: computation"))
    assert read_claims(root)["two-and-two"].kind == "computation"


def test_the_description_of_a_figure_may_run_over_lines() -> None:
    source = SNIPPET.replace('3\n"""', '3\nFigure: A line that\n    rises.\n"""') + 'fig.savefig("x.svg")\n'
    assert parse(Path("x.py"), source).alt == "A line that rises."


def test_breaking_leaves_comments_prints_asserts_and_imports_alone() -> None:
    source = SNIPPET.replace("\ntotal =", "\nimport math  # 2 + 2\n\ntotal =").replace("== 4", "== 2 + 2")
    source = source.replace("{total}", "{2 + 2}")
    broken = parse(Path("x.py"), source).broken_source
    assert broken == source.replace("total = 2 + 2", "total = 2 + 3")


def test_breaking_counts_characters_not_bytes() -> None:
    source = SNIPPET.replace("\ntotal =", '\nassert "ü–é", "this"; total =')
    assert "; total = 2 + 3" in parse(Path("x.py"), source).broken_source


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("Kind: identity\n", "", r"snippets/x\.py:1: no kind; add a line to the docstring: Kind: identity"),
        ("identity", "proof", r"snippets/x\.py:3: the kind is 'proof'; add"),
        ("Kind: identity", "Kind: identity\nKind: identity", r"says 'Kind:' twice"),
        ("are four.", "are four", r"snippets/x\.py:1: the docstring's first line must be the whole claim"),
        ("Two and", "Two and " * 20, r"at most 108 characters"),
        ("Break it: 2 + 2 -> 2 + 3\n", "", r"no way to break it; add to the docstring: Break it: A -> B"),
        ("2 + 2 -> 2 + 3", "2 + 2 to 2 + 3", r"snippets/x\.py:4: cannot read 'Break it: 2 \+ 2 to 2 \+ 3'"),
        ("2 + 2 -> 2 + 3", "2 + 2 -> 2 -> 3", r"cannot read .* with one arrow"),
        ("-> 2 + 3", "-> 2 + 2", r"A equals B, so nothing breaks"),
        ("2 + 2 ->", "2 * 2 ->", r"'2 \* 2' occurs 0 times in the code"),
        ("2 + 2 ->", "2 ->", r"snippets/x\.py:4: '2' occurs 2 times"),
        ("-> 2 + 3", "-> 2 +", r"after the replacement it is not Python"),
        ("print(f", 'if __name__ == "__main__":\n    print(f', r"snippets/x\.py:8: a main guard; remove it"),
        ("total = 2", "import lowerbound_site.evidence.run\ntotal = 2", r"snippets/x\.py:7: a reader does not have"),
        ("total = 2", "import pandas as pd\ntotal = 2", r"x\.py:7: a reader does not have pandas; use only .*torch"),
        ("total = 2", "from lowerbound_site import evidence\ntotal = 2", r"snippets/x\.py:7: a reader does not have"),
        ("assert total == 4", "total == 4", r"snippets/x\.py:6: no assert"),
        (', f"expected four, not {total}"', "", r"snippets/x\.py:10: an assert that says nothing .* say in a sentence"),
        ("assert", "plot.savefig('x.svg')\nassert", r"snippets/x\.py:10: a figure is saved but not described; add"),
        (
            "Kind:",
            "Figure: A line.\nKind:",
            r"snippets/x\.py:3: the docstring describes a figure that the code does not",
        ),
        ("assert", "pass\n" * 43 + "assert", r"46 lines of code, at most 45 are allowed; split the claim"),
        ("total = 2", "if 2:\n    a = 2\n\n    b = 2\ntotal = 2", r"snippets/x\.py:10: pasted into a plain .* prompt"),
        ("print(f", "for _ in [1]:\n    pass\nprint(f", r"snippets/x\.py:10: .* leave an empty line after every block"),
        (
            "total = 2",
            "most = 0\nmost = max(most, 1)\ntotal = 2",
            r"snippets/x\.py:8: most keeps .* collect the values",
        ),
        ("total = 2 + 2", "total = 2 2", r"snippets/x\.py:7: not Python"),
        ('"""', "#", r"snippets/x\.py:\d: (not Python|no docstring)"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(before: str, after: str, message: str) -> None:
    assert before in SNIPPET
    with pytest.raises(EvidenceError, match=message):
        parse(Path("snippets/x.py"), SNIPPET.replace(before, after))


def test_empty_lines_may_stand_in_brackets_and_strings_and_a_block_may_be_last() -> None:
    source = SNIPPET + 'text = """a\n\nb"""\nboth = [\n    1,\n\n    2,\n]\nfor _ in both:\n    text += text\n'
    assert parse(Path("x.py"), source).source == source


def test_a_name_is_an_address() -> None:
    with pytest.raises(EvidenceError, match="lower-case words joined by hyphens"):
        parse(Path("snippets/Two_And.py"), SNIPPET)


def test_what_lies_beside_a_snippet_is_checked(root: Path, write: Callable[[str, str], Path]) -> None:
    write("snippets/two-and-two.out", "total = 4\ntotal = 5\n")
    with pytest.raises(EvidenceError, match=r"two-and-two\.out:2: 'total' is printed twice"):
        read_claims(root)
    write("snippets/two-and-two.out", "total = 4\n")
    write("snippets/gone.out", "x = 1\n")
    with pytest.raises(EvidenceError, match=r"snippets/gone\.out: recorded for a snippet that is not there; delete it"):
        read_claims(root)


def test_a_missing_record_says_how_to_make_it(root: Path) -> None:
    (root / "snippets" / "two-and-two.out").unlink()
    with pytest.raises(EvidenceError, match=r"two-and-two\.out: missing; .* make record CLAIM=two-and-two"):
        read_claims(root)["two-and-two"].require_record()


def test_a_missing_snippet_says_how_to_start_it(root: Path) -> None:
    with pytest.raises(EvidenceError, match=r"no such snippet; .* make new CLAIM=three"):
        read_claim(root / "snippets" / "three.py")
