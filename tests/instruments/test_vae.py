"""The plane's mathematics in the browser against the library: same nodes, same formula, 1e-9."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from lowerbound import VAE, Grid, digits, elbo, kl_each, trained_digits
from lowerbound.vae import FullNormal, even_quadrature

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

EXACT = 1e-9
LOAD = """
const [vae, numbers, normal, quadrature] = await Promise.all(
  ["vae", "numbers", "normal", "quadrature"].map(name => at(`maths/${name}.js`)));
const data = await at("controls/data.js");
const [decoder, encoder, images] = await Promise.all([data.loadDecoder(), data.loadEncoder(), data.loadImages()]);
"""


def test_the_exported_model_is_the_recorded_one(exported: VAE) -> None:
    recorded = trained_digits().state_dict()
    for name, weight in exported.state_dict().items():
        assert torch.equal(weight, recorded[name])  # its weights are float16 numbers


def random_states(n: int, seed: int) -> tuple[Tensor, FullNormal]:
    """n images, drawn ones and held-out ones, each with a normal: narrow and wide, upright and tilted."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    held_out = digits().held_out[torch.randint(0, 360, (n,), generator=generator)]
    drawn = (uniform(n, 64) < uniform(n, 1)).double()
    x = torch.where(uniform(n, 1) < 0.7, held_out, drawn)
    x[0], x[1] = 0.0, 1.0  # nothing drawn, everything drawn
    widths = torch.exp(uniform(n, 2) * 4.6 - 4.6)  # from 0.01 to 1
    tilt = torch.where(uniform(n) < 0.5, 0.0, 2 * uniform(n) - 1)
    tril = torch.diag_embed(widths)
    tril[:, 1, 0] = tilt
    return x, FullNormal(uniform(n, 2) * 7 - 3.5, tril)


def as_states(x: Tensor, q: FullNormal) -> list[dict[str, Any]]:
    rows = zip(x.int().tolist(), q.mean.tolist(), q.scale_tril.tolist(), strict=True)
    return [{"x": image, "q": {"mean": mean, "tril": [t[0][0], t[1][0], t[1][1]]}} for image, mean, t in rows]


def check_bound(modules: Modules, vae: VAE, n: int = 12) -> None:
    x, q = random_states(n, seed=n)
    found = modules.run(
        LOAD
        + """return states.map(({x, q}) => [
          vae.loss(decoder, x, q), normal.klToPrior(q), ...normal.spread(q),
        ])""",
        as_states(x, q),
    )
    found = torch.tensor(found, dtype=torch.float64)
    cov = q.scale_tril @ q.scale_tril.mT
    std = cov.diagonal(dim1=1, dim2=2).sqrt()
    expected = [-elbo(vae, q, x), kl_each(q, vae.prior), *std.T, cov[:, 0, 1] / std.prod(1)]
    assert (found - torch.stack(expected, 1)).abs().max() < EXACT * (1 + torch.stack(expected, 1).abs().max())


def check_quick(modules: Modules, vae: VAE, n: int = 12) -> None:
    """What is shown of the loss while it is moved, for normals of any width, and for some at each bound."""
    x, q = random_states(n, seed=n + 2)
    std = torch.exp(torch.rand(n, 2, generator=torch.Generator().manual_seed(n), dtype=torch.float64) * 4.6 - 4.6)
    std[::4], std[1::4], std[2::4] = 0.21, 0.31, 0.8
    q = FullNormal(q.mean, torch.diag_embed(std))
    # Of the gap two decimals are shown.
    found = modules.run(LOAD + "return states.map(({x, q}) => vae.quickLoss(decoder, x, q))", as_states(x, q))
    assert (torch.tensor(found, dtype=torch.float64) + elbo(vae, q, x)).abs().max() < 1e-4


def check_truth(modules: Modules, vae: VAE, n: int = 12) -> None:
    x, _ = random_states(n, seed=n + 1)
    grid = Grid(vae, points=72, limit=5.0, refine=False)
    found = modules.run(
        LOAD
        + """
        const grid = new vae.Grid(decoder);
        return states.map(({x}) => {
          const {logEvidence, logMass} = grid.posterior(x), {mean, tril} = vae.encode(encoder, x);
          return [logEvidence, ...mean, tril[0], tril[2], ...logMass.filter((_, g) => g % 97 === 0)];
        })""",
        [{"x": image} for image in x.int().tolist()],
    )
    found = torch.tensor(found, dtype=torch.float64)
    q = vae.encode(x)
    assert (found[:, 0] - grid.log_evidence(x)).abs().max() < EXACT
    assert (found[:, 1:5] - torch.cat([q.mean, q.log_std.exp()], 1)).abs().max() < EXACT  # type: ignore[union-attr]
    log_mass = grid.posterior(x).log_prob + 2 * math.log(grid.spacing)
    assert (found[:, 5:] - log_mass[:, ::97]).abs().max() < 1e-8


