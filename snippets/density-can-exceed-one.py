"""A density can be above 1; what cannot is the area under it.

Kind: computation
Break it: width = 0.1 -> width = 1.0
"""

import torch

width = 0.1
narrow = torch.distributions.Normal(0.0, width)

z = torch.linspace(-1, 1, 2001, dtype=torch.float64)
density = narrow.log_prob(z).exp()
area = torch.trapezoid(density, z)
near_zero = torch.trapezoid(density[z.abs() < 0.0105], z[z.abs() < 0.0105])

print(f"density at 0 = {density.max():.2f}")
print(f"probability of -0.01 to 0.01 = {near_zero:.3f}")
print(f"area = {area:.6f}")
assert density.max() > 3.9, (
    f"the density at 0 should be 3.99, far above 1, not {density.max():.2f}"
)
assert abs(area - 1) < 1e-6, f"the area under the bell should be 1, not {area:.6f}"
assert abs(near_zero - 0.02 * density.max()) < 0.001, (
    f"density times width, {0.02 * density.max():.3f}, should be near {near_zero:.3f}"
)
