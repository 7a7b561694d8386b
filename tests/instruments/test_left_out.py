"""Walks and noise on the maps of recorded runs: decoders, what is computed of them, and when the pictures judge."""

import json
from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from safetensors.torch import load_file
from torch.nn.functional import logsigmoid, silu

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
    ("maths/walk.js", "partition(there, start) - partition(at)", "partition(there) - partition(at)"),
    ("maths/walk.js", "sigmoid(at[d]) * (at[d]", "sigmoid(there[start + d]) * (at[d]"),
    ("maths/walk.js", "- there[start + d])", "- there[d])"),
    ("maths/walk.js", "sum / draws.length", "sum"),
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


def test_with_a_smooth_network_all_fifteen_runs_change_slowly() -> None:
    """As the page says: each picture turns into the next."""
    rows = [
        row for row in recorded("continuity") if (row["noise"], row["kl"], row["smooth"]) in list(walks.KINDS.values())
    ]
    assert len(smooth := [row for row in rows if row["smooth"]]) == 15
    broken = sorted(row["speed"] for row in rows if not row["smooth"])[-2:]
    assert max(row["speed"] for row in smooth) < min(broken) / 4
    # On the walk shown three of the five show nearly one picture; elsewhere the third fastest breaks, too.
    third = sorted(row["speed"] for row in rows if not row["smooth"])[-3]
    assert max(row["speed"] for row in smooth) < third / 2


def test_what_was_measured_of_the_five_runs_is_the_record() -> None:
    runs = json.loads(export()["data/walks.json"].read_text())
    assert list(runs) == list(walks.KINDS)
    for left, way in walks.KINDS.items():
        rows = [row for row in recorded("continuity") if (row["noise"], row["kl"], row["smooth"]) == way]
        rows.sort(key=lambda row: row["seed"])
        assert runs[left] == {key: [row[key] for row in rows] for key in ("spread", "path")}


def logits(weights: dict[str, torch.Tensor], left: str, z: torch.Tensor) -> torch.Tensor:
    """The decoder's outputs, from which its probabilities come."""
    weight1, bias1, weight2, bias2 = (
        weights[f"{left}.{name}"].double() for name in ("weight1", "bias1", "weight2", "bias2")
    )
    sums = z @ weight1.T + bias1
    return (sums.sin() if left == "smooth" else silu(sums)) @ (walks.STEP * weight2).T + bias2


def price(weights: dict[str, torch.Tensor], left: str, here: torch.Tensor, draws: torch.Tensor) -> float:
    """How many nats less likely images that are made here are at the draws: a KL for each pixel."""
    at, there = (logits(weights, left, z) for z in (here, draws))
    on, off = (sign.sigmoid() * (logsigmoid(sign) - logsigmoid(other)) for sign, other in ((at, there), (-at, -there)))
    return (on + off).sum(1).mean().item()


def checking(walked: int) -> Callable[[Modules], None]:
    """That decoders and so many walks are those of torch."""
    weights = load_file(str(walks.RECORD))
    generator = torch.Generator().manual_seed(0)
    ends = 8 * torch.rand(walked, 2, 2, generator=generator, dtype=torch.float64) - 4
    ends[0, 1] = ends[0, 0]  # who stands still changes nothing
    noise = 0.3 * torch.randn(9, 2, generator=generator, dtype=torch.float64)
    data = list(export()["data/walks.bin"].read_bytes())

    def check(modules: Modules) -> None:
        found = modules.run(
            """
            const { price, unpack, shown, speed, way } = await at("maths/walk.js");
            const walkers = unpack(Uint8Array.from(states.data).buffer, states.names, "smooth");
            return states.names.map(name => ({
              codes: walkers[name].codes,
              walks: states.ends.map(([from, to]) => ({
                speed: speed(walkers[name].decoder, from, to),
                price: price(walkers[name].decoder, to, states.noise.map(e => to.map((z, l) => z + e[l]))),
                pictures: shown(walkers[name].decoder, way(from, to, 3)).map(picture => Array.from(picture)),
              })),
            }));
            """,
            {"data": data, "names": list(walks.KINDS), "ends": ends.tolist(), "noise": noise.tolist()},
        )
        for left, of in zip(walks.KINDS, found, strict=True):
            assert of["codes"] == weights[f"{left}.codes"].double().tolist()
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
                assert seen["price"] == pytest.approx(price(weights, left, end, end + noise), abs=1e-9)

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
    expect(verdict).to_have_text("Below, choose what is left out: the noise, then the KL.")
    point = page.get_by_role("slider", name="you, to the right")
    for _ in range(8):
        point.press("PageDown")
    for name in ("the noise", "the KL"):
        page.get_by_role("radio", name=name).check()  # on another walk, on which none need break
    expect(verdict).not_to_contain_text("left out")
    for _ in range(6):
        point.press("PageUp")
    expect(verdict).to_contain_text("You said “the noise”, but the answer is “the smooth network”.")
    expect(page.get_by_role("button", name="the KL")).to_be_hidden()  # it leaves its room


