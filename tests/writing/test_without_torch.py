"""Pages and explanations can be written, checked and shown where torch can't be imported."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.explanations import read_explanations
from lowerbound_site.trained.instrument_data import WITHOUT_TORCH


@pytest.fixture
def blocked(tmp_path: Path) -> dict[str, str]:
    """An environment in which importing torch, or the library, fails."""
    for name in ("torch", "lowerbound"):
        (tmp_path / "blocked" / name).mkdir(parents=True)
        (tmp_path / "blocked" / name / "__init__.py").write_text("raise ImportError('there is no torch')\n")
    bare = {name: value for name, value in os.environ.items() if name != WITHOUT_TORCH}
    return bare | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "blocked"), str(ROOT / "src")])}


def site(*words: str, environment: dict[str, str], root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lowerbound_site", *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_what_blocks_torch_does(blocked: dict[str, str]) -> None:
    command = [sys.executable, "-c", "import torch"]
    assert (
        "there is no torch" in subprocess.run(command, env=blocked, capture_output=True, text=True, check=False).stderr
    )


def test_an_explanation_is_checked(blocked: dict[str, str]) -> None:
    name = read_explanations()[0].path
    ended = site("check", "--page", f"docs/{name}", environment=blocked)
    assert ended.stdout.startswith(f"ok    docs/{name} reads as it is meant"), ended.stdout + ended.stderr
    assert "is shown on docs/" in ended.stdout


@pytest.mark.more
def test_the_site_is_built_and_says_what_is_left_out(blocked: dict[str, str], tmp_path: Path) -> None:
    root = tmp_path / "copied"
    ignored = shutil.ignore_patterns("__pycache__", "download")
    for name in ("docs", "snippets", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("mkdocs.yml", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    blocked["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "blocked"), str(root / "src")])
    refused = site("refresh", environment=blocked, root=root)
    assert refused.returncode
    assert refused.stderr == (
        "there is no torch; install what requirements.txt pins, or write pages without torch: make serve TORCH=no\n"
    )
    left_out = blocked | {WITHOUT_TORCH: "1"}
    built = site("refresh", environment=left_out, root=root)
    assert not built.returncode, built.stdout + built.stderr
    (served,) = (path for path in (root / ".cache" / "site").iterdir() if path.is_dir())
    page = served / "questions" / "why-measure-q-against-p" / "index.html"
    assert "Another way to see it" in page.read_text(encoding="utf-8")
    lab = (served / "labs" / "closed-forms" / "index.html").read_text(encoding="utf-8")
    assert "The lab is not run: torch is left out." in lab
    refused = site("build", environment=left_out, root=root)
    assert refused.stderr == "a site that is published needs torch; build it without TORCH=no\n"


def test_make_leaves_torch_out_of_what_it_installs_and_nothing_else() -> None:
    def planned(*words: str) -> str:
        command = ["make", "--dry-run", "--always-make", "serve", *words]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert "--requirement requirements.txt\n" in planned()
    assert "grep -v '^torch==' requirements.txt > .venv/requirements.txt\n" in planned("TORCH=no")
    assert "--requirement .venv/requirements.txt\n" in planned("TORCH=no")
    pins = (ROOT / "requirements.txt").read_text().splitlines()
    assert len([pin for pin in pins if pin.startswith("torch==")]) == 1
