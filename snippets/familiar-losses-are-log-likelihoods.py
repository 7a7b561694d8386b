"""Cross-entropy plus KL is minus the ELBO of one draw; squared error is a log-likelihood plus a constant.

Kind: identity
Break it: loss = cross_entropy + kl -> loss = cross_entropy - kl
"""

from math import log, pi

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits

from lowerbound import digits, trained_digits

vae = trained_digits()
x = digits().held_out
q = vae.encode(x)
mean, std = q.mean, q.log_std.exp()
noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(0)).double()
decoded = vae.decode(mean + std * noise)  # logits, one per pixel

# As training code writes it: the formulas spelled out, summed over pixels and coordinates of z.
cross_entropy = binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(1)
kl = 0.5 * (mean**2 + std**2 - 1 - 2 * std.log()).sum(1)
loss = cross_entropy + kl

# As the mathematics writes it: log p(x|z) - KL(q(z|x)‖p(z)), from torch's own distributions.
log_likelihood = Bernoulli(logits=decoded).log_prob(x).sum(1)
prior = Normal(torch.zeros_like(mean), torch.ones_like(std))
elbo = log_likelihood - kl_divergence(Normal(mean, std), prior).sum(1)

print(f"cross-entropy, average = {cross_entropy.mean():.2f}")
print(f"KL to the prior, average = {kl.mean():.2f}")
print(f"loss, average = {loss.mean():.2f}")
print(f"ELBO of one draw, average = {elbo.mean():.2f}")
assert (loss + elbo).abs().max() < 1e-9

sigma = 0.3  # with normal noise of this width around each pixel of the picture
picture = decoded.sigmoid()
squared_error = (x - picture).square().sum(1)
log_normal = Normal(picture, sigma).log_prob(x).sum(1)
constant = 64 / 2 * log(2 * pi * sigma**2)
assert (squared_error / (2 * sigma**2) + constant + log_normal).abs().max() < 1e-9
