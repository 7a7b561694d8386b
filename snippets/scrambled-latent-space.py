"""A shuffled decoder draws the same images, equally often, but neighbouring codes no longer give similar ones.

Kind: experiment
Break it: order[cell[..., 0] * 6 + cell[..., 1]] -> cell[..., 0] * 6 + cell[..., 1]
"""

import torch
from torch.special import ndtr, ndtri

from lowerbound import trained_digits


def shuffle(z, order):
    """Move each of 6 x 6 cells, which hold equal shares of the prior, to a new place."""
    u = 6 * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * 6 + cell[..., 1]]
    return ndtri((torch.stack([new // 6, new % 6], -1) + u - cell) / 6)


vae = trained_digits()
share = (torch.arange(12, dtype=torch.float64) + 0.5) / 12  # two codes a cell
z = ndtri(torch.stack(torch.meshgrid(share, share.flip(0), indexing="xy"), -1))
generator = torch.Generator().manual_seed(2)
shuffles = [torch.randperm(36, generator=generator) for _ in range(5)]

drawn, steps = [], []
for order in (torch.arange(36), *shuffles):
    image = vae.likelihood.mean(vae.decode(shuffle(z, order)))  # 12 x 12 x 64
    drawn.append(image)
    steps.append((image[:, 2::2] - image[:, 1:-1:2]).abs().sum(-1).mean())

print(f"pixels that change across a border, before = {steps[0]:.1f}")
print(f"after five shuffles = {min(steps[1:]):.1f} to {max(steps[1:]):.1f}")
before, *after = (image.view(144, 64).sort(0).values for image in drawn)
apart = (torch.stack(after) - before).abs().max()  # the same pictures, in another order
assert apart < 1e-9, (
    f"the same pictures should be there, but a pixel is {apart:.2f} off"
)
assert min(steps[1:]) > 2 * steps[0], (
    f"at a border more than twice {steps[0]:.1f} pixels should change, not {min(steps[1:]):.1f}"
)
