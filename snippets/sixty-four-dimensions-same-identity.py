"""Nothing in the identity depends on two dimensions: with 64 latent numbers the gap is still exactly the KL.

Kind: computation
Break it: kl_each(encoder, p.z_given_x, x) -> kl_each(encoder, p.z, x)
"""

import torch

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, elbo, kl_each

generator = torch.Generator().manual_seed(0)
weight = torch.randn(100, 64, generator=generator, dtype=torch.float64) / 8
prior = Gaussian(torch.zeros(64), 1.0)
decoder = LinearGaussian(weight, torch.zeros(100), 0.5)
p = GaussianJoint.from_model(prior, decoder)
encoder = LinearGaussian(0.3 * weight.T, torch.zeros(64), 0.3)  # one that is not best

x = p.x.sample(100, generator)
truth = p.x.log_prob(x)  # closed form
gap = truth - elbo(p, encoder, x)
kl = kl_each(encoder, p.z_given_x, x)
error = (gap - kl).abs().max()
print(f"log p(x) of the first x = {truth[0]:.2f}")
print(f"gap of the first x = {gap[0]:.2f}")
print(f"largest difference of gap and KL < 1e-9 = {error < 1e-9}")
assert error < 1e-9, (
    f"gap and KL should be one number for each x; one pair is {error:.2g} apart"
)
