"""With q(z|x) = p(z|x), one sample gives log p(x) without error; the usual estimator may vary.

Kind: identity
Break it: encoder = p.z_given_x -> encoder = LinearGaussian([[0.3]], [0.1], 0.2)
"""

import torch

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, kl_each

prior = Gaussian([0.0], 1.0)
decoder = LinearGaussian([[2.0]], [0.5], 0.3)
p = GaussianJoint.from_model(prior, decoder)
encoder = p.z_given_x  # the true posterior, by Bayes' rule

x = torch.tensor([[1.5]], dtype=torch.float64).expand(1000, 1)
z = encoder.sample(x, torch.Generator().manual_seed(0))  # 1,000 draws of q(z|x)

log_q = encoder.log_prob(z, x)
log_likelihood = decoder.log_prob(x, z)
log_joint = prior.log_prob(z) + log_likelihood

one_sample = log_joint - log_q  # log p(x,z) - log q(z|x)
usual = log_likelihood - kl_each(encoder, prior, x)  # log p(x|z) - KL(q(z|x)||p(z))
log_evidence = p.x.log_prob(x)[0]

print(f"log p(x) = {log_evidence:.4f}")
print(f"first five of log p(x,z) - log q(z|x): {[f'{v:.4f}' for v in one_sample[:5]]}")
print(f"first five of log p(x|z) - KL: {[f'{v:.2f}' for v in usual[:5]]}")
print(f"standard deviation of the usual one > 0.5 = {usual.std() > 0.5}")
above = (usual > log_evidence).double().mean()  # the average is below, not each draw
print(f"usual draws above log p(x), in percent = {100 * above:.0f}")
error = (one_sample - log_evidence).abs().max()
print(f"largest error of the other < 1e-12 = {error < 1e-12}")
assert error < 1e-12, f"every draw should give log p(x), and one is {error:.2f} off"
assert usual.std() > 0.5, (
    f"the usual estimates should vary by more than 0.5 nats, not {usual.std():.2f}"
)
assert above > 0.5, f"over half should lie above log p(x), not a share of {above:.2f}"
off, standard_error = abs(usual.mean() - log_evidence), usual.std() / 1000**0.5
assert off < 4 * standard_error, (
    f"their mean should be log p(x) within 4 x {standard_error:.3f}, and is {off:.3f} off"
)
