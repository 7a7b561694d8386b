"""What of a program is read on a page: the mathematics and its asserts. The rest is folded, each part in its place.

Folded are the docstring (its sentence stands above) and imports, drawing, what only prints, and what the docstring
names behind `Fold:`, helpers that stood on an earlier page, say. The line that "Break it" changes and the asserts
always stay visible.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lowerbound_site.evidence.claims import Claim, EvidenceError

LONGEST_VISIBLE = 30
_SMALLEST = 2  # a fold is a line itself

_CODE = re.compile(
    r'(<div class="[^"]*language-python[^"]*\bhighlight)("[^>]*>)<pre>(?:<span></span>)?<code>(.*?)</code></pre>',
    re.DOTALL,
)
_SECTION = re.compile(r'<section\b[^>]*\bdata-folds="([^"]*)"[^>]*>.*?</section>', re.DOTALL)


@dataclass(frozen=True)
class Part:
    """Lines `first` to `last` of a program, from 1; `holds` says what is in them if they are folded."""

    first: int
    last: int
    holds: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def parts(claim: Claim) -> tuple[Part, ...]:
    """Take a program apart; the parts in their order are all of its lines."""
    lines = claim.source.splitlines()
    holds = _by_line(claim, len(lines))
    runs: list[Part] = []
    for folded, numbers in itertools.groupby(range(1, len(lines) + 1), lambda number: holds[number] is not None):
        run = list(numbers)
        if folded and sum(bool(lines[number - 1].strip()) for number in run) >= _SMALLEST:
            what = dict.fromkeys(name for number in run for name in holds[number] or ())
            runs.append(Part(run[0], run[-1], tuple(what)))
        elif runs and not runs[-1].holds:
            runs[-1] = Part(runs[-1].first, run[-1])
        else:
            runs.append(Part(run[0], run[-1]))
    return tuple(runs)


def visible_lines(claim: Claim) -> int:
    """How many lines of a program are seen before anything is unfolded."""
    return sum(part.last - part.first + 1 for part in parts(claim) if not part.holds)


def marked(claim: Claim) -> str:
    """The folded parts as an attribute, for `fold_page`."""
    return "|".join(f"{part.first}-{part.last}:{', '.join(part.holds)}" for part in parts(claim) if part.holds)


def fold_page(page: str) -> str:
    """Fold the programs of a page that is HTML already."""
    return _SECTION.sub(lambda section: _CODE.sub(lambda code: _folded(code, section[1]), section[0], count=1), page)


def _folded(code: re.Match[str], marks: str) -> str:
    lines = code[3].splitlines(keepends=True)
    shown = 0
    pieces: list[str] = []

    def see(until: int) -> None:
        if text := "".join(lines[shown:until]):
            first = not any(piece.startswith("<pre>") for piece in pieces)  # its copy button gives the whole
            opening = "<pre>" if first else '<pre class="no-copy">'
            pieces.append(f"{opening}<code>{text}</code></pre>")

    for mark in marks.split("|") if marks else []:
        where, _, what = mark.partition(":")
        first, last = map(int, where.split("-"))
        see(first - 1)
        text = "".join(lines[first - 1 : last])
        inside = f'<summary>{what}</summary><pre class="no-copy"><code>{text}</code></pre>'
        pieces.append(f'<details class="lb-fold">{inside}</details>')
        shown = last
    see(len(lines))
    return f"{code[1]} lb-program{code[2]}{''.join(pieces)}"


def _by_line(claim: Claim, count: int) -> dict[int, tuple[str, ...] | None]:
    """For each line what it is folded as, None where it is visible; what stands between statements goes with them."""
    statements = list(_statements(claim))
    by_line: dict[int, tuple[str, ...] | None] = dict.fromkeys(range(1, count + 1))
    for first, last, what in statements:
        by_line |= dict.fromkeys(range(first, last + 1), what)
    lines = claim.source.splitlines()
    for (_, before, earlier), (after, _, later) in itertools.pairwise(statements):
        comments = next((n for n in range(before + 1, after) if lines[n - 1].strip()), after)
        by_line |= dict.fromkeys(range(comments, after), later)  # a comment belongs to what it stands above
        by_line |= dict.fromkeys(range(before + 1, comments), earlier if earlier is not None else later)
    return by_line


def _statements(claim: Claim) -> Iterator[tuple[int, int, tuple[str, ...] | None]]:
    tree = ast.parse(claim.source)
    broken_line = _broken_line(claim)
    drawn = _drawn(tree)
    unknown = set(claim.folds)
    for number, node in enumerate(tree.body):
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or first
        evidence = first <= broken_line <= last or any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
        names = _bound(node)
        named = tuple(name for name in claim.folds if name in names)
        unknown -= set(named)
        if named and evidence:
            raise EvidenceError(
                f"snippets/{claim.name}.py:{first}: Fold: {named[0]} holds the line to break or an assert; "
                "leave it visible"
            )
        if evidence:
            yield first, last, None
        elif number == 0 or isinstance(node, ast.Import | ast.ImportFrom):
            yield first, last, ("imports",)
        elif named:
            yield first, last, named
        elif _names(node) & drawn:
            yield first, last, ("drawing",)
        else:
            yield first, last, ("printing",) if _only_prints(node) else None
    if unknown:
        raise EvidenceError(
            f"snippets/{claim.name}.py:1: Fold: {', '.join(sorted(unknown))}: no function, class or value of the "
            "program has that name"
        )


def _broken_line(claim: Claim) -> int:
    pairs = zip(claim.source.splitlines(), claim.broken_source.splitlines(), strict=False)
    return next(number for number, (line, broken) in enumerate(pairs, 1) if line != broken)


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _drawn(tree: ast.Module) -> set[str]:
    """The names of figures and axes."""
    return {
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and "subplots" in _called(node.value)
        for name in _bound(node)
    }


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _only_prints(node: ast.stmt) -> bool:
    if isinstance(node, ast.For | ast.If):
        return all(_only_prints(inner) for inner in [*node.body, *node.orelse])
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) == "print"
