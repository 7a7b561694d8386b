"""If the encoder's distribution is shuffled along with the decoder, the gap stays as it was, for every image.

Kind: identity
Break it: log_q = q.log_prob(back) + slope.log().sum(-1) -> log_q = q.log_prob(back)
Figure: Two maps of nine by nine pictures, what the codes on the plane decode to, with lines that cut each into three
    by three pieces. On the left, one digit turns into the next from place to place. On the right the pieces have
    changed places: the same pictures, with sudden changes at the lines.
"""

from math import isqrt

import torch
from torch.special import ndtr, ndtri

from lowerbound import Grid, digits, elbo, trained_digits
from lowerbound.plots import INK, P, pictures, subplots


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


vae = trained_digits()
x = digits().held_out
q = vae.encode(x)
log_evidence = Grid(vae).log_evidence(x)  # the shuffle does not change it
gap = (log_evidence - elbo(vae, q, x)).mean()

generator = torch.Generator().manual_seed(0)
z = q.at(torch.randn(50, *q.mean.shape, generator=generator, dtype=torch.float64))
draws = q.log_prob(z) - vae.log_joint(x, z) + log_evidence  # log q(z|x) - log p(z|x)

changes = []
for k in (2, 8, 64):
    order = torch.randperm(k * k, generator=generator)
    moved = shuffle(z, order.argsort()).requires_grad_()  # draws of the shuffled q
    back = shuffle(moved, order)  # where the shuffled decoder looks
    (slope,) = torch.autograd.grad(back.sum(), moved)
    log_q = q.log_prob(back) + slope.log().sum(-1)  # the shuffled q's density
    log_joint = vae.prior.log_prob(moved) + vae.log_likelihood(x, back)
    after = log_q - log_joint + log_evidence
    changes.append((after - draws).abs().max().item())

edges = ndtri((torch.arange(9, dtype=x.dtype) + 0.5) / 9)
places = torch.cartesian_prod(-edges, edges).flip(1)  # from left to right, then down
shuffled = shuffle(places, torch.randperm(9, generator=generator))
figure, axes = subplots(1, 2, figsize=(4.6, 2.5))
for ax, name, z in zip(axes, ("in order", "shuffled"), (places, shuffled), strict=True):
    pictures(ax, vae.decode(z).sigmoid().reshape(81, 8, 8), 9, P).set_title(name)
    for cut in (29.5, 59.5):  # each picture takes ten pixels
        ax.axhline(cut, color=INK, linewidth=1)
        ax.axvline(cut, color=INK, linewidth=1)

figure.savefig("scrambled-mirror-has-the-same-gap.svg")
print(f"average gap = {gap:.2f}")
print(f"the same from draws, within 0.02 = {abs(draws.mean() - gap) < 0.02}")
print(f"largest change in {draws.numel()} draws < 1e-6 = {max(changes) < 1e-6}")
assert max(changes) < 1e-6, (
    f"log q - log p(z|x) should stay at every draw, not move by {max(changes):.2g} nats"
)
assert abs(draws.mean() - gap) < 0.02, (
    f"the draws average {draws.mean():.2f}, and the gap is {gap:.2f}"
)
