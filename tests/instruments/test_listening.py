"""A decoder that listens in part: posterior and gap as in Python, the nearest ellipse, and the question asked."""

import copy

import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import Tensor

from lowerbound import VAE, FullNormal, Grid, digits, elbo

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

PARTS = [0.0, 0.05, 0.35, 0.8, 1.0]
LISTENING = (
    LOAD
    + """
const listening = await at("maths/listening.js"), counts = await data.loadCounts();
const whole = new vae.Grid(decoder), ignoring = vae.deaf(decoder, counts.on, counts.images);
const grids = states.parts.map(part => new listening.ListeningGrid(whole, ignoring, part));
"""
)


def listens(vae: VAE, part: float) -> VAE:
    """The decoder that keeps a part of its logits; for the rest it says how often each pixel is on."""
    train = digits().train
    on = train.sum(0)
    mixed = copy.deepcopy(vae)
    mixed.decoder[2].weight.mul_(part)  # type: ignore[index, union-attr, operator]
    mixed.decoder[2].bias.mul_(part).add_((1 - part) * ((on + 0.5) / (len(train) - on + 0.5)).log())  # type: ignore[index, union-attr, operator]
    return mixed


def random_states(n: int) -> tuple[Tensor, FullNormal]:
    """Held-out digits, each with a normal that the grid sees: no narrower than its spacing, and not over its edge."""
    generator = torch.Generator().manual_seed(n)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    tril = torch.diag_embed(0.2 + 0.25 * uniform(n, 2))
    tril[:, 1, 0] = 0.3 * uniform(n) - 0.15
    return torch.randint(0, 360, (n,), generator=generator), FullNormal(4 * uniform(n, 2) - 2, tril)


def check_truth(modules: Modules, vae: VAE, n: int = 4) -> None:
    rows, q = random_states(n)
    numbers = [[*mean, t[0][0], *t[1]] for mean, t in zip(q.mean.tolist(), q.scale_tril.tolist(), strict=True)]
    found = modules.run(
        LISTENING
        + """return grids.map(grid => states.rows.map((row, n) => {
          const [m1, m2, a, b, c] = states.q[n], {logEvidence, logMass} = grid.posterior(images[row]);
          return [logEvidence, listening.gapOn(whole, logMass, {mean: [m1, m2], tril: [a, b, c]}),
            ...vae.logLikelihoods(grid.decoder, images[row], Float64Array.of(m1, m2))];
        }))""",
        {"parts": PARTS, "rows": rows.tolist(), "q": numbers},
    )
    x = digits().held_out[rows]
    for part, values in zip(PARTS, torch.tensor(found, dtype=torch.float64), strict=True):
        mixed = listens(vae, part)
        grid = Grid(mixed, points=72, limit=5.0, refine=False)
        expected = [grid.log_evidence(x), grid.posterior(x).kl_from(q), mixed.log_likelihood(x, q.mean)]
        expected = torch.stack(expected, 1)
        assert ((values - expected).abs() / (1 + expected.abs())).max() < 1e-9


def check_nearest(modules: Modules, vae: VAE, rows: tuple[int, ...] = (351,)) -> None:
    found = modules.run(
        LISTENING
        + """return grids.map(grid => states.rows.map(row => {
          const x = images[row];
          const {mean, tril} = listening.nearest(whole, grid.posterior(x).logMass, vae.encode(encoder, x));
          return [...mean, ...tril];
        }))""",
        {"parts": PARTS, "rows": rows},
    )
    x = digits().held_out[list(rows)]
    for part, values in zip(PARTS, torch.tensor(found, dtype=torch.float64), strict=True):
        mixed, tril = listens(vae, part), torch.zeros(len(rows), 2, 2, dtype=torch.float64)
        tril[:, 0, 0], tril[:, 1, 0], tril[:, 1, 1] = values[:, 2:].T
        assert (values - values.round(decimals=3)).abs().max() < 1e-9

        def bound(mean: Tensor, tril: Tensor, mixed: VAE = mixed) -> Tensor:
            return elbo(mixed, FullNormal(mean, tril), x)

        here = bound(values[:, :2], tril)
        for step in (-0.03, 0.03):  # every other one costs more
            for moved in torch.eye(2, dtype=torch.float64) * step:
                assert (bound(values[:, :2] + moved, tril) < here).all()
            for i, j in ((0, 0), (1, 0), (1, 1)):
                other = tril.clone()
                other[:, i, j] += step
                assert (bound(values[:, :2], other) < here).all()


