"""Recording and comparing: what keeps its word is written, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lowerbound_site.evidence.claims import EvidenceError, read_claim, read_claims
from lowerbound_site.evidence.record import compare, compare_broken, drawings_differ, end_of_broken, record
from lowerbound_site.evidence.run import Run
from lowerbound_site.writing.check import check
from lowerbound_site.writing.new_claim import new_claim

from ..small_repository import SNIPPET

pytestmark = pytest.mark.xdist_group("machinery")
Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def one_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process, where nothing is compared between machines."""
    monkeypatch.setattr("lowerbound_site.evidence.record.ENVIRONMENTS", ("one-thread",))


@pytest.fixture
def two_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes show what three do."""
    monkeypatch.setattr("lowerbound_site.evidence.record.ENVIRONMENTS", ("one-thread", "plain-processor-two-threads"))


def drawing(folder: Path, height: float = 4.0, label: str = "nats", shade: float = 0.5) -> str:
    figure, axes = plt.subplots(figsize=(2, 2))
    axes.plot([1, 2], [3, height], marker="o")
    axes.imshow(np.full((4, 4), shade), vmin=0, vmax=1)
    axes.set_xlabel(label)
    figure.savefig(folder / "x.svg", metadata={"Date": None})
    plt.close(figure)
    return (folder / "x.svg").read_text()


def test_drawings_may_differ_by_rounding_only(tmp_path: Path) -> None:
    one = drawing(tmp_path)
    assert drawings_differ(one, drawing(tmp_path)) is None
    assert one != drawing(tmp_path, height=4.0001)
    assert drawings_differ(one, drawing(tmp_path, height=4.0001)) is None
    assert drawings_differ(one, drawing(tmp_path, shade=0.501)) is None
    assert "path" in (drawings_differ(one, drawing(tmp_path, height=3.9)) or "")
    assert "image" in (drawings_differ(one, drawing(tmp_path, shade=0.6)) or "")
    assert "bits" in (drawings_differ(one, drawing(tmp_path, label="bits")) or "")
    assert drawings_differ(one, one.replace("</svg>", "<g/></svg>")) is not None
    assert drawings_differ(one, one.replace("#ffffff", "#fffffe")) is not None
    assert drawings_differ(one, "") == "one of the two is no SVG"


@pytest.mark.usefixtures("two_environments")
def test_what_keeps_its_word_is_recorded_and_stays_untouched(
    root: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    draws = SNIPPET.replace('3\n"""', '3\nFigure: A line.\n"""').replace(
        "\ntotal =",
        '\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2], color="#000000"); plt.savefig("draws.svg")\ntotal =',
    )
    write("snippets/draws.py", draws)
    write("snippets/half.py", SNIPPET.replace("{total}", "{total / 32:.2f}"))
    write("snippets/half.out", "total = 0.13\n")
    write("snippets/weak.py", SNIPPET.replace("== 4", "> 0"))
    write("snippets/threads.py", SNIPPET.replace("{total}", "{__import__('os').environ.get('OMP_NUM_THREADS')}"))
    write("snippets/long.py", SNIPPET.replace("{total}", "{5 ** (20 * (total - 4))}"))
    write("snippets/foreign.py", SNIPPET.replace("total = {", "‖x‖ = {"))
    write("snippets/fails.py", SNIPPET.replace("== 4", "== 5"))
    write("snippets/unseeded.py", SNIPPET.replace("{total}", "{total} {id(object())}"))
    write("snippets/colourful.py", draws.replace("#000000", "#1f77b4").replace("draws.svg", "colourful.svg"))
    many = draws.replace("[1, 2]", "range(4000), 'o'").replace("draws.svg", "large.svg")
    write("snippets/large.py", many)

    complaints = "\n".join(record([], root))

    assert capsys.readouterr().out == "draws: recorded draws.out, draws.svg, draws.broken\ntwo-and-two: unchanged\n"
    assert "snippets/half.py: unsteady digit, line 8: {total / 32:.2f} prints 0.12, but 0.13" in complaints
    assert "snippets/weak.py: after 'Break it: 2 + 2 -> 2 + 3' nothing fails" in complaints
    assert "2 + 3' it prints 95367431640625, more digits than another machine repeats; print :.4g" in complaints
    assert "snippets/threads.py: prints something else in the environment plain-processor-two-threads" in complaints
    assert "snippets/foreign.py: prints ‖, which not every console can write (Windows'); print ASCII" in complaints
    assert "snippets/unseeded.py: prints something else each time it runs; set a seed" in complaints
    assert "snippets/colourful.py: its figure has colours that do not follow the page, #1f77b4" in complaints
    assert "snippets/large.py: its figure has " in complaints
    assert "snippets/fails.py: does not run:\nTraceback" in complaints
    assert (root / "snippets" / "half.out").read_text() == "total = 0.13\n"
    assert not (root / "snippets" / "weak.out").exists()
    assert (
        root / "snippets" / "draws.broken"
    ).read_text() == "total = 5\nline 14: assert total == 4\nAssertionError: expected four, not 5\n"
    assert "date" not in (root / "snippets" / "draws.svg").read_text()
    written = (root / "snippets" / "draws.svg").stat().st_mtime_ns
    assert record(["draws"], root) == []
    assert capsys.readouterr().out == "draws: unchanged\n"
    assert (root / "snippets" / "draws.svg").stat().st_mtime_ns == written


def test_one_changed_digit_in_a_record_is_said_with_its_remedy(
    root: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("docs/index.md", "# Page\n\n{{ claim: two-and-two }}\n")
    assert check("two-and-two", root)
    assert "stands on docs/index.md" in capsys.readouterr().out
    write("snippets/two-and-two.out", "total = 5\n")
    assert not check("two-and-two", root)
    said = capsys.readouterr().out
    assert (
        "snippets/two-and-two.out: the record differs from this run; if the new one is right, run: make record" in said
    )
    assert "-total = 5" in said
    assert "+total = 4" in said
    write("snippets/two-and-two.py", SNIPPET.replace("{total}", "{total}{id(object())}"))
    assert not check("two-and-two", root)
    assert "snippets/two-and-two.py: prints something else each time it runs; set a seed" in capsys.readouterr().out


def test_the_end_of_a_broken_program_is_its_last_lines_and_the_assert(root: Path, write: Write) -> None:
    said = SNIPPET.replace("== 4", "== (\n    4\n)")
    claim = read_claim(write("snippets/said.py", said.replace("print(f", "print('a\\n' * 9, f")))
    broken = Run("a\n" * 9 + "total = 5\n", error="...", failed_at=10, message="expected 4, not 1.67")
    end = "...\n" + "a\n" * 5 + "total = 5\nline 10: assert total == ( 4 )\nAssertionError: expected 4, not 1.67\n"
    assert end_of_broken(claim, broken) == end
    for recorded, complaints in ((end, 0), (end.replace("1.67", "1.69"), 0), (end.replace("1.67", "1.70"), 1)):
        write("snippets/said.broken", recorded)
        assert len(compare_broken(read_claim(claim.path), broken)) == complaints
    write("snippets/said.broken", end.replace("total = 5", "total = 6"))
    assert "make record CLAIM=said" in compare_broken(read_claim(claim.path), broken)[0]
    assert "nothing fails" in compare_broken(claim, Run("total = 5\n"))[0]


def test_what_differs_is_said(root: Path) -> None:
    claim = read_claims(root)["two-and-two"]
    assert compare(claim, Run("total = 4\n")) == []
    assert "does not run:\nboom" in compare(claim, Run("total = 4\n", error="boom"))[0]
    claim.output_path.unlink()
    assert "make record CLAIM=two-and-two" in compare(read_claims(root)["two-and-two"], Run("total = 4\n"))[0]


def test_a_malformed_snippet_fails_its_check(root: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("snippets/two-and-two.py", SNIPPET.replace("Kind: identity\n", ""))
    assert not check("two-and-two", root)
    assert "no kind; add a line" in capsys.readouterr().out
    write("snippets/two-and-two.py", SNIPPET.replace("total = 2 + 2", "total=2 + 2"))
    assert not check("two-and-two", root)
    assert "FAILS is clean for ruff" in capsys.readouterr().out


def test_a_new_claim_is_complete_and_never_written_over_another(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "make check CLAIM=my-claim" in new_claim("my-claim", root)
    assert record(["my-claim"], root) == []
    assert check("my-claim", root)
    assert "to do: write {{ claim: my-claim }} on a page" in capsys.readouterr().out
    assert read_claim(root / "snippets" / "my-claim.py").values["kl"]
    with pytest.raises(EvidenceError, match="exists already"):
        new_claim("my-claim", root)
    with pytest.raises(EvidenceError, match="lower-case words"):
        new_claim("../My claim", root)
