"""Squared error plus KL takes black and white to be so noisy that nearly one pixel in four crosses grey.

Kind: computation
Break it: sigma = (beta / 2) ** 0.5 -> sigma = beta / 2
Fold: clean
Figure: One six four times. First as the decoder returns it, then with more and more noise: grainy with a weight of
    0.02, hard to read with a weight of 1, and nothing but noise with a weight of 1024.
"""

import torch
from torch.distributions import Normal

from lowerbound import digits
from lowerbound.plots import P, pictures, subplots

six = digits().held_out[81].reshape(8, 8)  # 0 is paper, 1 is ink
clean = six.repeat_interleave(4, 0).repeat_interleave(4, 1)  # 32x32 pixels
worse = 1 - clean  # another output that a decoder might give
seed = torch.Generator().manual_seed(0)
shown, crossed = {"output": clean}, {}
for beta in (0.02, 1.0, 1024.0):  # of the loss: squared error + beta * KL
    sigma = (beta / 2) ** 0.5
    noise = Normal(clean, sigma)
    drawn = torch.randn(clean.shape, generator=seed, dtype=clean.dtype)
    image = clean + sigma * drawn  # what this model says that a pixel is
    errors = ((image - worse) ** 2 - (image - clean) ** 2).sum()
    likelihoods = (noise.log_prob(image) - Normal(worse, sigma).log_prob(image)).sum()
    assert torch.allclose(errors / beta, likelihoods), (
        f"beta {beta:g}: by the loss the worse output costs {errors / beta:.1f} nats more, by the noise {likelihoods:.1f}"
    )
    crossed[beta] = 1 - Normal(0.0, sigma).cdf(torch.tensor(0.5)).item()
    shown[f"weight {beta:g}"] = image
    print(f"weight {beta:g}: sigma = {sigma:.2f}")
    print(f"weight {beta:g}: share of pixels across the middle = {crossed[beta]:.2f}")
    seen = ((image > 0.5) != (clean > 0.5)).double().mean()
    assert abs(seen - crossed[beta]) < 0.06, (
        f"beta {beta:g}: {seen:.2f} of the pixels crossed, for {crossed[beta]:.2f}"
    )

assert 0.2 < crossed[1.0] < 0.25, f"with a weight of 1 it is {crossed[1.0]:.2f}"
figure, axes = subplots(1, 4, figsize=(4.8, 1.6))
for ax, (name, image) in zip(axes, shown.items(), strict=True):
    pictures(ax, image.clamp(0, 1)[None], columns=1, colour=P).set_title(name)

figure.savefig("the-weight-is-a-width-of-noise.svg")
