"""The forms ask what the project says they ask, and the links on the pages fill them in."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .test_schemas import FORMS
from .workflows import ROOT


def fields(path: Path) -> list[dict[str, Any]]:
    """The fields of a form that somebody fills in."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
    return [field for field in body if field["type"] != "markdown"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_fields_are_told_apart(path: Path) -> None:
    found = fields(path)
    assert len({field["id"] for field in found}) == len({field["attributes"]["label"] for field in found}) == len(found)
    assert any(field.get("validations", {}).get("required") for field in found)


def test_a_claim_is_wrong_only_with_its_name_and_a_program() -> None:
    found = {field["id"]: field for field in fields(ROOT / ".github/ISSUE_TEMPLATE/wrong.yml")}
    assert found["claim"]["validations"]["required"]
    assert found["program"]["validations"]["required"]
    assert found["program"]["attributes"]["render"] == "python"
    assert (ROOT / "snippets" / f"{found['claim']['attributes']['placeholder']}.py").exists()


def test_a_pull_request_asks_what_a_review_asks() -> None:
    contributing = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    asked = re.search(r"^## What a review asks for.*?\n\n((?:- .*\n)+)", contributing, re.MULTILINE)
    assert asked
    template = (ROOT / ".github" / "pull_request_template.md").read_text(encoding="utf-8")
    assert [f"- {question}" for question in re.findall(r"^- \[ \] (.*)", template, re.MULTILINE)] == asked[
        1
    ].splitlines()
    assert re.search(r"^How AI was used", template, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", *(f".github/{path.name}" for path in ROOT.glob(".github/*.md"))]
)
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    path = ROOT / name
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
