"""What `make new` writes can be built as it stands, and nothing is written over."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.expand import expand, read_pages
from lowerbound_site.publish.build import what_is_wrong
from lowerbound_site.writing.check import check_page
from lowerbound_site.writing.new import new

PAGE = "docs/questions/early-in-training.md"
ASKED = {
    "docs/explanations/mine.md": {"explanation": "mine", "claim": "gap-is-the-kl"},
    PAGE: {"exercise": "mine", "page": PAGE, "claim": "small-gap-before-training"},
    "docs/sayings.md": {"trap": "mine", "claim": "gap-is-the-kl", "about": "loss"},
    "docs/questions/mine.md": {"question": "mine"},
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """This repository, with pages and settings of its own to write into."""
    for name in ("docs/assets", "docs/download", "snippets", "src", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(
        ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("assets", "download"), dirs_exist_ok=True
    )
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("written", ASKED)
def test_what_is_new_is_a_page_that_can_be_read(copied: Path, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    steps = new(ASKED[written], copied)
    assert re.search(rf"wrote .*{re.escape(written)}", steps)
    assert f"make check PAGE={written}" in steps
    assert check_page(written, copied), capsys.readouterr().out
    assert f"to do: {written} still says what make new wrote, in line" in capsys.readouterr().out
    assert what_is_wrong(copied) == []
    with pytest.raises(EvidenceError, match="already; choose another name"):
        new(ASKED[written], copied)


def test_each_stands_where_the_others_of_its_kind_stand(copied: Path) -> None:
    for asked in ASKED.values():
        new(asked, copied)
    pages = {f"docs/{page.path}": page for page in read_pages(copied)}
    exercise = pages[PAGE].text.index("{#mine}")
    assert (
        pages[PAGE].text.index("## What this does not show") < exercise < pages[PAGE].text.index("## Where this leads")
    )
    sayings = pages["docs/sayings.md"].text
    assert sayings.index("{#loss}") < sayings.index("{#mine}") < sayings.index("{#training}")
    numbers = sorted(page.meta["question"] for page in pages.values() if "question" in page.meta)
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers[-1] == pages["docs/questions/mine.md"].meta["question"]
    home = expand(pages["docs/index.md"].text, copied)
    assert f"{numbers[-1]}. [What is asked, in one sentence?](/questions/mine.md)" in home


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, r"say what is to be new, and one thing: make new CLAIM=name"),
        ({"trap": "x", "question": "y"}, r"one thing"),
        ({"explanation": "x"}, r"docs/explanations/x\.md:1: no claim in the front matter"),
        ({"explanation": "x", "claim": "gap-is-the-k"}, r"nearest is 'gap-is-the-kl'"),
        ({"explanation": "../x", "claim": "gap-is-the-kl"}, r"'\.\./x': a name has small letters"),
        ({"question": "My question"}, r"'My question': a name has small letters"),
        ({"exercise": "x"}, r"there is no such page; name it as PAGE=docs/primer\.md"),
        ({"exercise": "x", "page": "primer.md", "claim": "gone"}, r"snippets/gone\.py: no such snippet; write it"),
        ({"trap": "x", "about": "loss"}, r"say which claim proves it, as CLAIM="),
        ({"trap": "x", "claim": "gap-is-the-kl"}, r"as ABOUT=loss; the page has loss, training, measuring$"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(copied: Path, asked: dict[str, str], message: str) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in copied.rglob("*.md")} | {
            copied: (copied / "mkdocs.yml").read_bytes()
        }

    before = files()
    with pytest.raises(EvidenceError, match=message):
        new(asked, copied)
    assert files() == before


def test_a_claim_that_stands_on_the_page_already_is_linked(copied: Path) -> None:
    new({"exercise": "mine", "page": "docs/primer.md", "claim": "kl-is-an-average-log-ratio"}, copied)
    assert "[The evidence](#kl-is-an-average-log-ratio)" in (copied / "docs" / "primer.md").read_text()
    assert check_page("docs/primer.md", copied)


def test_every_word_of_make_reaches_the_command() -> None:
    words = {"CLAIM": "a", "INSTRUMENT": "b", "EXPLANATION": "c", "EXERCISE": "d", "TRAP": "e", "QUESTION": "f"}
    words |= {"PAGE": "g", "ABOUT": "h"}
    told = [f"{word}={value}" for word, value in words.items()]
    planned = subprocess.run(["make", "--dry-run", "new", *told], cwd=ROOT, check=True, capture_output=True, text=True)
    for word, value in words.items():
        assert f"--{word.lower()}={value}" in planned.stdout
