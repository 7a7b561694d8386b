"""In the trained model, shuffled, the middle code reconstructs as before; draws get worse with finer cells.

Kind: experiment
Break it: shuffle(q.mean, order.argsort()) -> shuffle(q.mean, order)
"""

from math import isqrt

import torch
from torch.special import ndtr, ndtri

from lowerbound import DiagonalNormal, digits, trained_digits


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


vae, x = trained_digits(), digits().held_out
q = vae.encode(x)
generator = torch.Generator().manual_seed(0)
before = vae.log_likelihood(x, q.mean).mean()  # log p(x|z) at the mean, all 360 digits
print(f"at the mean, before = {before:.1f}")

previous = before
for k in (1, 4, 16, 64):
    drawn = []
    for _ in range(5):  # five shuffles
        order = torch.randperm(k * k, generator=generator)
        moved = DiagonalNormal(shuffle(q.mean, order.argsort()), q.log_std)
        at_mean = vae.log_likelihood(x, shuffle(moved.mean, order)).mean()
        assert abs(at_mean - before) < 1e-6, (
            f"at the moved middle log p(x|z) should stay {before:.1f}, not become {at_mean:.1f}"
        )
        z = moved.at(torch.randn(8, *q.mean.shape, generator=generator).double())
        drawn.append(vae.log_likelihood(x, shuffle(z, order)).mean())
    print(f"at draws, K {k}, mean of five shuffles = {sum(drawn) / 5:.1f}")
    print(f"K {k}, lowest and highest: {min(drawn):.1f} and {max(drawn):.1f}")
    assert max(drawn) < previous - 0.5, (
        f"at K {k} draws should be 0.5 nats below {previous:.1f}, not at {max(drawn):.1f}"
    )
    previous = min(drawn)
