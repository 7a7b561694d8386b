"""Start a text: an explanation of a claim, an exercise, a trap, a page for a question.

What is written can be built at once, stands where the others of its kind stand, and says in each place what belongs
there.
"""

import re
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, EvidenceError, read_claim
from lowerbound_site.pages import prose
from lowerbound_site.pages.expand import Page, hide_code, read_pages
from lowerbound_site.pages.explanations import FOLDER, Explanation
from lowerbound_site.writing.new_files import check_name, write_new

_EXPLANATION = """\
---
claim: CLAIM
title: a picture in few words
---

Say it as you would to a friend who builds networks and knows little probability: one idea, from something known to the
claim. If you want to be named, add a line above, `by: Your Name`.
"""

_EXERCISE = """\
## Exercise: what to find out {#NAME}

What the reader is to decide, compute or change, in two or three sentences. It can be answered from this page.

<details class="lb-solution" markdown="1"><summary>Solution</summary>

The answer first, then why.EVIDENCE

</details>

"""

_TRAP = """\
### “What people say, in one sentence.” {#NAME}

What holds instead, in one sentence. Then why, and when the saying is true.

EVIDENCE

"""

_QUESTION = """\
---
title: What is asked, in one sentence?
description: The answer, in one sentence.
question: NUMBER
---

# What is asked, in one sentence?

> What somebody who asks this has thought so far, in their own words.

<div class="lb-answer" markdown="1">

## Short answer {#short-answer}

Two or three sentences that stand alone.

</div>

## Something to see {#see}

First what the reader can see or move. Then the idea in small steps, and each summed up by one formula, whose symbols
have been explained:

$$
\\KL(q(z \\mid x) \\,\\|\\, p(z \\mid x)) \\ge 0
$$

Then the evidence, a claim on a line of its own.

## What this does not show {#limits}

- A case that is left open, or where it is otherwise.

## Where this leads {#next}

The question that comes next, with a link. All of them together: [the verdict](/questions/verdict.md).
"""


def unwritten(text: str) -> dict[int, str]:
    """The lines that `make new` wrote to be written over, and that still stand in a text, by their numbers."""
    written = {line for made in (_EXPLANATION, _EXERCISE, _TRAP, _QUESTION) for line in made.splitlines()}
    asks = {line for line in written if len(line.split()) > 4 and "{#" not in line and line[:1] not in "<$\\"}
    return {number: line for number, line in enumerate(text.splitlines(), 1) if line in asks}


def new_explanation(name: str, claim: str, root: Path = ROOT) -> str:
    """Write docs/explanations/NAME.md, and return the next steps."""
    path = root / "docs" / FOLDER / f"{name}.md"
    text = _EXPLANATION.replace("CLAIM", claim)
    if wrong := prose.check_explanation(Explanation(f"{FOLDER}/{name}.md", text), root):
        raise EvidenceError("\n".join(wrong))
    write_new(name, {path: text}, root)
    return f"""\
wrote docs/{FOLDER}/{name}.md, to write yours over. Next:
  1. Put your title and your words in their place, without headings and programs.
  2. Check it:  make check PAGE=docs/{FOLDER}/{name}.md
  3. Look at it:  make serve  shows it under the claim"""


def new_exercise(name: str, page: str, claim: str = "", root: Path = ROOT) -> str:
    """Write an exercise into a page, before what the page leads to, and return the next steps."""
    path, text = _page(page, root)
    _not_there(name, path, text, root)
    evidence = f"\n\n{_evidence(claim, path, text, root)}" if claim else ""
    exercise = _EXERCISE.replace("NAME", name).replace("EVIDENCE", evidence)
    next_page = re.search(r"^## Where this leads", hide_code(text), re.MULTILINE)
    start = next_page.start() if next_page else len(text)
    before = text[:start] if next_page else f"{text.rstrip()}\n\n"
    path.write_text(f"{before}{exercise}{text[start:]}".rstrip() + "\n", encoding="utf-8")
    shown = path.relative_to(root).as_posix()
    return f"""\
wrote an exercise into {shown}, at {_line_of(path, name)}, to write yours over. Next:
  1. Put your exercise and its solution in their place.
  2. {_proven(claim)}
  3. Check it:  make check PAGE={shown}"""


