"""Other seeds: which are a program's, how they are moved, and what the record says of every claim."""

import ast
import re
from pathlib import Path

import pytest
from scipy.stats import binomtest

from lowerbound_site.evidence.claims import ROOT, Claim, parse, read_claim
from lowerbound_site.evidence.seeds import (
    CLEAN,
    DRAWING,
    HIGHEST_RATE,
    OF_RECORDED_RUNS,
    Tried,
    complaints,
    digest,
    has_seeds,
    of_this_program,
    read_tried,
    shifted,
    told,
    write_tried,
)

from ..programs import NAMES
from ..small_repository import SNIPPET

# How programs draw: what has none of these, nor a seed, draws nothing.
DRAWS = re.compile(r"\brand(n|int|perm)?(_like)?\b|\.sample\(|multinomial|bernoulli\(|shuffle|default_rng")


@pytest.mark.parametrize(
    ("program", "moved"),
    [
        ("g = torch.Generator().manual_seed(0)", "g = torch.Generator().manual_seed(0 + 3000)"),
        ("torch.manual_seed(seed)", "torch.manual_seed(seed + 3000)"),
        ("mlp(2, 3, seed=2 * seed + 1)", "mlp(2, 3, seed=(2 * seed + 1) + 3000)"),
        ("mlp(2, 3)", "mlp(2, 3, seed=3000)"),
        ("digits_vae()", "digits_vae(seed=3000)"),
        ("fit(\n    vae,\n    x,\n)", "fit(\n    vae,\n    x,\nseed=3000)"),
        ("fit(vae, x, **settings)", "fit(vae, x, **settings)"),  # its seed may be among them
        ('how = {"seed": s, "epochs": 2}', 'how = {"seed": s + 3000, "epochs": 2}'),
        ("how = dict(seed=s)", "how = dict(seed=s + 3000)"),
        ('fit(vae, x, seed=run["seed"])', 'fit(vae, x, seed=run["seed"])'),  # a recorded run
        (
            "def train(seed):\n    fit(v, seed=seed)\n\ntrain(seed=1)",
            "def train(seed):\n    fit(v, seed=seed + 3000)\n\ntrain(seed=1)",
        ),
        (
            'print("ö", mlp(2, 3, seed=1), mlp(3, 2, seed=1))',
            'print("ö", mlp(2, 3, seed=1 + 3000), mlp(3, 2, seed=1 + 3000))',
        ),
        ("numpy.random.default_rng(5)", "numpy.random.default_rng(5 + 3000)"),
        ("x = trained_digits()", "x = trained_digits()"),
    ],
)
def test_every_seed_is_raised_once(program: str, moved: str) -> None:
    assert shifted(program, 3) == moved


def claim_of(name: str) -> Claim:
    return read_claim(ROOT / "snippets" / f"{name}.py")


@pytest.mark.parametrize("name", NAMES)
def test_a_shifted_program_differs_by_its_seeds_alone(name: str) -> None:
    claim = claim_of(name)
    moved = shifted(claim.source, 7)
    assert (moved != claim.source) == (has_seeds(claim) or name in OF_RECORDED_RUNS)
    back = re.sub(r"(, )?\bseed=7000\b|(?<==)\((.+?)\) \+ 7000\b| \+ 7000\b", r"\2", moved)
    assert ast.dump(ast.parse(back)) == ast.dump(ast.parse(claim.source))


@pytest.mark.parametrize("name", NAMES)
def test_a_program_has_seeds_or_draws_nothing_or_is_of_recorded_runs(name: str) -> None:
    claim = claim_of(name)
    assert has_seeds(claim) or name in OF_RECORDED_RUNS or not DRAWS.search(claim.source.split('"""')[2])


def test_recorded_runs_are_read_where_seeds_are_theirs() -> None:
    assert all("recorded(" in claim_of(name).source for name in OF_RECORDED_RUNS)


def test_functions_of_the_library_that_have_a_seed_are_known() -> None:
    found = set()
    for path in (ROOT / "src" / "lowerbound").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                a.arg == "seed" for a in (*node.args.args, *node.args.kwonlyargs)
            ):
                found.add(node.name)
    assert found == DRAWING


