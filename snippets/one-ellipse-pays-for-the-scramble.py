"""With four times as many shuffled cells a side, one ellipse's average gap grows, even if it may be re-sized.

Kind: experiment
Break it: order[cell[..., 0] * k + cell[..., 1]] -> cell[..., 0] * k + cell[..., 1]
"""

from math import isqrt, log

import torch
from torch.special import ndtr, ndtri

from lowerbound import DiagonalNormal, Grid, digits, kl_each, trained_digits


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


def gaps(k):
    """Average gap under a random shuffle: the ellipse moved, and moved and re-sized."""
    order = torch.randperm(k * k, generator=generator)
    mean = shuffle(q.mean, order.argsort())  # each ellipse goes where its place went
    gap = []
    for i in range(4):  # the size as it was, a third, a ninth, ...
        ellipse = DiagonalNormal(mean, q.log_std - i * log(3))
        noise = torch.randn(2, 32, *mean.shape, generator=generator).double()
        sampled = vae.log_likelihood(x, shuffle(ellipse.at(noise), order)).mean(1)
        gap.append(log_evidence - sampled + kl_each(ellipse, vae.prior))
    choose, measure = torch.stack(gap, 1)  # half of the draws choose the size
    resized = measure.gather(0, choose.argmin(0, keepdim=True))
    return measure[0].mean().item(), resized.mean().item()


generator, cells = torch.Generator().manual_seed(0), [1, 2, 4, 8, 16, 32, 64]
vae, x = trained_digits(), digits().held_out[:30]
q, log_evidence = vae.encode(x), Grid(vae).log_evidence(x)
moved, resized = torch.tensor([[gaps(k) for _ in range(5)] for k in cells]).unbind(-1)

for k, *both in zip(cells, moved, resized, strict=True):
    for name, gap in zip(("moved", "re-sized"), both, strict=True):
        print(f"{name}, K {k} = {gap.mean():.0f}")
        print(f"{name}, K {k}, lowest and highest: {gap.min():.0f} to {gap.max():.0f}")

for name, gap in {"moved": moved, "re-sized": resized}.items():
    above = (gap[2:].mean(1) - gap[:-2].mean(1)).min()  # averages at 4 K, at K
    assert above > 0, (
        f"{name}: at four times the cells the gap should be larger, but one is {-above:.2f} smaller"
    )
