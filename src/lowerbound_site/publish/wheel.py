"""The library's wheel: what the pages link to, and what labs run with."""

import subprocess
import sys
import tempfile
from pathlib import Path

from lowerbound_site.evidence import fingerprint
from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.expand import wheel_name


def wheel(root: Path = ROOT) -> Path:
    """Return the library's wheel, built anew only when what goes into it has changed."""
    sources = [
        *(root / name for name in ("pyproject.toml", "README.md", "LICENSE")),
        *(root / "src" / "lowerbound").rglob("*"),
    ]
    kept = root / ".cache" / "wheel" / fingerprint.files(root, sources) / wheel_name(root / "pyproject.toml")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, str(root)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            if ended.returncode:
                raise EvidenceError(f"the wheel could not be built:\n{ended.stdout}{ended.stderr}")
            (Path(folder) / kept.name).replace(kept)
    return kept
