"""Fitted as the first argument of a KL, a normal picks one of two far humps; fitted as the second, it covers.

Kind: computation
Break it: first = (q * (log_q - log_p)) -> first = (p * (log_p - log_q))
"""

import torch
from torch.distributions import Normal

z = torch.linspace(-12, 12, 481, dtype=torch.float64)
cell = z[1] - z[0]

# Every normal with one of these means and widths.
means = torch.linspace(-3, 3, 121, dtype=torch.float64)
widths = torch.linspace(0.3, 3, 55, dtype=torch.float64)
mean, width = torch.cartesian_prod(means, widths).T
log_q = Normal(mean[:, None], width[:, None]).log_prob(z)
q = log_q.exp()

for half in (2.0, 1.5):  # the humps are at -half and half, each 0.7 wide
    left, right = (Normal(at, 0.7).log_prob(z).exp() for at in (-half, half))
    p = 0.6 * left + 0.4 * right
    log_p = p.log()
    first = (q * (log_q - log_p)).sum(1) * cell  # KL(q||p), q is fitted
    second = (p * (log_p - log_q)).sum(1) * cell  # KL(p||q), q is fitted
    p_mean = (p * z).sum() * cell
    p_width = ((p * z**2).sum() * cell - p_mean**2).sqrt()
    for name, kl in {"first": first, "second": second}.items():
        best = kl.argmin()
        print(f"humps at {half:g}, fitted as the {name}, mean = {mean[best]:.2f}")
        print(f"humps at {half:g}, fitted as the {name}, width = {width[best]:.2f}")
        picks = abs(mean[best] + half) < 0.1 and width[best] < 1  # the larger hump
        covers = abs(mean[best] - p_mean) < 0.15 and abs(width[best] - p_width) < 0.2
        found = f"humps at {half:g}, fitted as the {name}: mean {mean[best]:.2f}, width {width[best]:.2f}"
        assert picks == (name == "first" and half == 2.0), (
            f"{found}; it should {'cover both' if picks else 'pick one'}"
        )
        assert covers != picks, f"{found}; it should either pick one hump or cover both"
