import pytest
from markdown import Markdown

from lowerbound_site.pages.maths import FormulaError, convert_page, leftovers, to_mathml


def page(source: str) -> str:
    """HTML as the site makes it from a page's source."""
    settings = {"pymdownx.arithmatex": {"generic": True}}
    extensions = ["md_in_html", "tables", "pymdownx.superfences", "pymdownx.arithmatex"]
    return convert_page(Markdown(extensions=extensions, extension_configs=settings).convert(source))


def test_p_and_q_are_coloured_and_read_as_functions() -> None:
    mathml = to_mathml(r"q(z \mid x) + p(x) + p_\theta", display=False)
    assert mathml.count('<mi class="lb-q">q</mi><mo>&ApplyFunction;</mo>') == 1
    assert mathml.count('<mi class="lb-p">p</mi><mo>&ApplyFunction;</mo>') == 1
    assert mathml.count('<mi class="lb-p">p</mi>') == 2, "p with an index is coloured too"


def test_gap_and_data_under_a_brace_have_their_colours() -> None:
    mathml = to_mathml(r"\underbrace{a}_{\text{gap}} + \underbrace{b}_{\text{data}}", display=True)
    assert '<mtext class="lb-gap">gap</mtext>' in mathml
    assert '<mtext class="lb-data">data</mtext>' in mathml


@pytest.mark.parametrize("macro", ["KL", "E", "Var", "H", "I", "ELBO", "Normal", "given", "dd"])
def test_every_macro_of_the_site_is_known(macro: str) -> None:
    assert "<math" in to_mathml(rf"a \{macro} b", display=False)


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"\foo{x}", r"\\foo\{x\}.*[Uu]nknown command"),
        (r"\KL{q}{p}", r"write \\KL\(q"),
        (r"\frac{1}{", r"\\frac"),
    ],
)
def test_an_error_quotes_the_formula(latex: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        to_mathml(latex, display=False)


def test_inline_and_display_formulas_of_a_page() -> None:
    html = page("So $a < b$ holds.\n\n$$\na \\ge b & c\n$$\n".replace(" & c", ""))
    assert html.count("<math>") == 1
    assert html.count('<div class="lb-formula"><math display="block">') == 1
    assert "&lt;" in html
    assert not leftovers(html)


def test_no_line_begins_with_what_ends_a_formula() -> None:
    assert page("If $x$, then $y$.") == (
        '<p>If <span class="lb-whole"><math><mi>x</mi></math>,</span> then '
        '<span class="lb-whole"><math><mi>y</mi></math>.</span></p>'
    )


def test_a_formula_in_raw_html_with_markdown_inside() -> None:
    html = page('<div class="lb-answer" markdown="1">\n\nThe gap $q(x)$.\n\n</div>\n')
    assert '<mi class="lb-q">q</mi>' in html
    assert not leftovers(html)


@pytest.mark.parametrize(
    "source",
    [
        "| a | b |\n| --- | --- |\n| $q(z|x)$ | 1 |\n",
        "<p>\\(x\\)</p>\n",
        "A price of 5$.\n",
        "Raw \\mathbb{E} in prose.\n",
    ],
)
def test_leftovers_are_found(source: str) -> None:
    assert leftovers(page(source))


def test_code_is_no_leftover() -> None:
    assert not leftovers(page("Say `$HOME` and\n\n```console\necho $HOME \\(\n```\n"))
