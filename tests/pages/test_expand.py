"""From placeholders to evidence."""

import io
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import pytest_codeblocks
from markdown import markdown

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.expand import CPU_BUILDS, downloaded, expand

from ..small_repository import BROKEN_END, SNIPPET

Write = Callable[[str, str], Path]


def test_a_claim_becomes_its_program_and_its_output(root: Path) -> None:
    page = expand("# Page\n\n## Part\n\n{{ claim: two-and-two }}\n", root)
    block, *others = pytest_codeblocks.extract_from_buffer(io.StringIO(page))
    assert "python" not in {other.syntax for other in others}
    assert (block.syntax, block.code, block.expected_output) == ("python", SNIPPET, "total = 4\n")
    assert "### Two and two are four. {: #two-and-two" in page
    assert "```diff\n- total = 2 + 2\n+ total = 2 + 3\n```" in page
    assert BROKEN_END in page
    assert "(/download/two-and-two.py)" in page
    assert "(/ledger.md#two-and-two)" in page


def test_a_folded_claim_shows_its_sentence_and_keeps_its_evidence(root: Path) -> None:
    page = expand("{{ folded: two-and-two }}", root)
    html = markdown(page, extensions=["md_in_html", "attr_list", "pymdownx.superfences"])
    outside, inside = html.split("<details", 1)
    assert "Two and two are four." in outside
    assert all(part in inside for part in ("total = 2", "total = 4", "total = 2 + 3", "/download/two-and-two.py"))
    assert inside.count("<details") + 1 == html.count("</details>")
    with pytest.raises(EvidenceError, match="stands on this page already"):
        expand("{{ folded: two-and-two }}\n\n{{ claim: two-and-two }}", root)


def test_further_evidence_is_folded_and_says_how_much_there_is(root: Path, write: Write) -> None:
    write("snippets/three-and-one.py", SNIPPET)
    write("snippets/three-and-one.out", "total = 4\n")
    write("snippets/three-and-one.broken", BROKEN_END)
    further = "{{ folded: two-and-two }}\n\n{{ folded: three-and-one }}\n\n```\n# a comment\n```\n\n"
    page = expand(f"# A\n\n## B\n\n## Further evidence {{#more}}\n\n{further}## Next\n\nOn.", root)
    ends = r'<details class="lb-further" markdown="1">|\n</details>\n\n(?=## Next)'
    before, inside, after = re.split(ends, page)
    assert inside.startswith('\n<summary id="more">Further evidence: 2 claims</summary>\n\n<section')
    assert before == "# A\n\n## B\n\n"
    assert after == "## Next\n\nOn."
    assert "# a comment" in inside
    one = expand("## Further evidence: the sum\n\n{{ claim: two-and-two }}\n", root)
    assert one.startswith('<details class="lb-further" markdown="1">\n<summary id="further">')
    assert ">Further evidence: the sum, 1 claim</summary>" in one


def test_a_claim_survives_markdown_whatever_it_holds(root: Path, write: Write) -> None:
    source = SNIPPET.replace("Two and two are four.", "For `a_b`, q_i * <p> & $5 are [E] {x} # 4.")
    source = source.replace("assert", 'print("```")  # ~~~ </section> {{ install }} &amp;\n\n\nassert')
    write("snippets/two-and-two.py", source)
    write("snippets/two-and-two.out", "total = 4\n```\n\n</section>\n")
    extensions = ["md_in_html", "attr_list", "tables", "pymdownx.superfences", "pymdownx.arithmatex"]
    html = markdown(expand("{{ claim: two-and-two }}\n\nAfter.", root), extensions=extensions)
    assert "For <code>a_b</code>, q_i * &lt;p&gt; &amp; $5 are [E] {x} # 4.</h2>" in html
    assert html.endswith("</section>\n<p>After.</p>")
    assert html.count("</section>") == 1


def test_a_value_may_have_a_formula_for_a_name(root: Path, write: Write) -> None:
    write("snippets/two-and-two.out", "E[KL(q(z|x)||p(z|x))] = 1.5\n")
    assert expand("So {{ two-and-two: E[KL(q(z|x)||p(z|x))] }} nats.", root) == "So 1.5 nats."


def test_values_and_chosen_numbers_stand_in_a_sentence_and_in_a_formula(root: Path) -> None:
    page = "So {{ two-and-two: total }} of {{ set: 1,797 }}, $x = {{two-and-two:total}}$."
    assert expand(page, root) == "So 4 of 1,797, $x = 4$."


def test_code_keeps_its_braces(root: Path) -> None:
    page = "---\ntitle: {{ x }}\n---\n`{{ claim: x }}` <!-- {{ y }} -->\n\n```text\n{{ z }}\n```\n\n~~~\n{{ z }}\n~~~\n"
    assert expand(page, root) == page


