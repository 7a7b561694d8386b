"""The shuffle: cells of equal share, the same draws as in Python, a log p(x) that does not move, and a finger."""

from typing import Any

import pytest
import torch
from playwright.sync_api import Browser
from scipy import special
from torch import Tensor
from torch.special import ndtr, ndtri

from lowerbound import VAE, DiagonalNormal, Grid, digits
from lowerbound.likelihoods import log_likelihood_table

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

CUT = LOAD + "const [shares, cut] = await Promise.all([at('maths/shares.js'), at('maths/shuffle.js')]);"


def shuffle(z: Tensor, order: Tensor, k: int) -> Tensor:
    """As on the page: where the shuffled decoder decodes z."""
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


def check_shares(modules: Modules) -> None:
    z = torch.linspace(-8, 4, 401, dtype=torch.float64)
    found = torch.tensor(
        modules.run(CUT + "return states.map(z => [shares.ndtr(z), shares.ndtri(shares.ndtr(z))])", z.tolist()),
        dtype=torch.float64,
    )
    exact = torch.from_numpy(special.ndtr(z.numpy()))  # torch's own has few digits left at -8
    assert (found[:, 0] / exact - 1).abs().max() < 1e-12
    assert (found[:, 1] - z).abs().max() < 1e-11
    noise = torch.tensor(modules.run(CUT + "return cut.steadyNoise(512)"), dtype=torch.float64)
    g = torch.tensor(1.324717957244746, dtype=torch.float64)
    assert abs(g**3 - g - 1) < 1e-14
    even = (0.5 + torch.arange(1, 513)[:, None] * torch.stack([1 / g, 1 / g**2])) % 1
    assert (noise - ndtri(even)).abs().max() < 1e-11
    assert noise.mean(0).abs().max() < 0.022  # half the standard error of 512 random draws
    assert (noise.var(0) - 1).abs().max() < 0.03


def check_price(modules: Modules, vae: VAE, n: int = 40, draws: int = 24) -> None:
    """The ellipse's cost of the same draws, in random states."""
    generator = torch.Generator().manual_seed(n)
    x = digits().held_out[torch.randint(0, 360, (n,), generator=generator)]
    mean = 4 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 2
    std = torch.exp(3 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 3)  # from 0.05 to 1
    ks = torch.randint(1, 13, (n,), generator=generator).tolist()
    orders = [torch.randperm(k * k, generator=generator) for k in ks]
    states = [
        {"x": image, "mean": m, "std": s, "k": k, "order": order.tolist()}
        for image, m, s, k, order in zip(x.int().tolist(), mean.tolist(), std.tolist(), ks, orders, strict=True)
    ]
    found = modules.run(
        CUT
        + f"""const noise = cut.steadyNoise({draws});
        return states.map(({{x, mean, std, k, order}}) => {{
          const q = normal.upright(...mean, ...std), shuffle = new cut.Shuffle(k, order);
          const before = noise.map(e => vae.logLikelihood(decoder, x, ...cut.codeAt(q, e)));
          const {{mean: cost, error}} = cut.priceOfDraws(decoder, x, q, shuffle, noise, before);
          return [cost, error, ...cut.moved(q, shuffle).mean, ...shuffle.mover([mean[0], mean[1]])(0, 1)];
        }})""",
        states,
    )
    noise = torch.tensor(modules.run(CUT + "return cut.steadyNoise(states)", draws), dtype=torch.float64)
    for i, (k, order, row) in enumerate(zip(ks, orders, torch.tensor(found, dtype=torch.float64), strict=True)):
        q = DiagonalNormal(mean[[i]], std[[i]].log())
        moved = DiagonalNormal(shuffle(q.mean, order.argsort(), k), q.log_std)
        e = noise[:, None]
        worse = vae.log_likelihood(x[[i]], q.at(e)) - vae.log_likelihood(x[[i]], shuffle(moved.at(e), order, k))
        expected = torch.stack([worse.mean(), worse.std() / draws**0.5])
        assert (row[:2] - expected).abs().max() < 1e-9 * (1 + worse.abs().max()), states[i]
        assert (row[2:4] - moved.mean[0]).abs().max() < 1e-9
        assert (row[4:] - shuffle(mean[i], order, k)).abs().max() < 1e-9


