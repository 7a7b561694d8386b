"""Run the experiments that take longer than a snippet may, and record what they measured.

`python -m lowerbound_site train` writes one JSON file an experiment into the library, where
`lowerbound.models.recorded` reads it. An experiment runs again only when its recipe here, the library's code that
trains, the data or the version of torch has changed: a fingerprint of these stands in the file. The code that only
measures is not in it; snippets measure some of the runs again whenever the tests run.

Everything is trained in float64: then another processor's rounding does not grow, over thousands of steps, into other
curves, and a reader who trains one of the runs again meets the record to many digits. The decoders that can wind are
the exception: they are so steep that a seed may end elsewhere on another processor.
"""

import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.special import ndtr, ndtri
from tqdm import tqdm

from lowerbound.data import digits
from lowerbound.grid import Grid
from lowerbound.likelihoods import Bernoulli, log_likelihood, log_likelihood_table
from lowerbound.models import digits_vae, mlp, trained_digits
from lowerbound.quantities import LOG_2PI, kl_each
from lowerbound.training import fit, train
from lowerbound.vae import VAE, Encoded
from lowerbound_site.trained.model import LIBRARY, fingerprint

RECORDS = LIBRARY / "trained"
SEEDS = range(5)
Rows = list[dict[str, Any]]


# -- the gap in training ---------------------------------------------------------------------------------------------

EPOCHS = (0, 1, 2, 3, 5, 8, 12, 16, 20, 30, 40, 60, 80, 100)


def one_layer(seed: int) -> VAE:
    """The library's network: one hidden layer each way, SiLU."""
    return digits_vae(seed=seed)


def two_layers(seed: int) -> VAE:
    """A deeper one: two hidden layers each way, tanh."""
    encoder = mlp(64, 128, 128, 4, seed=2 * seed, activation=nn.Tanh)
    decoder = mlp(2, 128, 128, 64, seed=2 * seed + 1, activation=nn.Tanh)
    return VAE(encoder, decoder, Bernoulli())


ARCHITECTURES: dict[str, Callable[[int], VAE]] = {"one SiLU layer": one_layer, "two tanh layers": two_layers}


def gap_in_training(architecture: str, seed: int) -> Rows:
    """Curves of one run, on training and held-out digits: what `measured` says of each epoch in EPOCHS.

    Training is measured on every fourth training image: as many as are held out.
    """
    data = digits()
    watched = {"training": data.train[::4], "held out": data.held_out}
    vae = ARCHITECTURES[architecture](seed).double()
    curves: dict[str, list[dict[str, float]]] = {name: [] for name in watched}
    training = train(vae, data.train, EPOCHS[-1], 64, 5e-3, 1.0, True, seed)  # the loop of `fit`, and its settings
    for epoch, _ in enumerate(chain([math.inf], training)):
        if epoch in EPOCHS:
            for name, x in watched.items():
                curves[name].append(measured(vae, x))
    rows: Rows = []
    for name, curve in curves.items():
        run = {"architecture": architecture, "seed": seed, "data": name, "epochs": EPOCHS}
        rows.append(run | {key: [at[key] for at in curve] for key in curve[0]})
    return rows


