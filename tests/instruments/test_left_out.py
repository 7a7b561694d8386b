"""One of three left out: the recorded runs that the picture shows, and when it judges."""

import json

import pytest
from playwright.sync_api import Browser, expect

from lowerbound.models import recorded
from lowerbound_site.trained.instrument_data import export

pytestmark = pytest.mark.browser


def test_the_walks_are_the_recorded_ones() -> None:
    walks = json.loads(export()["data/walks.json"].read_text())
    assert len(walks) == 20
    for left, way in {
        "nothing": (True, True, True),
        "noise": (False, True, True),
        "kl": (True, False, True),
        "smooth": (True, True, False),
    }.items():
        runs = [row for row in recorded("continuity") if (row["noise"], row["kl"], row["smooth"]) == way]
        wanted = [(row["spread"], row["speed"], "".join(row["path"])) for row in sorted(runs, key=lambda r: r["seed"])]
        assert [(row["spread"], row["speed"], row["path"]) for row in walks if row["left"] == left] == wanted


def test_it_judges_once_each_was_left_out_and_the_walk_jumps(browser: Browser, stage: str) -> None:
    page = browser.new_page()
    page.goto(f"{stage}left-out")
    page.wait_for_selector("lb-instrument[data-ready]")
    verdict = page.locator(".lb-verdict")
    page.get_by_role("button", name="the noise").click()
    page.get_by_role("radio", name="the smooth network").check()
    expect(verdict).to_have_text("Now leave out each of the three.")
    page.get_by_role("radio", name="the noise").check()
    page.get_by_role("slider", name="run").press("ArrowRight")  # to another run: there each has to be left out again
    for name in ("the KL to the prior", "the smooth network"):
        page.get_by_role("radio", name=name).check()
    expect(verdict).to_contain_text("In this run the walk of the decoder that winds shows nearly one picture.")
    page.get_by_role("slider", name="run").press("ArrowLeft")
    for name in ("the noise", "the KL to the prior", "the smooth network"):
        page.get_by_role("radio", name=name).check()
    expect(verdict).to_contain_text("You said “the noise”, but the answer is “the smooth network”.")
    page.close()
