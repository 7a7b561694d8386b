"""From a page as it is written to a page as it is rendered and tested: placeholders become evidence.

`expand` is pure (text in, text out), imports nothing heavy, and is the only author of python fences under docs/. The
site build and the tests both call it, so what is shown is what is run.
"""

import difflib
import html
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mkdocs.utils.meta import get_data

from lowerbound_site.evidence.claims import KINDS, ROOT, Claim, EvidenceError, read_claim, read_claims
from lowerbound_site.evidence.seeds import Tried, read_tried, told
from lowerbound_site.pages import elements, explanations
from lowerbound_site.pages.explanations import Explanation, read_explanations
from lowerbound_site.pages.fold import LONGEST_VISIBLE, marked, visible_lines

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"  # of torch: a tenth of what it takes with CUDA
SITE_URL = "http://127.0.0.1:8000/"  # the stated default; the environment's SITE_URL wins

_CODE = re.compile(
    r"\A---\n.*?\n---\n"  # front matter
    r"|^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t]*(?P=fence)[`~]*[ \t]*$"  # a fence, at any indentation
    r"|<!--.*?-->"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)",  # inline code, within its paragraph
    re.MULTILINE | re.DOTALL,
)
# Only figures and instruments have a caption, after a bar, and that may hold placeholders of its own.
_PLACEHOLDER = re.compile(
    r"\{\{\s*(?:"
    r"(?P<figure>figure|instrument)\s*:\s*(?P<drawn>[^{}|]*?)\s*\|(?P<caption>(?:[^{}]|\{\{[^{}]*\}\}|\{[^{}]*\})*)"
    r"|(?P<word>[\w-]+)\s*(?::\s*(?P<rest>[^{}]*?)\s*)?"
    r")\}\}"
)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*(?:\{:?[^{}]*\})?[ \t]*#*$", re.MULTILINE)
# A section of what only those read who doubt or look something up: its heading becomes a line that unfolds it.
_FURTHER = re.compile(
    r"^## (?P<title>Further evidence[^{\n]*?)[ \t]*(?:\{#(?P<id>[\w-]+)\})?[ \t]*\n(?P<body>.*?)(?=^##? |\Z)",
    re.MULTILINE | re.DOTALL,
)
_ABOUT_CLAIMS = ("claim", "folded", "figure", "instrument", "set")
_INLINE_VALUE = re.compile(r"[^\\`*_\[\]<>|$&{}]+")


@dataclass(frozen=True)
class Page:
    """A Markdown file under docs/: its path from there, and its text."""

    path: str
    text: str

    @property
    def meta(self) -> Mapping[str, Any]:
        """The front matter."""
        return dict(get_data(self.text)[1])

    @property
    def title(self) -> str:
        """The first heading, or the path where there is none."""
        heading = _HEADING.search(hide_code(self.text))
        return self.text[heading.start(2) : heading.end(2)] if heading else self.path

    @cached_property
    def claims(self) -> list[str]:
        """The claims that stand on this page, in order."""
        found = _PLACEHOLDER.finditer(hide_code(self.text))
        return [place["rest"] or "" for place in found if place["word"] in ("claim", "folded")]


