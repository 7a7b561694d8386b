"""For counts the ELBO is at most 0; for a density it can be above 0, and another unit of x moves it.

Kind: computation
Break it: digits(binary=False).train / 16 -> digits(binary=False).train
"""

import math

import torch

from lowerbound import Joint, LinearGaussian, digits, elbo, ppca

grey = digits(binary=False).train / 16  # from 0 to 1


def average_elbo(x):
    """The average ELBO of the best linear model, beside an encoder that is too wide."""
    p = ppca(x, latent_dim=10)
    exact = p.z_given_x
    q = LinearGaussian(exact.weight, exact.bias, 1.5 * exact.cov)
    return elbo(p, q, x).mean().item()


of_one, in_percent = average_elbo(grey), average_elbo(100 * grey)
print(f"grey values from 0 to 1, ELBO = {of_one:.1f}")
print(f"grey values in percent, ELBO = {in_percent:.1f}")
print(f"64 pixels times log 100 = {64 * math.log(100):.1f}")
assert of_one > 0 > in_percent, (
    f"the ELBO should be above 0 and in percent below, not {of_one:.1f} and {in_percent:.1f}"
)
apart = of_one - in_percent
assert abs(apart - 64 * math.log(100)) < 1e-6, (
    f"the unit should move it by 64 log 100, not by {apart:.1f}"
)

g, highest = torch.Generator().manual_seed(0), []
for _ in range(100):  # tables, where p(x) is a probability
    p, q = (
        Joint(w / w.sum())
        for w in torch.rand(2, 5, 3, generator=g, dtype=torch.float64)
    )
    highest.append(elbo(p, q.z_given_x).max())

assert max(highest) <= 0, (
    f"no table's ELBO should be above 0, one is {max(highest):.2f}"
)
