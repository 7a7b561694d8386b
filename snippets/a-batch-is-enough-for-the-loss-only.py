"""From a batch and one draw each, the loss is right on average; either comparison alone comes out wrong.

Kind: experiment
Break it: (densities + log_weight).logsumexp(1) -> encoded.log_prob(z[:, None, :]).logsumexp(1) - math.log(n)
"""

import math

import torch

from lowerbound import DiagonalNormal, Grid, digits, elbo, trained_digits

vae, data = trained_digits(), digits().held_out.unique(dim=0)
encoded, n, batch_size, repeats = vae.encode(data), len(data), 64, 75
exact_loss = -elbo(vae, encoded, data).mean()
log_evidence = Grid(vae).log_evidence(data)
# in q(z) the image that z came from has weight 1 / n; the others stand for the rest
weight = torch.full((batch_size, batch_size), (1 - 1 / n) / (batch_size - 1)).double()
log_weight = weight.fill_diagonal_(1 / n).log()

errors = []
for seed in range(5):
    g = torch.Generator().manual_seed(seed)
    for _ in range(repeats):
        batch = torch.randperm(n, generator=g)[:batch_size]
        images = data[batch]
        q = DiagonalNormal(encoded.mean[batch], encoded.log_std[batch])
        noise = torch.randn(2, batch_size, 2, generator=g, dtype=torch.float64)
        z = q.at(noise[0])  # one code an image
        loss = q.log_prob(z) - vae.log_joint(images, z)
        # q(x|z) needs q(z), a sum over all images: take the batch for it
        densities = q.log_prob(z[:, None, :])
        from_batch = (densities + log_weight).logsumexp(1)
        from_all = encoded.log_prob(z[:, None, :]).logsumexp(1) - math.log(n)
        # the gap needs p(x), a sum over all codes: take as many codes from the prior
        likelihoods = vae.log_likelihood(images[:, None, :], noise[1])
        evidence = likelihoods.logsumexp(1) - math.log(batch_size)
        error = loss - exact_loss, from_all - from_batch, evidence - log_evidence[batch]
        errors.append(torch.stack(error).mean(1))

errors = torch.stack(errors).reshape(5, repeats, 3)
means = errors.mean(1)  # a row for each seed
off = means / errors.std(1) * repeats**0.5  # in standard errors
print(f"loss: within 4 standard errors, for every seed = {off[:, 0].abs().max() < 4}")
for name, mean, far in zip(
    ["q(x|z), p(x|z)", "q(z|x), p(z|x)"], means.T[1:], off.T[1:], strict=True
):
    print(f"{name}: off by = {mean.min():.2f} to {mean.max():.2f} nats")
    print(f"{name}: over 8 standard errors, for every seed = {far.abs().min() > 8}")

gap = log_evidence.mean() + exact_loss
print(f"exact KL(q(z|x)||p(z|x)), averaged = {gap:.2f} nats")
loss, images, codes = off[:, 0].abs().max(), off[:, 1].min(), off[:, 2].max()
assert loss < 4, (
    f"the loss should be right within 4 standard errors, not {loss:.1f} off"
)
assert images > 8, (
    f"KL(q(x|z)||p(x|z)) should come out too high by over 8 standard errors, not by {means[:, 1].min():.2f} nats"
)
assert codes < -8, (
    f"KL(q(z|x)||p(z|x)) should come out too low by over 8 standard errors, not by {-means[:, 2].max():.2f} nats"
)
