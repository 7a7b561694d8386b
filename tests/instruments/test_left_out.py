"""Walks on the maps of four recorded runs: their decoders, what is computed of them, and when the picture judges."""

import json
from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from safetensors.torch import load_file

from lowerbound.models import recorded
from lowerbound_site.trained import walks
from lowerbound_site.trained.instrument_data import export
from lowerbound_site.trained.model import recorded_fingerprint

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

CHANGES = [
    ("maths/walk.js", "const STEP = 1 / 16", "const STEP = 1 / 15"),
    ("maths/walk.js", "winds: name === winding", "winds: name !== winding"),
    ("maths/walk.js", "const FINE = 32", "const FINE = 31"),
    ("maths/walk.js", "Math.abs(ink - other[d])", "(ink - other[d])"),
    (
        "maths/walk.js",
        ".reduce((sum, picture, k) => sum + apart(picture, pictures[k]), 0) / length",
        ".reduce((sum, picture, k) => sum + apart(picture, pictures[k]), 0)",
    ),
    ("maths/walk.js", "(to[l] - z) * k", "(to[l] + z) * k"),
    ("maths/vae.js", "net.winds ? Math.sin(t)", "net.winds ? Math.cos(t)"),
]


def test_the_record_is_up_to_date_and_shows_what_the_runs_showed() -> None:
    assert recorded_fingerprint(walks.RECORD) == walks.wanted(), "run: .venv/bin/python -m lowerbound_site train"
    weights = load_file(str(walks.RECORD))
    line = torch.linspace(-2, 2, 9).double()
    places = torch.stack([line, torch.zeros_like(line)], 1)
    for left in walks.KINDS:
        path = torch.tensor([[int(level) for level in picture] for picture in walks.run(left)["path"]]) / 9
        off = (walks.decoded(weights, left, places) - path).abs()
        assert off.max() < 0.15, f"{left}: a pixel is off by {off.max():.2f}"  # half a ninth is the path's own rounding
        assert off.mean() < 0.04, f"{left}: pixels are off by {off.mean():.3f} on average"


@pytest.mark.more
def test_one_of_the_runs_is_trained_again() -> None:
    again, weights = walks.tensors("noise"), load_file(str(walks.RECORD))
    for name, tensor in again.items():
        same = (tensor == weights[f"noise.{name}"]).double().mean().item()
        assert same > 0.99, f"{name}: only {same:.0%} of the numbers are as recorded"


