"""The labs: executed when anything that decides their outputs has changed, and pages of the site like all others."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext  # type: ignore[import-untyped]
import nbclient
import nbformat
import pytest
from mkdocs_jupyter.nbconvert2 import get_nbconvert_app  # type: ignore[import-untyped]
from nbconvert.preprocessors import ExecutePreprocessor

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.maths import leftovers
from lowerbound_site.pages.prose import numerals
from lowerbound_site.publish import labs

HEAVIEST = 80_000  # bytes of a lab's page, compressed, with its figures
LABS = [path.stem for path in labs.labs()]
FRONT_MATTER = "# ---\n# title: A lab\n# description: Of one cell.\n# ---\n\n"


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A small lab, in a file of its own."""
    path = tmp_path / "small.py"
    path.write_text(
        FRONT_MATTER
        + "# %% [markdown]\n# # Small\n#\n# See [question 3](/questions/why-measure-q-against-p.md#limits).\n#\n"
        + "# {{ install }}\n\n# %%\nprint(1 + 1)\n"
    )
    return path


def site_of(tmp_path: Path, cell: str) -> Path:
    """A site of nothing but a home page and one lab with one code cell."""
    (tmp_path / "docs" / "labs").mkdir(parents=True)
    (tmp_path / "docs" / "index.md").write_text("# Home\n")
    (tmp_path / "docs" / "labs" / "small.py").write_text(f"{FRONT_MATTER}# %% [markdown]\n# # Small\n\n# %%\n{cell}\n")
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(
        "site_name: Small\nuse_directory_urls: true\n"
        "plugins: [{mkdocs-jupyter: {include: ['labs/*.py'], execute: true, allow_errors: false, "
        "kernel_name: python3, ignore_h1_titles: true}}]\n"
        f"hooks: ['{ROOT / 'src' / 'lowerbound_site' / 'publish' / 'labs.py'}']\n"
        "markdown_extensions: [attr_list, md_in_html, pymdownx.highlight, pymdownx.superfences, "
        "lowerbound_site.pages.extension]\n"
    )
    return settings


def build(settings: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(settings)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LABS)
def test_a_lab_is_a_page_of_the_site(name: str, built_site: Path) -> None:
    page = (built_site / "labs" / name / "index.html").read_text()
    article = page.partition("<article")[2].partition("</article>")[0]
    _, notebook = labs.read(ROOT / "docs" / "labs" / f"{name}.py")
    drawing = [cell for cell in notebook.cells if cell.source.startswith("# Figure: ")]
    assert len(gzip.compress(page.encode(), 9)) < HEAVIEST
    assert not re.search(r"jp-Cell|jupyter-wrapper|mathjax|mermaid|require\.js|<img", article)
    assert article.count('class="lb-cell"') == sum(cell.cell_type == "code" for cell in notebook.cells)
    assert len(re.findall(r'<svg[^>]*role="img"', article)) == len(drawing) > 0
    assert not re.search(r"#2563c4|#b84a00|#24292f", article), "colours that do not follow the scheme"
    assert leftovers(article) == []
    assert "\r" not in article


@pytest.mark.parametrize("name", LABS)
def test_the_search_finds_a_lab_by_its_text_and_not_by_its_code(name: str, built_site: Path) -> None:
    index = (built_site / "search" / "search_index.json").read_text()
    assert f'"labs/{name}/"' in index
    assert "plt.show" not in index
    assert "epoch/s" not in index


@pytest.mark.parametrize("name", LABS)
def test_numbers_come_from_the_cells(name: str) -> None:
    _, notebook = labs.read(ROOT / "docs" / "labs" / f"{name}.py")
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert list(numerals(prose)) == []


# -- downloads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("extension", ["ipynb", "py"])
def test_what_is_downloaded_is_what_was_run(name: str, extension: str, built_site: Path) -> None:
    source = jupytext.read(ROOT / "docs" / "labs" / f"{name}.py")
    offered = jupytext.read(built_site / "download" / "labs" / f"{name}.{extension}")
    code, offered_code = (
        [cell.source for cell in notebook.cells if cell.cell_type == "code"] for notebook in (source, offered)
    )
    assert offered_code == code
    assert not any("lowerbound_site" in cell for cell in code)
    text = "".join(cell.source for cell in offered.cells if cell.cell_type == "markdown")
    assert "pip install http" in text
    assert not re.search(r"\{\{|\]\(/", text)


