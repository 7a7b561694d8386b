"""The labs: notebooks that mkdocs-jupyter runs, and that become pages like all others. A MkDocs hook.

A lab is a percent-format file, docs/labs/NAME.py. mkdocs-jupyter executes it and renders it in the look of Jupyter; of
that only the cells' outputs are kept. The text and the code go the way of every page of the site, so that formulas,
links, code and the search are the same everywhere. Labs are the only part of the site that needs MkDocs.
"""

import base64
import contextlib
import hashlib
import os
import platform
import re
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]
from filelock import FileLock
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils.meta import get_data
from nbformat import NotebookNode

from lowerbound_site.evidence import fingerprint
from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.evidence.run import STYLE
from lowerbound_site.pages import figures
from lowerbound_site.pages.expand import expand, site_url
from lowerbound_site.publish.wheel import wheel
from lowerbound_site.trained.instrument_data import torch_is_left_out

_PLUGIN = "mkdocs-jupyter"
_CELL = re.compile(r'<div class="jp-Cell (?=jp-\w+Cell [^>]*id=)')
_MIME = "data-mime-type="
_OUTPUT = re.compile(
    r'data-mime-type="(?P<kind>text/plain|application/vnd\.jupyter\.std(?:out|err))"[^>]*>\s*<pre>(?P<text>.*?)</pre>'
    r'|data-mime-type="image/svg\+xml"[^>]*>\s*<img[^>]*src="data:image/svg\+xml;base64,(?P<svg>[^"]+)"',
    re.DOTALL,
)
_ALT = re.compile(r"# Figure: ((?:.+\n# )*.+)")
_PLACE = re.compile(r'<div class="lb-cell-output" data-cell="(\d+)"></div>')
_RUNNING = '<div class="lb-output highlight"><pre><code>The lab is being run.\n</code></pre></div>'
_LEFT_OUT = _RUNNING.replace("is being run", "is not run: torch is left out")
_LINK = re.compile(r"\]\(/([^)\s#]*?)(?:(?:/?index)?\.md)?(#[^)\s]*)?\)")
_TITLE = re.compile(r"^# .+$", re.MULTILINE)

_KERNEL = """\
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {}  # at the size that the program says
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"  # no note that the kernel listens on loopback
"""

# A busy machine may be slow to pass on what a cell put out. Nothing of it is lost without a word.
_CLIENT = """\
c.NotebookClient.iopub_timeout = 120
c.NotebookClient.raise_on_iopub_timeout = True
"""


# -- a lab as a notebook and as a page --------------------------------------------------------------------------------


def labs(root: Path = ROOT) -> list[Path]:
    """The labs' files, in the order of their names."""
    return sorted((root / "docs" / "labs").glob("*.py"))


def read(path: Path) -> tuple[dict[str, Any], NotebookNode]:
    """A lab's front matter (title, description), and the lab as a notebook without it."""
    notebook = jupytext.read(path)
    if not notebook.cells or notebook.cells[0].cell_type != "raw":
        raise EvidenceError(f"{path}: a lab starts with its front matter, as the others do")
    _, front_matter = get_data(notebook.cells.pop(0).source + "\n")
    return front_matter, notebook


def page(path: Path) -> str:
    """A lab as a Markdown page, with a place for every code cell's outputs."""
    _, notebook = read(path)
    code = iter(range(len(notebook.cells)))
    cells = [cell.source if cell.cell_type == "markdown" else _code(cell.source, next(code)) for cell in notebook.cells]
    downloads = (
        f"[Download this lab as a notebook](/download/labs/{path.stem}.ipynb){{: download }} or as\n"
        f"[a plain program](/download/labs/{path.stem}.py){{: download }}.\n{{: .lb-links }}"
    )
    return _TITLE.sub(lambda title: f"{title[0]}\n\n{downloads}", "\n\n".join(cells), count=1)


def _code(source: str, number: int) -> str:
    fence = f"```python\n{source}\n```"
    place = f'<div class="lb-cell-output" data-cell="{number}"></div>'
    return f'<div class="lb-cell" markdown="1">\n\n{fence}\n\n{place}\n\n</div>'