@torch.no_grad()
def measured(vae: VAE, x: Tensor) -> dict[str, float]:
    """What one model says of x; the ELBO on coarser nodes than the library's, its average off by less than 0.001 nats.

    elbo, log_evidence: averages over the images, in nats.
    median_gap: the gap of the median image; the average is log_evidence - elbo.
    worst_tenth: the share of all gaps together that the tenth of the images with the largest has.
    """
    q = vae.encode(x)
    point, weight = (torch.from_numpy(a) for a in np.polynomial.hermite_e.hermegauss(12))  # of each latent number
    noise, weight = torch.cartesian_prod(point, point), torch.outer(weight, weight).flatten() / weight.sum() ** 2
    elbo = weight @ vae.log_likelihood(x, q.at(noise[:, None, :])) - kl_each(q, vae.prior)
    evidence = Grid(vae).log_evidence(x)
    gap = (evidence - elbo).sort(descending=True).values
    found = {
        "elbo": elbo.mean(),
        "log_evidence": evidence.mean(),
        "median_gap": gap.quantile(0.5),
        "worst_tenth": gap[: len(x) // 10].sum() / gap.sum(),
    }
    return {key: round(value.item(), 4) for key, value in found.items()}


# -- why the latent space is continuous ------------------------------------------------------------------------------

EPOCHS_WITHOUT = 60  # a smaller number of epochs than above: there are forty runs
DRAWS = 2000
PATHS = 200
STEPS = 64  # of a path, each about 0.03 long
PICTURES = 9


class Sine(nn.Module):
    """The activation of a network that can change fast (Sitzmann et al. 2020)."""

    def forward(self, x: Tensor) -> Tensor:
        """sin(x), number by number."""
        return torch.sin(x)


def rough_vae(seed: int) -> VAE:
    """The library's network with a decoder that can wind: sines, and first weights 30 times as large, as is usual."""
    smooth = digits_vae(seed=seed)
    decoder = mlp(2, 128, 64, seed=2 * seed + 1, activation=Sine)
    for parameter in decoder[0].parameters():
        parameter.data.mul_(30)
    return VAE(smooth.encoder, decoder, Bernoulli())


def continuity(noise: bool, kl: bool, smooth: bool, seed: int) -> Rows:
    """One run with sampling noise, KL to the prior and a smooth decoder, each present or absent."""
    data = digits()
    vae = (digits_vae(seed=seed) if smooth else rough_vae(seed)).double()
    fit(vae, data.train, epochs=EPOCHS_WITHOUT, beta=float(kl), sample=noise, seed=seed, progress=False)
    run = {"noise": noise, "kl": kl, "smooth": smooth, "seed": seed}
    return [run | continuity_of(vae, noise, data.train, data.held_out)]


@torch.no_grad()
def continuity_of(vae: VAE, noise: bool, train: Tensor, held_out: Tensor) -> dict[str, Any]:
    """What one trained model's latent space is like.

    speed: pixels that change a unit of z, along arcs between two draws of the prior (each point is a draw of it too).
    holes: share of the prior whose decoded image is further from every training image than `far`.
    reach: pixels between a held-out digit and the nearest of the images decoded from the prior, on average.
    wrong: pixels between a held-out digit and its own reconstruction, on average.
    spread: standard deviation of the codes, over both coordinates.
    width: the noise that the encoder chose, as the median standard deviation of q(z|x).
    empty: share of the prior where q(z) < p(z) / 10; None without noise, as q(z|x) is a point then.
    fitted speed, holes, reach: the same with a normal distribution fitted to the codes in the prior's place.
    path: images along a line through the middle of the prior, z1 from -2 to 2, pixels from 0 to 9, for the figure.
    """
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, vae.prior.dim, generator=generator, dtype=train.dtype)

    turn = torch.linspace(0, math.pi / 2, STEPS + 1, dtype=train.dtype)[:, None]
    arcs = normal(PATHS, 1) * turn.cos() + normal(PATHS, 1) * turn.sin()
    draws = normal(DRAWS)
    q = vae.encode(train)
    codes = q.at(normal(len(train))) if noise else q.mean
    stretch = torch.linalg.cholesky(codes.T.cov()).T
    far = pixels_apart(held_out, train).quantile(0.95)

    def image(z: Tensor) -> Tensor:
        return torch.sigmoid(vae.decode(z))

    def speed(paths: Tensor) -> Tensor:
        pixels_a_unit: Tensor = image(paths).diff(dim=1).abs().sum() / arcs.diff(dim=1).norm(dim=-1).sum()
        return pixels_a_unit

    def holes(z: Tensor) -> Tensor:
        return (pixels_apart(image(z).round(), train) > far).double().mean()

    def reach(z: Tensor) -> Tensor:
        return pixels_apart(held_out, image(z).round()).mean()

    measured = {
        "speed": speed(arcs),
        "holes": holes(draws),
        "reach": reach(draws),
        "wrong": (image(vae.encode(held_out).mean).round() - held_out).abs().sum(1).mean(),
        "spread": codes.var(0).mean().sqrt(),
        "width": q.scale_tril.diagonal(dim1=1, dim2=2).median(),
        "fitted speed": speed(codes.mean(0) + arcs @ stretch),
        "fitted holes": holes(codes.mean(0) + draws @ stretch),
        "fitted reach": reach(codes.mean(0) + draws @ stretch),
    }
    if noise:
        log_q = q.log_prob(draws[:, None]).logsumexp(1) - math.log(len(train))
        measured["empty"] = (log_q < vae.prior.log_prob(draws) - math.log(10)).double().mean()
    line = torch.linspace(-2, 2, PICTURES, dtype=train.dtype)
    pictures = image(torch.stack([line, torch.zeros_like(line)], 1))
    path = ["".join(str(round(9 * pixel)) for pixel in picture) for picture in pictures.tolist()]
    return {key: round(value.item(), 4) for key, value in measured.items()} | {"path": path}


