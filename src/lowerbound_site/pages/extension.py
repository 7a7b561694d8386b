"""The Markdown extension that turns a page's source into the site's page.

Before Markdown reads the page, `expand` puts the evidence in. After it has written HTML, formulas become MathML, and
the recorded figures and the first pictures of instruments are put in line. All of it happens inside Python-Markdown, so
any generator that runs it builds the site.
"""

import re

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from lowerbound_site.pages import elements, figures, maths
from lowerbound_site.pages.expand import expand, expand_what_can_be
from lowerbound_site.pages.fold import fold_page

# While a page is written, what is wrong on it is marked and the rest is shown; a build refuses it.
lenient = False


class _Expand(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        replace = expand_what_can_be if lenient else expand
        return replace("\n".join(lines)).split("\n")


class _Doctests(Preprocessor):
    """In a docstring, what stands after >>> is code; Markdown would take it for quotations."""

    _SESSION = re.compile(r"^>>> .*(?:\n.*\S.*)*", re.MULTILINE)

    def run(self, lines: list[str]) -> list[str]:
        return self._SESSION.sub(r"```pycon\n\g<0>\n```", "\n".join(lines)).split("\n")


class _Formulas(Postprocessor):
    def run(self, text: str) -> str:
        return maths.convert_page(text, lenient)


class _Code(Postprocessor):
    """In code, p and q have the colours that they have in formulas; programs stay out of the search.

    Only what runs when it is pasted has a copy button.

    What colour.css gives the colour of plain code needs no element of its own: names, numbers, blanks.
    """

    _PLAIN = re.compile(r'<span class="(?:w|n|nb|nc|ne|nf|nn|bp|fm|mf|mi)">([^<]*)</span>')
    _CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
    _DISTRIBUTION = re.compile(r"(?<![\w&;./-])([pq])(?![\w;/-])(?=[^<>]*<)")
    _BLOCK = re.compile(r'<div class="([^"]*\bhighlight)">')
    # Sketches, outputs, examples that show what they print, signatures: none of it runs.
    _NO_COMMAND = re.compile(r"\blanguage-(?:text|pycon|diff)\b|\bdoc-signature\b")

    def run(self, text: str) -> str:
        text = self._CODE.sub(lambda code: self._coloured(self._PLAIN.sub(r"\1", code[0])), text)
        return fold_page(self._BLOCK.sub(self._block, text))

    def _block(self, block: re.Match[str]) -> str:
        button = " no-copy" if self._NO_COMMAND.search(block[1]) else ""
        return f'<div class="{block[1]}{button}" data-search-exclude>'

    def _coloured(self, code: str) -> str:
        return self._DISTRIBUTION.sub(r'<span class="lb-\1">\1</span>', code)


class _Figures(Postprocessor):
    def run(self, text: str) -> str:
        return elements.fill(figures.inline_page(text))


class LowerBoundExtension(Extension):
    """Evidence, formulas and figures."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the steps before and after Markdown's own."""
        md.block_level_elements += ["lb-instrument", "lb-judge"]
        # Above every preprocessor that reads fences or HTML (superfences 25, md_in_html 20).
        md.preprocessors.register(_Expand(md), "lb_expand", 60)
        md.preprocessors.register(_Doctests(md), "lb_doctests", 55)
        # Below raw_html (30), which puts the stashed HTML back, and below everything else that rewrites text.
        md.postprocessors.register(_Formulas(md), "lb_formulas", 5)
        md.postprocessors.register(_Code(md), "lb_code", 4)
        md.postprocessors.register(_Figures(md), "lb_figures", 3)


def makeExtension(**options: object) -> LowerBoundExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return LowerBoundExtension(**options)
