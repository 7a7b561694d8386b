"""On the digits, q(z) is the average of all the encoder's answers: two routes agree on a square of codes.

Kind: computation
Break it: log_q.exp().mean(1) -> vae.prior.log_prob(z).exp()
Figure: Two clouds of dots with axes z1 and z2, and a square from minus one to one in each. On the left, codes of
    training images: dense clumps with thin places between them. On the right, the same number of draws from the
    prior: one round cloud, thickest in the middle.
"""

import torch

from lowerbound import digits, trained_digits
from lowerbound.plots import INK, P, Q, subplots

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

figure, axes = subplots(1, 2, figsize=(4.6, 2.7), sharex=True, sharey=True)
clouds = {"q(z)": (draws[0, :600], Q, "o"), "p(z)": (noise[0, :600], P, "s")}
for ax, (name, (codes, colour, shape)) in zip(axes, clouds.items(), strict=True):
    ax.plot(*codes.T, shape, color=colour, markersize=1.6, markeredgewidth=0)
    ax.plot([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1], color=INK, linewidth=1)
    ax.set(xlabel="z₁", aspect="equal", title=name, xlim=(-3.6, 3.6), ylim=(-3.6, 3.6))

axes[0].set(ylabel="z₂")
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
