"""Sixteen draws from the prior make log p(x) of a digit over a nat too low; sixteen from the encoder hardly.

Kind: experiment
Break it: drawn = q.mean + q.log_std.exp() * noise -> drawn = noise
"""

from math import log

import torch

from lowerbound import Grid, digits, trained_digits

vae, x = trained_digits(), digits().held_out[:100]
truth = Grid(vae).log_evidence(x)  # log p(x), added up over all codes
q = vae.encode(x)


def too_low(log_weight):
    """How far the log of the mean weight is below log p(x), average over the digits."""
    return (truth - log_weight.logsumexp(0) + log(len(log_weight))).mean().item()


# Both are right on average: p(x) is the mean of p(x|z) under the prior, and of
# p(x,z) / q(z|x) under the encoder's answer.
prior, encoder, many, carry = [], [], [], []
for seed in range(5, 10):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(4096, *q.mean.shape, generator=generator, dtype=torch.float64)
    fits = vae.log_likelihood(x, noise)  # log p(x|z) of 4096 draws from the prior
    prior.append(too_low(fits[:16]))
    many.append(too_low(fits))
    share = fits[:1000].softmax(0).sort(0, descending=True).values
    carry.append(((share.cumsum(0) < 0.95).sum(0) + 1).double().mean().item())
    noise = noise[:16]
    drawn = q.mean + q.log_std.exp() * noise
    encoder.append(too_low(vae.log_joint(x, drawn) - q.log_prob(drawn)))

print(f"16 draws from the prior, too low by = {min(prior):.1f} to {max(prior):.1f}")
print(f"16 from the encoder, too low by = {min(encoder):z.1f} to {max(encoder):.1f}")
print(f"4096 draws from the prior, too low by at most = {max(many):.2f}")
print(f"of 1000 draws, 95 % comes from = {min(carry):.0f} to {max(carry):.0f}")
assert min(prior) > 1, (
    f"16 draws from the prior should be over 1 nat too low, not {min(prior):.2f}"
)
assert max(map(abs, many)) < 0.1, (
    f"4096 from the prior should be under 0.1 nats off, not {max(many):.2f}"
)
assert max(map(abs, encoder)) < 0.2, (
    f"16 from the encoder should be under 0.2 nats off, not {max(encoder):.2f}"
)
assert max(carry) < 100, (
    f"under 100 of 1000 draws should carry 95 % of the mean, not {max(carry):.0f}"
)
