"""Check that a release has one name: its tag, the version in pyproject.toml, the newest heading of CHANGELOG.md."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_HEADING = re.compile(r"## (?P<version>\d+\.\d+\.\d+), (?P<date>\d{4}-\d\d-\d\d|not released yet)")


def complaints(pyproject: str, changelog: str, tag: str | None = None) -> list[str]:
    """What is wrong with these two files, and with a tag where one is to be released."""
    version = tomllib.loads(pyproject)["project"]["version"]
    heading = next((line for line in changelog.splitlines() if line.startswith("## ")), "")
    found = _HEADING.fullmatch(heading)
    if not found:
        return [f"CHANGELOG.md: write the newest heading as '## {version}, YYYY-MM-DD' or '… not released yet'"]
    wrong = []
    if found["version"] != version:
        wrong.append(f"CHANGELOG.md's newest heading is of {found['version']}, pyproject.toml's version is {version}")
    if tag is not None and tag != f"v{version}":
        wrong.append(f"the tag is {tag}, pyproject.toml's version is {version}")
    if tag is not None and found["date"] == "not released yet":
        wrong.append(f"CHANGELOG.md: '{heading}' has no date, but {tag} is to be released")
    return wrong


if __name__ == "__main__":
    said = complaints(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        sys.argv[1],
    )
    print(*said, sep="\n")
    sys.exit(bool(said))
