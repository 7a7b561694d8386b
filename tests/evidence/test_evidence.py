"""Every snippet, alone, as a reader runs it, against its record; and broken, against its own assert.

Alone is what a fork of a process is that has only imported; `make more` takes a fresh process for each program, and
other machines, imitated. That what the pages show runs and prints what they say is tested in test_blocks.py.
"""

import ast
import contextlib
import functools
import zipfile
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT, Claim, EvidenceError, read_claim
from lowerbound_site.evidence.record import compare, compare_broken
from lowerbound_site.evidence.run import ENVIRONMENTS, Run, run_fresh, run_warm
from lowerbound_site.pages.expand import read_pages
from lowerbound_site.publish.wheel import wheel

from ..programs import IN_A_NOTEBOOK, LONG, NAMES

BREAKING = "one-thread"
IN_ITS_PROCESS = pytest.mark.xdist_group(BREAKING)  # one worker starts that process, once
ALONE = pytest.mark.xdist_group("alone")
# What torch says of the environment it runs in.
PROCESSOR = "import torch\nprint(torch.get_num_threads(), torch.backends.cpu.get_cpu_capability())\n"


@functools.cache
def in_one_process(long: bool) -> dict[str, Run]:
    """Every program broken, and as `NAME empty` without its repetitions; or those alone that take long, broken."""
    programs = {"processor": PROCESSOR}
    for name in NAMES:
        with contextlib.suppress(EvidenceError):  # a snippet that cannot be read fails its own tests, and no other's
            if long == (name in LONG):
                programs[name] = claim(name).broken_source
            if not long:
                programs[f"{name} empty"] = without_repetitions(claim(name).source) or ""
    return run_warm(programs, BREAKING)


def claim(name: str) -> Claim:
    return read_claim(ROOT / "snippets" / f"{name}.py")


@pytest.fixture(scope="session")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader installs, and nothing else of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(wheel()).extractall(folder)
    return folder


@pytest.fixture(scope="session")
def alone(unpacked_wheel: Path) -> dict[str, Run]:
    programs = {}
    for name in set(NAMES) - IN_A_NOTEBOOK:
        with contextlib.suppress(EvidenceError):  # as in `in_one_process`
            programs[name] = claim(name).source
    return run_warm(programs, apart=True, python_path=unpacked_wheel)


@IN_ITS_PROCESS
def test_one_process_runs_all_that_is_broken(worker_id: str, request: pytest.FixtureRequest) -> None:
    in_its_group = worker_id == "master" or request.node.nodeid.endswith(f"@{BREAKING}")
    assert in_its_group, "the process runs once in each worker; use pytest with --dist loadgroup, pinned as here"
    assert in_one_process(False)["processor"].stdout.startswith("1 ")


@pytest.mark.parametrize("name", [pytest.param(name, marks=ALONE) for name in NAMES if name not in IN_A_NOTEBOOK])
def test_alone_with_only_the_wheel_it_matches_the_record(name: str, alone: dict[str, Run]) -> None:
    complaints = compare(claim(name), alone[name])
    assert not complaints, "\n".join(complaints)


@pytest.mark.more
@pytest.mark.parametrize("name", NAMES)
def test_in_a_fresh_process_it_matches_the_record(name: str, unpacked_wheel: Path) -> None:
    complaints = compare(claim(name), run_fresh(name, claim(name).source, unpacked_wheel))
    assert not complaints, "\n".join(complaints)


@pytest.mark.more
@pytest.mark.parametrize("environment", [name for name in ENVIRONMENTS if name != BREAKING])
def test_on_another_machine_it_matches_the_record(environment: str) -> None:
    runs = run_warm({name: claim(name).source for name in NAMES}, environment)
    complaints = [line for name in NAMES for line in compare(claim(name), runs[name])]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[IN_ITS_PROCESS, *[pytest.mark.more] * (n in LONG)]) for n in NAMES],
)
def test_broken_it_fails_by_its_own_assert_as_recorded(name: str) -> None:
    complaints = compare_broken(claim(name), in_one_process(name in LONG)[name])
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ITS_PROCESS) for name in NAMES])
def test_an_empty_run_does_not_pass(name: str) -> None:
    """Where every repetition, `for ... in range(...)`, is left out, something fails."""
    repeated = without_repetitions(claim(name).source)
    if repeated is not None:
        assert in_one_process(False)[f"{name} empty"].error, (
            f"snippets/{name}.py passes though nothing was tried; assert on what was collected, or list what is tried"
        )


def without_repetitions(source: str) -> str | None:
    """The program with every `range(...)` that something runs over emptied; None where there is none."""
    tree = ast.parse(source)
    loops = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.comprehension)
        and isinstance(node.iter, ast.Call)
        and isinstance(node.iter.func, ast.Name)
        and node.iter.func.id == "range"
    ]
    for loop in loops:
        loop.iter = ast.Tuple([], ast.Load())
    return ast.unparse(ast.fix_missing_locations(tree)) if loops else None


def test_every_claim_stands_on_a_page() -> None:
    shown = {name for page in read_pages() for name in page.claims}
    unused = sorted(set(NAMES) - shown)
    assert not unused, f"snippets that no page shows (write {{{{ claim: NAME }}}} on one, or delete them): {unused}"


def test_the_wheel_holds_the_library_alone(unpacked_wheel: Path) -> None:
    assert {path.name for path in unpacked_wheel.iterdir() if path.suffix != ".dist-info"} == {"lowerbound"}


def test_the_wheel_is_what_a_fresh_run_imports(unpacked_wheel: Path) -> None:
    run = run_fresh("where", "import lowerbound\nprint(lowerbound.__file__)\n", unpacked_wheel)
    assert Path(run.stdout.strip()).is_relative_to(unpacked_wheel)
