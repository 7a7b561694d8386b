"""A repository with one recorded claim and nothing else, for the tests of every room."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT

SNIPPET = '''\
"""Two and two are four.

Kind: identity
Break it: 2 + 2 -> 2 + 3
"""

total = 2 + 2
print(f"total = {total}")

assert total == 4, f"expected four, not {total}"
'''
BROKEN_END = "total = 5\nline 10: assert total == 4\nAssertionError: expected four, not 5\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one recorded claim, `two-and-two`, and no page."""
    (tmp_path / "snippets").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "lowerbound"\nversion = "1.2.3"\n')
    (tmp_path / "snippets" / "two-and-two.py").write_text(SNIPPET)
    (tmp_path / "snippets" / "two-and-two.out").write_text("total = 4\n")
    (tmp_path / "snippets" / "two-and-two.broken").write_text(BROKEN_END)
    return tmp_path


@pytest.fixture
def library(root: Path) -> Path:
    """The same with a library of one line, pinned versions and settings."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "mkdocs.yml", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / "src" / "lowerbound").mkdir(parents=True)
    (root / "src" / "lowerbound" / "__init__.py").write_text('"""One line."""\n')
    return root


@pytest.fixture
def write(root: Path) -> Callable[[str, str], Path]:
    """Write a file into the repository: its path, its text."""

    def write(path: str, text: str) -> Path:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        return root / path

    return write
