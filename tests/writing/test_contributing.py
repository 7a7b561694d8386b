"""The contributing page is true: its commands are run as they stand there, and print what stands there."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lowerbound import plots
from lowerbound_site.evidence import claims, record
from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages import explanations, fold, maths

from ..browser.test_pages import MOST_WORDS

PAGE = ROOT / "docs" / "contributing.md"
# The sections whose commands are run, in their order.
PATH = ("claim", "explanation", "texts", "send")
# Of those, what is not: it would run this test, or install something.
NOT_RUN = {"make test", "pip install pre-commit", "pre-commit install"}
PATIENCE = 600  # seconds, for the first build of a site on a machine that is busy
_FENCE = re.compile(r"^```(console|text|markdown)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Step:
    """What the page tells to type, or to put on a page, and what it says that is printed then."""

    kind: str
    text: str
    printed: str | None = None


def sections(page: str) -> dict[str, str]:
    """The text of every section, by its id."""
    return dict(re.findall(r"^## [^\n]*\{#([\w-]+)[^\n]*\}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))


def steps(page: str) -> Iterator[Step]:
    """The steps of the path."""
    for name in PATH:
        section = sections(page)[name]
        fences = list(_FENCE.finditer(section))
        for number, found in enumerate(fences):
            if found[1] == "text":
                continue
            after = fences[number + 1] if number + 1 < len(fences) else None
            yield Step(found[1], found[2], after[2] if after and after[1] == "text" else None)


class Newcomer:
    """Somebody with a fork, git, make, and an environment that is set up."""

    def __init__(self, fork: Path, folder: Path) -> None:
        self.fork, self.folder = fork, folder
        self.server: subprocess.Popen[str] | None = None
        who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        left = {"SITE_URL", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TORCH", "OMP_NUM_THREADS", "MATPLOTLIBRC"}
        self.environment = {name: value for name, value in os.environ.items() if name not in left} | who

    def type(self, command: str) -> str:
        """What a command prints."""
        command = command.replace("THE-REPOSITORY", str(self.fork))
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            self._set_up()
            return ""
        if command == "make serve":
            return self._serve()
        ended = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert not ended.returncode, f"{command}:\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def see(self, path: str, pattern: str) -> None:
        """Wait until the served page has this."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, page := self._get(path)):
            assert time.monotonic() < end, f"{pattern} is not on {path}:\n{page[-3000:]}"
            time.sleep(0.5)

    def stop(self) -> None:
        """Ctrl+C."""
        if self.server:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.wait(timeout=60)

    def _set_up(self) -> None:
        """What `make` does in minutes, from the environment that is here; the code is that of the clone."""
        (self.folder / ".venv").mkdir()
        for part in Path(sys.prefix).iterdir():
            if not part.name.startswith("stamp-"):
                (self.folder / ".venv" / part.name).symlink_to(part)
        planned = self.type("make --dry-run serve")
        stamp = re.search(r"touch (\.venv/stamp-\d+)", planned)
        assert stamp, planned
        (self.folder / stamp[1]).touch()
        self.environment["PYTHONPATH"] = str(self.folder / "src")

    def _serve(self) -> str:
        log = self.folder.parent / "log.txt"
        with log.open("w") as out:
            self.server = subprocess.Popen(
                ["make", "serve"],
                cwd=self.folder,
                env=self.environment,
                stdout=out,
                stderr=out,
                text=True,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"The site is at (\S+) .*\n", log.read_text())):
            assert self.server.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.5)
        self.address = found[1]
        return log.read_text()[: found.end()].replace(
            found[1], "http://127.0.0.1:8000/"
        )  # or the next port that is free

    def _get(self, path: str) -> str:
        with contextlib.suppress(OSError), urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())
        return ""


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    """Somebody whose fork has what is committed here as its main."""
    fork = tmp_path / "fork.git"
    git = ["git", "-c", "receive.shallowUpdate=true"]
    subprocess.run([*git, "init", "--quiet", "--bare", "--initial-branch=main", fork], check=True)
    subprocess.run(["git", "-C", fork, "config", "receive.shallowUpdate", "true"], check=True)
    subprocess.run([*git, "-C", ROOT, "push", "--quiet", fork, "HEAD:refs/heads/main"], check=True)
    somebody = Newcomer(fork, tmp_path)
    yield somebody
    somebody.stop()


@pytest.mark.more
def test_the_path_is_walked_as_it_stands_from_a_clean_clone(newcomer: Newcomer) -> None:
    newcomer.type("git clone --quiet --no-local THE-REPOSITORY committed")
    for step in steps((newcomer.folder / "committed" / "docs" / "contributing.md").read_text(encoding="utf-8")):
        if step.kind == "markdown":
            primer = newcomer.folder / "docs" / "primer.md"
            primer.write_text(f"{primer.read_text(encoding='utf-8')}\n{step.text}", encoding="utf-8")
            newcomer.see("primer/", 'id="my-claim"')
            continue
        commands = [line for line in step.text.splitlines() if line not in NOT_RUN]
        printed = "".join([newcomer.type(command) for command in commands])
        assert step.printed is None or printed == step.printed
    assert (
        newcomer.type(f"git -C {newcomer.fork} log -1 --format=%s my-claim") == "What changes for a reader, and why\n"
    )
    newcomer.see("questions/my-question/", "Two or three sentences that stand alone")
    newcomer.type("make build")  # strictly, with all that `make new` wrote


def test_what_is_printed_stands_under_what_prints_it() -> None:
    found = list(steps(PAGE.read_text(encoding="utf-8")))
    assert [step.text.split()[:2] for step in found if step.printed] == [
        ["git", "clone"],
        ["make", "new"],
        ["make", "record"],
        ["make", "check"],
        ["make", "check"],
        ["make", "new"],
        ["make", "check"],
    ]
    typed = {line for step in found if step.kind == "console" for line in step.text.splitlines()}
    assert typed >= NOT_RUN


def test_the_style_that_is_told_is_the_style_that_is_asked_for() -> None:
    style = sections(PAGE.read_text(encoding="utf-8"))["style"]
    formulas = re.search(r"Commands of our own:(.*?)\. In a table", style)
    assert formulas
    assert set(re.findall(r"`\\(\w+)", formulas[1])) == maths.MACROS.keys()
    colours = re.search(r"take (.*?) from `lowerbound\.plots`", style)
    assert colours
    assert all(getattr(plots, name).startswith("#") for name in re.findall(r"`(\w+)`", colours[1]))
    sheets = {path.name for path in (ROOT / "docs" / "assets" / "css").glob("*.css")}
    assert set(re.findall(r"`([\w-]+\.css)`", style)) == sheets


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        (r"at most \{\{ set: (\d+) \}\} lines of code", claims.LONGEST),
        (r"asserts, at most \{\{ set: (\d+) \}\} lines", fold.LONGEST_VISIBLE),
        (r"idea and at most \{\{ set: (\d+) \}\} words", explanations.LONGEST),
        (r"at most \{\{ set: (\d+) \}\} characters", claims.LONGEST_SENTENCE),
        (r"At most \{\{ set: (\d+) \}\} KB", record._LARGEST),
        (r"page \{\{ set: (\d+) \}\} words that are seen", MOST_WORDS),
    ],
)
def test_limits_that_are_told_are_those_that_hold(told: str, limit: int) -> None:
    assert re.findall(told, " ".join(PAGE.read_text(encoding="utf-8").split())) == [str(limit)]
