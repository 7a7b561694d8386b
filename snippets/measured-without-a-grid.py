"""Without a grid, a bound from draws of the encoder shows most of this model's gap between ELBO and log p(x).

Kind: computation
Break it: log_weight.logsumexp(0) - log(k) -> log_weight.mean(0)
Fold: vae, given
"""

from math import log

import torch
from torch.distributions import Normal
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from lowerbound import Grid, digits, trained_digits

vae, x = trained_digits(), digits().held_out[:100]
given = vae.encode(x)
mu, std, decode = given.mean, given.log_std.exp(), vae.decode  # or your own

kl = 0.5 * (mu**2 + std**2 - 1) - std.log()  # for each image and latent number
for number, nats in enumerate(kl.mean(0)):
    print(f"KL to the prior, latent number {number} = {nats:.1f}")

k, draws = 1000, torch.Generator().manual_seed(0)
z = mu + std * torch.randn(k, *mu.shape, generator=draws)
q, prior = Normal(mu, std), Normal(0.0, 1.0)
cost = bce(decode(z), x.expand(k, *x.shape), reduction="none")
log_weight = (prior.log_prob(z) - q.log_prob(z)).sum(-1) - cost.sum(-1)
elbo = log_weight.mean(0).mean()  # the average of the logs
bound = (log_weight.logsumexp(0) - log(k)).mean()  # the log of the average
print(f"ELBO = {elbo:.2f}")
print(f"bound from {k} draws = {bound:.2f}")

truth = Grid(vae).log_evidence(x).mean()  # only here, with two latent numbers
print(f"log p(x) = {truth:.2f}")
assert kl.mean(0).min() > 0.5, f"both should be in use, not {kl.mean(0).min():.2f}"
shown = (bound - elbo) / (truth - elbo)
assert 0.5 < shown < 1.05, f"of the gap the bound should show most, not {shown:.0%}"
