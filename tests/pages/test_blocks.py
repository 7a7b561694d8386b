"""The programs in the pages, copied one after the other into one notebook, which they leave as it was.

The notebook's kernel runs as on the machine that is most unlike this one; `make record` tries all others too.
"""

import contextlib
import functools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from lowerbound_site.evidence.claims import ROOT, read_claim
from lowerbound_site.evidence.run import ENVIRONMENTS, THREADS

from ..programs import IN_A_NOTEBOOK
from .test_pages import SHOWN, blocks

pytestmark = pytest.mark.xdist_group("notebook")  # one kernel, in one worker
ELSEWHERE = ENVIRONMENTS["plain-processor-two-threads"]
# All that a program could leave behind for the reader's next cell. Matplotlib chooses its backend with the first
# figure, and turns its interactive mode on by that; so what counts is that the reader's own figures are shown.
STATE = """
import json as _j, os as _o, warnings as _w
import matplotlib as _m, torch as _t
print(_j.dumps({
    "torch's default dtype": str(_t.get_default_dtype()),
    "torch's threads": _t.get_num_threads(),
    "torch's processor": _t.backends.cpu.get_cpu_capability(),
    "torch's gradients": _t.is_grad_enabled(),
    "torch's way of printing": str(_t._tensor_str.PRINT_OPTS),
    "torch's seed": _t.initial_seed(),
    "filters of all warnings": [str(f) for f in _w.filters if f[1:] == (None, Warning, None, 0)],
    "matplotlib's backend": _m.get_backend(),
    "matplotlib's settings": {k: str(v) for k, v in _m.rcParams.items() if k not in ("backend", "interactive")},
    "folder": _o.getcwd(),
}))
"""
OWN_FIGURE = "import matplotlib.pyplot as _p\n_p.plot([0, 1], [0, 1])\nNone"


@dataclass
class Cell:
    """What a notebook shows under a cell."""

    streams: dict[str, str] = field(default_factory=lambda: {"stdout": "", "stderr": ""})
    pictures: int = 0
    error: str = ""


class Notebook:
    """A kernel as a reader has it, and what it was like before the first program."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.state = self.read_state()

    def run(self, code: str) -> Cell:
        cell = Cell()

        def take(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                cell.streams[content["name"]] += content["text"]
            elif message["msg_type"] == "error":
                cell.error = "\n".join(content["traceback"])
            elif message["msg_type"] == "display_data":
                cell.pictures += "image/png" in content["data"]

        self.client.execute_interactive(code, timeout=600, output_hook=take, allow_stdin=False)
        return cell

    def read_state(self) -> dict[str, Any]:
        cell = self.run(STATE)
        assert not cell.error, cell.error
        state: dict[str, Any] = json.loads(cell.streams["stdout"])
        return state


@contextlib.contextmanager
def kernel(folder: Path) -> Iterator[Notebook]:
    environment = {name: value for name, value in os.environ.items() if name != "MATPLOTLIBRC"}
    environment |= THREADS | ELSEWHERE | {"IPYTHONDIR": str(folder / "settings"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    manager, client = start_new_kernel(startup_timeout=120, kernel_name="python3", cwd=str(folder), env=environment)
    try:
        yield Notebook(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with kernel(tmp_path_factory.mktemp("notebook")) as notebook:
        yield notebook


def test_the_machine_is_what_the_switches_say(notebook: Notebook) -> None:
    assert notebook.state["torch's processor"].lower() == ELSEWHERE["ATEN_CPU_CAPABILITY"]
    assert notebook.state["torch's threads"] == int(ELSEWHERE["OMP_NUM_THREADS"])


@pytest.mark.parametrize(
    ("path", "number", "name"),
    [
        pytest.param(*shown, id="-".join(shown[::2]), marks=[] if shown[2] in IN_A_NOTEBOOK else pytest.mark.more)
        for shown in SHOWN
    ],
)
def test_a_block_prints_what_the_page_says(path: str, number: int, name: str, notebook: Notebook) -> None:
    block = blocks(path)[number]
    cell = notebook.run(block.code)
    remedy = f"run: make check CLAIM={name}; if that finds nothing: make record CLAIM={name}, which compares machines"
    if cell.error or cell.streams["stdout"] != block.expected_output:
        said = cell.error or cell.streams["stdout"]
        pytest.fail(f"snippets/{name}.py fails or prints something else than its record; {remedy}\n{said}", False)
    assert not cell.streams["stderr"]
    state = notebook.read_state()
    left = {what: value for what, value in state.items() if value != notebook.state[what]}
    notebook.state = state  # what follows is not to blame
    assert not left, f"snippets/{name}.py leaves a notebook otherwise than it was: {left}"
    if claim(name).alt:
        assert cell.pictures, f"snippets/{name}.py: a notebook does not show its figure"
        assert notebook.run(OWN_FIGURE).pictures, f"after snippets/{name}.py a notebook shows no figure of the reader's"


@functools.cache
def claim(name: str) -> Any:
    return read_claim(ROOT / "snippets" / f"{name}.py")


LEFT_BEHIND = {
    "torch's default dtype": "import torch\ntorch.set_default_dtype(torch.float64)",
    "torch's seed": "import torch\ntorch.manual_seed(0)",
    "torch's threads": "import torch\ntorch.set_num_threads(torch.get_num_threads() + 1)",
    "matplotlib's settings": "import matplotlib\nmatplotlib.rcParams['font.size'] = 3",
    "filters of all warnings": "import warnings\nwarnings.simplefilter('ignore')",
}
# The first figure of a notebook, made in a way that turns all later ones off.
TURNS_OFF = "import matplotlib as m, matplotlib.pyplot as p\nwith m.rc_context():\n    p.subplots()"


def test_what_is_left_behind_is_noticed(tmp_path: Path) -> None:
    with kernel(tmp_path) as notebook:
        notebook.run(TURNS_OFF)
        assert not notebook.run(OWN_FIGURE).pictures
        before = notebook.read_state()
        for code in LEFT_BEHIND.values():
            notebook.run(code)
        after = notebook.read_state()
    assert {what for what, value in after.items() if value != before[what]} == set(LEFT_BEHIND)