def download(path: Path, extension: str, root: Path = ROOT) -> str:
    """A lab as a reader downloads it, `ipynb` or `py`: placeholders filled in, links to the served site."""
    _, notebook = read(path)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # else every build makes up its own
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(rf"]({site_url()}/\1/\2)", expand(cell.source, root, str(path)))
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    text: str = jupytext.writes(notebook, fmt={"ipynb": "ipynb", "py": "py:percent"}[extension])
    return text


# -- what the cells put out -------------------------------------------------------------------------------------------


def outputs(rendered: str, path: Path) -> list[str]:
    """The outputs of every code cell, as the site shows them, from what mkdocs-jupyter rendered."""
    _, notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [cell for cell in _CELL.split(rendered) if cell.startswith("jp-CodeCell")]
    if len(cells) != len(code):
        raise EvidenceError(f"{path}: {len(code)} code cells were written, but {len(cells)} rendered")
    return [
        _outputs_of(html, cell, f"{path.stem}-{number}", path)
        for number, (html, cell) in enumerate(zip(cells, code, strict=True), start=1)
    ]


def _outputs_of(rendered: str, cell: NotebookNode, name: str, path: Path) -> str:
    found = list(_OUTPUT.finditer(rendered))
    if len(found) != rendered.count(_MIME):
        raise EvidenceError(f"{path}: a cell shows something else than text and SVG:\n{cell.source}")
    shown = []
    names = (f"{name}-{number}" for number in count(1))
    for kind, group in groupby(found, key=itemgetter("kind")):
        if kind:
            shown.append(_text("".join(output["text"] for output in group)))
        else:
            drawings = (base64.b64decode(output["svg"]).decode() for output in group)
            shown += [_figure(drawing, cell, next(names), path) for drawing in drawings]
    return f"<div data-search-exclude>{''.join(shown)}</div>" if any(shown) else ""


def _figure(svg: str, cell: NotebookNode, name: str, path: Path) -> str:
    described = _ALT.match(cell.source)
    if not described:
        raise EvidenceError(f"{path}: a cell that draws says first what is seen, as  # Figure: …\n{cell.source}")
    drawing = figures.inline(svg, name, " ".join(described[1].replace("\n# ", " ").split()))
    return f'<figure class="lb-figure"><div class="lb-drawing">{drawing}</div></figure>'


def _text(content: str) -> str:
    # A progress bar writes over itself: of each line what is seen in the end is kept.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in content.strip("\n").split("\n")]
    kept = "\n".join(lines)
    if not kept:
        return ""
    return f'<div class="lb-output highlight"><pre><code>{kept}\n</code></pre></div>'


# -- running: once, and never stale -----------------------------------------------------------------------------------


def cache_key(root: Path = ROOT) -> str:
    """What decides a lab's outputs besides its code: library, data, pinned versions, Python, how it is run."""
    key = hashlib.sha256(f"{fingerprint.library(root)} {platform.python_version()} {platform.machine()}".encode())
    for path in (root / "requirements.txt", Path(__file__), STYLE):
        key.update(path.read_bytes())
    return key.hexdigest()[:16]


def unpacked_wheel(root: Path = ROOT) -> Path:
    """A folder with the library exactly as its wheel has it."""
    packed = wheel(root)
    folder = packed.parent / "unpacked"
    if not folder.exists():
        with FileLock(packed.parent / "unpacked.lock"):
            if not folder.exists():
                with zipfile.ZipFile(packed) as archive:
                    archive.extractall(packed.parent / "unpacking")
                (packed.parent / "unpacking").rename(folder)
    return folder


def kernel_environment(root: Path = ROOT) -> dict[str, str]:
    """The environment that labs run in: the library from its wheel, as a reader has it, and figures as SVG."""
    folder = root / ".cache" / "ipython"
    _set(folder / "profile_default" / "ipython_kernel_config.py", _KERNEL)
    _set(folder / "jupyter_nbconvert_config.py", _CLIENT)
    return {
        "PYTHONPATH": str(unpacked_wheel(root)),
        "IPYTHONDIR": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder),
        "MATPLOTLIBRC": str(STYLE),
        "OMP_NUM_THREADS": "1",  # small networks gain nothing from more, and stall when a core is busy
        "TQDM_ASCII": " #",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a note about the debugger, which nobody asked for
    }


