"""Recorded figures, put in line: an SVG as matplotlib writes it becomes one that belongs to the page.

The colours of the visual language become CSS variables, so a figure follows the page's light or dark scheme; text is
set in the page's own face; ids are made unique, because a page may hold many figures.
"""

import base64
import html
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PIL import Image

from lowerbound_site.evidence.claims import ROOT, read_claim
from lowerbound_site.evidence.colours import COLOURS

SNIPPETS = ROOT / "snippets"

SMALLEST = 0.7  # of its size: a figure that would be smaller on a phone scrolls, so that its text can be read
_COLOUR = re.compile("|".join(COLOURS), re.IGNORECASE)
_REFERENCE = re.compile(r"(^|url\()#([\w.-]+)")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")  # all that matplotlib draws with
_IDLE_STYLE = re.compile(r"font-family:[^;]*;? ?|stroke-linejoin: round;? ?")
_IDLE_TURN = re.compile(r"^rotate\(-?0 [^)]*\)$")

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
# Within a block of HTML, Python-Markdown writes the attributes in an order of its own.
_PLACE = re.compile(r'<figure(?=[^>]* data-figure="([a-z0-9-]+)")(?=[^>]* data-alt="([^"]*)")[^>]*>')


def inline_page(page: str) -> str:
    """Put the recorded figure into every place that expand has left for one."""
    return _PLACE.sub(lambda place: _figure(place[1], html.unescape(place[2])), page)


def _figure(name: str, alt: str) -> str:
    drawing = read_claim(SNIPPETS / f"{name}.py").drawing
    drawn = inline(drawing, name, alt) if drawing else "Nothing is drawn yet."
    return f'<figure class="lb-figure"><div class="lb-drawing">{drawn}</div>'


@lru_cache(maxsize=64)
def inline(svg: str, name: str, alt: str) -> str:
    """Return matplotlib's SVG as an element of the page, described by `alt`, its ids beginning with `name`."""
    root = ET.fromstring(svg)
    for parent, child in _families(root):
        if child.tag in (f"{_SVG}metadata", f"{_SVG}style") or child.get("id") == "patch_1":  # the white sheet
            parent.remove(child)
    _tint_images(root)
    for image in root.iter(f"{_SVG}image"):
        image.attrib[_HREF] = as_webp(image.attrib[_HREF])
    _prefix_ids(root, name)
    for element in root.iter():
        _follow_page(element)
    _unwrap_groups(root)
    box = root.attrib["viewBox"]
    width, height = (round(float(points) * 96 / 72) for points in box.split()[2:])
    root.attrib.clear()
    root.attrib |= {
        "viewBox": box,
        "width": str(width),
        "height": str(height),
        "style": f"min-width: {width * SMALLEST:.0f}px",
        "role": "img",
        "aria-label": alt,
    }
    return _serialised(root)


def _families(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    """Yield every parent with each of its children, so that a child may be moved or removed meanwhile."""
    return ((parent, child) for parent in list(root.iter()) for child in list(parent))


def _tint_images(root: ET.Element) -> None:
    """Let heat maps follow the page: one drawn from transparent to a single colour becomes a mask over that colour."""
    for number, (parent, image) in enumerate(_families(root)):
        if image.tag == f"{_SVG}image" and (colour := _only_colour(image.attrib[_HREF])):
            mask = ET.Element(f"{_SVG}mask", {"id": f"mask-{number}", "style": "mask-type: alpha"})
            place = {
                key: image.attrib[key] for key in ("x", "y", "width", "height", "transform") if key in image.attrib
            }
            rect = ET.Element(f"{_SVG}rect", place | {"style": f"fill: {colour}"})
            tinted = ET.Element(f"{_SVG}g", {"mask": f"url(#{mask.attrib['id']})"})
            mask.append(image)
            tinted.append(rect)
            position = list(parent).index(image)
            parent.remove(image)
            parent.insert(position, mask)
            parent.insert(position + 1, tinted)


def _only_colour(data_url: str) -> str | None:
    """Return the one colour of the visual language that all visible pixels have, or None."""
    pixels = np.asarray(_opened(data_url)).reshape(-1, 4)
    colours = np.unique(pixels[pixels[:, 3] > 0, :3], axis=0)
    colour = "#" + bytes(colours[0]).hex() if len(colours) == 1 else None
    return colour if colour in COLOURS else None


def as_webp(data_url: str) -> str:
    """The same pixels in about half the bytes."""
    buffer = io.BytesIO()
    # Method 6 would save 7 % more, and take a hundred times as long.
    _opened(data_url).save(buffer, "WEBP", lossless=True, quality=100, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _opened(data_url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2]))).convert("RGBA")


def _prefix_ids(root: ET.Element, name: str) -> None:
    """Keep only ids that something refers to, and make them unique on the page."""
    used = {
        reference[2]
        for element in root.iter()
        for value in element.attrib.values()
        for reference in _REFERENCE.finditer(value)
    }
    for element in root.iter():
        identifier = element.attrib.pop("id", None)
        for key, value in element.attrib.items():
            element.attrib[key] = _REFERENCE.sub(rf"\1#{name}-\2", value)
        if identifier in used:
            element.attrib["id"] = f"{name}-{identifier}"


def _follow_page(element: ET.Element) -> None:
    """Colours by name, the page's face, and no more decimals than are seen."""
    for key, value in element.attrib.items():
        if key != _HREF:
            value = _COLOUR.sub(lambda match: COLOURS[match[0].lower()], _IDLE_STYLE.sub("", value))
            value = _relative(value) if key == "d" else _LONG_NUMBER.sub(_two_decimals, value)
            element.attrib[key] = " ".join(value.split())
    if _IDLE_TURN.match(element.get("transform", "")):
        del element.attrib["transform"]


def _two_decimals(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _relative(path: str) -> str:
    """Write a path in steps of a tenth of a point, each from where the last one ended: a third of the characters."""
    written = []
    here = start = (0, 0)
    for command, numbers in _STEP.findall(path):
        tenths = [round(10 * float(number)) for number in numbers.split()]
        points = list(zip(tenths[::2], tenths[1::2], strict=True))
        if command == "z":
            written.append("z")
            here = start
            continue
        steps = [f"{(x - here[0]) / 10:g} {(y - here[1]) / 10:g}" for x, y in points]
        written.append(command.lower() + " ".join(steps).replace(" -", "-"))
        here = points[-1]
        start = here if command == "M" else start
    return "".join(written)


def _unwrap_groups(parent: ET.Element) -> None:
    """Lift the children out of every group that says nothing about them; drop empty definitions."""
    children: list[ET.Element] = []
    for child in parent:
        _unwrap_groups(child)
        if child.tag == f"{_SVG}g" and not child.attrib:
            children.extend(child)
        elif child.tag != f"{_SVG}defs" or len(child):
            children.append(child)
    parent[:] = children


def _serialised(root: ET.Element) -> str:
    """Write SVG for an HTML page: no namespaces, no blanks between elements."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if _HREF in element.attrib:
            # Not plain href: the theme's script would try to assign to it, and fail.
            element.attrib["xlink:href"] = "".join(element.attrib.pop(_HREF).split())
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
    return ET.tostring(root, encoding="unicode")
