import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from lowerbound_site.pages import extension
from lowerbound_site.pages.extension import LowerBoundExtension

EXTENSIONS = ["attr_list", "md_in_html", "pymdownx.highlight", "pymdownx.superfences", "pymdownx.arithmatex"]


def page(source: str, expand: Callable[[str], str] = str) -> str:
    """HTML as the extension makes it, with `expand` in the place of the site's own."""
    settings = {"pymdownx.arithmatex": {"generic": True}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extension, "expand", expand)
        return Markdown(extensions=[*EXTENSIONS, LowerBoundExtension()], extension_configs=settings).convert(source)


def test_expansion_comes_before_markdown() -> None:
    html = page("# Title\n\n{{ a }}\n", lambda text: text.replace("{{ a }}", "```python\nq = p\n```\n\n$p$"))
    assert '<div class="highlight" data-search-exclude>' in html
    assert '<mi class="lb-p">p</mi>' in html


def test_p_and_q_in_code_have_their_colours() -> None:
    html = page('Say `kl(q, p)`, `q.x` and `p_x`.\n\n```text\nkl(q, p) # p(z|x), "eq"\n```\n')
    assert html.count('<span class="lb-q">q</span>') == 3
    assert html.count('<span class="lb-p">p</span>') == 3
    assert "p_x" in html


def test_other_names_and_tags_in_code_have_none() -> None:
    assert "lb-p" not in page("`a.p`, `p-value`, `<p>`, `</p>` and `p1`.\n")


@pytest.mark.parametrize(
    ("language", "copied"), [("python", True), ("console", True), ("text", False), ("pycon", False)]
)
def test_only_what_runs_when_it_is_pasted_has_a_copy_button(language: str, copied: bool) -> None:
    settings = {"pymdownx.highlight": {"pygments_lang_class": True}}
    source = f"```{language}\n>>> 1 + 1\n2\n```\n"
    html = Markdown(extensions=[*EXTENSIONS, LowerBoundExtension()], extension_configs=settings).convert(source)
    assert ("no-copy" in html) is not copied


def test_names_numbers_and_blanks_in_code_need_no_element() -> None:
    html = page("```python\nkl(a, 2)  # nats\n```\n")
    assert '<span class="c1"># nats</span>' in html
    assert not re.search('class="(n|mi|w)"', html)
    assert "kl" in html


def test_a_session_in_a_docstring_is_code() -> None:
    html = page("The sum.\n\n>>> sum([1, 2])\n3\n\nNo more.\n\n> Said by somebody.\n")
    assert BeautifulSoup(html, "html.parser").select_one("pre > code").get_text() == ">>> sum([1, 2])\n3\n"
    assert html.count("<blockquote>") == 1


DRAWS = '''\
"""There is a gap.

Kind: identity
Break it: 1 + 1 -> 1 + 2
Figure: A "gap".
"""

total = 1 + 1
fig.savefig("the-gap.svg")
assert total == 2, f"two was expected, not {total}"
'''


def test_a_figure_is_put_in_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = '<path d="M 0 0 L 1 1" style="stroke: #9b2c83"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36">{line}</svg>'
    (tmp_path / "the-gap.py").write_text(DRAWS)
    (tmp_path / "the-gap.svg").write_text(svg)
    monkeypatch.setattr("lowerbound_site.pages.figures.SNIPPETS", tmp_path)
    place = '<figure class="lb-figure" data-figure="the-gap" data-alt="A &quot;gap&quot;">'
    html = page(f"Before.\n\n{place}<figcaption>C</figcaption></figure>\n\nAfter.\n")
    assert '<figure class="lb-figure"><div class="lb-drawing"><svg viewBox="0 0 72 36" ' in html
    assert 'aria-label="A &quot;gap&quot;"' in html
    assert "stroke: var(--lb-gap)" in html
    assert "<figcaption>C</figcaption></figure>" in html
