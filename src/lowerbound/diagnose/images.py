"""Image by image: the ELBO, a tighter bound, the gap, and whether importance weights can be relied on."""

import math
import warnings
from dataclasses import replace

import torch

from lowerbound.bounds import draw, estimate
from lowerbound.diagnose.measured import Measured
from lowerbound.diagnose.report import FINE, LOOK, Check, Images, judged
from lowerbound.grid import Grid
from lowerbound.psis import pareto_k
from lowerbound.quantities import elbo

PARTS = 10  # of the draws: each gives a bound of its own, and all of them its standard error


def each_image(m: Measured, n: int, draws: int) -> Images:
    """What can be measured for each of the first n images, from so many draws of z."""
    x = m.x[:n].double()
    q = m.vae.encode(x)
    fresh = torch.Generator(x.device).manual_seed(m.generator.initial_seed())
    log_weight = draw(m.vae, q, x, k=draws, generator=fresh).log_weight.cpu()
    size = draws // PARTS
    bound = estimate(log_weight[: size * PARTS].unflatten(0, (PARTS, size)).logsumexp(1) - math.log(size))
    k_hat = torch.tensor([pareto_k(column) for column in log_weight.T])
    if m.vae.prior.dim > 2:  # too many for sums over points
        return Images(*estimate(log_weight), *bound, k_hat, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # for single images off by more than a thousandth of a nat
        return Images(elbo(m.vae, q, x).cpu(), torch.zeros(len(x)), *bound, k_hat, Grid(m.vae).gap(q, x))


def importance_weights(images: Images, draws: int) -> Check:
    """No tail of the weights is so heavy that log p(x) can't be had from them."""
    limit = min(1 - 1 / math.log10(draws), 0.7)
    heavy, largest = float((images.k_hat > limit).double().mean()), float(images.k_hat.max())
    value = f"k-hat is above for {heavy:.0%} of {len(images.k_hat)} images, largest {largest:.2f}"
    advice = "for these, don't trust log p(x) from weights: q is narrower somewhere than p(z|x)"
    check = judged(LOOK if heavy else FINE, value, advice, largest, "k-hat-sees-too-narrow-only")
    limit_in_words = f"{limit:.2f}: Vehtari et al. 2024, for {draws} draws"
    return replace(check, name="importance weights", threshold=limit_in_words)
