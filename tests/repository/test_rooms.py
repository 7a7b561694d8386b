"""The site's machinery is rooms, and arrows between them run one way: a room imports only from rooms before it."""

import ast
import re
from collections.abc import Iterator

import pytest

from lowerbound_site.evidence.claims import ROOT

SITE = ROOT / "src" / "lowerbound_site"
ROOMS = ("trained", "evidence", "pages", "publish", "measure", "writing")


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Every module that a program imports anywhere, with the line; `from a import b` may import the module a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def wrong_way(room: str, source: str) -> list[str]:
    """The imports of a file in a room, or of the library where there is none, that lead to a room behind it."""
    allowed = ROOMS[: ROOMS.index(room) + 1] if room else ()
    found = []
    for line, module in imported(source):
        first, *rest = module.split(".")
        outside = first == "lowerbound_site" and (not rest or rest[0] not in allowed)
        if outside or (room and not first):  # a relative import hides where it leads
            found.append(f"{line}: imports {module}")
    return found


def test_every_room_imports_only_from_rooms_before_it() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{wrong}"
        for room in ROOMS
        for path in sorted((SITE / room).rglob("*.py"))
        for wrong in wrong_way(room, path.read_text(encoding="utf-8"))
    ]
    assert not found, f"the rooms are, in this order, {', '.join(ROOMS)}"


def test_the_library_imports_nothing_of_the_site() -> None:
    library = sorted((ROOT / "src" / "lowerbound").rglob("*.py"))
    assert library
    assert not [f"{path}:{wrong}" for path in library for wrong in wrong_way("", path.read_text(encoding="utf-8"))]


def test_every_file_is_in_a_room_but_the_commands() -> None:
    modules = {path.relative_to(SITE).parts for path in SITE.rglob("*.py")}
    assert {parts for parts in modules if parts[0] not in ROOMS} == {("__init__.py",), ("__main__.py",)}
    assert {parts[0] for parts in modules if len(parts) > 1} == set(ROOMS)


def test_the_drawing_shows_the_rooms_and_files_that_are_there() -> None:
    page = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    drawn = re.findall(r">(\w+)</text>\n<text[^>]*>[^<]*</text>\n<text[^>]*>([\w., ]+\.py)</text>", page)
    assert tuple(room for room, _ in drawn) == ROOMS
    assert not [name for room, files in drawn for name in files.split(", ") if not (SITE / room / name).exists()]


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("evidence", "from lowerbound_site.pages.expand import expand"),
        ("evidence", "import lowerbound_site.pages.expand"),
        ("pages", "def late():\n    from lowerbound_site.writing import serve"),
        ("pages", "from lowerbound_site import publish"),
        ("writing", "from lowerbound_site import __main__"),
        ("writing", "from . import serve"),
        ("", "from lowerbound_site.evidence import claims"),
    ],
)
def test_an_arrow_the_wrong_way_is_found(room: str, source: str) -> None:
    assert len(wrong_way(room, source)) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("writing", "from lowerbound_site.evidence.claims import ROOT\nimport lowerbound"),
        ("pages", "from lowerbound_site.pages import maths"),
        ("", "import torch\nfrom .tables import Joint"),
    ],
)
def test_the_others_are_let_pass(room: str, source: str) -> None:
    assert wrong_way(room, source) == []
