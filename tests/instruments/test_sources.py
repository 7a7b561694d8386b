"""Which image did a code come from? The softmax, the average and the counts in the browser, against torch."""

import pytest
import torch
from playwright.sync_api import Browser, expect

from lowerbound import VAE, digits

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

# Wrong in one place each: the check has to notice.
CHANGES = [
    ("maths/sources.js", "- Math.log(s1 * s2)", "- Math.log(s1)"),
    ("maths/sources.js", "(z2 - m2) / s2", "(z2 - m2) / s1"),
    ("maths/sources.js", "score - whole", "score"),
    ("maths/sources.js", "-0.5 * (((z1", "-1 * (((z1"),
    ("maths/sources.js", "weights[j] - weights[i]", "weights[i] - weights[j]"),
    ("maths/sources.js", ">= share", "> 0"),
    ("maths/sources.js", "1 + order", "order"),
    ("maths/sources.js", "weights[i] * pixel", "pixel"),
]


def check(modules: Modules, vae: VAE, n: int = 40) -> None:
    z = 6.8 * torch.rand(n, 2, generator=torch.Generator().manual_seed(n), dtype=torch.float64) - 3.4
    script = (
        LOAD
        + """const { blend, holding, ranked, sources } = await at("maths/sources.js");
        const train = await data.loadTrainingImages(), answers = train.map((image) => vae.encode(encoder, image));
        return states.map((z) => {
          const weights = sources(answers, z), order = ranked(weights);
          return [...order.slice(0, 5).map((i) => weights[i]), holding(weights, order, 0.5), ...blend(train, weights)];
        })"""
    )
    found = torch.tensor(modules.run(script, z.tolist()), dtype=torch.float64)
    images = digits().train
    weight = vae.encode(images).log_prob(z[:, None, :]).softmax(1)
    share = weight.sort(descending=True).values
    half = (share.cumsum(1) < 0.5).sum(1, keepdim=True) + 1
    assert (found - torch.cat([share[:, :5], half, weight @ images], 1)).abs().max() < 1e-9


def test_it_is_what_torch_computes(modules: Modules, exported: VAE, states: int) -> None:
    check(modules, exported, states)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, lambda modules: check(modules, exported), CHANGES) == []


def test_what_the_decoder_draws_is_seen_once_it_was_guessed_or_another_code_is_asked_about(
    browser: Browser, stage: str
) -> None:
    page = browser.new_page()
    page.goto(f"{stage}sources")
    page.wait_for_selector("lb-instrument[data-ready]")
    drawn, reset = page.locator(".lb-pair"), page.get_by_role("button", name="Reset")
    expect(drawn).to_be_hidden()
    page.get_by_role("button", name="a mix of the senders").click()
    expect(page.locator(".lb-verdict")).to_contain_text("and that is right. The orange picture")
    expect(drawn).to_be_visible()
    reset.click()
    expect(drawn).to_be_hidden()
    page.evaluate("document.querySelector('lb-instrument').instrument.set({z1: 0, z2: 0})")
    expect(drawn).to_be_visible()
    page.close()
