"""Files have the same bytes on every system, and what sets up a machine names what is there."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from .workflows import ROOT


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("path", "text", "eol"),
    [
        ("snippets/gap-is-the-kl.py", "auto", "lf"),
        ("snippets/gap-is-the-kl.out", "auto", "lf"),
        (".ci/run", "auto", "lf"),
        ("docs/assets/fonts/text.woff2", "unset", "lf"),
        ("src/lowerbound/trained/digits.safetensors", "unset", "lf"),
    ],
)
def test_line_ends_are_the_same_everywhere(path: str, text: str, eol: str) -> None:
    assert (ROOT / path).exists()
    found = dict(line.rsplit(": ", 2)[1:] for line in git("check-attr", "text", "eol", "--", path).splitlines())
    assert found == {"text": text, "eol": eol}


def lines_of_eol() -> Iterator[tuple[str, str, str]]:
    """Of each tracked file: how its lines end, what attributes say, its path."""
    for line in git("ls-files", "--eol").splitlines():
        told, path = line.split("\t")
        index, _, *attributes = told.split()
        yield index, " ".join(attributes), path


def test_what_is_no_text_is_named_as_such_and_no_text_has_other_line_ends() -> None:
    wrong = [
        path
        for index, attributes, path in lines_of_eol()
        if index in ("i/crlf", "i/mixed") or (index == "i/-text") != ("attr/-text" in attributes)
    ]
    assert wrong == []


def test_tools_that_run_before_a_commit_are_those_of_the_environment() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    pinned = set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
    for hook in repository["hooks"]:
        tool = hook["entry"].split()[0]
        if hook["language"] == "system":
            assert tool.removeprefix(".venv/bin/") in pinned
        else:
            assert re.fullmatch(rf"{tool}(-py)?==[\d.]+", hook["additional_dependencies"][0])


def test_the_container_sets_itself_up() -> None:
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    script = ROOT / told["postCreateCommand"]
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_a_new_python_is_asked_for_where_a_pin_needs_one() -> None:
    """What the Makefile asks for is what the documents say."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (asked,) = re.findall(r"sys\.version_info < \(([\d, ]+)\)", makefile)
    version = asked.replace(", ", ".")
    for path in ("Makefile", "README.md", "docs/contributing.md"):
        assert f"Python {version} or later" in (ROOT / path).read_text(encoding="utf-8")
