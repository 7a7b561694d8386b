import re
from itertools import product
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.evidence.colours import COLOURS

SHEET = (ROOT / "docs" / "assets" / "css" / "colour.css").read_text()
SKETCHES = sorted((ROOT / "docs" / "questions" / "sketches").iterdir())
BACKGROUNDS = ("paper", "tint")
RULES = ("rule", "rule-strong")  # lines: they carry no meaning
WRITTEN = 4.5  # the least contrast of text, by WCAG 2


def scheme(name: str) -> dict[str, str]:
    """The colours of one scheme by their names."""
    block = SHEET[SHEET.index(f'[data-md-color-scheme="{name}"]') :].split("}", 1)[0]
    return dict(re.findall(r"--lb-([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["default", "slate"])
def test_every_colour_can_be_read_on_every_background(name: str) -> None:
    colours = scheme(name)
    written = colours.keys() - {*BACKGROUNDS, *RULES}
    assert {"p", "q", "data", "gap", "ink", "muted"} <= written
    for ink, paper in product(sorted(written), BACKGROUNDS):
        assert contrast(colours[ink], colours[paper]) >= WRITTEN, (ink, paper)


def test_both_schemes_have_the_same_names() -> None:
    assert scheme("default").keys() == scheme("slate").keys()


def test_figures_and_pages_speak_the_same_language() -> None:
    light = scheme("default")
    for hexadecimal, variable in COLOURS.items():
        name = variable.removeprefix("var(--lb-").removesuffix(")")
        assert name in light
        if name in ("p", "q", "data", "gap"):
            assert light[name] == hexadecimal


@pytest.mark.parametrize("path", SKETCHES, ids=lambda path: path.stem)
def test_a_questions_sketch_takes_the_pages_colours(path: Path) -> None:
    sketch = path.read_text()
    assert 'viewBox="0 0 96 64" aria-hidden="true"' in sketch
    taken = re.findall(r"var\(--lb-([\w-]+), (#[0-9a-f]{6})\)", sketch)
    assert taken
    assert len(taken) == sketch.count("#"), "a colour that does not change with the scheme"
    assert all(scheme("default")[name] == hexadecimal for name, hexadecimal in taken)


def test_every_sketch_belongs_to_a_question() -> None:
    assert len(SKETCHES) >= 14
    for path in SKETCHES:
        assert (path.parent.parent / f"{path.stem}.md").exists(), f"{path.name} is named like no question's page"
