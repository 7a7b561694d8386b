"""Formulas: LaTeX in the source, MathML in the page, converted while the site is built.

p and q get the site's colours in every formula, because every `p` and every `q` on this site is a distribution.
"""

import html
import re
from html.parser import HTMLParser

from math_core import LatexError, LatexToMathML

MACROS = {
    "KL": r"\operatorname{KL}",
    "E": r"\mathbb{E}",
    "Var": r"\operatorname{Var}",
    "H": r"\operatorname{H}",
    "I": r"\operatorname{I}",
    "ELBO": r"\operatorname{ELBO}",
    "Normal": r"\mathcal{N}",
    "given": r"\mid",
    "dd": r"\,\mathrm{d}",
}

# \KL is an operator like \log: \KL{q}{p} would print "KL qp" without a word.
_KL_WITH_BRACES = re.compile(r"\\KL\s*\{")
# What arithmatex leaves in the page.
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>([.,:;?!)’”"]*)', re.DOTALL)
_DISTRIBUTION = re.compile(r"<mi>([pq])</mi>")
_WORD = re.compile(r"<mtext>(gap|data)</mtext>")
# "p of z" is what a screen reader should say, not "p times z".
_APPLIED = re.compile(r'(<mi class="lb-[pq]">[pq]</mi>)(?=<mo stretchy="false">\(</mo>)')

_converter = LatexToMathML(macros=MACROS, fancy_error=False)


class FormulaError(ValueError):
    """A formula that cannot be set: its message quotes it, `what` says why not."""

    def __init__(self, latex: str, what: str) -> None:
        super().__init__(f"In the formula  {latex}  {what}")
        self.what = what


def to_mathml(latex: str, *, display: bool) -> str:
    """Return the MathML of one formula; an unknown command or a wrong argument is a FormulaError."""
    if _KL_WITH_BRACES.search(latex):
        raise FormulaError(latex, r"write \KL(q \,\|\, p): \KL is an operator, like \log.")
    try:
        mathml: str = _converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(latex, re.sub(r"^\d+: ", "", str(error))) from None
    mathml = _DISTRIBUTION.sub(r'<mi class="lb-\1">\1</mi>', mathml)
    mathml = _WORD.sub(r'<mtext class="lb-\1">\1</mtext>', mathml)
    return _APPLIED.sub(r"\1<mo>&ApplyFunction;</mo>", mathml)


def convert_page(page: str, lenient: bool = False) -> str:
    """Replace every formula that arithmatex has marked in an HTML page by its MathML.

    `lenient`, one that cannot be set stays as it is written, marked as wrong.
    """
    return _FORMULA.sub(lambda formula: _replacement(formula, lenient), page)


def _replacement(match: re.Match[str], lenient: bool) -> str:
    display = match[2] == "["
    try:
        mathml = to_mathml(html.unescape(match[3]).strip(), display=display)
    except FormulaError:
        if not lenient:
            raise
        return f'<span class="lb-wrong">{match[3]}</span>{match[4]}'
    if display:
        return f'<div class="lb-formula">{mathml}</div>{match[4]}'
    return f'<span class="lb-whole">{mathml}{match[4]}</span>' if match[4] else mathml


class _VisibleText(HTMLParser):
    """The text of a page without code, formulas, scripts and styles."""

    SKIPPED = frozenset({"code", "pre", "math", "script", "style", "svg", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag in self.SKIPPED

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in self.SKIPPED

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.text.append(data)


def leftovers(page: str) -> list[str]:
    r"""Return every line of a page's visible text with a `$`, `\(`, `\[` or LaTeX command: a formula nobody set.

    The usual causes: a `|` in a formula in a table (write `\mid`), and `$$` directly under a fence (leave a blank
    line).
    """
    parser = _VisibleText()
    parser.feed(page)
    lines = "".join(parser.text).splitlines()
    return [line.strip() for line in lines if re.search(r"\$|\\[(\[]|\\[A-Za-z]{2,}", line)]
