"""Runs with other seeds: what is run, what is recorded, and that a worker's death changes neither."""

import contextlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from lowerbound_site.evidence.claims import EvidenceError, read_claims
from lowerbound_site.evidence.seeds import Tried, digest, read_tried
from lowerbound_site.measure.seeds import INSTALL, _record, interval, program, run_some, sweep, untried

# Says which of its runs is where, fails with every third seed, and stops with every fifth.
CLAIM = '''\
"""No seed is a third one.

Kind: computation
Break it: // 1000 -> // 2000
"""

import os
import time

shift = dict(seed=0)["seed"] // 1000
with open("PLACE", "a") as file:
    file.write(f"{shift} {os.getppid()}\\n")

time.sleep(0.3)
if shift % 5 == 0:
    raise ValueError(f"a fifth seed, {shift}")

assert shift % 3, f"expected no third seed, not {shift}"
'''
CLUSTER = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""
SWEEP = """
import sys
from pathlib import Path
from lowerbound_site.measure.seeds import sweep

if __name__ == "__main__":
    root, scheduler, number, *names = sys.argv[1:]
    sys.exit(not sweep(names, int(number), 1, scheduler or None, Path(root)))
"""


@pytest.fixture
def ran(root: Path, write: Callable[[str, str], Path], tmp_path: Path) -> Callable[[str], list[tuple[int, int]]]:
    """Two claims, `one` and `two`; which runs there were of a claim: the shift, and the process that ran it."""
    for name in ("one", "two"):
        write(f"snippets/{name}.py", CLAIM.replace("PLACE", str(tmp_path / f"{name}.ran")))

    def ran(name: str) -> list[tuple[int, int]]:
        place = tmp_path / f"{name}.ran"
        lines = place.read_text().splitlines() if place.exists() else []
        return [(int(shift), int(process)) for shift, process in map(str.split, lines)]

    return ran


def ends(shifts: list[int]) -> dict[int, tuple[str, str]]:
    """How the runs of these claims end."""
    return {
        shift: ("stopped", f"ValueError: a fifth seed, {shift}")
        if shift % 5 == 0
        else ("passed", "")
        if shift % 3
        else ("failed", f"line 18: expected no third seed, not {shift}")
        for shift in shifts
    }


def of_ends(runs: dict[int, tuple[str, str]], source: Path) -> Tried:
    """What the record should hold of runs that ended so."""
    by_end = {end: {shift: why for shift, (e, why) in runs.items() if e == end} for end in ("failed", "stopped")}
    shifts = runs.keys() - by_end["stopped"].keys()
    claim = read_claims(source)["one"]
    return Tried(digest(claim), frozenset(shifts), *by_end.values(), interval(len(by_end["failed"]), len(shifts)))


def test_a_task_runs_each_shift_apart_and_says_how_it_ended(
    root: Path, ran: Callable[[str], list[tuple[int, int]]]
) -> None:
    shifts = [1, 3, 5, 7]
    _, runs, seconds = run_some("one", read_claims(root)["one"].source, shifts)
    assert runs == ends(shifts)
    assert [shift for shift, _ in ran("one")] == shifts
    assert seconds > 4 * 0.3


def test_what_is_recorded_twice_is_counted_once(root: Path, ran: object) -> None:
    claim = read_claims(root)["one"]
    for shifts in ([1, 2, 3], [3, 4, 5], [5, 2]):
        _record(claim, ends(shifts), root)
    assert read_tried(root)["one"] == of_ends(ends([1, 2, 3, 4, 5]), root)


def test_the_next_seeds_are_those_not_tried() -> None:
    assert list(untried(Tried("", frozenset({1, 2, 4})), 3, 1)) == [3, 5, 6]
    assert list(untried(Tried("", frozenset({1, 2, 4})), 2, 4)) == [5, 6]


def test_a_program_with_other_seeds_can_be_seen(root: Path, ran: object) -> None:
    assert "dict(seed=0 + 2000)" in program("one", 2, root)


def test_what_has_no_seeds_is_said_and_not_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep([], root=root)
    assert "two-and-two: no other seeds, it draws nothing" in capsys.readouterr().out


def test_a_name_that_is_no_claim_is_said(root: Path) -> None:
    with pytest.raises(EvidenceError, match=r"snippets/three\.py: no such snippet"):
        sweep(["three"], root=root)


def test_without_dask_the_command_that_installs_it_is_said(
    root: Path, ran: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EvidenceError) as said:
        sweep(["one"], root=root)
    assert str(said.value).endswith(INSTALL)


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers on this machine."""
    assert importlib.util.find_spec("distributed"), f"to run this, do: {INSTALL}"
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.communicate()  # its input ends, and so does it


def sweeping(root: Path, scheduler: str, number: int, *names: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SWEEP, str(root), scheduler, str(number), *names], text=True)


def worker_in_the_middle(ran: Callable[[str], list[tuple[int, int]]]) -> psutil.Process:
    """The worker that runs a second task of `one`, when some of that is done."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        later = [process for shift, process in ran("one") if shift > 2]
        if len(later) >= 3:
            return psutil.Process(later[-1]).parent()
        time.sleep(0.05)
    raise TimeoutError("no worker came to a second task")


@pytest.mark.more
def test_a_worker_killed_in_the_middle_loses_nothing_and_nothing_counts_twice(
    root: Path, ran: Callable[[str], list[tuple[int, int]]], cluster: str
) -> None:
    with sweeping(root, cluster, 12, "one", "two") as process:
        worker = worker_in_the_middle(ran)
        left = worker.children(recursive=True)
        worker.kill()
        assert process.wait(timeout=600) == 1  # claims like these must be reworded
    expected = of_ends(ends(list(range(1, 13))), root)
    tried = read_tried(root)
    assert tried["one"] == expected
    assert [tried["two"].shifts, tried["two"].failed] == [expected.shifts, expected.failed]
    shifts = [shift for shift, _ in ran("one")]
    assert len(shifts) > len(set(shifts)), "the task that was under way did not run again"
    for orphan in left:  # what a killed worker had started ends by itself
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.wait(timeout=300)


@pytest.mark.more
def test_a_later_sweep_goes_on_where_one_stopped_and_tries_again_what_stopped(
    root: Path, ran: Callable[[str], list[tuple[int, int]]]
) -> None:
    assert importlib.util.find_spec("distributed"), f"to run this, do: {INSTALL}"
    for number in (6, 2):
        with sweeping(root, "", number, "one") as process:
            assert process.wait(timeout=600) == 1
    assert sorted(shift for shift, _ in ran("one")) == [1, 2, 3, 4, 5, 5, 6, 7]
    assert read_tried(root) == {"one": of_ends(ends([1, 2, 3, 4, 5, 6, 7]), root)}
