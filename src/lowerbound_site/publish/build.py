"""Build the site: first what a page links to (wheel, programs, instruments, cards), then MkDocs."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from lowerbound_site.evidence import fingerprint
from lowerbound_site.evidence.claims import ROOT, EvidenceError, read_claim
from lowerbound_site.pages.elements import modules, version
from lowerbound_site.pages.expand import downloaded, expand, read_pages, site_url
from lowerbound_site.pages.prose import check_pages
from lowerbound_site.publish.cards import cards
from lowerbound_site.publish.lighten import inline, postpone, prune, without_comment_lines
from lowerbound_site.publish.warnings_of_mkdocs import in_output
from lowerbound_site.publish.wheel import wheel
from lowerbound_site.trained.instrument_data import WITHOUT_TORCH, export


def build(out: Path, root: Path = ROOT) -> None:
    """Build the whole site; any warning is an error. What was in `out` stays until the new site is whole."""
    prepare(root)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        new = Path(folder, "site")
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(new.resolve())]
        ended = subprocess.run(command, cwd=root, env=_environment(root), capture_output=True, text=True, check=False)
        if ended.returncode:
            raise EvidenceError("\n".join(in_output(ended.stdout + ended.stderr, root)))
        prune(new)
        inline(new, urlsplit(f"{site_url()}/").path)
        postpone(new)
        if out.exists():
            out.replace(Path(folder, "before"))  # a server that serves it never finds half a site
        new.replace(out)


def refresh(root: Path = ROOT) -> Path:
    """Return the site that is kept for its address, built anew only when what it is made of has changed."""
    site, made_of = kept(root), _made_of(root)
    if not is_current(root):
        build(site, root)
        _stamp(site).write_text(made_of, encoding="utf-8")
    return site


def kept(root: Path = ROOT) -> Path:
    """Where the site is kept for its address."""
    return root / ".cache" / "site" / urlsplit(site_url()).netloc.replace(":", "-")


def is_current(root: Path = ROOT) -> bool:
    """Whether that site is there, and nothing that it is made of has changed since it was built."""
    stamp = _stamp(kept(root))
    return kept(root).exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _made_of(root)


def _stamp(site: Path) -> Path:
    return site.with_name(f"{site.name}.made-of")


def sources(root: Path) -> list[Path]:
    """The files and folders that decide what the site is."""
    names = ("docs", "snippets", "src", "mkdocs.yml", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
    return [root / name for name in names if (root / name).exists()]


def _made_of(root: Path) -> str:
    """A digest of all that the site is made of: sources, settings, Python, the date of the last commit."""
    environment = _environment(root)
    settings = [
        sys.version,
        site_url(),
        *(environment.get(name, "") for name in ("REPO_URL", "SOURCE_DATE_EPOCH", WITHOUT_TORCH)),
    ]
    within = (path for source in sources(root) for path in ([source] if source.is_file() else source.rglob("*")))
    written_by_prepare = root / "docs" / "download"
    return fingerprint.files(root, (path for path in within if not path.is_relative_to(written_by_prepare)), settings)


def what_is_wrong(root: Path = ROOT) -> list[str]:
    """Everything that can be said about snippets and pages without running or rendering them."""
    complaints = []
    for path in sorted((root / "snippets").glob("*.py")):
        try:
            read_claim(path)
        except EvidenceError as error:
            complaints.append(str(error))
    complaints += check_pages(root)
    for page in read_pages(root):
        try:
            expand(page.text, root, f"docs/{page.path}")
        except EvidenceError as error:
            complaints += str(error).splitlines()
    return list(dict.fromkeys(complaints))


def prepare(root: Path = ROOT) -> None:
    """Check what is written, and put into docs/download what the pages link to."""
    if complaints := what_is_wrong(root):
        raise EvidenceError("\n".join(complaints))
    download = root / "docs" / "download"
    wanted = {download / wheel(root).name: wheel(root)}
    library = root / "src" / "lowerbound"
    wanted |= {download / "source" / path.relative_to(library): path for path in library.rglob("*.py")}
    if moving := modules(root):
        moving |= _exported(root)
        served = download / "instruments" / version(root)
        wanted |= {served / name: path for name, path in moving.items()}
    wanted |= {download / "cards" / f"{page}.png": card for page, card in cards(root).items()}
    contents = {place: path.read_bytes() for place, path in wanted.items()}
    for place in contents:
        if place.suffix == ".js":
            contents[place] = without_comment_lines(contents[place].decode()).encode()
    for path in (root / "snippets").glob("*.py"):
        contents[download / path.name] = downloaded(path.read_text(encoding="utf-8"), root).encode()
    for stale in {path for path in download.rglob("*") if path.is_file()} - contents.keys():
        stale.unlink()
    for place, content in contents.items():
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


def _exported(root: Path) -> dict[str, Path]:
    try:
        return export(root)
    except ImportError as missing:
        raise EvidenceError(
            f"{missing}; install what requirements.txt pins, or write pages without torch: make serve TORCH=no"
        ) from None


def _environment(root: Path) -> dict[str, str]:
    """What MkDocs is told: the date of the build is that of the last commit, where nobody sets another."""
    told = {"NO_MKDOCS_2_WARNING": "1"}  # the contributing page speaks of Material's end of life; once is enough
    command = ["git", "log", "-1", "--format=%ct"]
    with contextlib.suppress(FileNotFoundError):
        commit = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if date := commit.stdout.strip():
            told["SOURCE_DATE_EPOCH"] = date
    return told | os.environ
