"""Undoing the decoder is not its posterior: one has no error and an endless gap, the other error and no gap.

Kind: computation
Break it: [[2.0]], [0.0], 1.0) -> [[2.0]], [0.0], 1e-6)
"""

import math

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, kl


def measure(p, encoder):
    """The share of x's variance lost when a draw z ~ q(z|x) is decoded; and the gap."""
    q = GaussianJoint.from_data(p.x, encoder)  # data that the model describes perfectly
    weight, variance = p.x_given_z.weight.item(), q.x.cov.item()
    wrong_slope = (weight * encoder.weight.item() - 1) ** 2 * variance
    spread = weight**2 * encoder.cov.item()  # of the draw, after decoding
    return (wrong_slope + spread) / variance, kl(q.z_given_x, p.z_given_x).item()


decoder = LinearGaussian([[2.0]], [0.0], 1.0)  # x = 2 z + noise of variance 1
p = GaussianJoint.from_model(Gaussian([0.0], 1.0), decoder)
# z = x / 2 undoes x = 2 z, here surer and surer.
sharper = [LinearGaussian([[0.5]], [0.0], 10 ** (-2 * n)) for n in (1, 2, 3, 4)]
lost, gap = zip(*[measure(p, encoder) for encoder in sharper], strict=True)
print(f"mirror: gap at width 0.1 = {gap[0]:.2f}")
print(f"mirror: gap at width 0.0001 = {gap[-1]:.2f}")
lost_too, no_gap = measure(p, p.z_given_x)
print(f"posterior: share of x lost = {lost_too:.2f}")

# Seen is x = 4.
mean, width = 4 * p.z_given_x.weight.item(), p.z_given_x.cov.item() ** 0.5
print(f"posterior: mean = {mean:.1f}")
for name, z in {"x / 2": 2.0, "the mean": mean}.items():
    of_z, of_noise = z**2 / 2, (4 - 2 * z) ** 2 / 2  # minus the logs, less a constant
    print(f"{name}: cost of z = {of_z:.2f}")
    print(f"{name}: cost of the noise = {of_noise:z.2f}")
    print(f"{name}: sum = {of_z + of_noise:.2f}")

assert lost[-1] < 1e-6, f"a sharp mirror should lose nothing of x, not {lost[-1]:.2g}"
assert abs(gap[-1] - gap[-2] - math.log(10)) < 1e-3, (
    f"a mirror ten times sharper should have log 10 nats more gap, not {gap[-1] - gap[-2]:.2f}"
)
assert no_gap < 1e-12, f"the posterior should have no gap, not {no_gap:.2f} nats"
assert lost_too > 0.1, f"it should lose over a tenth of x, not {lost_too:.2f}"
# The sum of both costs has no slope there: it is least.
assert abs(mean - 2 * (4 - 2 * mean)) < 1e-9, (
    f"the costs should be least together at z = 1.60, not at {mean:.2f}"
)
