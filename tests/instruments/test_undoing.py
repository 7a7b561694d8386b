"""The smallest decoder in the browser, against the library's linear Gaussian world."""

import pytest
import torch
from playwright.sync_api import Browser, expect

from lowerbound import Gaussian, GaussianJoint, LinearGaussian

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

# Wrong in one place each: the check has to notice.
CHANGES = [
    ("maths/undoing.js", "WEIGHT = 2", "WEIGHT = 1"),
    ("maths/undoing.js", "1 / prior ** 2 +", "1 / prior +"),
    ("maths/undoing.js", "(WEIGHT / noise) ** 2", "(1 / noise) ** 2"),
    ("maths/undoing.js", "variance * WEIGHT * x", "variance * x"),
    ("maths/undoing.js", "/ noise ** 2", "/ noise"),
    ("maths/undoing.js", "Math.sqrt(variance)", "variance"),
    ("maths/undoing.js", "(z / prior) ** 2 / 2", "(z / prior) ** 2"),
    ("maths/undoing.js", "x - WEIGHT * z", "x - z"),
    ("maths/undoing.js", "/ noise) ** 2 / 2]", "* noise) ** 2 / 2]"),
]


def check(modules: Modules) -> None:
    generator = torch.Generator().manual_seed(0)
    x, z, noise, prior = torch.rand(4, 1000, generator=generator, dtype=torch.float64)
    x, z, noise, prior = 12 * x - 6, 6 * z - 3, 0.1 + 1.9 * noise, 0.3 + 2.7 * prior
    expected = []
    for seen, at, off, wide in torch.stack([x, z, noise, prior], 1).tolist():
        of_z, decoder = Gaussian([0.0], wide**2), LinearGaussian([[2.0]], [0.0], off**2)
        p = GaussianJoint.from_model(of_z, decoder)
        of_noise = Gaussian([0.0], off**2)
        costs = [of.log_prob([0.0]) - of.log_prob([value]) for of, value in ((of_z, at), (of_noise, seen - 2 * at))]
        expected.append([seen * p.z_given_x.weight.item(), p.z_given_x.cov.item() ** 0.5, *map(float, costs)])
    script = """const { costs, posterior } = await at('maths/undoing.js');
    return states.map(([x, z, noise, prior]) => {
      const { mean, width } = posterior({ x, noise, prior });
      return [mean, width, ...costs(z, { x, noise, prior })];
    })"""
    found = modules.run(script, torch.stack([x, z, noise, prior], 1).tolist())
    wanted = torch.tensor(expected, dtype=torch.float64)
    assert ((torch.tensor(found, dtype=torch.float64) - wanted).abs() / (1 + wanted.abs())).max() < 1e-9


def test_it_is_what_the_library_computes(modules: Modules) -> None:
    check(modules)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    assert survivors(modules, check, CHANGES) == []


def test_what_a_z_costs_is_told_after_the_guess(browser: Browser, stage: str) -> None:
    page = browser.new_page()
    page.goto(f"{stage}undoing?z=1")
    page.wait_for_selector("lb-instrument[data-ready]")
    prices = page.get_by_text("What a z costs")
    expect(prices).to_be_hidden()
    assert "costs" not in (page.locator(".lb-voice").text_content() or "")
    page.get_by_role("button", name="That is my guess").click()
    expect(prices).to_be_visible()
    expect(page.locator(".lb-verdict")).to_contain_text("p(z|x) lies around 1.60")
    page.close()
