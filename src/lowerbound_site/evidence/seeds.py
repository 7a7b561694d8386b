"""Other seeds: how a claim's program is given some, and what is recorded of the runs with them.

A claim that draws or trains should not owe its asserts to the seed that it names. So its program also runs shifted:
every seed in it is raised by a thousand, two thousand, and so on. `lowerbound_site.measure.seeds` runs such programs;
here is how they are written, and the record that the ledger shows.
"""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lowerbound_site.evidence.claims import Claim

# A program has a few seeds beside each other, 0 to 9 at most; so no seed of one shift is one of another.
STEP = 1000
# A claim whose rate of failures lies above this (its whole interval) says more than is so: it is reworded.
HIGHEST_RATE = 1 / 200
# So many runs without a failure show that the rate lies below.
CLEAN = 600

_SEEDERS = {"manual_seed", "default_rng"}
# Functions of the library that draw from a seed of their own, 0, where none is given.
DRAWING = {"mlp", "digits_vae", "fit", "train", "diagnose"}
# Programs whose seeds say which recorded run is meant: with others they would be about nothing.
OF_RECORDED_RUNS = {"training-run-again", "smooth-network-learns-the-scramble-slowly"}


def shifted(source: str, shift: int) -> str:
    """The program with every seed in it raised by `shift` thousand, line by line where it was."""
    lines = source.encode().splitlines(keepends=True)  # columns count bytes
    for (number, column), what in sorted(_insertions(source, shift * STEP), reverse=True):
        line = lines[number - 1]
        lines[number - 1] = line[:column] + what.encode() + line[column:]
    return b"".join(lines).decode()


def has_seeds(claim: Claim) -> bool:
    """Whether the program draws from seeds that may be others."""
    return claim.name not in OF_RECORDED_RUNS and _draws(claim.source)


@lru_cache(maxsize=512)  # while one writes, the ledger is looked at again for every file that is saved
def _draws(source: str) -> bool:
    return any(True for _ in _insertions(source, STEP))


def why_none(claim: Claim) -> str:
    """Why a claim does not run with other seeds, in words for a page."""
    if claim.name in OF_RECORDED_RUNS:
        return "it runs recorded runs again, and those have theirs"
    if "recorded(" in claim.source:
        return "it reads what recorded runs measured, and draws nothing itself"
    return "it draws nothing"


def _insertions(source: str, by: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Where something is put into the program, and what."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}  # these pass their seed on
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):  # settings that are passed on
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "seed":
                    yield from _raised(value, by)
        if not isinstance(node, ast.Call) or (called := _called(node)) in own:
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg == "seed"]
        if called in _SEEDERS:
            given += node.args
        for seed in given:
            yield from _raised(seed, by)
        if called in DRAWING and not given and all(keyword.arg for keyword in node.keywords):
            yield _end(node, -1), f"{_comma(source, node)}seed={by}"


def _called(node: ast.Call) -> str:
    """The last name of what is called: `manual_seed` of `torch.Generator().manual_seed(0)`."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _raised(seed: ast.expr, by: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Raise a seed, but not one that is read from a record: `run["seed"]`."""
    parts = [node.slice for node in ast.walk(seed) if isinstance(node, ast.Subscript)]
    if any(isinstance(part, ast.Constant) and part.value == "seed" for part in parts):
        return
    if isinstance(seed, ast.Constant | ast.Name):
        yield _end(seed), f" + {by}"
    else:
        yield (seed.lineno, seed.col_offset), "("
        yield _end(seed), f") + {by}"


def _end(node: ast.expr, back: int = 0) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset + back


def _comma(source: str, node: ast.Call) -> str:
    """What must stand before one more argument."""
    inside = (ast.get_source_segment(source, node) or "")[:-1].rstrip()
    return "" if inside.endswith(("(", ",")) else ", "


