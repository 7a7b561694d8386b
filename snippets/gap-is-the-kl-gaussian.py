"""With normal distributions the gap comes out the same by two routes: a formula, and an integral.

Kind: computation
Break it: gap = kl_each(encoder, p.z_given_x, x) -> gap = kl_each(encoder, p.x_given_z, x)
"""

from math import exp

from scipy.integrate import quad

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, kl_each

prior = Gaussian([0.0], 1.0)  # p(z): mean 0, variance 1
decoder = LinearGaussian([[2.0]], [0.5], 0.3)  # p(x|z): mean 2z + 0.5, variance 0.3
p = GaussianJoint.from_model(prior, decoder)
encoder = LinearGaussian(
    [[0.3]], [0.1], 0.2
)  # q(z|x): mean 0.3x + 0.1, not the best one

x = [[1.5]]
log_evidence = p.x.log_prob(x).item()  # log p(x), by formula
gap = kl_each(encoder, p.z_given_x, x).item()  # KL(q(z|x)||p(z|x)), by formula


def elbo_at(z: float) -> float:
    """q(z|x) (log p(x,z) - log q(z|x)): what the ELBO adds up, at one z."""
    log_q = encoder.log_prob([[z]], x).item()
    log_joint = prior.log_prob([[z]]).item() + decoder.log_prob(x, [[z]]).item()
    return exp(log_q) * (log_joint - log_q)


elbo, _ = quad(elbo_at, -5, 6, epsabs=1e-12)  # by adding up over z

print(f"log p(x) = {log_evidence:.4f}")
print(f"ELBO = {elbo:.4f}")
print(f"log p(x) - ELBO = {log_evidence - elbo:.4f}")
print(f"KL(q(z|x)||p(z|x)) = {gap:.4f}")
assert abs(log_evidence - elbo - gap) < 1e-9, (
    f"log p(x) - ELBO is {log_evidence - elbo:.4f}, the KL by formula should be the same, not {gap:.4f}"
)
