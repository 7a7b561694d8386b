"""For the trained model, a single ellipse has a larger gap at cells four times as fine, even if re-sized.

Kind: experiment
Break it: order[cell[..., 0] * k + cell[..., 1]] -> cell[..., 0] * k + cell[..., 1]
Figure: The average gap in nats against K, the number of cells along each side, from 1 to 64. A dotted line stays
    near 0: the encoder's distribution, shuffled along. A dashed line climbs to about 11: one ellipse with its
    size chosen from four. A solid line climbs to over 20: the ellipse as it was, moved to its new cell. Dots, one per
    shuffle, lie close to the lines.
"""

from math import isqrt, log

import torch
from torch.special import ndtr, ndtri

from lowerbound import DiagonalNormal, Grid, digits, kl_each, trained_digits
from lowerbound.plots import INK, Q, subplots


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

figure, ax = subplots(figsize=(7.2, 4.2))
ax.plot(cells, moved.mean(1), color=Q, label="one ellipse, moved")
ax.plot(cells, resized.mean(1), "--", color=Q, label="moved and re-sized")
ax.plot(cells, torch.cat([moved, resized], 1).numpy(), ".", color=Q)
ax.axhline(moved[0].mean(), linestyle=":", color=INK, label="the encoder's q, shuffled")
ax.set_xscale("log", base=2)
ax.set_xticks(cells, cells)
ax.set(xlabel="K (for K x K cells)", ylabel="gap on held-out digits, nats each")
ax.legend()
figure.savefig("one-ellipse-pays-for-the-scramble.svg")

for k, *both in zip(cells, moved, resized, strict=True):
    for name, gap in zip(("moved", "re-sized"), both, strict=True):
        print(f"{name}, K {k} = {gap.mean():.0f} ({gap.min():.0f} to {gap.max():.0f})")

assert (moved[2:].amin(1) > moved[:-2].amax(1)).all()  # at 4 K all five above all at K
assert (resized[2:].amin(1) > resized[:-2].amax(1)).all()
