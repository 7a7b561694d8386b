"""The score function has the reparameterized gradient's average; whether its draws scatter more depends on f.

Kind: computation
Break it: * q.log_prob(z.detach()) -> * q.log_prob(z)
"""

import numpy as np
import torch

from lowerbound import DiagonalNormal, digits, trained_digits

vae, images = trained_digits(), digits().held_out[:40]
# In the place of draws: points and weights of Gauss-Hermite quadrature.
points, weights = map(torch.tensor, np.polynomial.hermite_e.hermegauss(24))
noise = torch.cartesian_prod(points, points)
weight = torch.outer(weights, weights).flatten() / weights.sum() ** 2
encoded = vae.encode(images)


def scatter(slopes):
    """The average, and the variance around it."""
    return weight @ slopes, weight @ (slopes - weight @ slopes).square().sum(1)


apart, plain, with_baseline = [], [], []
for x, mean, log_std in zip(images, encoded.mean, encoded.log_std, strict=True):
    m = mean.expand(len(noise), 2).clone().requires_grad_()  # one copy for each point
    q = DiagonalNormal(m, log_std.expand(len(noise), 2))
    z = q.at(noise)  # mean + std * noise
    value = vae.log_likelihood(x, z)  # log p(x|z)
    average, variance = scatter(torch.autograd.grad(value.sum(), m)[0])  # through z
    # The score function: z stands still, and the gradient is value * d/dm log q(z).
    for baseline, times in ((0.0, plain), (weight @ value.detach(), with_baseline)):
        surrogate = (value.detach() - baseline) * q.log_prob(z.detach())
        other, spread = scatter(torch.autograd.grad(surrogate.sum(), m)[0])
        apart.append((average - other).abs().max())
        times.append(spread / variance)

plain, with_baseline = torch.stack(plain), torch.stack(with_baseline)
print(f"averages less than 1e-5 apart = {max(apart) < 1e-5}")
print(f"variance, how many times larger, median = {plain.median():.0f}")
print(f"variance, how many times larger, least = {plain.min():.0f}")
print(f"with a baseline, median = {with_baseline.median():.1f}")
print(f"with a baseline, least = {with_baseline.min():.1f}")
assert max(apart) < 1e-5, f"the averages should agree, two are {max(apart):.2g} apart"
assert plain.min() > 1, (
    f"the score function should scatter more for every image, not {plain.min():.2f} times"
)

z, times = noise[:, :1], {}  # the other way round: sin(speed z), q standard normal
for speed in (0.5, 3.0):
    average, variance = scatter(speed * (speed * z).cos())
    other, spread = scatter((speed * z).sin() * z)  # d/dm log q(z) at m = 0 is z
    times[speed] = (spread / variance).item()
    print(f"sin({speed:g} z): variance, how many times larger = {times[speed]:.2f}")
    assert abs(average - other) < 1e-9, (
        f"sin({speed:g} z): the averages should agree, not be {average.item():.3f} and {other.item():.3f}"
    )

assert times[0.5] > 10, (
    f"slow, the score function should scatter over 10 times as much, not {times[0.5]:.2f}"
)
assert times[3.0] < 0.5, (
    f"fast, it should scatter less than half as much, not {times[3.0]:.2f}"
)
