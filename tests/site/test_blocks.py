"""The programs in the pages, run by pytest-codeblocks as the pages show them.

`make test` runs this file as on the machine that is most unlike this one; `make record` tries all others too.
"""

import os
from pathlib import Path

import pytest
import torch
from pytest_codeblocks import plugin

from lowerbound_site.run import isolated

from .test_pages import SHOWN, blocks


def test_the_machine_is_what_the_switches_say() -> None:
    found = torch.backends.cpu.get_cpu_capability().lower()
    assert found == os.environ.get("ATEN_CPU_CAPABILITY", found)
    assert torch.get_num_threads() == int(os.environ["OMP_NUM_THREADS"])


@pytest.mark.parametrize(("path", "number", "name"), [pytest.param(*shown, id="-".join(shown[::2])) for shown in SHOWN])
def test_a_block_prints_what_the_page_says(
    path: str, number: int, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    block = plugin.TestBlock.from_parent(request.node.parent, name=f"docs/{path}", obj=blocks(path)[number])
    assert block.obj.expected_output
    failure = ""
    try:
        with isolated(tmp_path, block.obj.code):
            block.runtest()
    except RuntimeError as stopped:
        failure = str(stopped)
    remedy = f"run: make check CLAIM={name}; if that finds nothing: make record NAME={name}, which compares machines"
    if failure:
        pytest.fail(f"snippets/{name}.py fails or prints something else than its record; {remedy}\n{failure}", False)
