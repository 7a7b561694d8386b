import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from lowerbound_site.publish.fonts import CUTS, FONTS, Cut

KINDS = ("text", "code", "maths")
# What no face of ours draws and every system does: indices in plain text. The selector of a shape is not drawn at all.
SYSTEM_DRAWS = set("₁₂\N{VARIATION SELECTOR-1}") | set("βμσ")


class Characters(HTMLParser):
    """The characters of a page's content, by the face that draws them."""

    def __init__(self) -> None:
        super().__init__()
        self.used: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("article", "math", "code", "script", "style"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[-1]:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        kind = {"article": "text", "code": "code", "math": "maths"}.get(self._open[-1] if self._open else "")
        if kind:
            self.used[kind] |= set(data)


def drawn_by(file: str) -> set[str]:
    """What a face draws; a formula's letters also as the italic ones that the browser takes for them."""
    characters = {chr(code) for code in TTFont(FONTS / file).getBestCmap()}
    fonts = (unicodedata.decomposition(character).split() for character in characters)
    return characters | {chr(int(plain[1], 16)) for plain in fonts if plain[:1] == ["<font>"]}


def borrowed() -> set[str]:
    """The signs that text and code take from the face of the formulas, as the style sheet says."""
    sheet = (FONTS.parent / "css" / "type.css").read_text()
    (ranges,) = set(re.findall(r"unicode-range: ([^;]+);", sheet))
    spans = (span.removeprefix("U+").split("-") for span in ranges.split(", "))
    return {chr(code) for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


def test_every_character_on_every_page_has_a_face_that_draws_it(built_site: Path) -> None:
    maths = drawn_by("maths.woff2")
    signs = maths & borrowed()
    faces = {"text": drawn_by("text.woff2") | signs, "code": drawn_by("code.woff2") | signs, "maths": maths}
    missing = []
    for path in sorted(built_site.rglob("*.html")):
        parser = Characters()
        parser.feed(path.read_text())
        for kind in KINDS:
            for character in sorted(parser.used[kind] - faces[kind] - SYSTEM_DRAWS):
                if unicodedata.category(character) not in ("Cc", "Cf"):
                    missing.append(f"{path.relative_to(built_site)}: {kind} lacks {character!r}")
    assert not missing, "add to src/lowerbound_site/publish/fonts.py, and run it:\n" + "\n".join(missing)


@pytest.mark.parametrize("what", CUTS, ids=lambda what: what.target)
def test_the_committed_file_draws_what_the_list_says(what: Cut) -> None:
    wanted = {character for character in what.characters if unicodedata.category(character)[0] not in "CM"}
    assert wanted <= drawn_by(what.target)


def test_every_face_has_its_licence() -> None:
    for what in CUTS:
        assert "SIL OPEN FONT LICENSE" in (FONTS / f"LICENSE-{what.package}.txt").read_text().upper()


def test_the_fonts_stay_light() -> None:
    assert sum((FONTS / what.target).stat().st_size for what in CUTS) <= 64_000