@dataclass(frozen=True)
class Tried:
    """What a program did with other seeds, named by their shifts.

    `failed` has those of `shifts` at which an assert of its own failed, with its line and what it said. `stopped` has
    others, which ended by another error: they count neither as passed nor as failed, and are run again. The rate of
    failures lies in `interval`.
    """

    program: str
    shifts: frozenset[int] = frozenset()
    failed: Mapping[int, str] = field(default_factory=dict)
    stopped: Mapping[int, str] = field(default_factory=dict)
    interval: tuple[float, float] = (0.0, 1.0)

    @property
    def too_often(self) -> bool:
        """Whether the claim must be reworded."""
        return self.interval[0] > HIGHEST_RATE

    @property
    def clean(self) -> bool:
        """Whether enough runs have shown no failure."""
        return len(self.shifts) >= CLEAN and not self.failed


def digest(claim: Claim) -> str:
    """Of the program below its docstring. With another program, what was tried says nothing."""
    docstring_end = ast.parse(claim.source).body[0].end_lineno or 0
    program = "".join(claim.source.splitlines(keepends=True)[docstring_end:])
    return hashlib.sha256(program.encode()).hexdigest()[:16]


def record_path(root: Path) -> Path:
    """Where the record of all claims stands."""
    return root / "src" / "lowerbound_site" / "evidence" / "seeds.json"


def read_tried(root: Path) -> dict[str, Tried]:
    """The record, by claim; of a program that has changed since it tells, too: see `of_this_program`."""
    path = record_path(root)
    if not path.exists():
        return {}
    return {
        name: Tried(
            told["program"],
            frozenset(shift for first, last in told["shifts"] for shift in range(first, last + 1)),
            {int(shift): said for shift, said in told["failed"].items()},
            {int(shift): said for shift, said in told["stopped"].items()},
            (told["interval"][0], told["interval"][1]),
        )
        for name, told in json.loads(path.read_text(encoding="utf-8")).items()
    }


def of_this_program(claim: Claim, tried: Mapping[str, Tried]) -> Tried:
    """What was tried of a claim as its program stands; nothing, where it was another."""
    program = digest(claim)
    found = tried.get(claim.name)
    return found if found and found.program == program else Tried(program)


def write_tried(tried: Mapping[str, Tried], root: Path) -> None:
    """Write the record, whole or not at all."""
    told = {
        name: {
            "program": one.program,
            "shifts": _ranges(one.shifts),
            "failed": {str(shift): one.failed[shift] for shift in sorted(one.failed)},
            "stopped": {str(shift): one.stopped[shift] for shift in sorted(one.stopped)},
            "interval": one.interval,
        }
        for name, one in sorted(tried.items())
    }
    path = record_path(root)
    beside = path.with_suffix(".new")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in told.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    beside.replace(path)


def _ranges(shifts: Iterable[int]) -> list[list[int]]:
    """Numbers as first and last of each row of neighbours."""
    found: list[list[int]] = []
    for shift in sorted(shifts):
        if found and shift == found[-1][1] + 1:
            found[-1][1] = shift
        else:
            found.append([shift, shift])
    return found


def told(claim: Claim, tried: Mapping[str, Tried]) -> str:
    """What the ledger says of a claim with other seeds."""
    if not has_seeds(claim):
        return f"none, because {why_none(claim)}"
    one = of_this_program(claim, tried)
    if not one.shifts:
        return "not tried yet"
    low, high = (f"{100 * end:.2g}" for end in one.interval)
    verdict = " (clean)" if one.clean else ""
    return f"{len(one.failed)} of {len(one.shifts)} runs fail{verdict}; the rate of failures is {low} to {high} %"


def complaints(claim: Claim, one: Tried) -> Iterator[str]:
    """What of a claim with other seeds must be mended."""
    place = f"snippets/{claim.name}.py"
    if one.too_often:
        low, high = (f"{100 * end:.2g}" for end in one.interval)
        yield (
            f"{place}: {len(one.failed)} of {len(one.shifts)} runs with other seeds fail, a rate of {low} to {high} %; "
            f"more than 1 in {round(1 / HIGHEST_RATE)} is too often, so say less in the claim:\n"
        ) + "\n".join(f"    shift {shift}, {one.failed[shift]}" for shift in sorted(one.failed)[:5])
    for shift, said in sorted(one.stopped.items()):
        yield f"{place}: with seeds of shift {shift} it stops, but not by an assert of its own: {said}"