CHANGES = [
    ("maths/listening.js", "part * weight", "weight"),
    ("maths/listening.js", "part * bias + (1 - part)", "bias + (1 - part)"),
    ("maths/listening.js", "(1 - part) * ignored[k % PIXELS]", "part * ignored[k % PIXELS]"),
    ("maths/listening.js", "natural[g * PIXELS + k]", "natural[g * PIXELS]"),
    ("maths/listening.js", "- Math.log(a * c)", "- Math.log(a)"),
    ("maths/listening.js", "- m2 - b * e1", "- m2 + b * e1"),
    ("maths/listening.js", "logCell - LOG_2PI", "-LOG_2PI"),
    ("maths/listening.js", "(logQ - logMass[g])", "(logQ + logMass[g])"),
    ("maths/listening.js", "start, true)", "start, false)"),
    ("maths/listening.js", "Math.round(1000 * value) / 1000", "Math.round(10 * value) / 10"),
]


def test_posterior_and_gap(modules: Modules, exported: VAE, states: int) -> None:
    check_truth(modules, exported, states // 5)  # at each of five parts


def test_no_ellipse_is_nearer(modules: Modules, exported: VAE) -> None:
    check_nearest(modules, exported, (351, 43, 144))


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_truth(modules, exported)
        check_nearest(modules, exported)

    assert survivors(modules, check, CHANGES) == []


def test_a_deaf_decoder_closes_the_gap_of_a_q_that_learned_nothing(browser: Browser, stage: str) -> None:
    """The question, asked and answered by keys; then the four corners, each seen when it has been visited."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{stage}listening")
    page.wait_for_selector("lb-instrument[data-ready]")

    def numbers() -> dict[str, str]:
        page.wait_for_timeout(300)
        found: dict[str, str] = page.evaluate("document.querySelector('lb-instrument').instrument.numbers")
        return found

    untaught, corners = numbers(), page.locator(".lb-corners button")
    expect(corners.first).to_be_hidden()
    page.get_by_role("button", name="no, it grows").press("Enter")
    expect(page.locator(".lb-verdict")).to_have_text("Now pull the slider to its left end, “deaf”.")
    page.get_by_role("slider", name="decoder: deaf").press("Home")
    match = numbers()
    assert match["gap"] == match["KL to the prior"] == "0.00" != untaught["gap"]
    assert float(match["-log p(x)"]) > float(untaught["-log p(x)"]) + 5
    expect(page.locator(".lb-verdict")).to_contain_text("You said “no, it grows”, but the answer is “yes, exactly 0”.")
    gaps = [f"gap {untaught['gap']}, loss {untaught['loss']}", "?", f"gap 0.00, loss {match['loss']}", "?"]
    expect(corners).to_have_text(gaps)
    corners.nth(3).press("Enter")  # deaf, with the encoder's q: its ellipse no longer fits
    deaf = numbers()
    assert deaf["gap"] == deaf["KL to the prior"]
    expect(page.locator(".lb-do")).to_have_text(f"The gap is KL(q‖prior) now: {deaf['gap']}.")
    corners.nth(1).press("Enter")
    trained = numbers()
    assert float(match["gap"]) < float(trained["gap"]) < float(deaf["gap"]) - 1
    assert float(trained["loss"]) < float(match["loss"]) - 5
    gaps[1], gaps[3] = (f"gap {one['gap']}, loss {one['loss']}" for one in (trained, deaf))
    expect(corners).to_have_text(gaps)
    expect(page.locator(".lb-do")).to_contain_text("The loss is smallest for the trained pair.")
    assert float(trained["loss"]) == min(float(one["loss"]) for one in (untaught, match, trained, deaf))
    page.get_by_role("button", name="Reset").click()
    expect(corners.first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
