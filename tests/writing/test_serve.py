"""Serving while one writes: what is saved is shown, and nothing is shown as evidence before it is proven."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT, TRIED
from lowerbound_site.evidence.run import CAN_FORK
from lowerbound_site.writing.serve import Desk, _stopped

from ..small_repository import BROKEN_END, SNIPPET

SETTINGS = """\
site_name: Small
site_description: A small site.
theme: {name: material, custom_dir: src/lowerbound_site/theme, font: false}
extra_css: [assets/css/colour.css, assets/css/page.css]
nav: [index.md, other.md, ledger.md]
exclude_docs: explanations/
validation: {nav: {omitted_files: warn}, links: {anchors: warn}}
plugins: [search]
markdown_extensions: [attr_list, md_in_html, pymdownx.superfences, {pymdownx.arithmatex: {generic: true}}, \
lowerbound_site.pages.extension]
"""
PATIENCE = 60  # seconds, on a machine that is busy


class Served:
    """A small repository, and the site that is served of it."""

    def __init__(self, root: Path, address: str) -> None:
        self.root, self.address = root, address

    def page(self, path: str = "") -> str:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as missing:
            return missing.read().decode()

    def download(self, name: str) -> bytes:
        with contextlib.suppress(urllib.error.HTTPError):
            return bytes(urllib.request.urlopen(f"{self.address}download/{name}", timeout=5).read())
        return b""

    def save(self, path: str, before: str, after: str) -> None:
        text = (self.root / path).read_text()
        assert before in text
        (self.root / path).write_text(text.replace(before, after))

    def until(self, pattern: str, path: str = "") -> str:
        """The page, as soon as this is found in it; meanwhile every request is answered."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(pattern, page := self.page(path), re.DOTALL):
                return page
            time.sleep(0.1)
        raise AssertionError(f"{pattern} is not on the page {path!r} after {PATIENCE} s:\n{said(page)}")


def said(page: str) -> str:
    return re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__", "instruments"))
    shutil.copytree(ROOT / "docs" / "assets", root / "docs" / "assets")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root / name)
    (root / "mkdocs.yml").write_text(SETTINGS)
    (root / "docs" / "index.md").write_text("# Home\n\nFirst words.\n\n## Part\n\n{{ claim: two-and-two }}\n")
    (root / "docs" / "other.md").write_text("# Other\n\nIt is {{ two-and-two: total }}.\n")
    ledger = "# Ledger\n\n{{ ledger }}\n\n## Correct {: #correct }\n\n## Seeds {: #seeds }\n"
    (root / "docs" / "ledger.md").write_text(ledger)
    (root / "docs" / "contributing.md").write_text("# Contributing\n\n## Correct {: #correct }\n")
    (root / "mkdocs.yml").write_text(SETTINGS.replace("ledger.md]", "ledger.md, contributing.md]"))
    (root / "snippets").mkdir()
    (root / "snippets" / "two-and-two.py").write_text(SNIPPET)
    (root / "snippets" / "two-and-two.out").write_text("total = 4\n")
    (root / "snippets" / "two-and-two.broken").write_text(BROKEN_END)
    environment = {key: value for key, value in os.environ.items() if key != "SITE_URL"}
    environment["PYTHONPATH"] = str(root / "src")
    log = root / "log.txt"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "lowerbound_site", "serve"], cwd=root, env=environment, stdout=out, stderr=out
        )
    try:
        while not (found := re.search(r"The site is at (\S+)", log.read_text())):
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield Served(root, found[1])
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE) == 0, log.read_text()
    printed = log.read_text().splitlines()
    said_at_work = r"The site is (?:at|built) |\d\d:\d\d:\d\d \S.*: shown after "
    assert all(re.match(said_at_work, line) for line in printed), printed


def test_a_saved_page_is_shown(served: Served) -> None:
    served.save("docs/index.md", "First words.", "Other words.")
    page = served.until("Other words.")
    assert "<style>" in page
    assert 'rel="stylesheet"' not in page
    assert ">Ledger<" in re.sub(r"\s", "", page)  # the navigation knows pages that were not rendered
    assert "To mend:" not in page


