"""Workflows, forms and settings are of the form that the host reads."""

import re
from pathlib import Path

import pytest
from check_jsonschema.cli import main
from click.testing import CliRunner

from .workflows import ACTIONS, ROOT, WORKFLOWS

FORMS = sorted(set(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml")) - {ROOT / ".github/ISSUE_TEMPLATE/config.yml"})
SCHEMAS = {
    "github-workflows": WORKFLOWS,
    "github-actions": ACTIONS,
    "github-issue-forms": FORMS,
    "github-issue-config": [ROOT / ".github/ISSUE_TEMPLATE/config.yml"],
    "dependabot": [ROOT / ".github/dependabot.yml"],
    "citation-file-format": [ROOT / "CITATION.cff"],
}


def complaint(schema: str, *paths: Path) -> str:
    """What the schema says against these files; nothing where all are valid."""
    told = ["--builtin-schema", f"vendor.{schema}", "--default-filetype", "yaml", *map(str, paths)]
    ended = CliRunner().invoke(main, told)
    return ended.output if ended.exit_code else ""


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_are_valid(schema: str) -> None:
    assert complaint(schema, *SCHEMAS[schema]) == ""


@pytest.mark.parametrize(
    ("schema", "before", "after"),
    [
        ("github-workflows", r"runs-on", "runs-at"),
        ("github-actions", r"using: composite", "using: nothing"),
        ("github-issue-forms", r"label:", "lable:"),
        ("github-issue-config", r"url:", "address:"),
        ("dependabot", r"monthly", "sometimes"),
        ("citation-file-format", r"title:", "titel:"),
    ],
)
def test_what_is_not_valid_is_refused(schema: str, before: str, after: str, tmp_path: Path) -> None:
    path = SCHEMAS[schema][0]
    damaged = tmp_path / path.name
    damaged.write_text(re.sub(before, after, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    assert damaged.read_text(encoding="utf-8") != path.read_text(encoding="utf-8")
    assert complaint(schema, damaged)


def test_no_file_is_left_out() -> None:
    checked = {path for paths in SCHEMAS.values() for path in paths}
    settings_of_tools = {ROOT / ".github/zizmor.yml"}
    assert set(ROOT.glob(".github/**/*.y*ml")) - checked == settings_of_tools
