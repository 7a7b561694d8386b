"""A card for every page: the picture that others show when they link to it. Its title, a sentence, and the mark.

Drawn with the site's own faces, without a network, and drawn again only when something in it has changed.
"""

import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import PIL
from mkdocs.utils.meta import get_data
from mkdocs.utils.yaml import get_yaml_loader, yaml_load
from PIL import Image, ImageDraw, ImageFont

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.expand import Page, read_pages

SIZE = (1200, 630)
_EDGE = 84
_PAPER, _INK, _MUTED = "#fffefb", "#24292f", "#5d656e"
_COLOURS = {"p": "#2563c4", "q": "#b84a00"}
_TITLE, _SENTENCE, _NAME = 600, 400, 600  # weights of the text face

_ASSETS = ROOT / "docs" / "assets"
_FACE = _ASSETS / "fonts" / "text.woff2"
_MARK = _ASSETS / "images" / "mark.svg"
_STROKE = re.compile(r'stroke="(#\w+)"(?: stroke-width="([\d.]+)")? d="M(\d+) (\d+)([hv])(\d+)"')
_PIECE = re.compile(r"(?<![\w’])([pq])(?!\w)")  # a p or a q that stands alone is a distribution


def cards(root: Path = ROOT) -> dict[str, Path]:
    """The card of every page, by the page's address on the site; new ones are drawn."""
    settings = yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"), get_yaml_loader())
    found = {}
    for page in [*read_pages(root), *_labs(root)]:
        front_matter = get_data(page.text)[1]
        title = str(front_matter.get("title", page.title))
        description = str(front_matter.get("description", settings["site_description"]))
        found[_address(page)] = _kept(title, description, root / ".cache" / "cards")
    return found


def _labs(root: Path) -> Iterator[Page]:
    """The labs as pages: their front matter stands in comments."""
    for path in sorted((root / "docs" / "labs").glob("*.py")):
        yield Page(f"labs/{path.name}", re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def _address(page: Page) -> str:
    return re.sub(r"(?<=.)/index$", "", re.sub(r"\.(md|py)$", "", page.path))


def _kept(title: str, description: str, folder: Path) -> Path:
    key = hashlib.sha256("\0".join((title, description, PIL.__version__)).encode())
    for source in (_FACE, _MARK, Path(__file__)):
        key.update(source.read_bytes())
    kept = folder / f"{key.hexdigest()[:16]}.png"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as draft:
            (Path(draft) / kept.name).write_bytes(draw(title, description))
            (Path(draft) / kept.name).replace(kept)
    return kept


def draw(title: str, description: str) -> bytes:
    """Draw a card, as a PNG of few colours."""
    card = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(card)
    _draw_mark(pen, _EDGE - 9, 70, 72 / 24)
    pen.text((_EDGE + 84, 106), "Lower Bound", _INK, _face(40, _NAME), anchor="lm")
    below = _write(pen, title, 206, _face(_size(title), _TITLE), _INK)
    _write(pen, description, below + 26, _face(34, _SENTENCE), _MUTED)
    buffer = io.BytesIO()
    card.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _size(title: str) -> int:
    """The largest size at which the title takes two lines, or else the smallest."""
    return next(size for size in (76, 66, 58, 50) if size == 50 or len(_lines(title, _face(size, _TITLE))) <= 2)


def _face(size: int, weight: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(_FACE, size)
    face.set_variation_by_axes([weight])
    return face


def _lines(text: str, face: ImageFont.FreeTypeFont) -> list[str]:
    """Break a text into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > SIZE[0] - 2 * _EDGE:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _write(pen: ImageDraw.ImageDraw, text: str, top: float, face: ImageFont.FreeTypeFont, ink: str) -> float:
    """Write lines from `top` down, p and q in their colours; returns where they end."""
    step = 1.22 * face.size
    for line in _lines(text, face):
        left: float = _EDGE
        for piece in filter(None, _PIECE.split(line)):
            pen.text((left, top), piece, _COLOURS.get(piece, ink), face)
            left += face.getlength(piece)
        top += step
    return top


def _draw_mark(pen: ImageDraw.ImageDraw, left: float, top: float, scale: float) -> None:
    """The mark's three strokes with round ends, as its SVG has them."""
    for colour, width, x, y, direction, length in _STROKE.findall(_MARK.read_text(encoding="utf-8")):
        half = float(width or 2.6) / 2
        right, down = (int(length), 0) if direction == "h" else (0, int(length))
        box = (int(x) - half, int(y) - half, int(x) + right + half, int(y) + down + half)
        at = [scale * value + shift for value, shift in zip(box, (left, top, left, top), strict=True)]
        pen.rounded_rectangle(at, scale * half, colour)
