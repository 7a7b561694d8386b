"""Training on one part of the loss alone: parts and gradients are torch's, and the film shows what the page says."""

import contextlib
import functools
import io
import re
from math import log
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from torch import Tensor

import lowerbound as lb
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.vae import VAE
from lowerbound_site.writing.stage import MODULES, NOW
from tests.library.near import assert_near

from ..complaints import listen
from .modules import Modules, survivors
from .test_training import build, flat

pytestmark = pytest.mark.browser

IMAGES = 13
LOAD = """
const [{partAndGradient, partsOf}, {firstImages, training}, {Vae}, {images}] = await Promise.all(
  ["one-part", "one-part-training", "train", "numbers"].map(name => at(`maths/${name}.js`)));
"""
PARTS = """
const x = Float64Array.from(states.x), noise = Float64Array.from(states.noise), n = x.length / 64;
const vae = new Vae(states.shape, Float64Array.from(states.weights));
const found = Object.fromEntries(["loss", "gap", "yours"].map(part => {
  const gradient = new Float64Array(vae.weights.length);
  return [part, {value: partAndGradient(vae, x, n, noise.subarray(0, 2 * n), part, gradient), gradient: [...gradient]}];
}));
return {...found, parts: partsOf(vae, x, n, noise)};
"""


def parts_in_torch(vae: VAE, x: Tensor, noise: Tensor) -> dict[str, Tensor]:
    """The joint KL and its four pieces, with one code of each image for each set of draws."""
    grid = torch.cartesian_prod(*[torch.linspace(-6, 6, 25, dtype=x.dtype)] * 2)
    q = vae.encode(x)
    z = q.at(noise)
    joint = (q.log_prob(z) - vae.log_joint(x, z)).mean() - log(len(x))
    table = log_likelihood_table(vae.likelihood, x, vae.decode(grid)) + vae.prior.log_prob(grid)
    images = -(table.logsumexp(1) + log(0.25)).mean() - log(len(x))
    codes = (q.log_prob(z[..., None, :]).exp().mean(-1).log() - vae.prior.log_prob(z)).mean()
    pieces = {"images": images, "gap": joint - images, "codes": codes, "yours": joint - codes}
    return pieces | {"loss": joint + log(len(x))}


@functools.cache
def states(number: int) -> tuple[VAE, Tensor, Tensor, dict[str, Any]]:
    vae, given = build([[64], [9], [12, 7]][number % 3], "silu", "silu", seed=number, scale=1.0 + number % 3)
    x = lb.digits().train[20 * number : 20 * number + IMAGES]
    noise = torch.randn(3, IMAGES, 2, generator=torch.Generator().manual_seed(number), dtype=x.dtype)
    given |= {"x": x.flatten().tolist(), "noise": noise.flatten().tolist()}
    return vae, x, noise, given


def check_parts(modules: Modules) -> None:
    for number in range(9):
        vae, x, noise, given = states(number)
        found = modules.run(LOAD + PARTS, given)
        for part in ("loss", "gap", "yours"):
            value = parts_in_torch(vae, x, noise[0])[part]
            vae.zero_grad()
            value.backward()
            assert_near(found[part]["value"], value.detach(), 1e-9)
            assert_near(found[part]["gradient"], flat(vae, gradient=True), 1e-9)
        with torch.no_grad():
            for name, value in parts_in_torch(vae, x, noise).items():
                if name != "loss":
                    assert_near(found["parts"][name], value, 1e-9)


def test_parts_and_gradients_are_torchs(modules: Modules) -> None:
    check_parts(modules)


STEPS = """
const {Random} = await at("maths/random.js");
const x = Float64Array.from(states.x), n = x.length / 64, moments = [];
for (const {codes, old, fresh, parts} of training(x, states.part, 3)) {
  moments.push({codes: [...codes], old: [...old], fresh: [...fresh], parts});
  if (moments.length > states.steps) break;
}
const draws = (random, count) => [...random.normals(new Float64Array(count))];
const random = new Random(3, 1);
return {
  moments, noises: moments.slice(1).map(() => draws(random, 2 * n)),
  weights: [...Vae.untrained(states.shape, new Random(3)).weights],
  fresh: draws(new Random(7), 2 * n), still: draws(new Random(8), 2 * n), measuring: draws(new Random(9), 6 * n),
};
"""