def read_pages(root: Path = ROOT) -> list[Page]:
    """Read every Markdown page under `root`/docs, in the order of their paths; explanations are parts of pages."""
    docs = root / "docs"
    apart = {"download", explanations.FOLDER}
    paths = sorted(path for path in docs.rglob("*.md") if path.relative_to(docs).parts[0] not in apart)
    return [Page(path.relative_to(docs).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


@lru_cache(maxsize=256)
def hide_code(text: str) -> str:
    """Blank out front matter, fences, comments and inline code, keeping every other character where it is."""
    return _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def expand(page: str, root: Path = ROOT, where: str = "page") -> str:
    """Replace every placeholder of a page; `where` names the page in error messages."""
    expansion = _Expansion(page, root, where)
    text = expansion.text()
    if expansion.wrong:
        raise EvidenceError("\n".join(dict.fromkeys(expansion.wrong)))
    return _further_folded(text)


def expand_what_can_be(page: str, root: Path = ROOT) -> str:
    """Replace the placeholders of a page that is shown while it is written; the others stay, marked as wrong."""
    return _further_folded(_Expansion(page, root, "page").text())


def _further_folded(page: str) -> str:
    """Fold each section that is headed "Further evidence" behind one line, which says how many claims it has."""
    pieces, start = [], 0
    for found in _FURTHER.finditer(hide_code(page)):
        count = found["body"].count('<section class="lb-claim')
        claims = f"{':,'[':' in found['title']]} {count} claim{'s' if count != 1 else ''}" if count else ""
        pieces += [
            page[start : found.start()],
            # The id is the summary's: the theme names code after what holds it and has an id, and copies by that name.
            '<details class="lb-further" markdown="1">\n'
            f'<summary id="{found["id"] or "further"}">{html.escape(found["title"])}{claims}</summary>\n',
            page[found.start("body") : found.end()],
            "\n</details>\n\n",
        ]
        start = found.end()
    return "".join([*pieces, page[start:]])


class _Expansion:
    """One page on its way from placeholders to evidence."""

    whole = True  # a page, and not an explanation within one

    def __init__(self, page: str, root: Path, where: str) -> None:
        self.page, self.root, self.where = page, root, where
        self.paths = {path.stem: path for path in sorted((root / "snippets").glob("*.py"))}
        self.visible = hide_code(page)
        self.shown: set[str] = set()
        self.moving: set[str] = set()
        self.wrong: list[str] = []

    def text(self, start: int = 0, end: int | None = None) -> str:
        end = len(self.page) if end is None else end
        pieces = []
        for found in _PLACEHOLDER.finditer(self.visible, start, end):
            pieces += [self.linked(start, found.start()), self.replacement(found)]
            start = found.end()
        return "".join([*pieces, self.linked(start, end)])

    def linked(self, start: int, end: int) -> str:
        """A part without placeholders; links that set an instrument are written as HTML."""
        pieces = []
        for found in elements.states_linked(self.visible[:end], start):
            try:
                link = elements.state_link(found, self.root)
            except EvidenceError as wrong:
                link = self.marked(found, self.error(found, str(wrong)))
            pieces += [self.page[start : found.start()], link]
            start = found.end()
        return "".join([*pieces, self.page[start:end]])

    def replacement(self, found: re.Match[str]) -> str:
        try:
            return self.evidence(found)
        except EvidenceError as wrong:
            return self.marked(found, wrong)

    def marked(self, found: re.Match[str], wrong: EvidenceError) -> str:
        """Keep a complaint, and what it is about as it is written."""
        self.wrong.append(str(wrong))
        return f'<span class="lb-wrong">{html.escape(found[0])}</span>'

    def evidence(self, found: re.Match[str]) -> str:
        word, rest = found["figure"] or found["word"], found["drawn"] or found["rest"]
        blocks: Mapping[str, Callable[[], str]] = {
            "claim": lambda: self.claim(found, rest or ""),
            "folded": lambda: self.claim(found, rest or "", folded=True),
            "figure": lambda: self.figure(found, rest or ""),
            "instrument": lambda: self.instrument(found, rest or ""),
            "install": lambda: install(self.root),
            "ledger": lambda: ledger(
                read_claims(self.root), read_pages(self.root), read_tried(self.root), read_explanations(self.root)
            ),
            "questions": lambda: questions(read_pages(self.root), self.root),
        }
        if word in blocks:
            if not self.whole:
                raise self.error(found, "has no place in an explanation, which has words and values only; link to it")
            self.stands_alone(found)
            return blocks[word]()
        if not rest:
            known = [*blocks, "set: 0.05", "NAME: key"]
            raise self.error(
                found, f"is no placeholder; known are {', '.join(known)} (in LaTeX, write one pair of braces)"
            )
        return rest if word == "set" else self.value(found, word, rest)

    def claim(self, found: re.Match[str], name: str, folded: bool = False) -> str:
        claim = self.known(found, name)
        if name in self.shown:
            raise self.error(found, "stands on this page already; link to it with [...](#" + name + ")")
        self.shown.add(name)
        if not folded and (lines := visible_lines(claim)) > LONGEST_VISIBLE:
            raise self.error(
                found,
                f"shows {lines} lines of its program, at most {LONGEST_VISIBLE} are allowed; name helpers "
                f"behind Fold: in its docstring, or write {{{{ folded: {name} }}}}",
            )
        return render_claim(claim, self.level(found), self.root, folded, self.otherwise(name))

    def otherwise(self, name: str) -> str:
        """The explanations of a claim."""
        return "".join(self.explanation(found) for found in read_explanations(self.root) if found.claim == name)

    def explanation(self, explanation: Explanation) -> str:
        within = _Explanation(explanation.text, self.root, f"docs/{explanation.path}")
        text = render_explanation(explanation, within.text())
        self.wrong += within.wrong
        return text

    def figure(self, found: re.Match[str], name: str) -> str:
        claim = self.known(found, name)
        if claim.alt is None:
            raise self.error(found, f"needs a figure, and snippets/{name}.py draws none")
        below = f"<figcaption>{self.caption(found)}</figcaption>" if found["caption"] else ""
        return f'<figure class="lb-figure" data-figure="{name}" data-alt="{html.escape(claim.alt)}">{below}</figure>'

    def instrument(self, found: re.Match[str], which: str) -> str:
        name, _, start = which.partition("?")
        if name in self.moving:
            raise self.error(found, "stands on this page already; one page has each instrument once")
        self.moving.add(name)
        try:
            return elements.element(name, start, self.caption(found) if found["caption"] else "", self.root)
        except EvidenceError as wrong:
            raise self.error(found, str(wrong)) from None

    def caption(self, found: re.Match[str]) -> str:
        """The caption as HTML: Markdown leaves the inside of a figure alone, so formulas are marked here."""
        text = _outside_tags(lambda part: html.escape(part, quote=False), self.text(*found.span("caption")).strip())
        return re.sub(r"\$([^$]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', text)

    def value(self, found: re.Match[str], name: str, key: str) -> str:
        values = self.known(found, name).values
        if key not in values:
            raise self.error(found, f"asks for a value that snippets/{name}.out does not have{_nearest(key, values)}")
        value = values[key]
        if not _INLINE_VALUE.fullmatch(value):
            raise self.error(found, f"has the value {value!r}, which Markdown would read as markup; print it plainly")
        return value

    def known(self, found: re.Match[str], name: str) -> Claim:
        if name not in self.paths:
            if found["word"] == name and (meant := difflib.get_close_matches(name, _ABOUT_CLAIMS, n=1)):
                raise self.error(found, f"names no snippet; to show one, write {{{{ {meant[0]}: {found['rest']} }}}}")
            raise self.error(found, f"names no snippet{_nearest(name, self.paths)}; a new one: make new CLAIM=NAME")
        return read_claim(self.paths[name]).require_record()

    def stands_alone(self, found: re.Match[str]) -> None:
        start = self.page.rfind("\n", 0, found.start()) + 1
        end = self.page.find("\n", found.end())
        if self.page[start : end if end >= 0 else None].rstrip() != found[0]:
            raise self.error(found, "must stand alone on its line, not indented")

    def level(self, found: re.Match[str]) -> int:
        """The heading level under the heading that comes before."""
        before = [len(heading[1]) for heading in _HEADING.finditer(self.visible, 0, found.start())]
        return min(before[-1] + 1 if before else 2, 6)

    def error(self, found: re.Match[str], what: str) -> EvidenceError:
        line = self.page.count("\n", 0, found.start()) + 1
        written = self.page[found.start() : found.end()]
        return EvidenceError(f"{self.where}:{line}: {written} {what}")


class _Explanation(_Expansion):
    """One explanation on its way into the pages where its claim stands."""

    whole = False


def render_explanation(explanation: Explanation, text: str) -> str:
    """Write an explanation behind a line with its title; `text` is its file, expanded."""
    body = get_data(text)[0].strip()
    by = f"\n\nWritten by {_markdown(explanation.by)}.\n{{: .lb-links }}" if explanation.by else ""
    return f"""
<details class="lb-otherwise" id="{explanation.name}" markdown="1">
<summary>Another way to see it: {html.escape(explanation.title)}</summary>

{body}{by}

</details>
"""


def render_claim(
    claim: Claim, level: int, root: Path = ROOT, folded: bool = False, explanations_of_it: str = ""
) -> str:
    """Write a claim with its whole program, its recorded output, how to break it and how to run it, as Markdown.

    The sentence is always seen; `folded`, all of its evidence stands behind one line. Explanations come last.
    """
    lines = visible_lines(claim) + (claim.output or "").count("\n")
    look = "lb-claim lb-quiet" if folded else "lb-claim"
    opening, closing = (
        '<details class="lb-evidence" markdown="1">\n<summary>The evidence</summary>\n',
        "\n</details>\n",
    )
    return f"""\
<section class="{look}" data-kind="{claim.kind}" aria-labelledby="{claim.name}" data-folds="{marked(claim)}" \
style="--lb-lines: {1 if folded else lines}" markdown="1">

{"#" * level} {_markdown(claim.sentence)} {{: #{claim.name} .lb-claim-title }}

[{claim.kind}](/ledger.md#{claim.kind} "{KINDS[claim.kind]}"){{: .lb-kind data-search-exclude="" }}

{_no_record(claim)}{opening if folded else ""}
{_fence("python", claim.source)}

<!--pytest-codeblocks:expected-output-->

{_fence(" { .text .lb-output }", claim.output or "")}

{_broken(claim)}

{_how_it_runs(claim, root)}

[Download the program](/download/{claim.name}.py){{: download="{claim.name}.py" }} ·
[Permanent link](/ledger.md#{claim.name})
{{: .lb-links data-search-exclude="" }}
{closing if folded else ""}{explanations_of_it}
</section>"""


def _no_record(claim: Claim) -> str:
    note = f'<div class="lb-no-record" role="alert" markdown="1">\n\n{claim.note}\n\n</div>\n\n'
    return note if claim.note else ""


def questions(pages: list[Page], root: Path) -> str:
    """Write the map of the questions: in their order, each with its sketch, if it has one, and its answer in a line."""
    numbered = sorted(
        ((page.meta["question"], page) for page in pages if "question" in page.meta), key=lambda entry: entry[0]
    )
    lines = [
        f"{number}. {_sketch(page, root)}[{_markdown(page.meta['title'])}](/{page.path})<br>"
        f"{_markdown(page.meta['description'])}"
        for number, page in numbered
    ]
    return "\n".join(['<div class="lb-questions" markdown="1">\n', *lines, "\n</div>"])


def _sketch(page: Page, root: Path) -> str:
    """A small drawing of what a question is about, in line, so that it takes the page's colours."""
    path = (root / "docs" / page.path).parent / "sketches" / f"{Path(page.path).stem}.svg"
    return " ".join(path.read_text(encoding="utf-8").split()) if path.exists() else ""


def ledger(
    claims: Mapping[str, Claim], pages: list[Page], tried: Mapping[str, Tried], explained: list[Explanation]
) -> str:
    """Write the list of all claims, by kind: each with its evidence, where it stands, other seeds and how it breaks."""
    return "\n\n".join(
        _ledger_of_kind(kind, [claim for claim in claims.values() if claim.kind == kind], pages, tried, explained)
        for kind in KINDS
    )


def _ledger_of_kind(
    kind: str, claims: list[Claim], pages: list[Page], tried: Mapping[str, Tried], explained: list[Explanation]
) -> str:
    heading = f"## {kind.capitalize()} {{: #{kind} }}\n\n{KINDS[kind]}"
    entries = [_ledger_entry(claim, pages, tried, explained) for claim in claims]
    return "\n\n".join([heading, *(entries or ["No claim of this kind yet."])])


def _ledger_entry(claim: Claim, pages: list[Page], tried: Mapping[str, Tried], explained: list[Explanation]) -> str:
    shown = [page for page in pages if claim.name in page.claims]
    places = [f"[{page.title}](/{page.path}#{claim.name})" for page in shown]
    others = [
        f"[{_markdown(found.title)}](/{shown[0].path}#{found.name})"
        for found in explained
        if shown and found.claim == claim.name
    ]
    explanations = f"\n- Another way to see it: {', '.join(others)}" if others else ""
    return f"""\
### {_markdown(claim.sentence)} {{: #{claim.name} data-toc-label="{claim.name}" }}

- Evidence: [{claim.name}.py](/download/{claim.name}.py){{: download="{claim.name}.py" }}
- Stands on: {", ".join(places) or "no page"}{explanations}
- [Other seeds](#seeds): {told(claim, tried)}
- {_how_it_breaks(claim)}
- Cite it as {_code(f"{site_url()}/ledger/#{claim.name}")}, or [say that it is wrong](/contributing.md#correct)."""


def _how_it_breaks(claim: Claim) -> str:
    return (
        f"**Break it:** put {_code(claim.break_to)} in the place of {_code(claim.break_from)}, and its `assert` fails."
    )


def _broken(claim: Claim) -> str:
    """The line to break and how the program then ends, behind one line."""
    pairs = zip(claim.source.splitlines(), claim.broken_source.splitlines(), strict=True)
    changed = [(before.strip(), after.strip()) for before, after in pairs if before != after]
    diff = "\n".join([*(f"- {before}" for before, _ in changed), *(f"+ {after}" for _, after in changed)])
    return f"""\
<details class="lb-break" data-search-exclude="" markdown="1">
<summary>Break it</summary>

{_fence("diff", diff)}

With this change the program ends so:

{_fence(" { .text .lb-ends }", claim.broken_end or "")}

</details>"""


def _what_it_saves(claim: Claim) -> str:
    return (
        "" if claim.alt is None else f"The program saves its figure as `{claim.name}.svg`, in the folder it runs in. "
    )


def _how_it_runs(claim: Claim, root: Path) -> str:
    steps = ["python3 -m venv .venv", *(f".venv/bin/{line}" for line in installing(root))]
    commands = "\n".join([*steps, f".venv/bin/python {claim.name}.py"])
    in_one = f"uv run {site_url()}/download/{claim.name}.py\n"
    return f"""\
<details class="lb-run" data-search-exclude="" markdown="1">
<summary>Run it on your machine</summary>

It needs Python 3.11 or later. Save the program as `{claim.name}.py`, and beside it make an environment, which serves
every program here; on Windows write `py` for `python3`, and `.venv\\Scripts` for `.venv/bin`. {_what_it_saves(claim)}

{_fence("console", commands)}

Where [uv](https://docs.astral.sh/uv/) is installed, one command does all of this:

{_fence("console", in_one)}

</details>"""


def install(root: Path) -> str:
    """Write the commands that install the library from the served site."""
    return _fence("console", "\n".join(installing(root)))


def installing(root: Path) -> list[str]:
    """The commands, one a line: torch's CPU build first, or else pip may take one with gigabytes of CUDA."""
    return [f"pip install torch --index-url {CPU_BUILDS}", f"pip install {wheel_url(root)}"]


def downloaded(source: str, root: Path = ROOT) -> str:
    """A program as it is downloaded: under a header that says what it needs, for what runs scripts (PEP 723)."""
    return f"""\
# /// script
# requires-python = ">=3.11"
# dependencies = ["torch", "lowerbound @ {wheel_url(root)}"]
# [tool.uv.sources]
# torch = {{ index = "cpu" }}
# [[tool.uv.index]]
# name = "cpu"
# url = "{CPU_BUILDS}"
# explicit = true
# ///
{source}"""


def site_url() -> str:
    """Return the site's address, without a slash at its end."""
    return os.environ.get("SITE_URL", SITE_URL).rstrip("/")


def wheel_url(root: Path) -> str:
    """Return where the site serves the library's wheel."""
    return f"{site_url()}/download/{wheel_name(root / 'pyproject.toml')}"


def wheel_name(pyproject: Path) -> str:
    """Return the file name of the library's wheel."""
    version = _project(pyproject.read_text(encoding="utf-8"))["version"]
    return f"lowerbound-{version}-py3-none-any.whl"


@lru_cache(maxsize=4)
def _project(pyproject: str) -> Mapping[str, Any]:
    return MappingProxyType(tomllib.loads(pyproject)["project"])


def _outside_tags(change: Callable[[str], str], text: str) -> str:
    """Change a text, but for the links that set an instrument in it."""
    parts = re.split(r'(<a href="#~[^"]*">|</a>)', text)
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))


def _fence(info: str, text: str) -> str:
    ticks = "`" * max(3, 1 + _longest_run_of_ticks(text))
    return f"{ticks}{info}\n{text if text.endswith(chr(10)) or not text else text + chr(10)}{ticks}"


def _code(text: str) -> str:
    ticks = "`" * (1 + _longest_run_of_ticks(text))
    padding = " " if "`" in text else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def _longest_run_of_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _markdown(sentence: str) -> str:
    """Plain text as Markdown; what stands between backticks is code."""
    return "".join(_escaped(sentence))


def _escaped(sentence: str) -> Iterator[str]:
    for number, part in enumerate(sentence.split("`")):
        if number % 2:
            yield f"`{part}`"
        else:
            yield re.sub(r"([\\*_{}\[\]#$])", r"\\\1", part).replace("&", "&amp;").replace("<", "&lt;")


def _nearest(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"; nearest is {close[0]!r}" if close else ""
