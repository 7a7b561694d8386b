"""Shuffling equal shares of the prior, each spread inside as before, leaves log p(x) of every image as it was.

Kind: computation
Break it: inside = u - cell -> inside = (u - cell) ** 2
Fold: stretch, largest_change, vae, s, share, before
"""

from math import isqrt

import torch
from torch.special import ndtr, ndtri

from lowerbound import Grid, digits, trained_digits
from lowerbound.likelihoods import log_likelihood_table


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    u = k * ndtr(z)  # ndtr(z) is the share of the prior below z
    cell = u.long()
    inside = u - cell  # the share below z of its cell: the same in the new place
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + inside) / k)


def stretch(z, order):
    """Move the same cells, but stretch each evenly to its new place (the outer ones end at 4)."""
    k = isqrt(len(order))
    edges = ndtri(torch.linspace(0, 1, k + 1, dtype=torch.float64)).clamp(-4, 4)
    cell = (k * ndtr(z)).long()
    inside = (z - edges[cell]) / edges.diff()[cell]
    new = order[cell[..., 0] * k + cell[..., 1]]
    place = torch.stack([new // k, new % k], -1)
    return edges[place] + inside * edges.diff()[place]


def largest_change(move, k):
    """In log p(x) of a digit, with `move` in the decoder; no cell's grid straddles a border."""
    order = torch.randperm(k * k, generator=torch.Generator().manual_seed(k))
    axis = ndtri((torch.arange(k)[:, None] + ndtr(s)) / k).flatten()
    prior = torch.cartesian_prod(share.repeat(k) / k, share.repeat(k) / k).prod(1)
    decoded = vae.decode(move(torch.cartesian_prod(axis, axis), order))
    table = log_likelihood_table(vae.likelihood, x, decoded)  # log p(x|z)
    return ((table + prior.log()).logsumexp(1) - before).abs().max()


vae, x = trained_digits(), digits().held_out[:30]
s = torch.arange(-29, 30, dtype=torch.float64) * 0.22
share = torch.exp(-s.square() / 2) * 0.22 / (2 * torch.pi) ** 0.5
before = Grid(vae).log_evidence(x)  # log p(x), by a plain grid: this decoder is smooth
for k in (2, 4, 8):
    kept, stretched = largest_change(shuffle, k), largest_change(stretch, k)
    print(f"{k} x {k} cells shuffled, change < 1e-6 = {kept < 1e-6}")
    print(f"{k} x {k} cells stretched, change = {stretched:.1f}")
    assert kept < 1e-6, f"no digit's log p(x) should move, one moves by {kept:.2g} nats"
    assert stretched > 0.5, f"stretched, one should move by 0.5, not {stretched:.2f}"
