"""The tables of docs/performance.md, from what was measured."""

import itertools
from typing import Any

BEGIN, END = "<!-- measured: written by make bench, from tests/bench/result.json -->", "<!-- /measured -->"


def with_tables(page: str, result: dict[str, Any]) -> str:
    """The page with its tables replaced."""
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n\n{as_markdown(result)}\n\n{END}{after}"


def as_markdown(result: dict[str, Any]) -> str:
    """The machine and one table a group. Measured numbers stand in code spans: no one typed them."""
    parts = ["\n".join(f"- {key.capitalize()}: `{value}`" for key, value in result["machine"].items())]
    for group, rows in itertools.groupby(result["rows"], key=lambda row: row["group"]):
        head = [f"## {group}", "", "| quantity | measured | target | verdict |", "| --- | ---: | ---: | --- |"]
        parts.append("\n".join([*head, *map(_line, rows)]))
    return "\n\n".join(parts)


def _line(row: dict[str, Any]) -> str:
    bound = "at least" if row["at_least"] else "at most"
    target = "" if row["target"] is None else f"{bound} `{row['target']:g} {row['unit']}`"
    verdict = {True: "reached", False: "**not reached**", None: ""}[row["met"]]
    measured = f"{_number(row['value'])} {row['unit']}".strip()
    return f"| {row['what']} | `{measured}` | {target} | {verdict} |"


def _number(value: float) -> str:
    """Three digits: enough to see on which side of its target a number is."""
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"
