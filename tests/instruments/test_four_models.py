"""Four models, three of them sick: what is computed of them, and that nothing is judged before it can be seen."""

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from lowerbound import VAE, DiagonalNormal, digits, kl_each

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

CHANGES = [
    ("four-models.js", "const MOVED = 4", "const MOVED = 3"),
    ("four-models.js", "const NARROWER = 20", "const NARROWER = 10"),
    ("four-models.js", "number - MOVED", "number + MOVED"),
    ("four-models.js", "0.5 * (mean[l] ** 2 + width ** 2 - 1)", "0.5 * (mean[l] ** 2 + width ** 2)"),
    ("four-models.js", "[a, c][l]", "[a, c][0]"),
    ("four-models.js", "runningLogMean(logs).at(-1) - average(logs)", "runningLogMean(logs).at(-1)"),
]


def checking(exported: VAE) -> Callable[[Modules], None]:
    """That the four models have the library's numbers."""
    data = digits()
    x = data.held_out[:50]
    noise = torch.randn(50 * 100, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    given = exported.encode(x)
    narrow = DiagonalNormal(given.mean, given.log_std - math.log(20))
    on = data.train.sum(0)
    usual = ((on + 0.5) / (len(data.train) - on + 0.5)).log()
    here = exported.decoder
    decoders = {
        "one": lambda z: here(z - 4),
        "two": here,
        "three": lambda z: usual.expand(*z.shape[:-1], 64),
        "four": here,
    }
    prior = DiagonalNormal(0 * given.mean, 0 * given.log_std)
    answers = {"one": DiagonalNormal(given.mean + 4, given.log_std), "two": narrow, "three": prior, "four": given}

    def check(modules: Modules) -> None:
        found = modules.run(
            """
            const { load, kls, lead } = await at("four-models.js");
            const { models, images } = await load();
            const measured = model => [...kls(model), lead(model, images, states)];
            return Object.fromEntries(Object.entries(models).map(([name, model]) => [name, measured(model)]));
            """,
            noise.tolist(),
        )
        for name, q in answers.items():
            z = q.mean + q.log_std.exp() * noise.reshape(50, 100, 2).transpose(0, 1)
            logits = decoders[name](z)
            log_like = exported.likelihood.log_prob(x.expand(100, *x.shape), logits)
            log_weight = exported.prior.log_prob(z) + log_like - q.log_prob(z)
            leads = log_weight.logsumexp(0) - math.log(100) - log_weight.mean(0)
            kl = 0.5 * (q.mean**2 + q.log_std.exp() ** 2 - 1) - q.log_std
            assert found[name] == pytest.approx([*kl.mean(0).tolist(), leads.mean().item()], abs=1e-9)
            assert kl.sum(1).tolist() == pytest.approx(kl_each(q, exported.prior).tolist(), abs=1e-9)

    return check


def test_what_is_measured_is_what_the_library_measures(modules: Modules, exported: VAE) -> None:
    checking(exported)(modules)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, checking(exported), CHANGES) == []


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{stage}four-models")
    page.wait_for_selector("lb-instrument[data-ready]")
    yield page
    page.close()


def test_two_are_judged_by_their_looks_and_two_by_the_third_sign(page: Page) -> None:
    said = {name: page.locator(".lb-model", has_text=f"Model {name}").locator(".lb-verdict") for name in ("one", "two")}
    page.get_by_label("diagnosis of model one").select_option("silent")
    expect(said["one"]).to_contain_text("Not silent: it is astray.")
    page.get_by_label("diagnosis of model two").select_option("too sure")
    expect(said["two"]).to_contain_text("So far models two and four look alike. Press “Next sign”, and look")
    page.get_by_role("button", name="Next sign: the KL to the prior").click()
    expect(said["two"]).to_contain_text("Two’s KL is larger, but its codes may only tell more. Press “Next sign”.")
    page.get_by_role("button", name="Next sign: the lead").click()
    expect(said["two"]).to_contain_text("“too sure” is right.")
    expect(page.get_by_role("button", name="Next sign")).to_be_hidden()


def test_the_lead_tells_the_two_apart_whatever_is_drawn(page: Page) -> None:
    for draws in range(21):
        page.evaluate("draws => document.querySelector('lb-instrument').instrument.set({draws, signs: 3})", draws)
        page.wait_for_function(
            "draws => document.querySelector('lb-instrument').instrument.state.draws === draws", arg=draws
        )
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        numbers = page.evaluate("document.querySelector('lb-instrument').instrument.numbers")
        sick, healthy = (float(numbers[f"model {name}, lead"]) for name in ("two", "four"))
        assert sick > 2 * healthy, f"with draws {draws} the leads are {sick} and {healthy}"
