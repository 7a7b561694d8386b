"""What is asked of a workflow beyond its schema, as complaints about its text."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
ACTIONS = sorted(ROOT.glob(".github/actions/*/action.yml"))

# Whatever may write, and why: the site goes to Pages, the wheel to PyPI. Nothing else may.
MAY: dict[tuple[str, str], dict[str, str]] = {
    ("publish.yml", "build"): {"contents": "read", "pages": "read"},
    ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("release.yml", "publish"): {"id-token": "write"},
}
READ_ONLY = {"contents": "read"}
# With these a stranger's code would run beside the repository's secrets.
DANGEROUS = {"pull_request_target", "workflow_run", "issue_comment"}

_USES = re.compile(r"^\s*(?:- )?uses: *(?P<what>\S+)(?P<rest>.*)$", re.MULTILINE)
_PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}")
_VERSION = re.compile(r" # v\d+\.\d+\.\d+")
_FILE = re.compile(r"(?<![\w./-])((?:\.github|tests|src|docs)/[\w./-]+|requirements\.txt)")


def complaints(name: str, text: str) -> list[str]:
    """Everything that is wrong with a workflow or an action of this file name."""
    document = yaml.safe_load(text)
    found = [*unpinned(text), *steps(document)]
    if "jobs" in document:
        found += [*rights(name, document), *jobs(document)]
    return found


def unpinned(text: str) -> Iterator[str]:
    """What a workflow uses that could change without a change here."""
    for use in _USES.finditer(text):
        what = use["what"]
        if what.startswith("./"):
            if not any((ROOT / what / file).is_file() for file in ("", "action.yml")):
                yield f"{what} is not there"
        elif not _PINNED.fullmatch(what):
            yield f"{what} is not pinned by a commit"
        elif not _VERSION.fullmatch(use["rest"]):
            yield f"{what} has no comment with its version"


def rights(name: str, document: dict[Any, Any]) -> Iterator[str]:
    """What a workflow may do more than it should."""
    if document.get("permissions") != READ_ONLY:
        yield "the permissions at the top are not: contents: read"
    for job, told in document["jobs"].items():
        if "permissions" in told and told["permissions"] != MAY.get((name, job)):
            yield f"the job {job} has permissions that are not in MAY"
    events = document.get("on", document.get(True))  # YAML takes `on` for a truth value
    yield from (
        f"{event} is dangerous" for event in DANGEROUS.intersection([events] if isinstance(events, str) else events)
    )
    if re.search(r"\bsecrets\b", yaml.dump(document)):
        yield "it uses a secret"


def jobs(document: dict[Any, Any]) -> Iterator[str]:
    """Jobs that wait for none that is there, or run for hours."""
    for job, told in document["jobs"].items():
        needs = told.get("needs", [])
        for other in [needs] if isinstance(needs, str) else needs:
            if other not in document["jobs"]:
                yield f"the job {job} needs {other}, which is not there"
        if "uses" not in told and "timeout-minutes" not in told:
            yield f"the job {job} has no timeout"


def steps(document: dict[Any, Any]) -> Iterator[str]:
    """Commands that are no bash, or name what is not there."""
    parts = document["jobs"].values() if "jobs" in document else [document["runs"]]
    for step in (step for part in parts for step in part.get("steps", [])):
        if (
            step.get("uses", "").startswith("actions/checkout@")
            and step["with"].get("persist-credentials") is not False
        ):
            yield "a checkout keeps its credentials"
        if command := step.get("run"):
            yield from commands(command)


def commands(command: str) -> Iterator[str]:
    """What is wrong with the text of one step."""
    if "${{" in command:
        yield "an expression stands in a command; give it by env"
    if error := subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True, check=False).stderr:
        yield f"no bash: {error.strip()}"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in re.findall(r"^make (\S+)", command, re.MULTILINE):
        if target not in targets:
            yield f"make {target}: the Makefile has no such target"
    for path in _FILE.findall(command):
        if not (ROOT / path).exists():
            yield f"{path} is not there"
