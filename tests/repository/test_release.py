"""The tag, the version and the changelog agree before anything is released, and PyPI's page has links that lead on."""

import re
import runpy
import subprocess
import sys
from collections.abc import Callable

import pytest

from .workflows import ROOT

PROGRAM = ROOT / ".github" / "check_release.py"
complaints: Callable[..., list[str]] = runpy.run_path(str(PROGRAM))["complaints"]
published: Callable[[str, str, str], str] = runpy.run_path(str(ROOT / ".github" / "published_readme.py"))["published"]
PYPROJECT = '[project]\nversion = "1.2.3"\n'
RELEASED = "# Changes\n\n## 1.2.3, 2026-01-31\n\n## 1.2.2, 2026-01-01\n"


def test_the_version_is_the_newest_in_the_changelog() -> None:
    assert complaints((ROOT / "pyproject.toml").read_text(), (ROOT / "CHANGELOG.md").read_text()) == []


def test_a_release_that_agrees_is_let_through() -> None:
    assert complaints(PYPROJECT, RELEASED, "v1.2.3") == []


@pytest.mark.parametrize(
    ("changelog", "tag", "complaint"),
    [
        (RELEASED, "v1.2.4", "the tag is v1.2.4"),
        (RELEASED, "1.2.3", "the tag is 1.2.3"),
        (RELEASED.replace("## 1.2.3, 2026-01-31\n", ""), None, "newest heading is of 1.2.2"),
        (RELEASED.replace("2026-01-31", "not released yet"), "v1.2.3", "has no date"),
        (RELEASED.replace("1.2.3, ", "1.2.3 "), None, "write the newest heading"),
        ("", None, "write the newest heading"),
    ],
)
def test_what_does_not_agree_is_said(changelog: str, tag: str | None, complaint: str) -> None:
    (said,) = complaints(PYPROJECT, changelog, tag)
    assert complaint in said


def test_the_program_stops_a_release() -> None:
    ended = subprocess.run([sys.executable, str(PROGRAM), "v0"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "the tag is v0" in ended.stdout


def test_the_published_readme_has_whole_addresses_of_what_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    within = "https://code.example/a/b/"
    whole = published(readme, within.rstrip("/"), "v1.2.3")
    assert f"]({within}raw/v1.2.3/docs/assets/images/readme.png)" in whole
    links = re.findall(r"\]\((.*?)\)", whole)
    paths = [re.sub(rf"{within}(raw|blob)/v1.2.3/", "", link) for link in links if link.startswith(within)]
    assert len(paths) == len(re.findall(r"\]\((?!http)", readme)) > 1
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert all(link.startswith("https://") for link in links)
    assert published("[a](https://b.c/d) [e](#f)", within, "v1") == "[a](https://b.c/d) [e](#f)"


def test_a_release_is_built_of_the_published_readme() -> None:
    steps = re.findall(r"- run: (.*)", (ROOT / ".github" / "workflows" / "release.yml").read_text())
    (written,) = (step for step in steps if step.startswith("python .github/published_readme.py "))
    assert steps.index(written) < steps.index("python -m build --no-isolation")