def test_a_figure_becomes_a_place_for_it(root: Path, write: Write) -> None:
    source = SNIPPET.replace('3\n"""', '3\nFigure: A "line".\n"""') + 'fig.savefig("two-and-two.svg")\n'
    write("snippets/two-and-two.py", source)
    write("snippets/two-and-two.svg", "<svg/>")
    start = '<figure class="lb-figure" data-figure="two-and-two" data-alt="A &quot;line&quot;.">'
    assert expand("{{ figure: two-and-two }}", root) == f"{start}</figure>"
    caption = "{{ figure: two-and-two | Up to $q_{z}$ < {{ two-and-two: total }}, in {{ set: 5 }}. }}"
    html = r'<figcaption>Up to <span class="arithmatex">\(q_{z}\)</span> &lt; 4, in 5.</figcaption>'
    assert expand(caption, root) == f"{start}{html}</figure>"


def test_the_library_installs_from_the_served_site(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = "http://127.0.0.1:9/x"
    monkeypatch.setenv("SITE_URL", site)
    lines = f"pip install torch --index-url {CPU_BUILDS}\npip install {site}/download/lowerbound-1.2.3-py3-none-any.whl"
    assert expand("{{ install }}", root) == f"```console\n{lines}\n```"


def test_how_to_run_a_program_stands_under_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = "http://127.0.0.1:9/x"
    monkeypatch.setenv("SITE_URL", site)
    page = expand("{{ claim: two-and-two }}", root)
    below = page[page.index("<details") :]
    assert f".venv/bin/pip install torch --index-url {CPU_BUILDS}\n" in below
    assert f".venv/bin/pip install {site}/download/lowerbound-1.2.3-py3-none-any.whl\n" in below
    assert ".venv/bin/python two-and-two.py\n" in below
    assert "uv run http://127.0.0.1:9/x/download/two-and-two.py\n" in below


def test_a_download_is_the_tested_program_under_a_header_that_runners_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = "http://127.0.0.1:9/x"
    monkeypatch.setenv("SITE_URL", site)
    program = downloaded(SNIPPET, root)
    # The pattern is the one in the specification of inline script metadata.
    (block,) = re.finditer(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$", program)
    said = tomllib.loads("".join(line[2:] for line in block["content"].splitlines(keepends=True)))
    assert block["type"] == "script"
    wheel = f"lowerbound @ {site}/download/lowerbound-1.2.3-py3-none-any.whl"
    assert said["dependencies"] == ["torch", wheel]
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert said["requires-python"] == declared
    assert program[block.end() :] == f"\n{SNIPPET}"


def test_the_ledger_lists_every_claim_and_where_it_stands(root: Path, write: Write) -> None:
    write("docs/questions/one.md", "# The first\n\n`{{ claim: other }}`\n\n{{ claim: two-and-two }}\n")
    ledger = expand("{{ ledger }}", root)
    assert "## Identity {: #identity }" in ledger
    assert "### Two and two are four. {: #two-and-two" in ledger
    assert "- Stands on: [The first](/questions/one.md#two-and-two)" in ledger
    assert "- [Other seeds](#seeds): none, because it draws nothing" in ledger
    assert "- **Break it:** put `2 + 3`" in ledger


def test_the_ledger_says_how_to_cite_a_claim_and_how_to_correct_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "http://127.0.0.1:9/x/")
    cited = (
        "- Cite it as `http://127.0.0.1:9/x/ledger/#two-and-two`, or [say that it is wrong](/contributing.md#correct)."
    )
    assert cited in expand("{{ ledger }}", root)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            "\n\n{{ claim: two-and-too }}",
            r"^p\.md:3: \{\{ claim: two-and-too \}\} names no snippet; nearest is 'two-and",
        ),
        ("{{ claim: zzz }}", r"names no snippet; a new one: make new CLAIM=NAME"),
        ("{{ two-and-two: totl }}", r"a value that snippets/two-and-two\.out does not have; nearest is 'total'"),
        (
            "{{ clam: two-and-two }}",
            r"^p\.md:1: .* names no snippet; to show one, write \{\{ claim: two-and-two",
        ),
        ("{{ instal }}", r"is no placeholder; known are claim, folded, figure, .*set: 0\.05, NAME: key"),
        ("{{ set: }}", r"is no placeholder"),
        ("{{ figure: two-and-two }}", r"needs a figure, and snippets/two-and-two\.py draws none"),
        ("{{ claim: two-and-two | Up. }}", r"names no snippet; nearest is 'two-and-two'"),
        ("See {{ claim: two-and-two }}", r"must stand alone on its line, not indented"),
        ("    {{ claim: two-and-two }}", r"must stand alone on its line, not indented"),
        (
            "{{ claim: two-and-two }}\n\n{{ claim: two-and-two }}",
            r"^p\.md:3: .* stands on this page already; link to it",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(root: Path, page: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        expand(page, root, "p.md")


def test_a_value_that_markdown_would_read_as_markup_is_refused(root: Path, write: Write) -> None:
    write("snippets/two-and-two.out", "total = [4]\n")
    with pytest.raises(EvidenceError, match=r"has the value '\[4\]', which Markdown would read"):
        expand("{{ two-and-two: total }}", root)
