"""Build the site, and serve it: first what a page links to (the wheel, the programs, its card), then MkDocs."""

import contextlib
import functools
import hashlib
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from lowerbound_site.cards import cards
from lowerbound_site.claims import ROOT, EvidenceError
from lowerbound_site.expand import expand, read_pages, wheel_name
from lowerbound_site.prose import check_pages

HOST = "127.0.0.1"


def build(out: Path, root: Path = ROOT) -> None:
    """Build the whole site into `out`; any warning is an error."""
    prepare(root)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out.resolve())]
    if subprocess.run(command, cwd=root, env=_environment(root), check=False).returncode:
        raise EvidenceError("mkdocs did not build the site; its messages stand above")


def serve(root: Path = ROOT) -> None:
    """Serve the site on loopback until interrupted; pages, snippets and the library are watched."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop, stop MkDocs too
    prepare(root)
    port = _free_port()
    address = f"http://{HOST}:{port}/"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"{HOST}:{port}"]
    environment = _environment(root) | {"SITE_URL": address, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                print(line, end="", flush=True)
                if "Serving on" in line:
                    print(f"\nThe site is at {address} (Ctrl+C stops it)", flush=True)
        except KeyboardInterrupt:
            server.terminate()
    if server.returncode > 0:
        raise EvidenceError("mkdocs did not serve the site; its messages stand above")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and keeps to itself what was asked for."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test reads what the browser reports."""


@contextlib.contextmanager
def serving(directory: Path, handler: type[http.server.SimpleHTTPRequestHandler] = QuietHandler) -> Iterator[str]:
    """Serve a built site on a free port of loopback, as long as the context lasts; yields its address."""
    with http.server.ThreadingHTTPServer((HOST, 0), functools.partial(handler, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def prepare(root: Path = ROOT) -> None:
    """Check the pages' text, and put into docs/download what they link to."""
    complaints = check_pages(root)
    for page in read_pages(root):
        try:
            expand(page.text, root, f"docs/{page.path}")
        except EvidenceError as error:
            complaints.append(str(error))
    if complaints:
        raise EvidenceError("\n".join(dict.fromkeys(complaints)))
    download = root / "docs" / "download"
    wanted = {download / path.name: path for path in [wheel(root), *(root / "snippets").glob("*.py")]}
    wanted |= {download / "cards" / f"{page}.png": card for page, card in cards(root).items()}
    for stale in {path for path in download.rglob("*") if path.is_file()} - wanted.keys():
        stale.unlink()
    for place, path in wanted.items():
        if not place.exists() or place.read_bytes() != path.read_bytes():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _environment(root: Path) -> dict[str, str]:
    """What MkDocs is told: the date of the build is that of the last commit, where nobody sets another."""
    told = {"NO_MKDOCS_2_WARNING": "1"}  # the contributing page speaks of Material's end of life; once is enough
    command = ["git", "log", "-1", "--format=%ct"]
    with contextlib.suppress(FileNotFoundError):
        commit = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if date := commit.stdout.strip():
            told["SOURCE_DATE_EPOCH"] = date
    return told | os.environ


def wheel(root: Path = ROOT) -> Path:
    """Return the library's wheel, built anew only when what goes into it has changed."""
    sources = [
        *(root / name for name in ("pyproject.toml", "README.md", "LICENSE")),
        *sorted(path for path in (root / "src" / "lowerbound").rglob("*") if path.is_file()),
    ]
    key = hashlib.sha256()
    for path in sources:
        if "__pycache__" not in path.parts:
            key.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    kept = root / ".cache" / "wheel" / key.hexdigest()[:16] / wheel_name(root / "pyproject.toml")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, str(root)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            if ended.returncode:
                raise EvidenceError(f"the wheel could not be built:\n{ended.stdout}{ended.stderr}")
            (Path(folder) / kept.name).replace(kept)
    return kept


def _free_port(first: int = 8000, tried: int = 100) -> int:
    for port in range(first, first + tried):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise EvidenceError(f"no free port from {first} to {first + tried - 1}; stop one of the servers there")
