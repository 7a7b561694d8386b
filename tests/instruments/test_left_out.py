"""One of three left out: the recorded runs that the picture shows, and when it judges."""

import json

import pytest
import torch
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
        wanted = [(row["spread"], "".join(row["path"])) for row in sorted(runs, key=lambda r: r["seed"])]
        assert [(row["spread"], row["path"]) for row in walks if row["left"] == left] == wanted


def test_it_judges_once_each_was_left_out_and_the_walk_jumps(browser: Browser, stage: str) -> None:
    page = browser.new_page()
    page.goto(f"{stage}left-out")
    page.wait_for_selector("lb-instrument[data-ready]")
    verdict = page.locator(".lb-verdict")
    page.get_by_role("button", name="the noise").click()
    page.get_by_role("radio", name="the smooth network").check()
    expect(verdict).to_have_text("Now choose “the noise”, and look at the walk.")
    page.get_by_role("radio", name="the noise").check()
    page.get_by_role("slider", name="run").press("ArrowRight")  # to another run: there each has to be left out again
    for name in ("the KL to the prior", "the smooth network"):
        page.get_by_role("radio", name=name).check()
    expect(verdict).to_contain_text("In this run the walk of the decoder that winds shows nearly one picture.")
    page.get_by_role("slider", name="run").press("ArrowLeft")
    for name in ("the noise", "the KL to the prior", "the smooth network"):
        page.get_by_role("radio", name=name).check()
    expect(verdict).to_contain_text("You said “the noise”, but the answer is “the smooth network”.")
    page.get_by_role("slider", name="run").press("ArrowRight")  # the verdict was of that run
    expect(verdict).to_have_text("Now choose “the noise”, and look at the walk.")
    page.close()


def test_what_changes_is_counted_on_the_walk_that_is_shown(browser: Browser, stage: str) -> None:
    page = browser.new_page()
    said = {}
    for run in recorded("continuity"):
        ways = [name for name in ("noise", "kl", "smooth") if not run[name]] or ["nothing"]
        if len(ways) > 1:
            continue
        walk = torch.tensor([[int(level) for level in picture] for picture in run["path"]]) / 9
        by = walk.diff(dim=0).abs().sum(1).mean().item()
        page.goto(f"{stage}left-out?left={ways[0]}&run={run['seed'] + 1}")
        page.reload()
        page.wait_for_selector("lb-instrument[data-ready]")
        expect(page.locator(".lb-values")).to_contain_text(f"on average {by:.1f} pixels change")
        said[ways[0], run["seed"]] = by
    page.close()
    # A walk jumps, or it changes less than any that is judged to jump: nothing lies near the threshold of ten.
    assert len(said) == 20
    jumping = {way for way, by in said.items() if by > 10}
    assert jumping == {("smooth", 2), ("smooth", 3)}
    assert max(by for way, by in said.items() if way not in jumping) < 7 < 14 < min(said[way] for way in jumping)
