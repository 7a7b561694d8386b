"""Shuffling equal shares of the prior inside the decoder leaves log p(x) of every image as it was.

Kind: computation
Break it: k * ndtr(z) -> k * torch.sigmoid(z)
"""

from math import isqrt

import torch
from torch.special import ndtr, ndtri

from lowerbound import Grid, digits, trained_digits
from lowerbound.likelihoods import log_likelihood_table


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    # ndtr(z) is the share of the prior below z: under the prior, u is spread evenly
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


vae = trained_digits()
x = digits().held_out[:30]
before = Grid(vae).log_evidence(x)  # log p(x), by a plain grid: this decoder is smooth

step = 0.22  # inside each cell a grid of its own, so that no border is ever straddled
s = torch.arange(-29, 30, dtype=torch.float64) * step
share = torch.exp(-s.square() / 2) * step / (2 * torch.pi) ** 0.5

print(f"average log p(x) = {before.mean():.3f}")
for k in (2, 4, 8):
    order = torch.randperm(k * k, generator=torch.Generator().manual_seed(k))
    axis = ndtri((torch.arange(k)[:, None] + ndtr(s)) / k).flatten()
    z = torch.cartesian_prod(axis, axis)
    prior = torch.cartesian_prod(share.repeat(k) / k, share.repeat(k) / k).prod(1)
    decoded = vae.decode(shuffle(z, order))
    table = log_likelihood_table(vae.likelihood, x, decoded)  # log p(x|z)
    after = (table + prior.log()).logsumexp(1)
    print(f"average log p(x) with {k} x {k} cells shuffled = {after.mean():.3f}")
    steady = (after - before).abs().max() < 1e-6
    print(f"largest change with {k} x {k} cells < 1e-6 = {steady}")
    assert steady
