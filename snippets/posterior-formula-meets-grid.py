"""In probabilistic PCA, the formula and a grid give p(z|x) of a digit the same mean and covariance.

Kind: computation
Break it: log_joint = p.z.log_prob(z) + log_likelihood -> log_joint = log_likelihood
"""

import torch

from lowerbound import digits, ppca

p = ppca(digits().train, latent_dim=2)  # p(z) = N(0, I), p(x|z) = N(W z + mu, s I)
x = digits().held_out[:1]
formula = p.z_given_x.at(x[0])  # a normal distribution, in closed form

axis = torch.linspace(-7, 7, 281, dtype=torch.float64)
z = torch.cartesian_prod(axis, axis)
log_likelihood = p.x_given_z.log_prob(x, z)  # log p(x|z), for every z of the grid
log_joint = p.z.log_prob(z) + log_likelihood
posterior = log_joint.softmax(0)  # Bayes' rule: divide by the sum

mean = posterior @ z
cov = (z - mean).T @ (posterior[:, None] * (z - mean))
print(f"mean of z, by formula = {formula.mean[0]:.4f}, {formula.mean[1]:.4f}")
print(f"mean of z, by grid = {mean[0]:.4f}, {mean[1]:.4f}")
print(f"variance of the first z, by formula = {formula.cov[0, 0]:.4f}")
print(f"variance of the first z, by grid = {cov[0, 0]:.4f}")
assert (mean - formula.mean).abs().max() < 1e-9, (
    f"the grid should give the formula's mean of z1, {formula.mean[0]:.4f}, not {mean[0]:.4f}"
)
assert (cov - formula.cov).abs().max() < 1e-9, (
    f"the grid should give the formula's variance of z1, {formula.cov[0, 0]:.4f}, not {cov[0, 0]:.4f}"
)
