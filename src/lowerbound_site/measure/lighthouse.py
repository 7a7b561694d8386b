"""Measure the built site as Lighthouse does, on a phone: the first page, a question, a lab and the heaviest page.

Lighthouse comes from the npm registry into .cache/, once. The pages are served on loopback, compressed, as any host
would. Scores of performance mean little on a machine that is busy with something else.
"""

import gzip
import io
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.publish.build import build
from lowerbound_site.publish.chromium import chromium
from lowerbound_site.publish.serving import QuietHandler, serving

VERSION = "12.8.2"  # the last that runs on Node 18 and 20
QUESTION = "questions/why-measure-q-against-p/"
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml"}
_FLAGS = "--headless=new --no-sandbox --no-first-run --disable-background-networking --disable-component-update"


def lighthouse(root: Path = ROOT) -> None:
    """Build the site, measure some of its pages, and print their scores with what costs points."""
    program = _installed(root / ".cache" / "lighthouse")
    site = root / "site"
    build(site, root)
    print(f"{'performance':>12} {'accessible':>12} {'practices':>12} {'found':>12}  page")
    with serving(site, CompressingHandler) as address:
        for path in pages(site):
            report = _measure(program, address + path)
            scores = [report["categories"][name]["score"] or 0 for name in _CATEGORIES]
            print(*(f"{100 * score:12.0f}" for score in scores), f" /{path}", flush=True)
            for line in _losses(report):
                print(f"    {line}", flush=True)


def pages(site: Path) -> list[str]:
    """Which pages are measured, without repetition."""
    weights = {path: len(gzip.compress(path.read_bytes())) for path in sorted(site.rglob("index.html"))}
    labs = [path for path in weights if path.parent.parent.name == "labs"]
    chosen = [site / "index.html", site / QUESTION / "index.html", *labs[:1], max(weights, key=weights.__getitem__)]
    return list(dict.fromkeys(path.relative_to(site).as_posix().removesuffix("index.html") for path in chosen))


def _installed(folder: Path) -> Path:
    program = folder / VERSION / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not shutil.which("npm"):
        raise EvidenceError("Lighthouse needs Node 18 or later with npm; install them, and run this again")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix"]
        with tempfile.TemporaryDirectory(dir=folder) as draft:
            if subprocess.run([*command, draft, f"lighthouse@{VERSION}"], check=False).returncode:
                raise EvidenceError("Lighthouse could not be installed; npm's messages stand above")
            shutil.copytree(draft, folder / VERSION, symlinks=True, dirs_exist_ok=True)
    return program


def _measure(program: Path, address: str) -> dict[str, Any]:
    command = ["node", str(program), address, "--output=json", "--quiet", "--no-enable-error-reporting"]
    environment = os.environ | {"CHROME_PATH": chromium()}
    ended = subprocess.run(
        [*command, f"--chrome-flags={_FLAGS}"], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise EvidenceError(f"Lighthouse did not measure {address}:\n{ended.stderr}")
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def _losses(report: dict[str, Any]) -> list[str]:
    """What costs points, a line for each."""
    return [
        f"{audit['title']} {audit.get('displayValue', '')}".strip()
        for name in _CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"] and ((audit := report["audits"][reference["id"]])["score"] or 0) < 0.9
        if audit["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]


class CompressingHandler(QuietHandler):
    """Serves texts compressed, as a host on the net does."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send texts compressed, and everything else as it is."""
        path = Path(self.translate_path(self.path))
        if self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix not in _TEXT or not path.is_file():
            return super().send_head()
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)
