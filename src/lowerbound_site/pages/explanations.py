"""Explanations without code: another way to see a claim, folded under it on every page where it stands.

One file is one explanation, docs/explanations/NAME.md. Its front matter names the claim, a title and, if they like, who
wrote it. It is no page of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mkdocs.utils.meta import get_data

from lowerbound_site.evidence.claims import ROOT

FOLDER = "explanations"
LONGEST = 200  # words


@dataclass(frozen=True)
class Explanation:
    """A Markdown file under docs/explanations/: its path from docs/, and its text."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The file's name without `.md`."""
        return Path(self.path).stem

    @cached_property
    def meta(self) -> Mapping[str, Any]:
        """The front matter: claim, title, by."""
        return dict(get_data(self.text)[1])

    @property
    def claim(self) -> str:
        """The claim that it explains."""
        return str(self.meta.get("claim") or "")

    @property
    def title(self) -> str:
        """What the line says behind which it stands."""
        return str(self.meta.get("title") or "")

    @property
    def by(self) -> str:
        """Who wrote it, if they want to be named."""
        return str(self.meta.get("by") or "")


def read_explanations(root: Path = ROOT) -> list[Explanation]:
    """Read every explanation under `root`, in the order of their names."""
    docs = root / "docs"
    paths = sorted((docs / FOLDER).glob("*.md"))
    return [Explanation(path.relative_to(docs).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
