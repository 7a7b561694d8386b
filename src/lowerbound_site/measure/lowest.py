"""Run every program with the lowest versions that the library's wheel admits, so that the bounds are true.

An environment of its own gets exactly the lower bound of each dependency and the wheel. Torch comes from PyTorch's own
index of CPU builds; where that cannot be reached, the torch that the site is checked with stands in for it.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, EvidenceError, read_claims
from lowerbound_site.evidence.run import run_fresh
from lowerbound_site.pages.expand import CPU_BUILDS
from lowerbound_site.publish.wheel import wheel

_BOUND = re.compile(r"([\w-]+)>=([\w.]+)")


def lowest(names: list[str], root: Path = ROOT) -> bool:
    """Run the named programs (all when none is named) there; say what fails, and return whether none does."""
    python = _environment(root)
    claims = read_claims(root)
    failed = []
    for name in names or claims:
        run = run_fresh(name, claims[name].source, python=python)
        if run.error:
            failed.append(name)
            print(f"FAILS {name}\n{run.error}", flush=True)
        else:
            other = "" if run.stdout == claims[name].output else " (prints other digits than the record)"
            print(f"ok    {name}{other}", flush=True)
    print(f"{len(failed)} of {len(names or claims)} programs fail with the lowest versions")
    return not failed


def bounds(root: Path = ROOT) -> dict[str, str]:
    """The lowest version of each dependency, from pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = {entry: _BOUND.fullmatch(entry) for entry in project["dependencies"]}
    if unread := [entry for entry, bound in found.items() if not bound]:
        raise EvidenceError(f"pyproject.toml: {', '.join(unread)}: write a dependency as name>=lowest")
    return {bound[1]: bound[2] for bound in found.values() if bound}


def _environment(root: Path) -> Path:
    """Make the environment, and return its Python."""
    folder = root / ".cache" / "lowest"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    torch, *others = (f"{name}=={version}" for name, version in bounds(root).items())
    if subprocess.run([*install, torch, "--index-url", CPU_BUILDS], check=False).returncode:
        torch = re.search(r"^torch==\S+", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)[0]  # type: ignore[index]
        print(f"the lowest torch could not be had; {torch} stands in for it", flush=True)
    if subprocess.run([*install, torch, *others], check=False).returncode:
        raise EvidenceError("pip did not find the lowest versions together; its messages stand above")
    subprocess.run([*install, "--no-deps", "--force-reinstall", str(wheel(root))], check=True)
    print("with", torch, *others, flush=True)
    return python