def pixels_apart(images: Tensor, others: Tensor) -> Tensor:
    """In how many pixels each image differs from the nearest of the others, shape (n,); all pixels are 0 or 1."""
    differing = images @ (1 - others.T) + (1 - images) @ others.T
    return differing.min(1).values


# -- the noise as a term of the loss ---------------------------------------------------------------------------------


def slope_penalty(smooth: bool, seed: int) -> Rows:
    """One run with the KL and without noise: in the loss `price_of_slope` stands in for it."""
    data = digits()
    vae = (digits_vae(seed=seed) if smooth else rough_vae(seed)).double()
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(vae.parameters(), lr=5e-3, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS_WITHOUT)
    for _ in range(EPOCHS_WITHOUT):
        for batch in torch.randperm(len(data.train), generator=generator).split(64):
            x = data.train[batch]
            q = vae.encode(x)
            at_mean = log_likelihood(vae.likelihood, x, vae.decode(q.mean))
            value = (price_of_slope(vae, q) + kl_each(q, vae.prior) - at_mean).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        schedule.step()
    return [{"smooth": smooth, "seed": seed} | continuity_of(vae, True, data.train, data.held_out)]


def price_of_slope(vae: VAE, q: Encoded) -> Tensor:
    """What noise as wide as q costs to second order, the decoder's curvature left out, shape (n,), in nats.

    It is 1/2 sum_l F_l: with s the probability of a 1, F_l is the sum over the pixels of s (1 - s) times the squared
    slope of the logit at q's mean, along column l of q's Cholesky factor. For a DiagonalNormal that is sigma_l^2 times
    the Fisher information of the code's number l.
    """
    price, s = torch.zeros(len(q.mean), dtype=q.mean.dtype), torch.sigmoid(vae.decode(q.mean))
    for along in q.scale_tril.unbind(-1):
        ahead, behind = (vae.decode(q.mean + step * along) for step in (1e-4, -1e-4))
        price = price + (s * (1 - s) * ((ahead - behind) / 2e-4).square()).sum(1) / 2
    return price


# -- how slowly a smooth network learns a shuffle --------------------------------------------------------------------


def following_the_shuffle(cells: int, steps: int, seed: int) -> Rows:
    """KL(shuffled decoder‖network) in nats an image, after training a network on so many batches of codes."""
    generator = torch.Generator().manual_seed(seed)
    order, decoder = torch.randperm(cells**2, generator=generator), trained_digits().decoder
    network = mlp(2, 128, 128, 64, seed=seed).double()

    def codes_and_logits(n: int) -> tuple[Tensor, Tensor]:
        z = torch.randn(n, 2, generator=generator, dtype=torch.float64).clamp(-4, 4)
        return z, decoder(shuffled(z, order))

    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        z, logit = codes_and_logits(128)
        value = cross_entropy(network(z), logit.sigmoid())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
    z, logit = codes_and_logits(4000)
    with torch.no_grad():
        error = cross_entropy(network(z), logit.sigmoid()) - cross_entropy(logit, logit.sigmoid())
    return [{"cells": cells, "steps": steps, "seed": seed, "error": round(64 * error.item(), 4)}]


def shuffled(z: Tensor, order: Tensor) -> Tensor:
    """z with each of K x K cells, which hold equal shares of the prior, moved to a new place; `order` has K^2 numbers.

    Inside its cell a code keeps its share of each coordinate, so the prior stays what it was.
    """
    k = math.isqrt(len(order))
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    moved: Tensor = ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)
    return moved


# -- what the shape of q does to the decoder -------------------------------------------------------------------------


PROPOSALS = (("encoder", 1), ("encoder", 8), ("prior", 400))


