"""Checking what changed since main, and the words of the commands."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lowerbound_site.__main__ import main
from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.expand import read_pages
from lowerbound_site.pages.explanations import read_explanations
from lowerbound_site.publish.warnings_of_mkdocs import explained, in_output
from lowerbound_site.writing.check import changes, check, check_changes, check_page
from lowerbound_site.writing.new_text import unwritten

from ..small_repository import SNIPPET

Write = Callable[[str, str], Path]


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def cloned(root: Path, write: Write) -> Path:
    """A repository whose main has one claim on one page, on a branch of its own."""
    write("docs/index.md", "# Page\n\n{{ claim: two-and-two }}\n")
    git(root, "init", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--message=All")
    git(root, "switch", "--create=mine")
    return root


def test_what_changed_since_main_is_checked_and_nothing_else(
    cloned: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_changes(cloned)
    assert capsys.readouterr().out == "nothing differs from main\n"
    write("docs/other.md", "# Other\n\nA $ sign.\n")
    git(cloned, "add", ".")
    git(cloned, "commit", "--message=Committed")
    write("snippets/three.py", SNIPPET)
    assert changes(cloned) == ["docs/other.md", "snippets/three.py"]
    assert not check_changes(cloned)
    said = capsys.readouterr().out
    assert "docs/other.md:3: a $ that is part of no formula" in said
    assert "snippets/three.out: missing; record it with: make record CLAIM=three" in said
    assert "docs/index.md" not in said
    assert "two-and-two" not in said


def test_what_nothing_here_checks_is_named(cloned: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("docs/assets/css/page.css", "h1 { color: red }\n")
    assert check_changes(cloned)
    assert capsys.readouterr().out == "what else differs from main, only make test checks: docs/assets/css/page.css\n"


def test_what_is_committed_on_one_s_own_main_differs_from_the_one_it_came_from(cloned: Path, write: Write) -> None:
    copy = cloned / "copy"
    git(cloned, "clone", "--branch=main", ".", "copy")
    (copy / "docs/index.md").write_text("# Another page\n")
    git(copy, "commit", "--all", "--message=Mine")
    assert changes(copy) == ["docs/index.md"]


def test_no_page_says_what_is_to_be_written() -> None:
    left = {text.path: unwritten(text.text) for text in (*read_pages(), *read_explanations())}
    assert not {path: lines for path, lines in left.items() if lines}


def test_a_claim_stands_on_pages_that_can_be_read(
    cloned: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("docs/index.md", "# Page\n\n{{ claim: two-and-two }}\n\n{{ two-and-two: totl }}\n")
    assert not check("two-and-two", cloned)
    assert "docs/index.md:5: {{ two-and-two: totl }} asks for a value" in capsys.readouterr().out
    assert not check_page("docs/index.md", cloned)
    assert not check_page("docs/indx.md", cloned)
    assert "there is no such page" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["two-and-two", "two-and-two.py", "snippets/two-and-two.py"])
def test_a_claim_may_be_named_as_its_file(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr("lowerbound_site.writing.check.check", lambda name: checked.append(name) or True)
    monkeypatch.setattr(sys, "argv", ["lowerbound_site", "check", "--claim", word])
    assert main() == 0
    assert checked == ["two-and-two"]


@pytest.mark.parametrize("words", [["record"], ["record", "CLAIM=x"]])
def test_only_what_is_named_so_records_everything(words: list[str]) -> None:
    def planned(*words: str) -> str:
        return subprocess.run(
            ["make", "--dry-run", *words], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    assert "lowerbound_site train" not in planned(*words)
    assert "lowerbound_site train" in planned("record-all")
    assert "record x" in planned("record", "CLAIM=x")


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (
            "Doc file 'index.md' contains a link '/othr.md', but the target is not found among documentation files.",
            "docs/index.md:3: the link '/othr.md' leads to no page; nearest is '/other.md'; write it from the root",
        ),
        (
            "Doc file 'index.md' contains a link 'other.md#prt', but the doc 'other.md' has no anchor '#prt'.",
            "docs/index.md:5: the link 'other.md#prt' leads to no heading or claim of that name; nearest is 'part'",
        ),
        (
            'The following pages exist in the docs directory, but are not included in the "nav" configuration:\n'
            "  - other.md",
            "docs/other.md:1: the page is not in the navigation; add it under nav: in mkdocs.yml",
        ),
        (
            "A reference to 'gone.md' is included in the 'nav' configuration, which is not found.",
            "mkdocs.yml:2: the navigation names gone.md, and there is no such page; write it, or drop it",
        ),
    ],
)
def test_what_mkdocs_warns_of_is_said_with_line_and_remedy(
    root: Path, write: Write, message: str, complaint: str
) -> None:
    write("docs/index.md", "# Page\n\n[a](/othr.md)\n\n[b](other.md#prt)\n")
    write("docs/other.md", "# Other\n\n## Part {: #part }\n")
    write("mkdocs.yml", "nav:\n  - gone.md\n")
    (said,) = explained(message, root)
    assert said.startswith(complaint)
    output = f"INFO    -  Building\nWARNING -  {message}\nINFO    -  Done\n\nAborted with 1 warnings in strict mode!\n"
    assert in_output(output, root) == [said]


def test_what_cannot_be_explained_is_shown_whole(root: Path) -> None:
    assert in_output("ERROR   -  It broke.\nSomewhere.\n", root) == ["It broke.\nSomewhere."]
    assert in_output("Traceback\n", root) == ["Traceback"]
