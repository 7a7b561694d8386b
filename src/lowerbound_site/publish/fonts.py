"""Cut the site's fonts out of their published packages: only the characters and weights that the pages use.

    python -m lowerbound_site fonts FOLDER

FOLDER holds the unpacked npm packages @fontsource-variable/source-serif-4, @fontsource/ibm-plex-mono and
@fontsource/stix-two-math under these names. The result is committed, with the licences beside it, so that building the
site needs neither them nor a network. A test finds any character on a page that these fonts lack.
"""

import io
import shutil
import string
from dataclasses import dataclass, field
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

FONTS = Path(__file__).parents[3] / "docs" / "assets" / "fonts"

ASCII = string.printable.strip() + " "
TEXT = ASCII + "\xa0äöüßéè×÷·±°§²³–—‘’“”…−"
CODE = ASCII + "\xa0·×±²µ–—“”…"

_LETTERS_AND_SIGNS = "".join(set(ASCII) - set('"#$%&@\\^_`~'))
# A formula's single letters are italic, and Unicode has those in a block of its own: Latin from A, Greek from alpha.
_ITALIC = "".join(chr(0x1D434 + offset) for offset in range(52) if offset != 33) + "ℎ"  # where Unicode keeps the h
_ITALIC_GREEK = "".join(chr(0x1D6FC + "αβγδεζηθικλμνξοπρςστυφχψω".index(letter)) for letter in "αβγδεηθλμπρστφψω") + "𝜙"
MATHS = (
    _LETTERS_AND_SIGNS
    + _ITALIC
    + _ITALIC_GREEK
    + "ΔΣℝ𝔼ℒ𝒩ℓ\xa0"
    + "−×·⋅…⋯∑∏∫∂∇√∞∈≤≥≠≈≡∝∼→←⇒∣‖′⏟ˆ"
    + "\N{VARIATION SELECTOR-1}"  # how ℒ and 𝒩 ask for their script shape
)


@dataclass(frozen=True)
class Cut:
    """One font file of the site: where it is cut from, and what stays."""

    target: str
    package: str
    file: str
    characters: str
    axes: dict[str, tuple[float, float] | float] = field(default_factory=dict)
    features: tuple[str, ...] = ("kern", "liga")


CUTS = [
    Cut("text.woff2", "source-serif-4", "source-serif-4-latin-wght-normal.woff2", TEXT, {"wght": (400, 600)}),
    Cut("text-italic.woff2", "source-serif-4", "source-serif-4-latin-wght-italic.woff2", TEXT, {"wght": 400}),
    Cut("code.woff2", "ibm-plex-mono", "ibm-plex-mono-latin-400-normal.woff2", CODE, features=()),
    Cut("maths.woff2", "stix-two-math", "stix-two-math-latin-400-normal.woff2", MATHS, features=("math", "ssty")),
]


def cut(source: Path, what: Cut) -> bytes:
    """Return the bytes of one font file, cut from the packages in `source`."""
    font = TTFont(source / what.package / "files" / what.file)
    if what.axes:
        font = instancer.instantiateVariableFont(font, what.axes)
    options = subset.Options(layout_features=list(what.features), hinting=False, name_IDs=[], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=what.characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.recalcTimestamp = False
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def cut_all(source: Path) -> None:
    """Cut every font, and copy its licence."""
    FONTS.mkdir(parents=True, exist_ok=True)
    for what in CUTS:
        content = cut(source, what)
        (FONTS / what.target).write_bytes(content)
        shutil.copyfile(source / what.package / "LICENSE", FONTS / f"LICENSE-{what.package}.txt")
        print(f"{what.target}: {len(content):,} bytes")
