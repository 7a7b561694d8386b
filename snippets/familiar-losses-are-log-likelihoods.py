"""Minus the ELBO of one draw is cross-entropy plus KL; or squared error over 2 sigma^2, a constant, and KL.

Kind: identity
Break it: loss = cost + scale * kl -> loss = cost - scale * kl
"""

from math import log, pi

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from lowerbound import digits, trained_digits

vae = trained_digits()
x = digits().held_out
q = vae.encode(x)
mean, std = q.mean, q.log_std.exp()
noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(0)).double()
decoded = vae.decode(mean + std * noise)  # logits, one per pixel
picture, sigma = decoded.sigmoid(), 0.3  # a picture, and normal noise around its pixels

# As training code writes it: the formulas spelled out, summed over pixels and coordinates of z.
cross_entropy = binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(1)
squared_error = mse_loss(picture, x, reduction="none").sum(1)
kl = 0.5 * (mean**2 + std**2 - 1 - 2 * std.log()).sum(1)
constant = 64 / 2 * log(2 * pi * sigma**2)

# As the mathematics writes it: log p(x|z) - KL(q(z|x)||p(z)), from torch's own distributions.
prior = Normal(torch.zeros_like(mean), torch.ones_like(std))
to_prior = kl_divergence(Normal(mean, std), prior).sum(1)

errors = []
for name, cost, scale, noise_model, rest in (
    ("cross-entropy", cross_entropy, 1, Bernoulli(logits=decoded), 0),
    ("squared error", squared_error, 2 * sigma**2, Normal(picture, sigma), constant),
):
    loss = cost + scale * kl
    elbo = noise_model.log_prob(x).sum(1) - to_prior
    errors.append((loss / scale + rest + elbo).abs().max())  # loss/scale + rest = -ELBO
    print(f"{name}, average = {cost.mean():.2f}")
    print(f"{name}: loss, average = {loss.mean():.2f}")
    print(f"{name}: ELBO of one draw, average = {elbo.mean():.2f}")

print(f"KL to the prior, average = {kl.mean():.2f}")
print(f"largest difference < 1e-9 = {max(errors) < 1e-9}")
assert max(errors) < 1e-9, (
    f"cost plus KL should be minus the ELBO for every digit, and is up to {max(errors):.2f} off"
)
