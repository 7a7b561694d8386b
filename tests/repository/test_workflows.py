"""The workflows ask for no right they don't need, use nothing that may change unseen, and call what is there."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from .workflows import ACTIONS, MAY, ROOT, WORKFLOWS, complaints


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: f"{path.parent.name}-{path.name}")
def test_nothing_is_wrong(path: Path) -> None:
    assert complaints(path.name, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "before", "after", "complaint"),
    [
        ("publish.yml", r"deploy-pages@\w+ # v[\d.]+", "deploy-pages@v5", "is not pinned by a commit"),
        ("publish.yml", r"(deploy-pages@\w+) # v[\d.]+", r"\1", "has no comment with its version"),
        ("publish.yml", r"\./\.github/actions/environment", "./.github/actions/nothing", "is not there"),
        ("publish.yml", "contents: read\n\nconcurrency", "contents: write\n\nconcurrency", "permissions at the top"),
        ("publish.yml", "pages: read #", "pages: write #", "job build has permissions"),
        ("publish.yml", r"needs: \[test, build\]", "needs: [tests, build]", "needs tests, which is not there"),
        ("publish.yml", "run: make build", "run: make build ${{ github.ref }}", "expression stands in a command"),
        ("preview.yml", "pull_request:", "pull_request_target:", "pull_request_target is dangerous"),
        ("preview.yml", r"\$\{\{ github.server_url \}\}", "${{ secrets.TOKEN }}", "uses a secret"),
        ("preview.yml", r" +timeout-minutes: 30\n", "", "has no timeout"),
        ("preview.yml", "persist-credentials: false", "fetch-depth: 0", "keeps its credentials"),
        ("preview.yml", "make build", "make biuld", "no such target"),
        ("test.yml", "do\n", "od\n", "no bash"),
        ("test.yml", "pytest tests/library", "pytest tests/libary", "tests/libary is not there"),
    ],
)
def test_each_complaint_is_made(name: str, before: str, after: str, complaint: str) -> None:
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    damaged = re.sub(before, after, text, count=1)
    assert damaged != text
    assert any(complaint in said for said in complaints(name, damaged))


def test_an_action_has_one_version() -> None:
    used = [use for path in [*WORKFLOWS, *ACTIONS] for use in re.findall(r"uses: (\S+)@(\S+ # \S+)", path.read_text())]
    assert len(set(used)) == len({action for action, _ in used})


def test_what_may_write_is_there() -> None:
    files = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS}
    assert all("permissions" in files[name]["jobs"][job] for name, job in MAY)


@pytest.mark.parametrize(("name", "job"), [("publish.yml", "deploy"), ("release.yml", "publish")])
def test_nothing_leaves_untested(name: str, job: str) -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))["jobs"]
    assert {"test", "build"} == set(jobs[job]["needs"])
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"


def test_every_version_of_python_that_is_promised_is_tested() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    tested = workflow["jobs"]["everything"]["strategy"]["matrix"]["python"]
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert lowest == f">={tested[0]}"
    minors = [int(version.removeprefix("3.")) for version in tested]
    assert minors == list(range(minors[0], minors[-1] + 1))