def _set(path: Path, text: str) -> None:
    """Write settings, whole: another build may be reading them."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


@contextlib.contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


# -- the hook: MkDocs calls these by name, after its plugins ----------------------------------------------------------


def on_config(config: MkDocsConfig) -> None:
    """Make a place for what labs put out, one for everything that decides it; mkdocs-jupyter keeps nothing itself."""
    kept = Path(config.docs_dir).parent / ".cache" / "labs"
    folder = kept / cache_key()
    folder.mkdir(parents=True, exist_ok=True)
    for other in kept.iterdir():
        if other.is_dir() and other != folder:
            shutil.rmtree(other, ignore_errors=True)
    plugin: Any = config.plugins[_PLUGIN]
    plugin.config["cache"] = False
    plugin._supported_extensions = [".py"]  # else it reads every page to see whether it is a notebook
    config.extra["labs_kept"] = folder


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Run the labs, as many at a time as there are cores, and put the downloads of every lab into the site.

    While the site is served, pages are shown before the labs have run; `labs_wait` says so. Without torch none runs.
    """
    if config.extra.get("labs_wait"):
        return
    left_out = torch_is_left_out()
    notebooks = [] if left_out else [file for file in files.documentation_pages() if file.src_uri.endswith(".py")]
    with _environment(kernel_environment()), ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(_run, config=config, files=files), notebooks))
    for path in labs(Path(config.docs_dir).parent):
        for extension in ("ipynb", "py"):
            uri = f"download/labs/{path.stem}.{extension}"
            files.append(File.generated(config, uri, content=download(path, extension)))


def _run(file: File, config: MkDocsConfig, files: Files) -> None:
    """Let mkdocs-jupyter run a lab, and keep what it rendered, unless that is kept already."""
    lab = Path(str(file.abs_src_path))
    kept = _kept(lab, config)
    with FileLock(kept.with_name(f"{lab.stem}.lock")):  # another build that waits finds the outputs of this one
        if not kept.exists():
            this = Page(None, file, config)
            config.plugins[_PLUGIN].on_pre_page(this, config=config, files=files)
            this.render(config, files)
            for before in kept.parent.glob(f"{lab.stem}.*.html"):
                before.unlink()
            kept.write_bytes((this.content or "").encode())  # a progress bar goes back by \r
            file.page = None  # MkDocs makes the page of the site later


def _kept(lab: Path, config: MkDocsConfig) -> Path:
    """Where a lab's outputs are kept: under a name for the code in its cells, so that other words run nothing."""
    _, notebook = read(lab)
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return Path(config.extra["labs_kept"], f"{lab.stem}.{hashlib.sha256(code.encode()).hexdigest()[:16]}.html")


def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Take of what mkdocs-jupyter rendered the outputs only."""
    if lab := _lab(page):
        page.render = partial(_render, lab, page)  # type: ignore[method-assign]


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """Read a lab's title and description."""
    if lab := _lab(page):
        front_matter, _ = read(lab)
        page.meta.update(front_matter)
    return None


def _render(lab: Path, this: Page, config: MkDocsConfig, files: Files) -> None:
    kept = _kept(lab, config)
    shown = outputs(kept.read_bytes().decode(), lab) if kept.exists() else None
    this.markdown = page(lab)
    Page.render(this, config, files)  # as any page: the site's Markdown, checked links, its table of contents
    instead = _LEFT_OUT if torch_is_left_out() else _RUNNING
    this.content = _PLACE.sub(lambda place: shown[int(place[1])] if shown else instead, this.content or "")


def _lab(page: Page) -> Path | None:
    path = page.file.abs_src_path
    return Path(path) if path and Path(path).suffix == ".py" else None
