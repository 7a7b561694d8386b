"""Instruments on their way to a page: their places, their recorded pictures, links that set them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import Markdown

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.elements import check_state, fill, folder, schema, version
from lowerbound_site.pages.expand import expand
from lowerbound_site.pages.prose import numerals

Write = Callable[[str, str], Path]

MODULE = """\
export const schema = {
  "z1": { "from": -3, "to": 3, "step": 0.01, "start": 0 },
  "view": { "of": ["open", "closed"], "start": "open" },
  "x": { "bits": 64, "start": "" }
};
"""


@pytest.fixture
def stage(root: Path, write: Write) -> Path:
    """A repository with an instrument, `plane`, and its first picture."""
    write("src/lowerbound_site/instruments/plane.js", MODULE)
    write("src/lowerbound_site/instruments/maths/one.js", "export const one = 1;\n")
    write("src/lowerbound_site/instruments/recorded/plane.html", "<div>FIRST</div>\n")
    write("src/lowerbound_site/instruments/recorded/plane.z1=1.view=closed.html", "<div>CLOSED</div>\n")
    return root


def test_an_instrument_is_an_element_around_its_picture(stage: Path) -> None:
    html = expand("{{ instrument: plane | Move it. }}", stage)
    assert html == (
        f'<figure class="lb-figure lb-moves"><lb-instrument data-name="plane" data-start="" '
        f'data-version="{version(stage)}" data-search-exclude></lb-instrument>'
        "<figcaption>Move it.</figcaption></figure>"
    )
    assert "></lb-instrument>" in html
    assert "<div>FIRST</div></lb-instrument>" in fill(Markdown(extensions=["md_in_html"]).convert(html), stage)


def test_it_may_start_in_another_state(stage: Path) -> None:
    html = expand("{{ instrument: plane?z1=1&view=closed | Moved. }}", stage)
    assert 'data-start="z1=1&amp;view=closed"' in html
    assert "<div>CLOSED</div></lb-instrument>" in fill(html, stage)


def test_words_of_a_caption_and_of_the_page_set_it(stage: Path) -> None:
    page = "[Far](#~plane?z1=-2.5&view=open) & [far](/other.md#~plane?z1=3).\n\n"
    page += "{{ instrument: plane | [Back](#~plane) & $p < q$. }}"
    html = expand(page, stage)
    assert '<a href="#~plane?z1=-2.5&amp;view=open">Far</a> & ' in html
    assert '[far](/other.md){: data-state="plane?z1=3" }' in html
    assert '<a href="#~plane">Back</a> &amp; <span class="arithmatex">\\(p &lt; q\\)</span>' in html
    rendered = Markdown(extensions=["attr_list"]).convert("[far](/other.md){: data-state='plane?z1=3&amp;view=open' }")
    assert fill(rendered, stage) == '<p><a href="/other.md#~plane?z1=3&amp;view=open">far</a></p>'
    assert list(numerals("[Far](#~plane?z1=-2.5).")) == []
    assert expand("`[Far](#~plain?z1=4)`", stage) == "`[Far](#~plain?z1=4)`"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            "\n{{ instrument: plan | A. }}",
            r"^p\.md:2: \{\{ instrument: plan .* names no instrument; nearest is 'plane'",
        ),
        ("{{ instrument: plane?z3=1 | A. }}", r"sets 'z3', which plane does not have; it has z1, view, x"),
        ("{{ instrument: plane?z1=4 | A. }}", r"sets z1=4, but z1 is a number from -3 to 3"),
        ("{{ instrument: plane?z1=nan | A. }}", r"but z1 is a number from -3 to 3"),
        ("{{ instrument: plane?view=shut | A. }}", r"but view is one of open, closed"),
        ("{{ instrument: plane?x=12 | A. }}", r"but x is 16 hexadecimal digits, or nothing"),
        ("{{ instrument: plane?z1=2 | A. }}", r"has no recorded picture; record it with: .* record-instruments"),
        ("{{ instrument: plane | A. }}\n\n{{ instrument: plane | B. }}", r"p\.md:3: .* stands on this page already"),
        ("\nGo [far](#~plane?z1=9).", r"^p\.md:2: \[far\]\(#~plane\?z1=9\) sets z1=9, but z1 is a number"),
        ("{{ instrument: plane | [far](#~plan). }}", r"names no instrument; nearest is 'plane'"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(stage: Path, page: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        expand(page, stage, "p.md")


def test_the_folder_changes_its_name_with_its_content(stage: Path, write: Write) -> None:
    first = version(stage)
    assert version(stage) == first
    write("src/lowerbound_site/instruments/maths/one.js", "export const one = 10;\n")
    assert version(stage) != first


def test_a_schema_that_is_not_json_is_refused(stage: Path, write: Write) -> None:
    write("src/lowerbound_site/instruments/plane.js", MODULE.replace('"z1"', "z1"))
    with pytest.raises(EvidenceError, match=r"instruments/plane\.js: its schema is not JSON"):
        schema("plane", stage)


@pytest.mark.parametrize("name", sorted(path.stem for path in folder(ROOT).glob("*.js")))
def test_every_start_is_allowed(name: str) -> None:
    assert schema(name)
    check_state(name, "&".join(f"{key}={kind['start']}" for key, kind in schema(name).items()))
