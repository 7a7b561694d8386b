"""What the theme's style sheets lose: rules that cannot match, and nothing else. Then the pages hold them."""

from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import EvidenceError
from lowerbound_site.pages.elements import modules
from lowerbound_site.publish.lighten import (
    inline,
    postpone,
    prune,
    pruned,
    without_comment_lines,
    without_idle_properties,
)


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".known{color:red}", ".known{color:red}"),
        (".unknown{color:red}", ""),
        ("p,a[href]:hover{color:red}", "p,a[href]:hover{color:red}"),
        (".known,.unknown{color:red}", ".known{color:red}"),
        (".known .unknown>p{color:red}", ""),
        (".known:not(.unknown){color:red}", ".known:not(.unknown){color:red}"),
        (":is(.known,.unknown){color:red}", ":is(.known,.unknown){color:red}"),
        ("[dir=rtl] .known{color:red}", ""),
        ("[dir=ltr] .known{color:red}", "[dir=ltr] .known{color:red}"),
        ("[data-md-color-switching] *{color:red}", ""),
        ("@media print{.unknown{color:red}.known{color:red}}", "@media print{.known{color:red}}"),
        ("@media print{.unknown{color:red}}", ""),
        ("@font-face{font-family:a}", "@font-face{font-family:a}"),
        ("@keyframes b{0%{top:0}to{top:1px}}", "@keyframes b{0%{top:0}to{top:1px}}"),
    ],
)
def test_a_rule_stays_where_it_could_match(sheet: str, kept: str) -> None:
    assert pruned(sheet, {"known"}) == kept


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (":root{--used:1px;--idle:2px}", ":root{--used:1px;}"),
        (":root{--idle:url(\"data:,<svg a='{;}'/>\");--used:1px}", ":root{--used:1px}"),
        ("p{top:var(--idle)}", "p{top:var(--idle)}"),
    ],
)
def test_a_property_stays_where_something_asks_for_it(sheet: str, kept: str) -> None:
    assert without_idle_properties(sheet, {"--used"}) == kept


def test_classes_of_pages_and_of_scripts_are_known_and_our_own_sheets_untouched(tmp_path: Path) -> None:
    sheets = tmp_path / "assets" / "stylesheets"
    sheets.mkdir(parents=True)
    (sheets / "main.css").write_text(".a{top:var(--x)}.b{top:0}.c{top:0}:root{--x:1px;--y:2px}")
    (tmp_path / "own.css").write_text(".c{top:0}")
    (tmp_path / "index.html").write_text('<p class="d a">')
    (tmp_path / "script.js").write_text('element.classList.add("b")')
    prune(tmp_path)
    assert (sheets / "main.css").read_text() == ".a{top:var(--x)}.b{top:0}:root{--x:1px;}"
    assert (tmp_path / "own.css").read_text() == ".c{top:0}"


def site_with_two_sheets(site: Path, link: str) -> Path:
    (site / "assets" / "css").mkdir(parents=True)
    (site / "deep").mkdir()
    (site / "assets" / "theme.css").write_text("p{top:0}/*# sourceMappingURL=theme.css.map */")
    (site / "assets" / "css" / "own.css").write_text('/* Why. */\np {\n  src: url("../fonts/a.woff2");\n}\n')
    (site / "index.html").write_text(
        '<head><link rel="stylesheet" href="assets/theme.css"><title>T</title>'
        '<link rel="stylesheet" href="assets/css/own.css"></head>'
    )
    (site / "deep" / "index.html").write_text(f'<link rel="stylesheet" href="../assets/theme.css">{link}')
    return site


@pytest.mark.parametrize("base", ["/", "/bound/"])
def test_every_page_holds_all_sheets_in_their_order(tmp_path: Path, base: str) -> None:
    site = site_with_two_sheets(tmp_path, '<link rel="stylesheet" href="../assets/css/own.css">')
    inline(site, base)
    style = f'<style>p{{top:0}}p {{\nsrc: url("{base}assets/fonts/a.woff2");\n}}</style>'
    assert (site / "index.html").read_text() == f"<head>{style}<title>T</title></head>"
    assert (site / "deep" / "index.html").read_text() == style
    assert list(site.rglob("*.css")) == []


def test_pages_with_different_sheets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="not all link to the same style sheets"):
        inline(site_with_two_sheets(tmp_path, ""))


def test_the_themes_script_waits_and_others_do_not(tmp_path: Path) -> None:
    other = '<script src="assets/js/access.js" type="module"></script>'
    page = tmp_path / "index.html"
    page.write_text(f'<body><script src="../assets/javascripts/bundle.a1.min.js"></script>{other}</body>')
    postpone(tmp_path)
    text = page.read_text()
    assert text.endswith(f"{other}</body>")
    assert '<link rel="preload" href="../assets/javascripts/bundle.a1.min.js" as="script">' in text
    assert 'script.src = "../assets/javascripts/bundle.a1.min.js"' in text
    assert '<script src="../assets' not in text


def test_lines_that_are_only_a_comment_go() -> None:
    script = "// What it is.\n\n/** Half of x. */\nexport const half = 1 / 2; // nats\n  // not this\nf(`a // b`);\n"
    assert without_comment_lines(script) == "\nexport const half = 1 / 2; // nats\nf(`a // b`);\n"


def test_no_text_of_an_instrument_has_such_a_line() -> None:
    for path in modules().values():
        source = path.read_text(encoding="utf-8")
        for text in without_comment_lines(source).split("`")[1::2]:
            assert f"`{text}`" in source, f"{path.name}: a line of this text looks like a comment: {text}"