def posteriors_in_training(smooth: bool, proposal: str, draws: int, seed: int) -> Rows:
    """One run on the importance-weighted bound with so many draws of z, from the encoder or from the prior.

    One draw from the encoder is the ELBO: q is an upright ellipse. With many draws from the prior there is no encoder,
    and no shape that a posterior had to fit: the bound is close to log p(x) itself.

    log_evidence: log p(x) of a held-out digit, on average. speed, holes, reach: as in `continuity_of`.
    apart: KL(p(z|x)‖the normal of its mean and covariance), the least that any normal has, on average over 60 digits.
    """
    data = digits()
    vae = (digits_vae(seed=seed) if smooth else rough_vae(seed)).double()
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, vae.prior.dim, generator=generator, dtype=torch.float64)

    def log_weight(x: Tensor) -> Tensor:
        if proposal == "prior":
            return log_likelihood_table(vae.likelihood, x, vae.decode(normal(draws))).T
        q = vae.encode(x)
        z = q.at(normal(draws, len(x)))
        return vae.log_joint(x, z) - q.log_prob(z)

    optimizer = torch.optim.Adam(vae.parameters(), lr=5e-3, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS_WITHOUT)
    for _ in range(EPOCHS_WITHOUT):
        for batch in torch.randperm(len(data.train), generator=generator).split(64):
            value = math.log(draws) - log_weight(data.train[batch]).logsumexp(0).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        schedule.step()
    run = {"smooth": smooth, "proposal": proposal, "draws": draws, "seed": seed}
    continuous = continuity_of(vae, False, data.train, data.held_out)
    kept = {key: continuous[key] for key in ("speed", "holes", "reach", "path")}
    grid = Grid(vae, points=400, limit=5.5, refine=False)  # off by thousandths of a nat for a winding decoder
    measured = {
        "log_evidence": grid.log_evidence(data.held_out).mean(),
        "apart": apart_from_a_normal(grid, data.held_out[:60]),
    }
    return [run | {key: round(value.item(), 4) for key, value in measured.items()} | kept]


@torch.no_grad()
def apart_from_a_normal(grid: Grid, x: Tensor) -> Tensor:
    """KL(p(z|x)‖the normal of the same mean and covariance), in nats, averaged over x: 0 where p(z|x) is normal.

    The KL is the entropy of that normal less the entropy of p(z|x).
    """
    posterior = grid.posterior(x)
    entropy = -(posterior.mass * posterior.log_prob).sum(1)
    dim = grid.z.shape[1]
    of_a_normal = (torch.logdet(posterior.cov) + dim * (LOG_2PI + 1)) / 2
    return (of_a_normal - entropy).mean()


# -- the records -----------------------------------------------------------------------------------------------------

# An experiment is a function of the settings of one run, and the settings of all its runs.
EXPERIMENTS: dict[str, tuple[Callable[..., Rows], Sequence[tuple[Any, ...]]]] = {
    "gap-in-training": (gap_in_training, list(product(ARCHITECTURES, SEEDS))),
    "continuity": (continuity, list(product((True, False), (True, False), (True, False), SEEDS))),
    "slope-penalty": (slope_penalty, list(product((True, False), SEEDS))),
    "posteriors-in-training": (
        posteriors_in_training,
        [(smooth, *q, seed) for smooth in (True, False) for q in PROPOSALS for seed in SEEDS],
    ),
    "following-the-shuffle": (following_the_shuffle, list(product((4, 16), (100, 1000, 10_000), SEEDS))),
}


def recorded_fingerprint(name: str) -> str:
    """The fingerprint that an experiment was run under; empty when it has no record."""
    path = RECORDS / f"{name}.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["fingerprint"]) if path.exists() else ""


def write(name: str, wanted: str, rows: Rows) -> None:
    """Write a record, one row a line, so that a changed number is a changed line."""
    lines = ",\n".join(json.dumps(row) for row in rows)
    new = RECORDS / f"{name}.new"  # the old record stays until the new one is whole
    new.write_text(f'{{"fingerprint": "{wanted}", "rows": [\n{lines}\n]}}\n', encoding="utf-8")
    new.replace(RECORDS / f"{name}.json")


def main() -> None:
    """Run every experiment whose record is not up to date: as many runs at a time as there are cores."""
    wanted = fingerprint(Path(__file__))
    for name, (run, settings) in EXPERIMENTS.items():
        if recorded_fingerprint(name) == wanted:
            print(f"{name} is up to date")
            continue
        with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_one_thread) as pool:
            runs = pool.map(run, *zip(*settings, strict=True))
            rows = list(chain.from_iterable(tqdm(runs, name, len(settings), unit="run")))
        write(name, wanted, rows)
        print(f"{name} recorded", flush=True)


def _one_thread() -> None:
    torch.set_num_threads(1)