def check_training(modules: Modules, part: str, steps: int = 6) -> None:
    """From the same weights and noise every moment is torch's: codes, pictures, and what is measured at each fifth."""
    vae, given = build([64], "silu", "silu", seed=0)
    x = lb.digits().train[:IMAGES]
    given |= {"x": x.flatten().tolist(), "part": part, "steps": steps}
    found = modules.run(LOAD + STEPS, given)
    parameters = [*vae.encoder.parameters(), *vae.decoder.parameters()]
    torch.nn.utils.vector_to_parameters(torch.tensor(found["weights"], dtype=torch.float64), parameters)
    fresh, still = (torch.tensor(found[name], dtype=torch.float64).reshape(-1, 2) for name in ("fresh", "still"))
    half = torch.tensor(found["measuring"], dtype=torch.float64).reshape(3, -1, 2)
    adam = torch.optim.Adam(parameters, lr=0.02)
    for step, moment in enumerate(found["moments"]):
        with torch.no_grad():
            codes = vae.encode(x).at(still)
            assert_near(moment["codes"], codes.flatten(), 1e-8)
            assert_near(moment["old"], torch.sigmoid(vae.decode(codes[:10])).flatten(), 1e-8)
            assert_near(moment["fresh"], torch.sigmoid(vae.decode(fresh[:10])).flatten(), 1e-8)
            assert (moment["parts"] is not None) == (step % 5 == 0)
            for name, value in parts_in_torch(vae, x, torch.cat([half, -half])).items() if moment["parts"] else ():
                if name != "loss":
                    assert_near(moment["parts"][name], value, 1e-8)
        if step < steps:
            adam.zero_grad()
            noise = torch.tensor(found["noises"][step], dtype=torch.float64).reshape(-1, 2)
            parts_in_torch(vae, x, noise[None] if part != "loss" else noise)[part].backward()
            adam.step()


@pytest.mark.parametrize("part", ["loss", "gap", "yours"])
def test_a_training_is_torchs(part: str, modules: Modules) -> None:
    check_training(modules, part)


CHANGES = [
    ("maths/one-part-training.js", "const RATE = 0.02", "const RATE = 0.01"),
    ("maths/one-part-training.js", "...half.map((draw) => -draw)", "...half"),
    ("maths/one-part-training.js", "m + std[k] * still[k]", "m + still[k]"),
    ("maths/one-part-training.js", "random.normals(noise), part", "noise, part"),
    ("maths/one-part-training.js", "fresh: decoded(fresh)", "fresh: decoded(codes)"),
    ("maths/one-part-training.js", "const EVERY = 5", "const EVERY = 4"),
    ("maths/one-part-training.js", "new Random(seed, 1)", "new Random(seed, 2)"),
    ("maths/one-part-training.js", ".map(sigmoid)", ""),
    ("maths/one-part-training.js", "n, measuring)", "n, half)"),
    ("maths/one-part.js", "bias[g] = CELL", "bias[g] = CELL / 2"),
    ("maths/one-part.js", "fill(-1 / n)", "fill(1 / n)"),
    ("maths/one-part.js", "+ Math.log(n);\n    mixture", "- Math.log(n);\n    mixture"),
    ("maths/one-part.js", "byMean[2 * i + l] -= slope", "byMean[2 * i + l] += slope"),
    ("maths/one-part.js", "far * far - 1", "far * far + 1"),
    ("maths/one-part.js", "byZ[k] += z[k] / n;", ""),
    ("maths/one-part.js", "byZ[k] * std[k] * noise[k]", "byZ[k] * noise[k]"),
    ("maths/one-part.js", "gap: joint - images", "gap: joint + images"),
    ("maths/one-part.js", "yours: joint - codes", "yours: codes"),
    ("maths/one-part.js", "slopes[d] -= mass", "slopes[d] += mass"),
    ("maths/one-part.js", "x[(k % n) * pixels + Math.floor(k / n)]", "x[k]"),
    ("maths/one-part.js", "logSumExp(logs[r]) - Math.log(n)", "logSumExp(logs[r])"),
]


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    def check(modules: Modules) -> None:
        check_parts(modules)
        check_training(modules, "yours")

    assert survivors(modules, check, CHANGES) == []


IN_THE_END = """
const {loadTrainingImages} = await at("controls/data.js");
const x = firstImages(await loadTrainingImages()), n = x.length / 64;
const moments = [...training(x, states.part, states.seed)];
const measured = moments.filter(({parts}) => parts).map(({step, parts}) => ({step, ...parts}));
const {codes} = moments.at(-1);
const far = Array.from({length: n}, (_, r) => Math.hypot(codes[2 * r], codes[2 * r + 1]));
return {n, images: [...x], measured, outside: far.filter(away => away > Math.sqrt(-2 * Math.log(0.05))).length};
"""