def new_trap(name: str, claim: str, about: str, root: Path = ROOT) -> str:
    """Write a trap into docs/sayings.md, into the fold of its section, and return the next steps."""
    path, text = _page("sayings.md", root)
    _not_there(name, path, text, root)
    sections = dict(re.findall(r"^## [^\n]*\{#([\w-]+)\}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    known = [
        identifier for identifier, section in sections.items() if re.search(r"^### .*^</details>", section, re.M | re.S)
    ]
    if about not in known:
        raise EvidenceError(f"say what the trap is about, as ABOUT={known[0]}; the page has {', '.join(known)}")
    section = sections[about]
    entry = _TRAP.replace("NAME", name).replace("EVIDENCE", _evidence(claim, path, text, root))
    end = section.index("</details>")
    path.write_text(text.replace(section, f"{section[:end]}{entry}{section[end:]}"), encoding="utf-8")
    return f"""\
wrote a trap into docs/sayings.md, at {_line_of(path, name)}, to write yours over. Next:
  1. Put the saying in its place, and what holds instead. Name it in the summary of its fold,
     or, if many meet it, in the list above.
  2. Check it:  make check PAGE=docs/sayings.md"""


def new_question(name: str, root: Path = ROOT) -> str:
    """Write a page for a question and put it into the navigation, and return the next steps."""
    numbers = [int(page.meta["question"]) for page in read_pages(root) if "question" in page.meta]
    number = max(numbers, default=0) + 1
    settings = root / "mkdocs.yml"
    written = settings.read_text(encoding="utf-8")
    places = list(re.finditer(r"^ *- questions/.*\n", written, re.MULTILINE))
    if not places:
        raise EvidenceError(
            "mkdocs.yml: the navigation has no questions; put a line such as  - questions/mine.md  under nav:"
        )
    line = re.sub(r"questions/.*", f"questions/{name}.md", places[-1][0])
    path = root / "docs" / "questions" / f"{name}.md"
    write_new(name, {path: _QUESTION.replace("NUMBER", str(number))}, root)
    settings.write_text(f"{written[: places[-1].end()]}{line}{written[places[-1].end() :]}", encoding="utf-8")
    return f"""\
wrote docs/questions/{name}.md, and into mkdocs.yml the line that puts it into the navigation. Next:
  1. Write your page over it. Its number, {number}, is its place among the questions.
  2. Let the page before lead to it, and say there why it comes next.
  3. Check it:  make check PAGE=docs/questions/{name}.md"""


def _page(name: str, root: Path) -> tuple[Path, str]:
    path = root / "docs" / name.removeprefix("docs/")
    if not path.is_file() or path.suffix != ".md":
        raise EvidenceError(f"docs/{name.removeprefix('docs/')}: there is no such page; name it as PAGE=docs/primer.md")
    return path, path.read_text(encoding="utf-8")


def _not_there(name: str, path: Path, text: str, root: Path) -> None:
    check_name(name)
    if f"#{name}}}" in text or name in Page(path.name, text).claims:
        raise EvidenceError(f"{path.relative_to(root)}: has a {name!r} already; choose another name, or edit it")


def _evidence(claim: str, path: Path, text: str, root: Path) -> str:
    """A claim's place on a page; a link where it stands there already."""
    if not claim:
        raise EvidenceError("say which claim proves it, as CLAIM=gap-is-the-kl; a new one: make new CLAIM=my-claim")
    read_claim(root / "snippets" / f"{claim}.py").require_record()
    shown = claim in Page(path.name, text).claims
    return f"[The evidence](#{claim})" if shown else f"{{{{ folded: {claim} }}}}"


def _proven(claim: str) -> str:
    if claim:
        return f"The claim {claim} stands in the solution: let it say what that proves."
    return "Where the solution can be proven, show the claim in it, on a line of its own:  {{ folded: my-claim }}"


def _line_of(path: Path, name: str) -> str:
    text = path.read_text(encoding="utf-8")
    return f"line {_line(text, text.index(f'{{#{name}}}'))}"


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
