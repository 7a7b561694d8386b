"""What comes back of a digit: the pixels that a code gets wrong, and the best place on the map, against torch."""

import pytest
import torch
from playwright.sync_api import Browser, expect

from lowerbound import VAE, digits

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

# Wrong in one place each: the check has to notice.
CHANGES = [
    ("maths/come-back.js", "d < PIXELS", "d < PIXELS - 8"),
    ("maths/come-back.js", "logits[start + d] > 0 !==", "logits[start + d] > 1 !=="),
    ("maths/come-back.js", "logits[start + d] >", "logits[d] >"),
    ("maths/come-back.js", "0.1 * (i - steps)", "0.2 * (i - steps)"),
    ("maths/come-back.js", "count < least", "count <= least"),
    ("maths/come-back.js", "codes[2 * best + 1]", "codes[2 * best]"),
]


def check(modules: Modules, vae: VAE, step: int = 9) -> None:
    rows = list(range(0, 360, step))
    found = modules.run(
        LOAD
        + """const { closest, survey, wrong } = await at("maths/come-back.js");
        const map = survey(decoder, 3.5);
        return states.map((row) => {
          const { z, least } = closest(images[row], map);
          return [...z, least, wrong(images[row], vae.forward(decoder, vae.encode(encoder, images[row]).mean))];
        })""",
        rows,
    )
    x = digits().held_out[rows]
    axis = 0.1 * torch.arange(-35, 36, dtype=torch.float64)
    places = torch.cartesian_prod(axis, axis)
    missed = ((vae.decode(places) > 0) != x[:, None]).sum(2)
    middle = ((vae.decode(vae.encode(x).mean) > 0) != x).sum(1)
    expected = [[*places[m.argmin()].tolist(), int(m.min()), int(n)] for m, n in zip(missed, middle, strict=True)]
    assert found == expected


def test_it_is_what_torch_computes(modules: Modules, exported: VAE) -> None:
    check(modules, exported, 1)


def test_the_answers_that_are_sent_are_the_encoders(modules: Modules, exported: VAE) -> None:
    found = modules.run(
        LOAD
        + """const { loadAnswers } = await at("controls/answers.js");
        return (await loadAnswers()).map(({ mean, tril: [a, b, c] }) => [...mean, a, b, c]);"""
    )
    q = exported.encode(digits().held_out)
    std = q.log_std.exp()
    expected = torch.cat([q.mean, std[:, :1], torch.zeros_like(std[:, :1]), std[:, 1:]], 1)
    assert (torch.tensor(found, dtype=torch.float64) - expected).abs().max() < 1e-6  # they have single precision


def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, lambda modules: check(modules, exported), CHANGES) == []


def test_the_answer_comes_after_the_search(browser: Browser, stage: str) -> None:
    page = browser.new_page()
    page.goto(f"{stage}come-back")
    page.wait_for_selector("lb-instrument[data-ready]")
    verdict = page.locator(".lb-verdict")
    island = page.locator(".lb-island")
    page.get_by_role("button", name="yes", exact=True).click()
    page.get_by_role("button", name="Encode x").click()
    expect(page.locator(".lb-count")).to_have_text("5 of 64 pixels are wrong (×). Your best so far: 5.")
    expect(verdict).to_have_text("Try it. Then press “Best place on the map”.")
    assert "lb-shown" not in (island.get_attribute("class") or "")
    page.get_by_role("button", name="Best place on the map").click()
    expect(page.locator(".lb-count")).to_have_text("3 of 64 pixels are wrong (×).")
    expect(verdict).to_contain_text("You said “yes”, but the answer is “no, some pixels stay wrong”.")
    expect(verdict).to_contain_text("its gap is 0.07 nats")
    assert "lb-shown" in (island.get_attribute("class") or "")
    page.close()


def test_where_a_digit_does_come_back_the_answer_is_yes(browser: Browser, stage: str, exported: VAE) -> None:
    axis = 0.1 * torch.arange(-35, 36, dtype=torch.float64)
    pictures = exported.decode(torch.cartesian_prod(axis, axis)) > 0
    back = [int(i) for i, x in enumerate(digits().held_out) if (pictures == x).all(1).any()]
    assert back
    page = browser.new_page()
    page.goto(f"{stage}come-back?digit={back[0]}")
    page.wait_for_selector("lb-instrument[data-ready]")
    page.get_by_role("button", name="yes", exact=True).click()
    page.get_by_role("button", name="Best place on the map").click()
    expect(page.locator(".lb-verdict")).to_contain_text(
        "and that is right. Of 5,041 places on the map the best leaves 0"
    )
    page.close()