@pytest.mark.more
@pytest.mark.parametrize(
    ("left", "least", "most"), [("nothing", 0, 0.3), ("noise", 0, 0.3), ("kl", 0, 0.3), ("smooth", 0.7, 1.7)]
)
def test_what_rounding_moves(left: str, least: float, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """On average over the map, in pixels: about one without the smooth network, about a fifth of one in the others."""
    kept = []
    rounded = walks.rounded
    monkeypatch.setattr(walks, "rounded", lambda weight, hidden: kept.append(weight.clone()) or rounded(weight, hidden))
    trained = {f"{left}.{name}": tensor for name, tensor in walks.tensors(left).items()}
    axis = torch.linspace(-walks.LIMIT, walks.LIMIT, 41, dtype=torch.float64)
    places = torch.cartesian_prod(axis, axis)
    exact = walks.decoded(trained | {f"{left}.weight2": kept[0]}, left, places)
    moved = (walks.decoded(trained, left, places) - exact).abs().sum(1).mean().item()
    assert least < moved < most


def test_without_the_smooth_network_the_run_shown_changes_most_and_three_show_nearly_one_picture() -> None:
    """As the page says. The recorded paths are the way on which the picture begins."""
    rows = [row for row in recorded("continuity") if (row["noise"], row["kl"], row["smooth"]) == walks.KINDS["smooth"]]
    rows.sort(key=lambda row: row["seed"])
    speeds = [row["speed"] for row in rows]
    assert max(speeds) == speeds[walks.SEED]
    paths = torch.tensor([[[int(level) for level in picture] for picture in row["path"]] for row in rows]) / 9
    apart = (paths[:, :, None] - paths[:, None]).abs().sum(-1).amax((1, 2))  # of two pictures of a way, in pixels
    assert sorted(apart > 10) == [False, False, False, True, True], apart
    assert (apart < 7).sum() == 3, apart


def test_what_was_measured_of_the_five_runs_is_the_record() -> None:
    runs = json.loads(export()["data/walks.json"].read_text())
    assert list(runs) == list(walks.KINDS)
    for left, way in walks.KINDS.items():
        rows = [row for row in recorded("continuity") if (row["noise"], row["kl"], row["smooth"]) == way]
        rows.sort(key=lambda row: row["seed"])
        assert runs[left] == {key: [row[key] for row in rows] for key in ("spread", "width")}


def checking(walked: int) -> Callable[[Modules], None]:
    """That decoders and so many walks are those of torch."""
    weights = load_file(str(walks.RECORD))
    generator = torch.Generator().manual_seed(0)
    ends = 8 * torch.rand(walked, 2, 2, generator=generator, dtype=torch.float64) - 4
    ends[0, 1] = ends[0, 0]  # who stands still changes nothing
    data = list(export()["data/walks.bin"].read_bytes())

    def check(modules: Modules) -> None:
        found = modules.run(
            """
            const { unpack, shown, speed, way } = await at("maths/walk.js");
            const walkers = unpack(Uint8Array.from(states.data).buffer, states.names, "smooth");
            return states.names.map(name => ({
              codes: Array.from(walkers[name].codes),
              walks: states.ends.map(([from, to]) => ({
                speed: speed(walkers[name].decoder, from, to),
                pictures: shown(walkers[name].decoder, way(from, to, 3)).map(picture => Array.from(picture)),
              })),
            }));
            """,
            {"data": data, "names": list(walks.KINDS), "ends": ends.tolist()},
        )
        for left, of in zip(walks.KINDS, found, strict=True):
            assert of["codes"] == weights[f"{left}.codes"].double().flatten().tolist()
            for (start, end), seen in zip(ends, of["walks"], strict=True):
                length = (end - start).norm()
                share = torch.linspace(0, 1, int((32 * length).ceil()) + 1, dtype=torch.float64)[:, None]
                pictures = walks.decoded(weights, left, start + share * (end - start))
                three = walks.decoded(weights, left, torch.stack([start, (start + end) / 2, end]))
                torch.testing.assert_close(
                    torch.tensor(seen["pictures"], dtype=torch.float64), three, rtol=0, atol=1e-9
                )
                speed = pictures.diff(dim=0).abs().sum() / length if length else 0
                assert seen["speed"] == pytest.approx(float(speed), abs=1e-9)

    return check


def test_decoders_and_walks_are_those_of_torch(modules: Modules, states: int) -> None:
    checking(states // 4)(modules)  # in each of four models


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    assert survivors(modules, checking(25), CHANGES) == []


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    page.goto(f"{stage}left-out")
    page.wait_for_selector("lb-instrument[data-ready]")
    yield page
    page.close()


def test_it_judges_once_each_was_left_out_on_a_walk(page: Page) -> None:
    verdict = page.locator(".lb-verdict").first
    page.get_by_role("button", name="the noise").click()
    page.get_by_role("radio", name="the smooth network").check()
    expect(verdict).to_have_text("Now leave out the noise, then the KL to the prior, and drag the blue point.")
    page.get_by_role("button", name="Start the walk here").click()
    for name in ("the noise", "the KL to the prior"):
        page.get_by_role("radio", name=name).check()  # but nobody walks
    expect(verdict).to_have_text("Now leave out the noise, then the KL to the prior, and drag the blue point.")
    page.get_by_role("slider", name="you, to the right").press("PageDown")
    page.get_by_role("radio", name="the noise").check()
    expect(verdict).to_contain_text("You said “the noise”, but the answer is “the smooth network”.")


def shaken(page: Page) -> str:
    """By how many pixels a draw differs, as it is shown after the next paint."""
    read: str = page.evaluate(
        """async () => {
          await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
          return document.querySelector("lb-instrument").instrument.numbers["pixels by which a draw differs"];
        }"""
    )
    return read


def test_the_second_question_leads_into_the_crowd(page: Page) -> None:
    page.get_by_role("button", name="the smooth network").click()
    second = page.locator(".lb-predict").last
    for name in ("the noise", "the KL to the prior", "the smooth network"):
        page.get_by_role("radio", name=name).check()
    expect(page.locator(".lb-verdict").first).to_contain_text("and that is right.")
    second.get_by_role("button", name="one picture").click()
    expect(page.locator(".lb-predict").first).to_be_hidden()
    expect(second.locator(".lb-verdict")).to_have_text("Now press “Stand in the crowd”.")
    page.get_by_role("radio", name="noise about you").check()  # elsewhere, and of another run
    expect(second.locator(".lb-verdict")).to_have_text("Now press “Stand in the crowd”.")
    page.get_by_role("button", name="Stand in the crowd").click()
    expect(second.locator(".lb-verdict")).to_contain_text("but the answer is “several”.")
    state = page.evaluate("document.querySelector('lb-instrument').instrument.state")
    assert [state[key] for key in ("left", "show", "z1", "z2")] == ["noise", "noise", 0.3, 0.2]
    there = shaken(page)
    expect(second.locator(".lb-verdict")).to_contain_text(f"by {there} pixels on average")
    page.get_by_role("radio", name="nothing").check()
    expect(second.locator(".lb-verdict")).to_contain_text(f"with all three in training by {shaken(page)}.")
    expect(page.get_by_role("button", name="Stand in the crowd")).to_be_hidden()


def test_the_point_is_dragged_and_a_place_can_be_tapped(page: Page) -> None:
    point = page.get_by_role("slider", name="you, to the right")
    box = page.locator(".lb-plane").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"], steps=4)
    page.mouse.up()
    expect(point).to_have_attribute("aria-valuenow", "-2")
    expect(page.get_by_role("slider", name="you, upwards")).to_have_attribute("aria-valuenow", "2")
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.75 * box["height"])
    expect(point).to_have_attribute("aria-valuenow", "0")
    expect(page.get_by_role("slider", name="you, upwards")).to_have_attribute("aria-valuenow", "-2")


CROWDED = [(0.3, 0.2), (0.0, 0.0), (-0.4, -0.3), (0.9, 0.0), (-0.9, 0.0), (0.0, 0.9), (0.0, -0.9)]


@pytest.mark.parametrize("place", CROWDED)
def test_the_same_noise_changes_most_where_the_codes_crowd(place: tuple[float, float]) -> None:
    """As the page says of the place that it links to."""
    weights = load_file(str(walks.RECORD))
    here = torch.tensor([place], dtype=torch.float64)
    noise = torch.randn(2000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    draws = here + walks.run("nothing")["width"] * noise
    off = {
        left: (walks.decoded(weights, left, draws) - walks.decoded(weights, left, here)).abs().sum(1).mean().item()
        for left in walks.KINDS
    }
    assert off["noise"] > 1.3 * off["nothing"] > 1.3 * 1.3 * off["kl"], off
