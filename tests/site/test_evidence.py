"""Every snippet, as on other machines, against its record; alone, as a reader runs it; and broken, against its assert.

That what the pages show runs in this process and prints what they say is tested in test_pages.py.
"""

import contextlib
import functools
import platform
import zipfile
from pathlib import Path

import pytest

from lowerbound_site.build import wheel
from lowerbound_site.claims import ROOT, Claim, EvidenceError, read_claim
from lowerbound_site.expand import read_pages
from lowerbound_site.record import compare, why_unbroken
from lowerbound_site.run import Run, run_fresh, run_warm

NAMES = sorted(path.stem for path in (ROOT / "snippets").glob("*.py"))

# With one thread the snippets run as they are in test_pages.py, and broken here. Of the other machines the one that is
# most unlike this one is imitated; `make record` tries them all.
BREAKING, OTHER = "one-thread", "plain-processor-two-threads"

# All tests of one environment go to one worker, which starts its process once.
IN_ITS_PROCESS = {environment: pytest.mark.xdist_group(environment) for environment in (OTHER, BREAKING)}

# What torch says of the environment it runs in.
PROCESSOR = "import torch\nprint(torch.get_num_threads(), torch.backends.cpu.get_cpu_capability())\n"
SAID = {BREAKING: "1 ", OTHER: "2 DEFAULT"}


@functools.cache
def warm(environment: str) -> dict[str, Run]:
    programs = {"processor": PROCESSOR}
    for name in NAMES:
        with contextlib.suppress(EvidenceError):  # a snippet that cannot be read fails its own tests, and no other's
            programs[name] = claim(name).broken_source if environment == BREAKING else claim(name).source
    return run_warm(programs, environment)


def claim(name: str) -> Claim:
    return read_claim(ROOT / "snippets" / f"{name}.py")


@pytest.fixture(scope="session")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader installs, and nothing else of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(wheel()).extractall(folder)
    return folder


@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ITS_PROCESS[OTHER]) for name in NAMES])
def test_a_run_on_another_machine_matches_the_record(name: str) -> None:
    complaints = compare(claim(name), warm(OTHER)[name])
    assert not complaints, "\n".join([f"in the environment {OTHER}:", *complaints])


@pytest.mark.parametrize(
    ("environment", "said"), [pytest.param(*pair, marks=IN_ITS_PROCESS[pair[0]]) for pair in SAID.items()]
)
def test_the_environments_are_what_they_say(
    environment: str, said: str, worker_id: str, request: pytest.FixtureRequest
) -> None:
    in_its_group = worker_id == "master" or request.node.nodeid.endswith(f"@{environment}")
    assert in_its_group, "every process runs once in each worker; use pytest with --dist loadgroup, pinned as here"
    if platform.machine() != "x86_64":
        said = said.split()[0]  # the switches for processors are x86's
    assert warm(environment)["processor"].stdout.startswith(said)


@pytest.mark.parametrize("name", NAMES)
def test_alone_with_only_the_wheel_it_matches_the_record(name: str, unpacked_wheel: Path) -> None:
    complaints = compare(claim(name), run_fresh(name, claim(name).source, unpacked_wheel))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ITS_PROCESS[BREAKING]) for name in NAMES])
def test_broken_it_fails_by_its_own_assert(name: str) -> None:
    complaints = why_unbroken(claim(name), warm(BREAKING)[name])
    assert not complaints, "\n".join(complaints)


def test_every_claim_stands_on_a_page() -> None:
    shown = {name for page in read_pages() for name in page.claims}
    unused = sorted(set(NAMES) - shown)
    assert not unused, f"snippets that no page shows (write {{{{ claim: NAME }}}} on one, or delete them): {unused}"


def test_the_wheel_holds_the_library_alone(unpacked_wheel: Path) -> None:
    assert {path.name for path in unpacked_wheel.iterdir() if path.suffix != ".dist-info"} == {"lowerbound"}


def test_the_wheel_is_what_a_fresh_run_imports(unpacked_wheel: Path) -> None:
    run = run_fresh("where", "import lowerbound\nprint(lowerbound.__file__)\n", unpacked_wheel)
    assert Path(run.stdout.strip()).is_relative_to(unpacked_wheel)