def check_points(modules: Modules) -> None:
    for spacing in (0.5, 0.25):
        found = modules.run(
            LOAD + "const {points, weights} = quadrature.even(states); return [[...points], weights.map(w => [...w])]",
            spacing,
        )
        points, weights = even_quadrature(2, torch.zeros(1, dtype=torch.float64), spacing)
        assert (torch.tensor(found[0], dtype=torch.float64) - points.flatten()).abs().max() < 1e-12
        theirs = torch.tensor(found[1], dtype=torch.float64)
        assert (theirs[0] - weights[0]).abs().max() < 1e-14
        assert (theirs[1:].sort(0).values - weights[1:].sort(0).values).abs().max() < 1e-14


def test_loss_and_its_parts(modules: Modules, exported: VAE, states: int) -> None:
    check_bound(modules, exported, states)


def test_the_loss_that_is_shown(modules: Modules, exported: VAE, states: int) -> None:
    check_quick(modules, exported, states)


def test_log_evidence_posterior_and_encoder(modules: Modules, exported: VAE, states: int) -> None:
    check_truth(modules, exported, states // 5)


def test_quadrature(modules: Modules) -> None:
    check_points(modules)


CHANGES = [
    ("maths/numbers.js", "(bits >> 10) & 31", "(bits >> 10) & 15"),
    ("maths/numbers.js", "1 + fraction / 1024", "fraction / 1024"),
    ("maths/product.js", "rows[r3 * wide + i]", "rows[r2 * wide + i]"),
    ("maths/vae.js", "Math.exp(t > 0 ? -t : t)", "Math.exp(t)"),
    ("maths/vae.js", "if (t > 0) sum += t", "sum += t"),
    ("maths/quadrature.js", "/ 4;", "/ 4000;"),
    ("maths/normal.js", "(m1 * m1 + m2 * m2 + a * a + b * b + c * c - 2)", "(m1 * m1 + m2 * m2 + a * a + c * c - 2)"),
    ("maths/normal.js", "+ c * c - 2) - Math.log(a * c)", "+ c * c - 2) + Math.log(a * c)"),
    ("maths/normal.js", "Math.hypot(b, c)", "c"),
    ("maths/normal.js", "[a, s2, b / s2]", "[a, s2, b / c]"),
    ("maths/quadrature.js", "RADIUS = 6.5", "RADIUS = 5.5"),
    ("maths/quadrature.js", "step / stretch", "step * spacing"),
    ("maths/vae.js", "Math.sin(t) : t / (1 + Math.exp(-t))", "Math.sin(t) : t / (1 + Math.exp(t))"),
    ("maths/vae.js", "if (x[d]) sum += logits[start + d]", "if (!x[d]) sum += logits[start + d]"),
    ("maths/vae.js", "m2 + b * e1 + c * e2", "m2 + b * e2 + c * e2"),
    ("maths/vae.js", "klToPrior(q) - reconstruction", "klToPrior(q) + reconstruction"),
    ("maths/vae.js", "widest > 0.31", "widest > 0.9"),
    ("maths/vae.js", "Math.max(s1, s2)", "Math.min(s1, s2)"),
    ("maths/vae.js", "0.75 : 1);", "0.75 : 1.5);"),
    ("maths/vae.js", "this.logCell = 2 * Math.log", "this.logCell = Math.log"),
    ("maths/vae.js", "-0.5 * (z1 * z1 + z2 * z2)", "-0.5 * (z1 * z1)"),
    ("maths/vae.js", "- LOG_2PI + this.logCell - partition", "+ this.logCell - partition"),
    ("maths/vae.js", "upright(m1, m2, Math.exp(s1), Math.exp(s2))", "upright(m1, m2, Math.exp(s2), Math.exp(s1))"),
]


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_bound(modules, exported)
        check_quick(modules, exported)
        check_truth(modules, exported)
        check_points(modules)

    assert survivors(modules, check, CHANGES) == []
