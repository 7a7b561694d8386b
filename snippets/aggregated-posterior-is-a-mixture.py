"""On the digits, q(z) is the average of all the encoder's answers: two routes agree on a square of codes.

Kind: computation
Break it: log_q.exp().mean(1) -> vae.prior.log_prob(z).exp()
"""

import torch

from lowerbound import digits, trained_digits

vae, x = trained_digits(), digits().train
q = vae.encode(x)  # q(z|x), one normal per training image

# Evaluate q(z) = E_q(x)[q(z|x)] on small cells that fill the square from -1 to 1.
cell = 0.025
axis = torch.arange(-1 + cell / 2, 1, cell, dtype=torch.float64)
z = torch.cartesian_prod(axis, axis)
log_q = q.log_prob(z[:, None, :])  # log q(z|x), every z with every image
q_z = log_q.exp().mean(1)
evaluated = (q_z * cell**2).sum()

# Sample q(z): take an image, then one of its codes.
generator = torch.Generator().manual_seed(0)
noise = torch.randn(200, *q.mean.shape, generator=generator, dtype=torch.float64)
draws = q.at(noise).reshape(-1, 2)
sampled = (draws.abs() < 1).all(1).double().mean()
standard_error = (sampled * (1 - sampled) / len(draws)) ** 0.5

under_the_prior = torch.tensor(0.5**0.5).erf() ** 2
print(f"probability of the square, by averaging = {evaluated:.2f}")
print(f"probability of the square, by sampling = {sampled:.2f}")
print(f"probability of the square under the prior = {under_the_prior:.2f}")
assert standard_error < 0.02 * sampled
assert abs(evaluated - sampled) < 4 * standard_error