def test_five_strips_show_the_five_recorded_walks(page: Page) -> None:
    runs = json.loads(export()["data/walks.json"].read_text())
    ink = """async name => {
      const image = document.querySelector("#left-out-five image");
      const bitmap = await createImageBitmap(await (await fetch(image.getAttribute("href"))).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return Array.from(context.getImageData(0, 0, bitmap.width, bitmap.height).data).filter((_, k) => k % 4 === 3);
    }"""
    for name in ("nothing", "the noise", "the KL", "the smooth network"):
        page.get_by_role("radio", name=name).check()
        page.evaluate("() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")
        drawn = torch.tensor(page.evaluate(ink)).view(5, 10, 9, 10)[:, 1:9, :, 1:9].permute(0, 2, 1, 3).flatten(2) / 255
        left = {"the noise": "noise", "the KL": "kl", "the smooth network": "smooth"}.get(name, name)
        framed_first = [runs[left]["path"][run] for run in (3, 0, 1, 2, 4)]
        recorded_walks = torch.tensor([[[int(c) for c in picture] for picture in path] for path in framed_first])
        assert (drawn - recorded_walks / 9).abs().max() < 0.04, name  # they are drawn in sixteenths


@pytest.fixture
def noisy(browser: Browser, stage: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    page.goto(f"{stage}same-noise")
    page.wait_for_selector("lb-instrument[data-ready]")
    yield page
    page.close()


def test_where_the_codes_crowd_the_same_noise_costs_more(noisy: Page) -> None:
    verdict, noise = noisy.locator(".lb-verdict"), noisy.get_by_role("slider", name="noise", exact=True)
    noisy.get_by_role("button", name="on both alike").click()
    expect(verdict).to_have_text("Now pull the noise up.")
    noise.press("PageUp")
    expect(verdict).to_have_text("Now pull the noise up.")
    noise.press("PageUp")
    expect(verdict).to_contain_text("You said “on both alike”, but the answer is “without the noise”.")
    numbers = noisy.evaluate("document.querySelector('lb-instrument').instrument.numbers")
    for name, cost in zip(
        ("with all three", "without the noise"), noisy.locator(".lb-half > p:not(.lb-do)").all(), strict=True
    ):
        expect(cost).to_have_text(f"The noise costs {numbers[f'price {name}']} nats.")
        expect(verdict).to_contain_text(numbers[f"price {name}"])


def test_the_place_is_the_same_on_both_maps(noisy: Page) -> None:
    for name in ("with all three", "without the noise"):
        noisy.get_by_role("slider", name=f"you, {name}, to the right").press("ArrowUp")
    expect(noisy.get_by_role("slider", name="you, with all three, upwards")).to_have_attribute("aria-valuenow", "-0.7")
    expect(noisy.get_by_role("slider", name="you, without the noise, upwards")).to_have_attribute(
        "aria-valuenow", "-0.7"
    )


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
def test_the_same_noise_costs_most_where_the_codes_crowd_and_twice_the_noise_about_four_times_as_much(
    place: tuple[float, float],
) -> None:
    """As the page says, and not only of the place where its picture begins. The third width is that of all three."""
    assert walks.run("nothing")["width"] == pytest.approx(0.3, abs=0.01)
    weights = load_file(str(walks.RECORD))
    here = torch.tensor(place, dtype=torch.float64)
    noise = torch.randn(2000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for width in (0.1, 0.2, 0.3):
        all_three, crowd = (price(weights, left, here, here + width * noise) for left in ("nothing", "noise"))
        assert crowd > 2 * all_three
    for left in ("nothing", "noise"):
        one, two = (price(weights, left, here, here + width * noise) for width in (0.1, 0.2))
        assert 3.3 < two / one < 4.7
