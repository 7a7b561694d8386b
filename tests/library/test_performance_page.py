"""The page about speed shows what was measured, and nothing else."""

import json
from pathlib import Path

from tests.bench.page import with_tables

ROOT = Path(__file__).parents[2]


def test_the_tables_are_those_of_the_record():
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    result = json.loads((ROOT / "tests" / "bench" / "result.json").read_text(encoding="utf-8"))
    assert with_tables(page, result) == page, "docs/performance.md was edited between its marks; run: make bench"