def test_a_saved_explanation_is_shown_under_its_claim(served: Served) -> None:
    served.until("Two and two are four")
    path = served.root / "docs" / "explanations" / "pairs.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("---\nclaim: two-and-two\ntitle: two pairs\n---\n\nTake {{ two-and-two: totl }} shoes.\n")
    page = served.until("Another way to see it: two pairs")
    assert re.search(r"docs/explanations/pairs\.md:6: .* asks for a value", page)
    path.write_text(path.read_text().replace("totl", "total").replace("shoes", "[shoes](shos.md)"))
    served.until(r"docs/explanations/pairs\.md:6: the link \S+shos\.md\S+ leads to no page")
    path.write_text(path.read_text().replace("[shoes](shos.md)", "shoes"))
    served.until("^(?!.*To mend:).*Take 4 shoes")  # what was wrong goes a moment after the page has come
    path.unlink()
    served.until(r"^(?!.*two pairs)")


def test_a_page_that_is_written_anew_is_shown(served: Served) -> None:
    assert "New words." not in served.page("new/")
    (served.root / "docs" / "new.md").write_text("# New\n\nNew words.\n")
    served.until("New words.", "new/")
    page = served.until(r"docs/new\.md:1: the page is not in the navigation", "new/")
    assert "add it under nav: in mkdocs.yml" in page
    (served.root / "docs" / "new.md").unlink()
    served.until(r"^(?!.*the page is not in the navigation)")


def test_a_saved_style_sheet_is_shown_on_every_page(served: Served) -> None:
    with (served.root / "docs" / "assets" / "css" / "page.css").open("a") as sheet:
        sheet.write("\n.lb-new { top: 17px }\n")
    for path in ("", "other/"):
        assert ".lb-new { top: 17px }" in served.until("lb-new", path)


def test_a_mistake_stands_on_every_page_and_the_rest_is_shown(served: Served) -> None:
    served.save("docs/other.md", "# Other\n", "# Other\n\nMore words, $\\alhpa$ and {{ two-and-two: totl }}.\n")
    page = served.until("More words", "other/")
    assert re.search(r'<span class="lb-wrong">{{ two-and-two: totl }}</span>', page)
    for path in ("other/", ""):
        page = served.until("To mend:", path)
        assert "docs/other.md:3: {{ two-and-two: totl }} asks for a value" in page
    served.save("docs/other.md", "\n\nMore words, $\\alhpa$ and {{ two-and-two: totl }}.\n", "\n")
    served.until("^(?!.*To mend:)", "other/")


def test_settings_that_cannot_be_read_are_said_and_the_site_stays(served: Served) -> None:
    served.save("mkdocs.yml", "nav: [", "nav: [[")
    page = served.until("MkDocs renders nothing")
    assert "mkdocs.yml" in page or "configuration" in page
    assert "Home" in page
    served.save("mkdocs.yml", "nav: [[", "nav: [")
    served.until("^(?!.*To mend:)")


def test_a_failing_assert_is_never_shown_as_evidence(served: Served) -> None:
    served.save("snippets/two-and-two.py", "total = 2 + 2", "total = 2 + 2 + 0.5")
    served.until("This is no evidence: in line 10, an assert fails")
    served.until(
        r"snippets/two-and-two\.py:10: an assert fails \(expected four, not 4\.5\), so it is no evidence", "other/"
    )
    served.save("snippets/two-and-two.py", "assert total == 4", "assert total == 4.5")
    page = served.until("Not recorded yet.")
    assert "make record CLAIM=two-and-two" in page
    assert "total = 4.5" in page
    assert "total = 5.5" in page  # how it ends when it is broken
    assert "not recorded yet" in served.until(r"It is 4\.5\.", "other/")
    assert (served.root / "snippets" / "two-and-two.out").read_text() == "total = 4\n"
    (served.root / "snippets" / "two-and-two.py").write_text(SNIPPET)
    served.until("^(?!.*(?:Not recorded|Being run|To mend))")


