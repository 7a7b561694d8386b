"""Sum or mean, and what it makes of digits: beta, noise and the best linear model, against the library."""

import json
import re
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import Tensor

from lowerbound import digits, ppca
from lowerbound_site.trained.instrument_data import export

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

EXACT = 1e-9
CHANGES = [
    ("maths/your-loss.js", '"mean" ? pixels : 1', '"sum" ? pixels : 1'),
    ("maths/your-loss.js", '"mean" ? latents : 1', '"mean" ? pixels : 1'),
    ("maths/your-loss.js", "1)) / (kl", "1)) * (kl"),
    ("maths/your-loss.js", "beta / 2", "2 * beta"),
    ("maths/your-loss.js", "0.5 * Math.log(spread / variance)", "Math.log(spread / variance)"),
    ("maths/your-loss.js", "Math.max(0, ", "Math.max(-1, "),
    ("maths/your-loss.js", "(1 - variance / spreads[i])", "(1 + variance / spreads[i])"),
    ("maths/your-loss.js", "(image[d] - mean[d])", "image[d]"),
    ("maths/your-loss.js", "i < latents && ", ""),
    ("maths/your-loss.js", " && spreads[i] > variance", ""),
]
FOUND = """
const {loadGrey} = await at("controls/data.js"), loss = await at("maths/your-loss.js");
const grey = await loadGrey();
return states.map(state => {
  const {beta, variance} = loss.noiseOf(state);
  const bare = 64 / state.pixels * variance;
  return {
    beta, variance, rates: loss.rates(grey.spreads, state.latents, bare),
    rebuilt: grey.images.map(image => loss.rebuilt(image.map(count => count / 16), grey, state.latents, bare)),
  };
});
"""


def grey() -> Tensor:
    return digits(binary=False).train / 16


def images() -> Tensor:
    """The first held-out image of each digit."""
    split = digits(binary=False)
    return torch.stack([split.held_out[split.held_out_labels == digit][0] for digit in range(10)])


def random_states(count: int) -> list[dict[str, Any]]:
    """Losses from next to no weight of the KL to one that silences all, in every combination of sums and means."""
    generator = torch.Generator().manual_seed(3)
    weights = 10 ** (6 * torch.rand(count, generator=generator, dtype=torch.float64) - 5)
    kinds = torch.randint(0, 2, (count, 3), generator=generator).tolist()
    return [
        {
            "error": ("sum", "mean")[error],
            "kl": ("sum", "mean")[kl],
            "latents": (2, 16)[latents],
            "pixels": (64, 1024, 12288)[n % 3],
            "weight": weight,
        }
        for n, (weight, (error, kl, latents)) in enumerate(zip(weights.tolist(), kinds, strict=True))
    ]


def check(modules: Modules, count: int = 60) -> None:
    states, x = random_states(count), images() / 16
    used = set()
    for state, found in zip(states, modules.run(FOUND, states), strict=True):
        # beta is the KL's factor over the factor of the summed squared error
        factor = 1 / state["pixels"] if state["error"] == "mean" else 1
        beta = state["weight"] * (1 / state["latents"] if state["kl"] == "mean" else 1) / factor
        assert abs(found["beta"] / beta - 1) < EXACT
        assert abs(2 * found["variance"] / beta - 1) < EXACT
        best = ppca(grey(), state["latents"], noise=beta / 2 * 64 / state["pixels"])
        again = best.x_given_z.mean(best.z_given_x.mean(x))
        assert (torch.tensor(found["rates"], dtype=torch.float64) - best.nats_per_direction).abs().max() < EXACT, state
        assert (torch.tensor(found["rebuilt"], dtype=torch.float64) - again).abs().max() < EXACT, state
        used.add(best.active_directions)
    assert {0, 2, 16} <= used  # both ends were tried


def test_it_is_what_the_library_computes(modules: Modules, states: int) -> None:
    check(modules, states)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    assert survivors(modules, check, CHANGES) == []


def test_a_mean_over_the_pixels_silences_every_code_whatever_else_is_chosen(modules: Modules) -> None:
    choices = [
        {"error": "mean", "kl": kl, "latents": latents, "pixels": pixels, "weight": 1}
        for kl in ("sum", "mean")
        for latents in (2, 16)
        for pixels in (64, 1024, 12288)
    ]
    assert {tuple(found["rates"]) for found in modules.run(FOUND, choices)} == {(0.0,) * 2, (0.0,) * 16}


@pytest.mark.parametrize("more", ["", "&pixels=64", "&kl=mean&latents=2", "&weight=-3"])
def test_the_question_is_judged_wherever_the_factor_is_one(more: str, stage: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{stage}your-loss?error=sum{more}")
    verdict = page.locator(".lb-predict").first.locator(".lb-verdict")
    page.get_by_role("button", name="none", exact=True).click()
    expect(verdict).to_contain_text("Press “Reset”" if "weight" in more else "Now choose “mean”")
    page.get_by_role("group", name="squared error, over the pixels").get_by_label("mean").check()
    if "weight" in more:
        expect(verdict).to_contain_text("the question is about a factor of 1")
        page.evaluate("document.querySelector('lb-instrument').instrument.set({weight: 0})")
    expect(verdict).to_contain_text("You said “none”, and that is right.")
    beta = page.evaluate("document.querySelector('lb-instrument').instrument.numbers.beta")
    expect(page.locator(".lb-sums")).to_contain_text(f"with both parts summed: β = {beta}.")
    page.close()


@pytest.mark.parametrize("more", ["", "&pixels=12288", "&kl=mean&latents=2"])
def test_then_a_factor_repairs_it_and_can_be_taken_away(more: str, stage: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{stage}your-loss?error=mean{more}")
    shown = page.locator(".lb-sums")
    repair = page.get_by_role("button", name="Repair it")
    expect(repair).to_be_hidden()
    page.get_by_role("button", name="none", exact=True).click()
    expect(shown).to_contain_text("In use: 0 of ")
    broken = shown.text_content()
    repair.click()
    expect(shown).to_contain_text(re.compile(r"In use: (\d+) of \1 latent numbers"))
    beta = float(page.evaluate("document.querySelector('lb-instrument').instrument.numbers.beta"))
    assert 0.9 < beta < 1.1
    page.get_by_role("button", name="Take the factor away").click()
    expect(shown).to_have_text(str(broken))
    page.close()


def test_an_enlarged_digit_varies_as_many_times_more() -> None:
    enlarged = grey().reshape(-1, 8, 8).repeat_interleave(2, 1).repeat_interleave(2, 2).flatten(1)
    for noise in (0.02, 0.5):
        as_it_is, instead = ppca(enlarged, 6, noise=noise), ppca(grey() * 2, 6, noise=noise)
        assert (as_it_is.nats_per_direction - instead.nats_per_direction).abs().max() < EXACT


def test_the_exported_digits_are_the_first_of_each() -> None:
    exported = json.loads(export()["data/grey.json"].read_text())
    assert torch.equal(torch.tensor(exported["images"], dtype=torch.float64), images())
