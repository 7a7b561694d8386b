import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure

from lowerbound_site.evidence.colours import COLOURS
from lowerbound_site.pages.figures import inline


def drawn(draw: Callable[[Axes], object]) -> str:
    """What matplotlib writes when it is set as for recording."""
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "test"}):
        figure = Figure(figsize=(4, 3))
        draw(figure.subplots())
        svg = io.StringIO()
        figure.savefig(svg, format="svg")
    return svg.getvalue()


PLACES = [(0.1, 0.1, 0.3, 0.3), (0.6, 0.1, 0.3, 0.3)]


def tint(hexadecimal: str) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("tint", [to_rgba(hexadecimal, 0), to_rgba(hexadecimal, 1)])


@pytest.fixture(scope="module")
def curves() -> str:
    return drawn(lambda axes: [axes.plot([0, 1], [0, 1], color=colour, marker="o") for colour in COLOURS])


def test_colours_become_variables(curves: str) -> None:
    svg = inline(curves, "curves", "Lines")
    for hexadecimal, variable in COLOURS.items():
        assert hexadecimal in curves.lower()
        assert variable in svg
        assert hexadecimal not in svg


def test_a_figure_is_described_and_scales(curves: str) -> None:
    svg = inline(curves, "curves", 'Rising "lines" & dots')
    root = ET.fromstring(svg.replace("xlink:href", "href"))
    assert root.attrib == {
        "viewBox": "0 0 288 216",
        "width": "384",
        "height": "288",
        "style": "min-width: 269px",
        "role": "img",
        "aria-label": 'Rising "lines" & dots',
    }


def test_nothing_is_left_that_a_page_does_not_need(curves: str) -> None:
    svg = inline(curves, "curves", "Lines")
    for unwanted in ("<?xml", "<!DOCTYPE", "metadata", "<style", "xmlns", "font-family", "ns0:"):
        assert unwanted not in svg
    assert not re.search(r"\d\.\d{3}", svg)
    assert len(svg) < 0.6 * len(curves)


def test_the_white_sheet_is_gone_and_the_lines_are_not(curves: str) -> None:
    svg = inline(curves, "curves", "Lines")
    assert "m0 216l288 0" not in svg
    assert svg.count("clip-path=") >= len(COLOURS)


def test_every_reference_has_its_id_and_ids_differ_between_figures(curves: str) -> None:
    first, second = inline(curves, "first", "A"), inline(curves, "second", "B")
    for svg in (first, second):
        ids = set(re.findall(r' id="([^"]+)"', svg))
        assert ids
        assert ids == set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    assert set(re.findall(r' id="([^"]+)"', first)).isdisjoint(re.findall(r' id="([^"]+)"', second))


def test_a_path_ends_where_it_was_drawn() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="{}"/></svg>'
    drawn = svg.format("M 1 2 \nL 3.14159 -2.71828 \nC 4 4 5 5 6.06 6.04 \nQ 1 1 2 2 \nz \nL 1.5 2")
    # From 1 2 by (2.1, -4.7) to 3.1 -2.7; the curve's points are counted from there; after z from 1 2 again.
    assert 'd="m1 2l2.1-4.7c0.9 6.7 1.9 7.7 3 8.7q-5.1-5-4.1-4zl0.5 0"' in inline(drawn, "path", "A path")


def test_text_stays_text(curves: str) -> None:
    labelled = drawn(lambda axes: axes.set_xlabel("gap, in nats"))
    assert ">gap, in nats</text>" in inline(labelled, "labelled", "Axes")


def test_a_heat_map_in_one_colour_follows_the_page() -> None:
    values = np.linspace(0, 1, 64).reshape(8, 8)

    def draw(axes: Axes) -> None:
        for place in PLACES:
            axes.figure.add_axes(place).imshow(values, cmap=tint("#2563c4"))

    svg = inline(drawn(draw), "map", "A map")
    masks = re.findall(r'<mask [^>]*id="(map-mask-[^"]+)"', svg)
    used = re.findall(r'<g mask="url\(#([^"]+)\)"><rect [^>]*style="fill: var\(--lb-p\)"', svg)
    assert len(set(masks)) == len(PLACES), "the same picture twice in a figure needs two masks"
    assert masks == used


def test_a_picture_in_many_colours_stays_as_it_is() -> None:
    values = np.linspace(0, 1, 64).reshape(8, 8)
    svg = inline(drawn(lambda axes: axes.imshow(values, cmap="viridis")), "map", "A map")
    assert "<image" in svg
    assert "mask" not in svg