@pytest.mark.parametrize("name", read_tried(ROOT))
def test_no_claim_fails_too_often_with_other_seeds(name: str) -> None:
    assert name in NAMES, f"{name} is no claim any more; make seeds drops it from the record"
    wrong = list(complaints(claim_of(name), of_this_program(claim_of(name), read_tried(ROOT))))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", read_tried(ROOT))
def test_recorded_intervals_are_those_of_the_recorded_counts(name: str) -> None:
    one = read_tried(ROOT)[name]
    assert set(one.failed) <= one.shifts
    assert one.shifts.isdisjoint(one.stopped)
    ends = (0.0, 1.0)
    if one.shifts:
        ends = binomtest(len(one.failed), len(one.shifts)).proportion_ci(0.9, method="exact")
    assert one.interval == pytest.approx(tuple(ends), abs=1e-6)


def test_clean_means_that_the_rate_is_under_the_highest() -> None:
    assert binomtest(0, CLEAN).proportion_ci(0.9, method="exact").high < HIGHEST_RATE
    assert binomtest(0, CLEAN - 5).proportion_ci(0.9, method="exact").high > HIGHEST_RATE


DRAWN = parse(Path("two-and-two.py"), SNIPPET.replace("\ntotal =", "\nrng = torch.Generator().manual_seed(0)\ntotal ="))


def test_the_record_is_read_as_it_was_written(root: Path) -> None:
    one = Tried(
        digest(DRAWN), frozenset({1, 2, 3, 5, 8, 9}), {2: "line 9: “two”"}, {4: "ZeroDivisionError"}, (0.1, 0.2)
    )
    write_tried({"two-and-two": one}, root)
    assert read_tried(root) == {"two-and-two": one}
    assert '"shifts": [[1, 3], [5, 5], [8, 9]]' in (root / "src/lowerbound_site/evidence/seeds.json").read_text()


def test_without_a_record_nothing_was_tried(root: Path) -> None:
    assert read_tried(root) == {}
    assert told(DRAWN, {}) == "not tried yet"


def test_a_changed_program_starts_anew_but_not_a_changed_docstring() -> None:
    tried = {"two-and-two": Tried(digest(DRAWN), frozenset({1}), {}, {}, (0.0, 0.95))}
    other_words = parse(DRAWN.path, DRAWN.source.replace("Two and two are four.", "Twice two is four."))
    other_program = parse(DRAWN.path, DRAWN.source.replace("manual_seed(0)", "manual_seed(1)"))
    assert of_this_program(other_words, tried).shifts == {1}
    assert of_this_program(other_program, tried) == Tried(digest(other_program))
    assert told(other_program, tried) == "not tried yet"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Tried("", frozenset(range(20)), {}, {}, (0.0, 0.139)), "0 of 20 runs fail; the rate of failures is 0 to 14 %"),
        (
            Tried("", frozenset(range(600)), {}, {}, (0.0, 0.00498)),
            "0 of 600 runs fail (clean); the rate of failures is 0 to 0.5 %",
        ),
    ],
)
def test_the_ledger_says_how_many_fail(one: Tried, words: str) -> None:
    assert told(DRAWN, {"two-and-two": Tried(digest(DRAWN), one.shifts, one.failed, {}, one.interval)}) == words


def test_what_fails_too_often_or_stops_is_said_with_its_assert() -> None:
    low, high = binomtest(2, 20).proportion_ci(0.9, method="exact")
    often, error = complaints(
        DRAWN,
        Tried(
            "", frozenset(range(20)), {3: "line 9: expected four", 5: "line 9: no"}, {8: "ValueError: no"}, (low, high)
        ),
    )
    assert "2 of 20 runs with other seeds fail" in often
    assert "shift 3, line 9: expected four" in often
    assert error.endswith("not by an assert of its own: ValueError: no")
    once = binomtest(1, 20).proportion_ci(0.9, method="exact")
    assert not list(complaints(DRAWN, Tried("", frozenset(range(20)), {3: "line 9: no"}, {}, tuple(once))))
