"""Two decoders that had no encoder: the record, the walk through both, and when the picture judges."""

import json
import math
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Browser, expect
from safetensors.torch import load_file
from torch import Tensor

from lowerbound import Grid, digits
from lowerbound_site.trained import free
from lowerbound_site.trained.instrument_data import export
from lowerbound_site.trained.model import recorded_fingerprint

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

CHANGES = [
    ("maths/walk.js", "2 * count]", "2 * CODES]"),
    ("maths/walk.js", "step * whole", "STEP * whole"),
    ("maths/walk.js", "winds: name === winding", "winds: name !== winding"),
    ("no-encoder.js", "const STEP = 1 / 6", "const STEP = 1 / 7"),
    ("no-encoder.js", "(z1 - FROM[0]) * speed", "speed"),
]


def kept(kind: str) -> dict[str, Tensor]:
    recorded = load_file(str(free.RECORD))
    return {name.removeprefix(f"{kind}."): tensor for name, tensor in recorded.items() if name.startswith(kind)}


def test_the_record_is_up_to_date_and_shows_what_the_runs_showed() -> None:
    assert recorded_fingerprint(free.RECORD) == free.wanted(), "run: .venv/bin/python -m lowerbound_site train"
    line = torch.linspace(-2, 2, 9).double()
    for kind in free.KINDS:
        path = torch.tensor([[int(level) for level in picture] for picture in free.runs(kind)[free.SEED]["path"]]) / 9
        shown = free.model(kept(kind), kind).decode(torch.stack([line, torch.zeros_like(line)], 1)).sigmoid()
        off = (shown - path).abs()
        assert off.max() < 0.3, f"{kind}: a pixel is off by {off.max():.2f}"  # half a ninth is the path's own rounding
        assert off.mean() < 0.05, f"{kind}: pixels are off by {off.mean():.3f} on average"


@pytest.mark.more
def test_rounding_costs_a_tenth_of_what_lies_between_the_two_at_most() -> None:
    """What the page says of the fit is said of the runs as they were trained."""
    as_trained = {kind: free.runs(kind)[free.SEED]["log_evidence"] for kind in free.KINDS}
    between = as_trained["winding"] - as_trained["smooth"]
    for kind in free.KINDS:
        fine = Grid(free.model(kept(kind), kind), points=400, limit=5.5, refine=False)
        log_evidence = fine.log_evidence(digits().held_out).mean().item()
        assert log_evidence == pytest.approx(as_trained[kind], abs=between / 10)


@pytest.mark.more
def test_a_run_is_trained_again() -> None:
    again, before = free.tensors("smooth"), kept("smooth")
    for name, tensor in again.items():
        same = (tensor == before[name]).double().mean().item()
        assert same > 0.99, f"{name}: only {same:.0%} of the numbers are as recorded"


def heaps(places: Tensor) -> list[int]:
    """How many places lie in each heap, the largest first; two are in one if steps of at most half a unit join them."""
    near = (torch.cdist(places, places) <= 0.5).double()
    for _ in range(7):  # as far as 128 steps
        near = (near @ near).clamp(max=1)
    return sorted(near.sum(1)[near.argmax(1).unique()].int().tolist(), reverse=True)


def test_the_places_are_draws_and_lie_in_one_heap_or_in_pieces() -> None:
    """As the page says of the blue dots."""
    found = {}
    for kind in free.KINDS:
        drawn = kept(kind)["codes"].double()
        same = (free.places(kept(kind), kind).half() == kept(kind)["codes"]).all(1).double().mean()
        assert same > 0.9, f"{kind}: only {same:.0%} of the draws are as recorded"
        found[kind] = heaps(drawn)
    assert found["smooth"][0] >= free.DRAWS - 3, found
    assert len(found["winding"]) >= 3, found
    assert found["winding"][0] <= 0.9 * free.DRAWS, found


def test_the_fits_are_those_of_the_record_and_all_winding_ones_are_better() -> None:
    fits = json.loads(export()["data/without-encoder.json"].read_text())
    assert fits == {kind: [run["log_evidence"] for run in free.runs(kind)] for kind in free.KINDS}
    assert {len(five) for five in fits.values()} == {5}
    assert min(fits["winding"]) > max(fits["smooth"])
    assert -21 < min(fits["smooth"]) < max(fits["winding"]) < -18  # they stand on the axis


def changed(kind: str, end: float) -> float:
    """By how many pixels the picture changes on the walk from -2, in steps of 1 / 32 at most."""
    line = torch.linspace(-2, end, max(1, math.ceil(32 * (end + 2))) + 1, dtype=torch.float64)
    pictures = free.model(kept(kind), kind).decode(torch.stack([line, torch.zeros_like(line)], 1)).sigmoid()
    return pictures.diff(dim=0).abs().sum().item()


def checking(walked: int) -> Callable[[Modules], None]:
    """That decoders, draws and so many walks are those of torch."""
    ends = torch.linspace(-2, 2, walked, dtype=torch.float64).mul(100).round().div(100)
    expected = {kind: [changed(kind, end) for end in ends.tolist()] for kind in free.KINDS}

    def check(modules: Modules) -> None:
        found = modules.run(
            """const { load, measure } = await at("no-encoder.js");
            const data = await load();
            return {
              codes: Object.fromEntries(Object.entries(data.decoders).map(([kind, { codes }]) => [kind, codes])),
              x: Array.from(data.x),
              walks: states.map((z1) => measure({ z1 }, data)),
            };""",
            ends.tolist(),
        )
        assert found["x"] == digits().held_out[free.DIGIT].int().tolist()
        for kind in free.KINDS:
            assert found["codes"][kind] == kept(kind)["codes"].double().tolist()
            for pixels, seen in zip(expected[kind], found["walks"], strict=True):
                assert seen[f"pixels changed, {kind}"] == pytest.approx(pixels, abs=1e-9)

    return check


def test_the_walk_is_that_of_torch(modules: Modules, states: int) -> None:
    checking(states // 4)(modules)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    assert survivors(modules, checking(25), CHANGES) == []


def test_it_judges_at_the_end_of_the_walk(browser: Browser, stage: str) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    page.goto(f"{stage}no-encoder")
    page.wait_for_selector("lb-instrument[data-ready]")
    verdict, fits = page.locator(".lb-verdict"), page.get_by_text("five trainings each:")
    expect(fits).to_have_count(1)
    walk = page.get_by_role("slider")
    walk.press("End")
    expect(page.get_by_text(f"{changed('winding', 2):.0f} pixels changed so far")).to_be_visible()
    expect(fits).to_be_hidden()  # it is asked before it is shown
    walk.press("Home")
    page.get_by_role("button", name="the smooth one").click()
    expect(verdict).to_have_text("Now slide z₁ to the right end.")
    for _ in range(3):
        walk.press("PageUp")
    expect(fits).to_be_hidden()
    walk.press("PageUp")
    expect(verdict).to_contain_text("You said “the smooth one”, but the answer is “the winding one”.")
    expect(fits).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(fits).to_be_hidden()
    page.close()
