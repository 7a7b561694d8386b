"""A decoder's output is the mean of the images it makes; one that is drawn from it differs in some pixels.

Kind: experiment
Break it: torch.bernoulli(mean.expand(1000, -1, -1), generator=generator) -> mean.round().expand(1000, -1, -1)
"""

import torch

from lowerbound import trained_digits

vae = trained_digits()
apart, noisy = [], []
for seed in range(5, 10):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(50, 2, generator=generator, dtype=torch.float64)  # from the prior
    mean = torch.sigmoid(vae.decode(z))  # the decoder's output, the picture one shows
    images = torch.bernoulli(mean.expand(1000, -1, -1), generator=generator)
    error = (
        mean * (1 - mean) / len(images)
    ).sqrt() + 1e-3  # one standard error, and a little
    apart.append(((images.mean(0) - mean).abs() / error).max().item())
    likeliest = mean.round()
    noisy.append((images != likeliest).sum(2).double().mean().item())

print(f"mean of the drawn images is the output, within 6 errors = {max(apart) < 6}")
print(
    f"pixels that differ from the likeliest image = {min(noisy):.1f} to {max(noisy):.1f}"
)
assert max(apart) < 6, (
    f"the mean of the images should be the output, not {max(apart):.0f} standard errors off"
)
assert min(noisy) > 4, (
    f"a drawn image should differ in over 4 of 64 pixels, not in {min(noisy):.1f}"
)
