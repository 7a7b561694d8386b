"""A small library: whatever it offers by name, a claim, a page or a lab uses."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import lowerbound
from lowerbound import plots

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src" / "lowerbound"


def code_of_the_pages():
    """What pages and labs write as code, programs in fences and names in backticks; the reference does not count."""
    docs = ROOT / "docs"
    for page in (*docs.rglob("*.md"), *(docs / "labs").glob("*.py")):
        if "reference" not in page.parts:
            yield from re.findall(r"^```.*?^```|`[^`\n]+`", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def names_in_programs():
    for program in (*(ROOT / "snippets").glob("*.py"), *(ROOT / "docs" / "labs").glob("*.py")):
        for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name):
                yield node.id
            elif isinstance(node, ast.Attribute):
                yield node.attr


@pytest.fixture(scope="module")
def used():
    return {*names_in_programs(), *re.findall(r"\w+", "\n".join(code_of_the_pages()))}


def public(module):
    functions = inspect.getmembers(module, inspect.isfunction)
    return {name for name, found in functions if found.__module__ == module.__name__ and not name.startswith("_")}


@pytest.mark.parametrize("module", [lowerbound, plots], ids=lambda module: module.__name__)
def test_every_public_name_is_used_by_a_claim_or_a_page(module, used):
    names = set(lowerbound.__all__) if module is lowerbound else public(module)
    assert names
    assert names - used == set()


def test_every_module_is_imported_by_a_program_or_by_another_module():
    programs = (*(ROOT / "snippets").glob("*.py"), *(ROOT / "docs" / "labs").glob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in (*programs, *LIBRARY.rglob("*.py"))]
    imported = set(re.findall(r"^from lowerbound\.(\w+)", "\n".join(texts), re.MULTILINE))
    modules = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}
    assert modules
    assert modules - imported == set()
