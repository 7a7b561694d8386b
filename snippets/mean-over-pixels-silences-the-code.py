"""Squared error plus beta KL is the loss of sigma^2 = beta / 2; a mean over D pixels multiplies beta by D.

Kind: identity
Break it: variance = beta / 2 -> variance = beta
"""

from math import log, pi

import torch
from torch.distributions import Normal
from torch.nn.functional import mse_loss

from lowerbound import GaussianNoise, digits, digits_vae, kl_each, ppca

x = digits(binary=False).train / 16  # grey values from 0 to 1, D = 64 pixels
vae = digits_vae(GaussianNoise(1.0)).double().requires_grad_(False)
q = vae.encode(x)
noise = torch.randn(q.mean.shape, generator=torch.Generator().manual_seed(0)).double()
picture = vae.decode(q.at(noise))  # one draw for each image
rate = kl_each(q, vae.prior)
squared_error = mse_loss(picture, x, reduction="none").sum(1)

for beta in (0.5, 1.0, 4.0, 64.0):
    variance = beta / 2
    minus_elbo = rate - Normal(picture, variance**0.5).log_prob(x).sum(1)
    constant = 64 / 2 * log(2 * pi * variance)  # no weight can change it
    loss = squared_error + beta * rate
    bound = 2 * variance * (minus_elbo - constant)
    assert torch.allclose(loss, bound), (
        f"beta {beta:g}: loss and bound should be one number, not {(loss - bound).abs().max():.2f} apart"
    )

mean_loss = mse_loss(picture, x, reduction="none").mean(1) + rate
by_64 = squared_error + 64 * rate  # so its beta is 64
assert torch.allclose(64 * mean_loss, by_64), (
    f"64 times the mean's loss should be {by_64[0]:.2f}, not {64 * mean_loss[0]:.2f}"
)

used = {}
for pixels in (64, 1024):
    enlarged = x.repeat_interleave(
        pixels // 64, dim=1
    )  # the same digits, each pixel copied
    for name, beta in {"sum": 1, "mean": pixels}.items():
        best = ppca(
            enlarged, latent_dim=16, noise=beta / 2
        )  # the best linear model, by formula
        used[name, pixels] = best.active_directions
        print(f"{name} over {pixels} pixels, sigma = {(beta / 2) ** 0.5:.2f}")
        print(f"{name} over {pixels} pixels, of 16 in use = {used[name, pixels]}")

assert (
    used["sum", 1024] > used["sum", 64] > used["mean", 64] == used["mean", 1024] == 0
), (
    f"the sum should use more of 16 numbers when the digits are larger, the mean none, not {used}"
)
