"""Minus the log of a bell's height is a squared error, divided by twice the squared width, and a constant.

Kind: identity
Break it: (2 * width**2) -> width**2
Figure: Two panels. In the left one a wide, low bell and a narrow, high one around the same middle. In the right one
    minus the logs of their heights: two parabolas, lowest at that middle, a flat one and a steep one.
"""

import math

import torch

from lowerbound.plots import Q, subplots

mean = torch.tensor(1.0, dtype=torch.float64)
z = torch.linspace(-2, 4, 601, dtype=torch.float64)
figure, (heights, costs) = subplots(1, 2, figsize=(4.6, 2.2))
for width, line in ((1.0, "--"), (0.5, "-")):
    log_height = torch.distributions.Normal(mean, width).log_prob(z)
    squared_error = (z - mean) ** 2 / (2 * width**2)
    constant = math.log(width * math.sqrt(2 * math.pi))  # the same at every z
    off = (-log_height - (squared_error + constant)).abs().max()
    assert off < 1e-12, (
        f"squared error and constant should be minus the log, and are {off:.2f} off"
    )
    print(f"width {width:.1f}: cost at the middle = {constant:.2f}")
    print(f"width {width:.1f}: cost one away = {-log_height[400]:.2f}")
    heights.plot(z, log_height.exp(), line, color=Q, label=f"σ = {width:.1f}")
    costs.plot(z, -log_height, line, color=Q)

heights.set(title="height", xlabel="z", ylim=(0, 1.3), xticks=[0, 1, 2])
costs.set(title="minus its log", xlabel="z", ylim=(-0.5, 6), xticks=[0, 1, 2])
heights.legend(frameon=False, fontsize=10)
figure.savefig("log-of-a-bell-is-a-squared-error.svg")
