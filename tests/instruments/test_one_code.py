"""log p(x) from one code, and with q in the place of p(z|x), in the browser against the library."""

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from lowerbound import VAE, Grid, digits, elbo

from .modules import Modules, survivors
from .test_vae import LOAD, as_states, random_states

pytestmark = pytest.mark.browser

# Wrong in one place each: the check has to notice.
CHANGES = [
    ("maths/one-code.js", "(z1 - m1) / a", "(z1 - m1) * a"),
    ("maths/one-code.js", "z2 - m2 - b * e1", "z2 - m2 + b * e1"),
    ("maths/one-code.js", "- b * e1) / c", "- b * e1) / a"),
    ("maths/one-code.js", "-0.5 * (e1", "0.5 * (e1"),
    ("maths/one-code.js", "- LOG_2PI", ""),
    ("maths/one-code.js", "- Math.log(a * c)", "+ Math.log(a * c)"),
    ("maths/one-code.js", "upright(0, 0, 1, 1)", "upright(0, 0, 1, 2)"),
    ("maths/one-code.js", "fits[k] + log", "fits[0] + log"),
    ("maths/one-code.js", "joint - logEvidence", "joint + logEvidence"),
    ("maths/one-code.js", "logDensity(q, z)", "logDensity(PRIOR, z)"),
]


def check(modules: Modules, vae: VAE, n: int = 12) -> None:
    """At three codes of each image: one as far as the plane goes, and two draws of q."""
    x, q = random_states(n, seed=n + 5)
    generator = torch.Generator().manual_seed(n)
    far = 7 * torch.rand(1, n, 2, generator=generator, dtype=torch.float64) - 3.5
    near = q.at(torch.randn(2, 1, 2, generator=generator, dtype=torch.float64).expand(2, n, 2))
    z = torch.cat([far, near])
    states = [state | {"z": z[:, k].tolist()} for k, state in enumerate(as_states(x, q))]
    found = modules.run(
        LOAD
        + """const { logsAt } = await at("maths/one-code.js");
        const grid = new vae.Grid(decoder);
        return states.map(({x, q, z}) =>
          logsAt(decoder, x, q, z, grid.posterior(x).logEvidence).map(({joint, p, q}) => [joint, p, q]))""",
        states,
    )
    found = torch.tensor(found, dtype=torch.float64)
    joint = vae.log_joint(x, z)
    evidence = Grid(vae, points=72, limit=5.0, refine=False).log_evidence(x)
    expected = torch.stack([joint, joint - evidence, q.log_prob(z)], -1).transpose(0, 1)
    assert (found - expected).abs().max() < 1e-9 * (1 + expected.abs().max())


def test_it_is_what_the_library_computes(modules: Modules, exported: VAE, states: int) -> None:
    check(modules, exported, states // 3)


def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, lambda modules: check(modules, exported), CHANGES) == []


def test_the_first_digit_has_a_wider_gap_than_nine_of_ten(exported: VAE) -> None:
    x = digits().held_out
    gaps = Grid(exported).log_evidence(x) - elbo(exported, exported.encode(x), x)
    assert gaps[267] > gaps.quantile(0.9)


def started(browser: Browser, stage: str, state: str = "") -> Page:
    page = browser.new_page()
    page.goto(f"{stage}one-code?{state}")
    page.wait_for_selector("lb-instrument[data-ready]")
    return page


def test_every_code_gives_the_same_and_with_q_they_scatter(browser: Browser, stage: str) -> None:
    page = started(browser, stage)
    verdict, sum_ = page.locator(".lb-verdict"), page.locator("output")
    page.get_by_role("button", name="the same").click()
    expect(verdict).to_have_text("Now drag the dot, or press another place on the map.")
    first = sum_.inner_text()
    page.locator(".lb-you").click()  # touched, and not moved
    page.wait_for_timeout(100)
    assert page.evaluate(DOTS)[0] == 1
    expect(verdict).to_have_text("Now drag the dot, or press another place on the map.")
    page.locator(".lb-plane").click(position={"x": 60, "y": 60})
    expect(verdict).to_contain_text("You said “the same”, and that is right.")
    expect(sum_).not_to_have_text(first)
    assert sum_.inner_text().endswith("= −19.62")
    assert first.endswith("= −19.62")
    page.get_by_role("button", name="Sixteen codes of the encoder").click()
    expect(page.get_by_text("From each of the sixteen, too, comes −19.62.")).to_be_visible()
    page.get_by_role("button", name="Put the encoder’s q in its place").click()
    expect(page.get_by_text("It lies below log p(x), −19.62, by the purple piece, the gap: 0.78.")).to_be_visible()
    assert not sum_.inner_text().endswith("= −19.62")
    page.close()


def test_with_q_in_its_place_the_question_is_not_judged(browser: Browser, stage: str) -> None:
    page = started(browser, stage, "term=q")
    page.get_by_role("button", name="larger").click()
    page.locator(".lb-plane").click(position={"x": 60, "y": 60})
    expect(page.locator(".lb-verdict")).to_have_text("Press “Put p(z|x) back”.")
    page.get_by_role("button", name="Put p(z|x) back").click()
    expect(page.locator(".lb-verdict")).to_contain_text("but the answer is “the same”")
    page.close()


DOTS = """() => {
  const paths = document.querySelectorAll("lb-instrument svg[role=img] path[stroke-width='7']");
  return [...paths].map(path => path.getAttribute("d").split("M").length - 1);
}"""


def test_each_code_that_was_taken_stays_by_keys_too(browser: Browser, stage: str) -> None:
    page = started(browser, stage)
    page.get_by_role("slider", name="code, upwards").focus()
    for codes in range(2, 11):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")  # before it rests it is the same code
        page.wait_for_function(f"({DOTS})()[0] === {min(codes, 8)}")
        page.wait_for_timeout(700)
    page.get_by_role("button", name="Another digit").click()
    page.wait_for_function(f"({DOTS})()[0] === 1")
    page.get_by_role("button", name="Sixteen codes of the encoder").click()
    page.wait_for_function(f"({DOTS})()[0] === 17")
    page.close()