def trained(modules: Modules, part: str, seed: int) -> dict[str, Any]:
    found: dict[str, Any] = modules.run(LOAD + IN_THE_END, {"part": part, "seed": seed})
    return found


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.more) for seed in range(1, 5))]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_start_shows_what_the_page_says(seed: int, modules: Modules) -> None:
    """The starts that a reader can choose. (The claims on the page are about torch's runs.)"""
    yours, whole = trained(modules, "yours", seed), trained(modules, "loss", seed)
    images = torch.tensor(yours["images"]).reshape(-1, 64).double()
    assert torch.equal(images.unique(dim=0), lb.digits().train[:102].unique(dim=0))
    assert yours["n"] == len(images) == 100
    first, last = yours["measured"][0], yours["measured"][-1]
    assert last["step"] == 250
    assert last["yours"] < first["yours"] - 20
    assert last["codes"] > 10
    assert yours["outside"] > 50
    assert whole["outside"] < 20
    assert last["yours"] < whole["measured"][-1]["yours"]
    for part in ("gap", "images", "codes"):
        assert last[part] > whole["measured"][-1][part] + 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gap_is_small_from_the_start_and_alone_leaves_the_images_wrong(seed: int, modules: Modules) -> None:
    measured = trained(modules, "gap", seed)["measured"]
    first, last = measured[0], measured[-1]
    assert last["gap"] < 0.05 < first["gap"] < 0.5
    assert last["images"] > 25


def test_codes_beyond_the_map_are_counted(modules: Modules) -> None:
    codes = [15, -15, 15.1, 0, 0, -15.1, 20, 20, 3, -3]
    assert modules.run('return (await at("draw/one-part.js")).beyond(states);', codes) == 3


# -- the film --------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser, stage: str) -> Any:
    page = browser.new_page()
    page.set_default_timeout(120_000)
    complaints: list[str] = []
    listen(page, complaints)
    page.goto(f"{stage}one-part")
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")
    yield page
    page.close()
    assert complaints == []


STEP = "document.querySelector('lb-instrument').instrument.state.step"


def test_it_trains_pauses_and_judges_in_the_end(page: Page) -> None:
    page.get_by_role("button", name="among the blue dots").click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(f"{STEP} > 20")
    page.get_by_role("button", name="Pause").click()
    paused = page.evaluate(STEP)
    page.wait_for_timeout(300)
    assert page.evaluate(STEP) == paused
    expect(page.locator(".lb-verdict")).to_have_text("Now press “Go on”, and watch the orange dots.")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(f"{STEP} === 250")
    verdict = re.compile(r"but the answer is .most of them far outside.*\d\d of the 100")
    expect(page.locator(".lb-verdict")).to_contain_text(verdict)
    at_edge = page.get_by_text(re.compile(r"Orange: a code of each image.*\d\d are further out than the map"))
    expect(at_edge).to_be_visible()
    expect(page.get_by_text("Now train on the gap alone.")).to_be_visible()
    page.get_by_role("radio", name="the whole loss").check()
    assert page.evaluate(STEP) == 0  # that run has yet to be trained
    expect(at_edge).to_be_hidden()
    expect(page.locator(".lb-verdict")).to_contain_text("Trained on it, ")  # it is not about this run
    for part, then in (("gap", "Now train on the whole loss."), ("loss", "All three are trained")):
        page.evaluate("part => document.querySelector('lb-instrument').instrument.set({part, step: 250})", part)
        expect(page.locator(".lb-predict")).to_contain_text(then, timeout=60_000)


def test_a_link_stops_it_where_it_leads(page: Page) -> None:
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(f"{STEP} > 5")
    page.evaluate("location.hash = '#~one-part?step=3'")
    page.get_by_role("button", name="Go on").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(STEP) == 3


@pytest.mark.parametrize("end", ["true", "document.querySelector('lb-instrument').remove()"], ids=["run", "picture"])
def test_the_worker_ends_with(end: str, page: Page) -> None:
    with page.expect_worker() as begun:
        page.get_by_role("button", name="Train", exact=True).click()
    with begun.value.expect_event("close"):
        page.evaluate(end)
    assert page.workers == []


NATS = f"async values => values.map((await import('/{MODULES}/{NOW}/draw/one-part.js')).nats)"


@pytest.mark.parametrize("part", ["yours", "gap", "loss"])
def test_the_copied_program_trains_that_part(part: str, page: Page) -> None:
    page.evaluate("part => document.querySelector('lb-instrument').instrument.set({part, step: 20})", part)
    page.wait_for_function("document.querySelector('lb-instrument').instrument.program().includes('range(20)')")
    ends, program = [], page.evaluate("document.querySelector('lb-instrument').instrument.program()")
    for steps in ("0", "20"):
        printed, names = io.StringIO(), {"__name__": "__main__"}
        with contextlib.redirect_stdout(printed):
            exec(program.replace("range(20)", f"range({steps})"), names)
        ends.append(names["measured"])
        shown = dict(re.findall(r"(\w+) = (\S+)", printed.getvalue()))
        nats = page.evaluate(NATS, list(ends[-1].values()))  # the page's own way to print
        assert shown == dict(zip(ends[-1], nats, strict=True))
    assert set(ends[0]) == {"loss", "images", "gap", "codes", "yours"}
    if part != "gap":  # which is near 0 from the start
        assert ends[1][part] < ends[0][part] - 10
    assert ends[1]["gap"] + ends[1]["images"] == pytest.approx(ends[1]["codes"] + ends[1]["yours"])
