"""A decoder that knows its images by heart has no best width of the noise: narrower adds nats without end.

Kind: computation
Break it: torch.full((n,), s, -> torch.full((n,), max(s, 0.1),
"""

from math import log, pi

import torch
from torch.distributions import Normal

from lowerbound import digits

grey = digits(binary=False)
x, unseen = grey.train / 16, grey.held_out / 16  # 64 pixels, from 0 to 1
n = len(x)
everything = torch.cat([x, unseen])
constant = everything[:, everything.std(0) == 0]  # pixels that never change


def log_evidence(images, width):
    """log p(x) of a decoder that has learned one training image by heart for each of n codes.

    `width` is the standard deviation of its noise, one number for each code.
    """
    error = torch.cdist(images, x).square() / (2 * width**2)
    log_likelihood = -error - 64 / 2 * torch.log(2 * pi * width**2)
    return torch.logsumexp(log_likelihood - log(n), 1)


shared, first, pixels = [], [], []
for s in (0.1, 0.01, 0.001):
    same = torch.full((n,), s, dtype=torch.float64)
    one = torch.full((n,), 0.1, dtype=torch.float64)
    one[0] = s  # only the first code's noise gets narrower
    shared.append(log_evidence(x, same).mean())
    first.append(log_evidence(x[:1], one).item())
    pixels.append(Normal(constant.mean(0), s).log_prob(constant).sum(1).mean())
    print(f"width {s:g}, average log p(x) = {shared[-1]:.1f}")
    print(f"width {s:g}, unseen images = {log_evidence(unseen, same).mean():.0f}")
    blurred = (
        log(n) + 32 * log(2 * pi * s**2) + 32
    )  # which image, and the noise around it
    print(f"width {s:g}, entropy of the data is at most = {blurred:.1f}")

print(f"pixels that never change = {constant.shape[1]}")
print(f"nats they add when the width is divided by ten = {pixels[2] - pixels[1]:.2f}")
print(f"64 log 10 = {64 * log(10):.2f}")
gains = {"one width for all codes": shared, "a width for each code": first}
for name, values in gains.items():
    gain = values[2] - values[1]
    assert abs(gain - 64 * log(10)) < 1e-6, (
        f"{name}: ten times narrower should add 64 log 10, not {gain:.2f}"
    )

gain = pixels[2] - pixels[1]
assert abs(gain - constant.shape[1] * log(10)) < 1e-6, (
    f"constant pixels should add log 10 each, not {gain:.2f} in all"
)
