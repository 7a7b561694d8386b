"""The lowest versions that the wheel admits; `make lowest` runs every program with them, in minutes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.measure.lowest import bounds


def test_every_dependency_has_a_lowest_version_and_a_pin_at_or_above_it() -> None:
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    lowest = bounds()
    assert next(iter(lowest)) == "torch"
    for name, version in lowest.items():
        assert _numbers(pins[name]) >= _numbers(version)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def test_a_bound_that_cannot_be_tried_is_said(root: Path, write: Callable[[str, str], Path]) -> None:
    write("pyproject.toml", '[project]\ndependencies = ["torch>=2.6", "numpy~=2.0"]\n')
    with pytest.raises(EvidenceError, match=r"numpy~=2\.0: write a dependency as name>=lowest"):
        bounds(root)
