"""A shuffle cuts one digit's posterior into scattered pieces, and the best ellipse found fits much worse.

Kind: computation
Break it: torch.randperm(36, generator=g) -> torch.arange(36)
"""

import torch
from scipy.optimize import minimize
from torch.special import ndtr, ndtri

from lowerbound import FullNormal, Grid, digits, trained_digits


def shuffle(z, order):
    """Move each of 6 x 6 cells, which hold equal shares of the prior, to a new place."""
    u = 6 * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * 6 + cell[..., 1]]
    return ndtri((torch.stack([new // 6, new % 6], -1) + u - cell) / 6)


def log_posterior(z, order):
    """log p(z|x) for the shuffled decoder, by Bayes' rule."""
    return vae.prior.log_prob(z) + vae.log_likelihood(x, shuffle(z, order)) - log_p_x


def rough_gap(numbers):
    """KL(q(z|x)||p(z|x)) for the ellipse that five numbers describe, on the grid z."""
    log_q = ellipse_of(numbers).log_prob(z.view(-1, 1, 2)).log_softmax(0)
    return (log_q.exp() * (log_q - log_p.view(-1, 1).log_softmax(0))).sum().item()


def ellipse_of(numbers):
    return FullNormal.from_output(torch.from_numpy(numbers)[None], 2)


vae, x, g = trained_digits(), digits().held_out, torch.Generator().manual_seed(2)
x = x[vae.encode(x).mean.norm(dim=1).argmin(), None]  # its code: where four cells meet
log_p_x, gaps = Grid(vae).log_evidence(x), []
z = torch.cartesian_prod(*2 * [torch.linspace(-2.6, 2.6, 80).double()])
orders = torch.arange(36), torch.randperm(36, generator=g)
for order in orders:
    log_p = log_posterior(z, order)
    starts = z[log_p.exp().multinomial(8, generator=g)]  # heavy pieces are drawn often
    tried = [minimize(rough_gap, [*start, -1.5, -1.5, 0.0]) for start in starts]
    best = ellipse_of(min(tried, key=lambda found: found.fun).x)
    draws = best.at(torch.randn(4000, 1, 2, generator=g).double())
    gaps.append((best.log_prob(draws) - log_posterior(draws, order)).mean())

print(f"gap before = {gaps[0]:.2f}")
print(f"gap after = {gaps[1]:.1f}")
assert gaps[0] < 0.1, (
    f"in order, an ellipse should fit within 0.1 nats, not {gaps[0]:.2f}"
)
assert gaps[1] > 1, (
    f"in pieces, the best ellipse should be over 1 nat off, not {gaps[1]:.2f}"
)