def test_a_downloaded_notebook_runs_with_nothing_but_the_wheel(built_site: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(built_site / "download" / "labs" / "a-finite-world.ipynb", as_version=4)
    # The build ran the same cells in the same environment; here the file itself is tried, and its imports.
    first = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells[first + 1 :] = []
    notebook.cells.append(nbformat.v4.new_code_cell("import lowerbound; print(lowerbound.__file__)"))
    environment = os.environ | labs.kernel_environment()
    client = nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=environment)
    assert notebook.cells[-1].outputs[0].text.startswith(str(labs.unpacked_wheel()))
    assert list(tmp_path.iterdir()) == []


def test_a_busy_machine_loses_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in labs.kernel_environment().items():
        monkeypatch.setenv(name, value)
    app = get_nbconvert_app(execute=True)
    client = ExecutePreprocessor(parent=app)
    assert client.iopub_timeout >= 60
    assert client.raise_on_iopub_timeout


def test_links_of_a_download_lead_to_the_served_site(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://example.org/bound/")
    text = labs.download(lab, "py")
    assert "(https://example.org/bound/questions/why-measure-q-against-p/#limits)" in text
    assert "pip install https://example.org/bound/download/lowerbound-" in text
    assert text.count("print(1 + 1)") == 1


# -- running ----------------------------------------------------------------------------------------------------------


def test_a_lab_that_raises_fails_the_build(tmp_path: Path) -> None:
    ended = build(site_of(tmp_path, "assert 1 + 1 == 3, 'a claim that is false'"))
    assert ended.returncode != 0
    assert "a claim that is false" in ended.stderr + ended.stdout


def test_text_and_figures_are_shown_and_a_progress_bar_only_as_it_ends(tmp_path: Path) -> None:
    cell = (
        "# Figure: A line that\n# rises.\nimport matplotlib.pyplot as plt\n"
        "import sys\nprint('step 1\\rstep 2', end='', file=sys.stderr)\nprint('q < p')\n"
        "plt.plot([0, 1], color='#2563c4')\nplt.show()"
    )
    ended = build(site_of(tmp_path, cell))
    assert ended.returncode == 0, ended.stderr
    page = (tmp_path / "site" / "labs" / "small" / "index.html").read_text()
    # The two streams come in either order.
    assert sorted(re.findall("<pre><code>(.*?)\n</code></pre>", page)[-2:]) == ["q &lt; p", "step 2"]
    assert 'aria-label="A line that rises."' in page
    assert "var(--lb-p)" in page


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()", "says first what is seen"),
        ("from IPython.display import HTML\nHTML('<b>bold</b>')", "something else than text and SVG"),
    ],
)
def test_a_figure_needs_a_description_and_html_is_refused(tmp_path: Path, cell: str, complaint: str) -> None:
    ended = build(site_of(tmp_path, cell))
    assert ended.returncode != 0
    assert complaint in ended.stderr


def test_a_lab_without_front_matter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.py").write_text("# %%\nprint(1)\n")
    with pytest.raises(EvidenceError, match="front matter"):
        labs.read(tmp_path / "bare.py")


# -- never stale ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "text"), [("src/lowerbound/__init__.py", "x = 1\n"), ("requirements.txt", "# changed\n")]
)
def test_the_cache_is_another_when_what_decides_the_outputs_changes(library: Path, changed: str, text: str) -> None:
    before = labs.cache_key(library)
    assert labs.cache_key(library) == before
    with (library / changed).open("a") as file:
        file.write(text)
    assert labs.cache_key(library) != before


def test_neither_a_docstring_of_the_library_nor_a_comment_changes_the_cache(library: Path) -> None:
    before = labs.cache_key(library)
    (library / "src" / "lowerbound" / "__init__.py").write_text('"""Another line."""\n\n# And a comment.\n')
    assert labs.cache_key(library) == before


def test_a_lab_runs_again_for_other_code_and_not_for_other_words(tmp_path: Path) -> None:
    settings = site_of(tmp_path, "import uuid\nprint(uuid.uuid4())")
    lab, page = tmp_path / "docs" / "labs" / "small.py", tmp_path / "site" / "labs" / "small" / "index.html"

    def built() -> tuple[str, str]:
        ended = build(settings)
        assert ended.returncode == 0, ended.stderr
        printed = re.findall("<pre><code>([0-9a-f-]{36})\n</code></pre>", page.read_text())
        return printed[-1], page.read_text()

    first, _ = built()
    lab.write_text(lab.read_text().replace("# # Small", "# # Small\n#\n# Other words."))
    second, text = built()
    assert second == first
    assert "Other words." in text
    lab.write_text(lab.read_text().replace("import uuid", "import uuid  # again"))
    assert built()[0] != first


def test_the_build_ran_every_lab_once_and_kept_its_outputs(built_site: Path) -> None:
    kept = ROOT / ".cache" / "labs" / labs.cache_key()
    assert len(list(kept.glob("*.html"))) >= len(LABS)
