"""On the digits, q(z) is the average of all the encoder's answers: two routes agree on a square of codes.

Kind: computation
Break it: log_q.exp().mean(1) -> vae.prior.log_prob(z).exp()
Figure: Two rows of eight pictures from the decoder. Above, where the encoder leaves codes thinnest beside the prior:
    smudges, such as a blend of a six and an eight. Below, where its codes are densest: clear digits.
"""

import math

import torch

from lowerbound import digits, trained_digits
from lowerbound.plots import P, pictures, subplots

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
draws = q.at(noise)  # 200 codes of each image
sampled = (draws.abs() < 1).all(-1).double().mean()
standard_error = (sampled * (1 - sampled) / len(draws) / len(x)) ** 0.5
under_the_prior = torch.tensor(0.5**0.5).erf() ** 2

# Decode where q(z) is thinnest and densest beside the prior.
axis = torch.linspace(-2, 2, 41, dtype=torch.float64)
places = torch.cartesian_prod(axis, axis)
places = places[places.norm(dim=1) < 2]
log_q_z = q.log_prob(places[:, None]).logsumexp(1) - math.log(len(x))
order = (log_q_z - vae.prior.log_prob(places)).argsort()
figure, axes = subplots(2, 1, figsize=(4.4, 1.9))
for ax, name, shown in zip(
    axes, ("thinnest", "densest"), (order[:80:10], order[-80::10]), strict=True
):
    decoded = vae.decode(places[shown]).sigmoid().reshape(8, 8, 8)
    pictures(ax, decoded, columns=8, colour=P).set_title(f"where q(z) is {name}")

figure.savefig("aggregated-posterior-is-a-mixture.svg")

print(f"probability of the square, by averaging = {evaluated:.2f}")
print(f"probability of the square, by sampling = {sampled:.2f}")
print(f"probability of the square under the prior = {under_the_prior:.2f}")
assert standard_error < 0.02 * sampled, (
    f"a standard error of {standard_error:.4f} should be below 2 % of {sampled:.2f}"
)
assert abs(evaluated - sampled) < 4 * standard_error, (
    f"averaging, {evaluated:.3f}, should meet sampling, {sampled:.3f}"
)
