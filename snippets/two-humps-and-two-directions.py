"""The KL has a direction: before a target with two humps, one direction picks a hump, the other covers both.

Kind: computation
Break it: reverse = (q * (log_q - log_p)) -> reverse = (p * (log_p - log_q))
"""

import torch
from torch.distributions import Normal

z = torch.linspace(-12, 12, 481, dtype=torch.float64)
cell = z[1] - z[0]
p = 0.6 * Normal(-2.0, 0.7).log_prob(z).exp() + 0.4 * Normal(2.0, 0.7).log_prob(z).exp()
log_p = p.log()

# Every normal with one of these means and widths.
mean, std = torch.meshgrid(
    torch.linspace(-3, 3, 121, dtype=torch.float64),
    torch.linspace(0.3, 3, 55, dtype=torch.float64),
    indexing="ij",
)
log_q = Normal(mean[..., None], std[..., None]).log_prob(z)
q = log_q.exp()
reverse = (q * (log_q - log_p)).sum(-1) * cell  # KL(q||p)
forward = (p * (log_p - log_q)).sum(-1) * cell  # KL(p||q)

r, f = reverse.flatten().argmin(), forward.flatten().argmin()
mean, std, reverse, forward = (t.flatten() for t in (mean, std, reverse, forward))
for name, best in {"least KL(q||p)": r, "least KL(p||q)": f}.items():
    print(f"{name}, mean = {mean[best]:.2f}")
    print(f"{name}, width = {std[best]:.2f}")
    print(f"{name}, its KL(q||p) = {reverse[best]:.2f}")
    print(f"{name}, its KL(p||q) = {forward[best]:.2f}")

assert abs(mean[r] + 2) < 0.1
assert std[r] < 1  # on the larger hump
p_mean = (p * z).sum() * cell
p_std = ((p * z**2).sum() * cell - p_mean**2).sqrt()
assert abs(mean[f] - p_mean) < 0.05  # as wide as the whole target
assert abs(std[f] - p_std) < 0.05
