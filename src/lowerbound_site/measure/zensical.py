"""Build the Markdown pages with Zensical, Material's successor, and say what is missing there.

`python -m lowerbound_site zensical` does it in .cache/zensical: packages of its own, a copy of the pages, a site.
docs/moving-to-zensical.md tells what is left to do.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages import explanations
from lowerbound_site.pages.expand import Page, read_pages
from lowerbound_site.pages.maths import leftovers

# Newest first. The second is the last that is one package; it serves where a registry lacks the first's other half, and
# has no --strict yet.
VERSIONS = ("0.1.3", "0.0.73")
HOME = ROOT / ".cache" / "zensical"
# Templates written for Material's, and folders outside the copy.
_LEFT_OUT = re.compile(r"^(?:  custom_dir|watch): .*\n", re.MULTILINE)
_LONGEST = 300  # seconds, for the installation and for the build


class NotInstallable(RuntimeError):
    """Zensical can't be had on this machine; the message says why."""


def install() -> Path:
    """Return the folder of Zensical and what it needs, installed first where it is missing."""
    refused = []
    for version in VERSIONS:
        folder = HOME / f"packages-{version}"
        if folder.exists():
            return folder
        HOME.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=HOME) as parent:
            target = Path(parent, "packages")
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            command += ["--target", str(target), f"zensical=={version}"]
            ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST)
            if not ended.returncode:
                target.rename(folder)
                return folder
            refused.append(f"zensical {version} can't be installed here:\n{ended.stderr}")
    raise NotInstallable("\n".join(refused))


def build() -> Path:
    """Build a copy of the site's pages; return the folder of the built site."""
    packages, project = install(), HOME / "project"
    shutil.rmtree(project, ignore_errors=True)
    # Its pages read the explanations from where they are; a copy would become pages of its own.
    shutil.copytree(ROOT / "docs", project / "docs", ignore=shutil.ignore_patterns(explanations.FOLDER))
    shutil.copytree(ROOT / "src" / "lowerbound", project / "src" / "lowerbound")  # the reference pages read it
    settings = _LEFT_OUT.sub("", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    (project / "mkdocs.yml").write_text(settings, encoding="utf-8")
    strict = [] if packages.name.endswith(VERSIONS[-1]) else ["--strict"]
    path = os.pathsep.join([str(packages), str(ROOT / "src")])  # our extension comes from here, too
    ended = subprocess.run(
        [sys.executable, str(packages / "bin" / "zensical"), "build", *strict],
        cwd=project,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST,
    )
    if ended.returncode:
        raise RuntimeError(f"zensical did not build the site:\n{ended.stdout}{ended.stderr}")
    return project / "site"


def complaints(site: Path) -> list[str]:
    """What is wrong with Zensical's pages: missing ones, claims that are not there, placeholders and formulas left."""
    return [complaint for page in read_pages() for complaint in _complaints_about(page, site)]


def _complaints_about(page: Page, site: Path) -> list[str]:
    address = re.sub(r"(^|/)index\.md$", r"\1", page.path).removesuffix(".md")
    built = site / address / "index.html"
    if not built.exists():
        return [f"{page.path}: no such page"]
    article = built.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
    found = [f"{page.path}: the claim {name} is missing" for name in page.claims if f'id="{name}"' not in article]
    found += [f"{page.path}: left as LaTeX: {line}" for line in leftovers(article)]
    return found + [f"{page.path}: empty"] * (len(article) < 200)


def report() -> bool:
    """Build, and print what is wrong; whether nothing is."""
    site = build()
    found = complaints(site)
    print(*(found or [f"{install().name} built {len(read_pages())} pages: {site}"]), sep="\n")
    return not found
