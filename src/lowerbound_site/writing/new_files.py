"""New files with a name that can be an address, and never over what is there."""

import re
from collections.abc import Mapping
from pathlib import Path

from lowerbound_site.evidence.claims import EvidenceError


def write_new(name: str, files: Mapping[Path, str], root: Path) -> None:
    """Write files that belong to `name`, all of them or none."""
    check_name(name)
    for path in files:
        if path.exists():
            raise EvidenceError(f"{path.relative_to(root)}: exists already; choose another name, or edit it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def check_name(name: str) -> None:
    """Refuse a name that could be no address."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise EvidenceError(f"{name!r}: a name has small letters, digits and single hyphens, such as my-instrument")