@pytest.mark.skipif(not CAN_FORK, reason="nothing forks here")
def test_who_saves_again_waits_for_no_run_of_what_was_saved_before(served: Served) -> None:
    served.save("snippets/two-and-two.py", "total = 2 + 2", "total = 2 + 2\n__import__('time').sleep(600)")
    served.until("Being run")
    (served.root / "snippets" / "two-and-two.py").write_text(SNIPPET)
    served.until("^(?!.*(?:Not recorded|Being run|To mend))")


def test_a_new_claim_is_shown_and_once_recorded_it_is_evidence(served: Served) -> None:
    new = served.root / "snippets" / "three.py"
    new.write_text(SNIPPET.replace("2 + 2", "1 + 2").replace("2 + 3", "1 + 3").replace("== 4", "== 3"))
    served.save("docs/other.md", "# Other\n", "# Other\n\n{{ claim: three }}\n")
    page = served.until("Not recorded yet", "other/")
    assert "make record CLAIM=three" in page
    new.with_suffix(".out").write_text("total = 3\n")
    new.with_suffix(".broken").write_text(BROKEN_END.replace("== 4", "== 3").replace("5", "4"))
    page = served.until("^(?!.*(?:Not recorded|Being run|To mend))", "other/")
    assert "total = 3" in page
    end = time.monotonic() + PATIENCE
    while b"total = 1 + 2" not in served.download("three.py") and time.monotonic() < end:
        time.sleep(0.2)  # the whole site is built behind
    assert b"total = 1 + 2" in served.download("three.py")


def test_what_the_page_on_show_needs_of_the_library_is_run_again_and_a_docstring_runs_nothing(served: Served) -> None:
    served.page()
    library = "src/lowerbound/__init__.py"
    ran = served.root / "ran.txt"
    served.save("snippets/two-and-two.py", "total = 2 + 2", f'total = 2 + 2\nopen({str(ran)!r}, "a").write("ran ")')

    def times() -> int:
        return len(ran.read_text().split()) if ran.exists() else 0

    def wait_until_it_ran(more_than: int) -> None:
        end = time.monotonic() + PATIENCE
        while times() <= more_than and time.monotonic() < end:
            time.sleep(0.1)

    wait_until_it_ran(more_than=1)
    served.until("^(?!.*Being run)")
    before = times()
    assert before == 2  # whole and broken
    (served.root / library).write_text((served.root / library).read_text().replace('"""', '"""Another docstring. ', 1))
    served.save("docs/index.md", "words.", "words, saved after the docstring.")
    served.until("saved after the docstring")
    assert times() == before
    with (served.root / library).open("a") as code:
        code.write("\nNEW = 1\n")
    wait_until_it_ran(more_than=before)
    assert times() > before


@pytest.mark.parametrize(
    ("error", "stopped"),
    [
        ('Traceback\n  File "x.py", line 9, in <module>\nAssertionError: a: b\n', (9, "an assert fails (a: b)")),
        ('  File "x.py", line 3, in f\n  File "y.py", line 7\nKeyError: 2', (3, "the program stops with KeyError (2)")),
        ("x.py: its process ended and said nothing", (1, "its process ended and said nothing")),
        ("still running after 60 s, in line 4; if a loop never ends, let it end", (4, "still running after 60 s")),
    ],
)
def test_how_a_program_ended_is_said_in_words(error: str, stopped: tuple[int, str]) -> None:
    assert _stopped("x", error) == stopped


def test_what_is_saved_while_pages_are_read_is_looked_at_before_they_are_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page was asked for, and its file was saved after the last look."""
    monkeypatch.setenv(TRIED, "")
    page = root / "docs" / "index.md"
    page.write_text("# Page\n")
    for folder in ("desk", "site"):
        (root / folder).mkdir()
    (root / "site" / "404.html").write_text("")
    desk = Desk(root, root / "site", root / "desk", current=True)
    monkeypatch.setattr(desk.pages, "render", lambda *of: None)
    desk._bring_up_to_date(set())
    desk._show()  # the first look looks at everything
    page.write_text("# Page\n\nIt is 12.\n")
    desk._bring_up_to_date(set())
    desk.close()
    assert any("docs/index.md:3: the number '12' is typed by hand" in said for said in desk.complaints)