CHANGES = [
    ("maths/shares.js", "n += 2) sum", "n += 1) sum"),
    ("maths/shares.js", "(1 + 0.5 * z * off)", "(1 - 50 * z * off)"),
    ("maths/shares.js", "rest = z + n / rest", "rest = z - n / rest"),
    ("maths/shuffle.js", "(this.inverse[to] = from)", "(this.inverse[from] = to)"),
    ("maths/shuffle.js", "order[cell1 * this.k + cell2]", "order[cell2 * this.k + cell1]"),
    ("maths/shuffle.js", "order[cells[i] * k + cells[j]]", "order[cells[j] * k + cells[i]]"),
    ("maths/shuffle.js", "1 / PLASTIC ** 2", "2 / PLASTIC"),
    ("maths/shuffle.js", "mean: shuffle.back(q.mean)", "mean: shuffle.move(q.mean)"),
    ("maths/shuffle.js", "...shuffle.move(codeAt(there, e))", "...shuffle.move(codeAt(q, e))"),
    ("maths/shuffle.js", "(worse.length - 1)", "worse.length"),
]


def test_shares_and_even_noise(modules: Modules) -> None:
    check_shares(modules)


def test_the_same_draws_cost_what_they_cost_in_python(modules: Modules, exported: VAE) -> None:
    check_price(modules, exported, 1000)


def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_shares(modules)
        check_price(modules, exported)

    assert survivors(modules, check, CHANGES) == []


def test_log_evidence_of_the_shuffled_decoder_is_what_is_shown(modules: Modules, exported: VAE) -> None:
    """Each cell has a grid of its own, and the shuffled decoder is what is decoded there."""
    rows = [134, 21, 0]
    s = torch.arange(-29, 30, dtype=torch.float64) * 0.22
    share = torch.exp(-s.square() / 2) * 0.22 / (2 * torch.pi) ** 0.5
    shown = modules.run(
        LOAD + "const grid = new vae.Grid(decoder); return states.map(row => grid.posterior(images[row]).logEvidence)",
        rows,
    )
    for k in (2, 5):
        order = modules.run(
            "const {Random} = await at('maths/random.js'); return [...new Random(3, states).permutation(states ** 2)]",
            k,
        )
        axis = ndtri((torch.arange(k)[:, None] + ndtr(s)) / k).flatten()
        prior = torch.cartesian_prod(share.repeat(k) / k, share.repeat(k) / k).prod(1)
        z = shuffle(torch.cartesian_prod(axis, axis), torch.tensor(order), k)
        table = log_likelihood_table(exported.likelihood, digits().held_out[rows], exported.decode(z))
        after = (table + prior.log()).logsumexp(1)
        assert (after - torch.tensor(shown, dtype=torch.float64)).abs().max() < 1e-5
        assert (after - Grid(exported).log_evidence(digits().held_out[rows])).abs().max() < 1e-5


def shown(page: Any) -> dict[str, str]:
    numbers: dict[str, str] = page.evaluate("""async () => {
      await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
      return document.querySelector("lb-instrument").instrument.numbers;
    }""")
    return numbers


def test_by_finger_and_keys_the_line_holds_and_any_shape_drops_the_gap(browser: Browser, stage: str) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 1200})
    page = context.new_page()
    page.goto(f"{stage}shuffle")
    page.wait_for_selector("lb-instrument[data-ready]")
    first = shown(page)
    page.get_by_role("button", name="as long").tap()
    page.get_by_role("slider", name="cells a side").focus()
    page.keyboard.press("End")
    finest = shown(page)
    assert finest["-log p(x)"] == first["-log p(x)"]
    assert float(finest["gap"]) > float(first["gap"]) + 3
    assert (page.locator(".lb-verdict").text_content() or "").startswith("Yes.")
    page.get_by_role("button", name="Shuffle again").tap()
    assert shown(page)["gap"] != finest["gap"]
    page.get_by_label("any shape, moved along").tap()
    assert shown(page)["gap"] == first["gap"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
