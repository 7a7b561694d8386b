"""Running snippets: nothing leaks, what fails is told apart, and unsteady digits are found."""

import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch

from lowerbound_site.evidence.claims import EvidenceError
from lowerbound_site.evidence.run import Run, _execute, isolated, run_fresh, run_warm

pytestmark = pytest.mark.xdist_group("machinery")

LEAK = """
import torch, matplotlib.pyplot as plt, pathlib, warnings
print(torch.initial_seed())
print(torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled())
print(torch.tensor(1 / 3), plt.get_fignums(), plt.rcParams["lines.linewidth"], list(pathlib.Path().iterdir()))
print(__name__, "leaked" in globals())
leaked = torch.set_default_dtype(torch.float64), torch.set_num_threads(7), torch.set_grad_enabled(False)
torch.set_printoptions(precision=12), torch.manual_seed(3), plt.figure()
plt.rcParams["lines.linewidth"] = 9
pathlib.Path("left.txt").write_text("x")
"""
ASSERTS = {
    "own": "def f(x):\n    assert (\n        x\n        == 2\n    ), 'no'\nf(1)",
    "other error": "assert 1 / 0",
    "the library's": "import torch\ntorch.testing.assert_close(1.0, 2.0)",
    "raised by hand": "raise AssertionError",
    "exits": "import sys\nsys.exit(3)",
    "warns": "import warnings\nwarnings.warn('x')",
    "none": "assert True",
}
PROBED = {
    "steady": 'x = 0.12\nprint(f"x = {x:.3f} {3} {x!s:.3s} {x=:.2f}", 5, True, "a")',
    "half": 'x = 0.125\nprint(f"{x:.2f}")',
    "all digits": "x = 0.1\nprint(x)",
    "sign of zero": 'import torch\nzero = torch.zeros(2)\nprint(f"{zero[0]:.3f}")',
    "signless zero": 'import torch\nzero = torch.zeros(2)\nprint(f"{zero[0].item():z.3f}")',
    "a tensor": "import torch\nt = torch.tensor([1.23455])\nprint(t)",
    "float32": 'import torch\nt = torch.tensor(0.9999996)\nprint(f"{t:.7f}")',
    "in a list": 'row = [0.5, 0.25]\nprint(", ".join(f"{v:.1f}" for v in row))',
    "an assert": 'x = 0.1\nassert x, f"{x}"',
}


def test_a_program_that_never_ends_is_stopped_and_its_line_named(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "x = 0\nprint('begins', flush=True)\nwhile x < 1:\n    x -= 1\n"
    run = run_fresh("endless", endless, longest=1)
    assert run.stdout == "begins\n"
    assert re.search(r"still running after 1 s, in line [34]; if a loop never ends", run.error or "")
    monkeypatch.setattr("lowerbound_site.evidence.run.LONGEST", 0.2)
    stopped = _execute("endless", endless, False)
    assert re.search(r"line [34], in <module>(?s:.*)TimeoutError: still running after 0 s", stopped.error or "")
    waits = _execute("waits", "import time\ntime.sleep(60)\n", False)
    assert re.search(r"line 2, in <module>(?s:.*)TimeoutError: still running after 2 s", waits.error or "")


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return run_warm({"first": LEAK, "second": LEAK} | ASSERTS | PROBED, probe=True)


def test_nothing_leaks_from_one_snippet_to_the_next_or_differs_from_a_fresh_run(runs: dict[str, Run]) -> None:
    threads = torch.get_num_threads()
    first, second = (runs[name].stdout.splitlines() for name in ("first", "second"))
    fresh = run_fresh("left", LEAK).stdout.replace("PosixPath('left.py')", "").splitlines()
    assert first[1:] == second[1:]
    assert fresh[1:] == [first[1].replace(" 1 ", f" {threads} "), *first[2:]]
    assert len({first[0], second[0], fresh[0]}) == 3  # who sets no seed gets another one each time


def test_an_isolated_block_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    torch.manual_seed(5)
    state, threads, folder = torch.get_rng_state(), torch.get_num_threads(), Path.cwd()
    width = plt.rcParams["lines.linewidth"]
    with isolated(tmp_path, LEAK):
        exec(LEAK, {"__name__": "__main__"})
    assert torch.equal(torch.get_rng_state(), state)
    assert (torch.get_num_threads(), torch.get_default_dtype(), Path.cwd()) == (threads, torch.float32, folder)
    assert torch.is_grad_enabled()
    assert plt.get_fignums() == []
    assert mpl.rcParams["lines.linewidth"] == width
    assert str(torch.tensor(1 / 3)) == "tensor(0.3333)"


def test_an_assert_of_its_own_is_told_from_every_other_end(runs: dict[str, Run]) -> None:
    assert [name for name in ASSERTS if runs[name].failed_at] == ["own"]
    assert [name for name in ASSERTS if runs[name].error is None] == ["none"]
    assert 'File "own.py", line 6' in (runs["own"].error or "")


def test_a_process_that_dies_says_so() -> None:
    with pytest.raises(EvidenceError, match=r"the process that runs the snippets \(one-thread\) ended early"):
        run_warm({"dies": "import os\nos._exit(7)"})


def test_unsteady_digits_are_found(runs: dict[str, Run]) -> None:
    assert [name for name in PROBED if runs[name].error] == []
    found = {name: runs[name].unsteady for name in PROBED if runs[name].unsteady}
    assert set(found) == {"half", "all digits", "sign of zero", "a tensor", "float32", "in a list"}
    assert found["half"][0].startswith(
        "line 2: {x:.2f} prints 0.12, but 0.13 if the last bits differ; print fewer digits"
    )
    assert len(found["in a list"]) == 1
    assert runs["steady"].stdout == "x = 0.120 3 0.1 x=0.12 5 True a\n"


def test_apart_no_program_meets_another_and_one_that_dies_harms_none() -> None:
    runs = run_warm(
        {"first": "import json\njson.met = True", "dies": "import os\nos._exit(3)", "last": MET}, apart=True
    )
    assert runs["first"].error is None
    assert "dies.py: its process ended" in (runs["dies"].error or "")
    assert runs["last"].stdout == "False True\n"


MET = "import json, sys\nprint(hasattr(json, 'met'), 'torch' in sys.modules)"
