"""Running programs in forks: each meets the library as it is saved, and nothing of another program."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowerbound_site.evidence import forks
from lowerbound_site.evidence.forks import Forks
from lowerbound_site.evidence.run import CAN_FORK, SLOW_TO_IMPORT

FORKS = pytest.mark.skipif(not CAN_FORK, reason="nothing forks here")
SAYS = "import lowerbound\nprint(lowerbound.SAYS)\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Runs programs with a library of one line."""
    folder = tmp_path_factory.mktemp("src")
    (folder / "lowerbound").mkdir()
    save(folder, "as it was")
    running = Forks(folder)
    yield running
    running.close()
    assert running.process is None or running.process.poll() is not None


def save(folder: Path, says: str) -> None:
    (folder / "lowerbound" / "__init__.py").write_text(f"SAYS = {says!r}\n")


def test_a_program_meets_the_library_as_it_is_saved(running: Forks) -> None:
    assert running.run("says", SAYS).stdout == "as it was\n"
    save(running.python_path, "as it is now")
    assert running.run("says", SAYS).stdout == "as it is now\n"


def test_it_finds_what_is_slow_imported_and_nothing_else(running: Forks) -> None:
    met = "import json, sys\nprint('torch' in sys.modules, 'lowerbound' in sys.modules, hasattr(json, 'met'))\n"
    assert running.run("meets", f"{met}json.met = True\n").stdout == f"{CAN_FORK} False False\n"
    assert running.run("meets", met).stdout == f"{CAN_FORK} False False\n"


def test_how_it_failed_is_told(running: Forks) -> None:
    run = running.run("fails", "x = 1\nassert x == 2, f'expected two, not {x}'\n")
    assert (run.failed_at, run.message) == (2, "expected two, not 1")


def test_it_can_start_others_and_read_nothing(running: Forks) -> None:
    program = "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'exit(3)']).returncode)\ninput()\n"
    run = running.run("starts", program)
    assert run.stdout == "3\n"
    assert "EOFError" in (run.error or "")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Forks]:
    """What is slow to import is not there: it starts in no time."""
    for package in SLOW_TO_IMPORT:
        (tmp_path / f"{package.partition('.')[0]}.py").write_text("raise ImportError\n")
    quick = Forks(tmp_path)
    yield quick
    quick.close()


@FORKS
def test_neither_a_program_that_dies_nor_the_end_of_what_forks_harms_the_next(quick: Forks) -> None:
    assert "its process ended and said nothing" in (quick.run("dies", "import os\nos._exit(3)\n").error or "")
    assert quick.process is not None
    quick.process.kill()
    quick.process.wait()
    assert quick.run("goes-on", "print(1)\n").stdout == "1\n"


@FORKS
def test_one_that_nobody_waits_for_any_more_is_ended_and_no_other(quick: Forks) -> None:
    ends = {}

    def wait(name: str, seconds: float) -> None:
        ends[name] = quick.run(name, f"import time\ntime.sleep({seconds})\nprint(1)\n")

    threads = [threading.Thread(target=wait, args=job) for job in (("long", 60), ("short", 1))]
    for thread in threads:
        thread.start()
    while not quick.running.get("long"):
        time.sleep(0.05)
    quick.stop("long")
    quick.stop("never-run")
    for thread in threads:
        thread.join(timeout=30)
    assert "its process ended" in (ends["long"].error or "")
    assert ends["short"].stdout == "1\n"


@FORKS
def test_what_forks_ends_with_who_uses_it(quick: Forks) -> None:
    """Also when that one is killed, and closes nothing itself."""
    assert quick.control is not None
    assert quick.process is not None
    quick.control.shutdown(socket.SHUT_RDWR)
    assert quick.process.wait(timeout=30) == 0


def test_where_nothing_forks_each_gets_a_fresh_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "CAN_FORK", False)
    (tmp_path / "helper.py").write_text("SAYS = 'helped'\n")
    fresh = Forks(tmp_path)
    assert fresh.run("says", "import helper\nprint(helper.SAYS)\n").stdout == "helped\n"
    assert fresh.process is None
    fresh.stop("says")
    fresh.close()
