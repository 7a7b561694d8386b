"""With two latent numbers, the gap of a plain autoencoder grows by 4.6 nats with each tenfold sharpening.

Kind: experiment
Break it: math.log(width) -> math.log(0.1)
"""

import math

import torch

from lowerbound import (
    DiagonalNormal,
    Grid,
    digits,
    digits_vae,
    fit,
    kl_each,
    reconstruction,
)

train, images = digits().train.float(), digits().held_out[:20]
widths = [0.1, 0.01, 0.001]

# no KL term, and the mean in place of a draw: a plain autoencoder
settings = dict(epochs=5, batch_size=128, beta=0, sample=False, progress=False)

results = []
for hidden in (64, 128):
    for seed in range(5):
        model = digits_vae(hidden=hidden, seed=seed)
        fit(model, train, seed=seed, **settings)
        model.double().requires_grad_(False)
        code = model.encode(images).mean  # a plain autoencoder answers with a point,
        evidence = Grid(model, points=140, limit=20).log_evidence(images)
        for width in widths:  # which is the limit of ever narrower distributions
            q = DiagonalNormal(code, torch.full_like(code, math.log(width)))
            quality = reconstruction(model, q, images)
            gap = evidence - (quality - kl_each(q, model.prior))
            results.append(torch.stack([gap, quality]).mean(1))

results = torch.stack(results).reshape(10, 3, 2)  # models, widths
gaps, rises, changes = results[..., 0], *results.diff(dim=1).unbind(2)
for width, gap in zip(widths, gaps.T, strict=True):
    print(f"gap at width {width:.3f} = {gap.min():.0f} to {gap.max():.0f} nats")

print(f"rise of the gap for a tenfold = {rises.mean():.1f} nats")
uneven = (rises - 2 * math.log(10)).abs().max()  # 2: z has two numbers
print(f"every rise within 0.1 of twice log 10 = {uneven < 0.1}")
largest = changes.abs().max()
print(
    f"largest change of the reconstruction for a tenfold < 0.1 nats = {largest < 0.1}"
)
assert uneven < 0.1, (
    f"every tenfold should cost twice log 10 nats, about 4.6; one is {uneven:.1f} off"
)
assert largest < 0.1, (
    f"the reconstruction should stay within 0.1 nats, not change by {largest:.2f}"
)
