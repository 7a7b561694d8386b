"""Run claims with other seeds than they name, and record how often an assert fails.

`lowerbound_site.evidence.seeds` writes the programs and keeps the record. The runs are tasks of `dask.distributed`, an
optional extra: on processes of this machine, or on a cluster given by its scheduler's address. A task whose worker dies
goes to another worker. The record is written after each task, so that what stops a sweep costs no more than the tasks
under way; and it holds which shifts were tried, not how many, so that none is counted twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from lowerbound_site.evidence import fingerprint
from lowerbound_site.evidence.claims import ROOT, Claim, EvidenceError, read_claims
from lowerbound_site.evidence.run import Run, run_warm
from lowerbound_site.evidence.seeds import (
    Tried,
    complaints,
    has_seeds,
    of_this_program,
    read_tried,
    shifted,
    told,
    why_none,
    write_tried,
)

INSTALL = ".venv/bin/python -m pip install --constraint requirements.txt --no-build-isolation --editable '.[seeds]'"
# Each end of the interval is a bound that holds in 95 of 100 sweeps: none of 600 then shows a rate under 1 in 200.
CONFIDENCE = 0.9
_FIRST = 2  # runs in a claim's first task, which shows how long its runs take
_SECONDS, _MOST = 30, 50  # what a later task should take, and the most runs in it
_LONGEST = 300  # letters of a message that are kept


def sweep(names: list[str], number: int = 20, first: int = 1, scheduler: str | None = None, root: Path = ROOT) -> bool:
    """Run the named claims (all when none is named) with `number` shifts not tried yet, from `first` on.

    Print what is found; return whether nothing must be mended.
    """
    known = read_claims(root)
    if unknown := set(names) - set(known):
        raise EvidenceError(f"snippets/{min(unknown)}.py: no such snippet")
    claims = [known[name] for name in names or known]
    for claim in claims:
        if not has_seeds(claim):
            print(f"{claim.name}: no other seeds, {why_none(claim)}")
    claims = [claim for claim in claims if has_seeds(claim)]
    lost = [] if not claims else _run_all(claims, number, first, scheduler, root)
    tried = {name: one for name, one in read_tried(root).items() if name in known}
    write_tried(tried, root)
    wrong = [line for claim in claims for line in complaints(claim, of_this_program(claim, tried))]
    print()
    for claim in claims:
        print(f"{claim.name}: {told(claim, tried)}")
    print(*lost, *wrong, sep="\n")
    return not lost and not wrong


def _run_all(claims: list[Claim], number: int, first: int, scheduler: str | None, root: Path) -> list[str]:
    """Run what is to be run, record it, and return what could not be run."""
    distributed = _distributed()
    with _client(distributed, scheduler) as client:
        queue, lost = distributed.as_completed([]), list[str]()
        asked: dict[str, tuple[Claim, list[int]]] = {}  # by task
        later: dict[str, list[int]] = {}  # by claim

        def add(claim: Claim, shifts: list[int], seconds: float = 0) -> None:
            future = client.submit(run_some, claim.name, claim.source, shifts, pure=False, priority=-seconds)
            asked[future.key] = claim, shifts
            queue.add(future)

        for claim in claims:
            shifts = list(untried(of_this_program(claim, read_tried(root)), number, first))
            later[claim.name] = shifts[_FIRST:]
            if shifts:
                add(claim, shifts[:_FIRST])
        for future in queue:
            claim, shifts = asked.pop(future.key)
            if future.status != "finished":
                lost.append(
                    f"{claim.name}: shifts {shifts[0]} to {shifts[-1]} could not be run: {future.exception()!r}"
                )
                continue
            library, runs, seconds = future.result()
            if library != fingerprint.library():
                raise EvidenceError("a worker has another lowerbound than this checkout; bring both to the same commit")
            _record(claim, runs, root)
            each = seconds / len(shifts)
            size = max(1, min(_MOST, int(_SECONDS / max(each, 0.001))))
            rest = later.pop(claim.name, [])
            for begin in range(0, len(rest), size):
                add(claim, rest[begin : begin + size], each)  # what is quick comes first
            print(f"{claim.name}: {shifts[0]} to {shifts[-1]}, {seconds:.1f} s, {_failing(runs)}", flush=True)
    return lost


def untried(one: Tried, number: int, first: int) -> Iterator[int]:
    """The next shifts that were not tried yet."""
    return islice((shift for shift in count(first) if shift not in one.shifts), number)


def run_some(name: str, source: str, shifts: list[int]) -> tuple[str, dict[int, tuple[str, str]], float]:
    """Run a program with some shifts, each apart; this is a task, and runs in a worker.

    Returns a digest of the library there; how each run ended, "passed", "failed" or "stopped", and why; and seconds.
    """
    programs = {f"{name} {shift}": shifted(source, shift) for shift in shifts}
    runs = run_warm(programs, apart=True)
    seconds = sum(run.seconds for run in runs.values())
    return fingerprint.library(), {shift: _ended(runs[f"{name} {shift}"]) for shift in shifts}, seconds


def _ended(run: Run) -> tuple[str, str]:
    if not run.error:
        return "passed", ""
    if run.failed_at:
        return "failed", f"line {run.failed_at}: {_short(run.message)}"
    return "stopped", _short(run.error.rstrip().rpartition("\n")[2])


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _failing(runs: Mapping[int, tuple[str, str]]) -> str:
    failed = sum(end == "failed" for end, _ in runs.values())
    stopped = sum(end == "stopped" for end, _ in runs.values())
    return f"{failed} fail" + (f", {stopped} stopped" if stopped else "")


def _record(claim: Claim, runs: Mapping[int, tuple[str, str]], root: Path) -> None:
    """Add some runs to the record as it now is; a shift that is there already is replaced, not counted again."""
    tried = read_tried(root)
    one = of_this_program(claim, tried)
    by_end = {end: {s: why for s, (e, why) in runs.items() if e == end} for end in ("passed", "failed", "stopped")}
    shifts = one.shifts | by_end["passed"].keys() | by_end["failed"].keys()
    failed = {s: why for s, why in one.failed.items() if s not in runs} | by_end["failed"]
    stopped = {s: why for s, why in one.stopped.items() if s not in runs} | by_end["stopped"]
    tried[claim.name] = replace(
        one, shifts=shifts, failed=failed, stopped=stopped, interval=interval(len(failed), len(shifts))
    )
    write_tried(tried, root)


def interval(failed: int, runs: int) -> tuple[float, float]:
    """The interval of Clopper and Pearson for the rate of failures, to a millionth."""
    from scipy.stats import binomtest  # slow to import

    if not runs:
        return 0.0, 1.0
    found = binomtest(failed, runs).proportion_ci(CONFIDENCE, method="exact")
    return round(float(found.low), 6), round(float(found.high), 6)


def _distributed() -> Any:
    """The package, or an error that says how to get it."""
    try:
        import distributed
    except ImportError:
        raise EvidenceError(
            f"other seeds are run with dask.distributed, an optional extra; to get it: {INSTALL}"
        ) from None
    return distributed


def _client(distributed: Any, scheduler: str | None) -> Any:
    """A connection to the cluster at this address, or to one on this machine: a process for each processor."""
    if scheduler:
        return distributed.Client(scheduler)
    # Loopback only, and no page that shows what goes on. What a run needs of memory is not a worker's own.
    return distributed.Client(threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0)


def program(name: str, shift: int, root: Path = ROOT) -> str:
    """A claim's program with the seeds of this shift, to look at a failure."""
    claims = read_claims(root)
    if name not in claims:
        raise EvidenceError(f"snippets/{name}.py: no such snippet")
    return shifted(claims[name].source, shift)
