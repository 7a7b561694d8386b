"""A shuffled decoder draws the same images, equally often, but neighbouring codes no longer give similar ones.

Kind: experiment
Break it: order[cell[..., 0] * 6 + cell[..., 1]] -> cell[..., 0] * 6 + cell[..., 1]
Figure: Two squares of decoded digits, cut into 6 x 6 cells. On the left the digits change gradually from place to
    place. On the right the same cells stand in a random order, and the digits change abruptly at the borders.
"""

import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from torch.nn.functional import pad
from torch.special import ndtr, ndtri

from lowerbound import trained_digits
from lowerbound.plots import INK, subplots


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

shades = LinearSegmentedColormap.from_list("", [to_rgba(INK, 0), to_rgba(INK, 1)], N=8)
figure, axes = subplots(ncols=2, figsize=(7.6, 3.9), sharey=True)
drawn, steps = [], []
for order in (torch.arange(36), *shuffles):
    image = vae.likelihood.mean(vae.decode(shuffle(z, order)))  # 12 x 12 x 64
    drawn.append(image)
    steps.append((image[:, 2::2] - image[:, 1:-1:2]).abs().sum(-1).mean())

for ax, image in zip(axes, drawn[:2], strict=True):
    tiles = pad(image.view(12, 12, 8, 8), (1, 1, 1, 1))
    tiles = tiles.transpose(1, 2).reshape(120, 120)
    ax.imshow(tiles.numpy(), shades, extent=(0, 1, 0, 1), interpolation="none")
    ax.vlines(torch.arange(1, 6) / 6, 0, 1, color=INK, linewidth=0.6)
    ax.hlines(torch.arange(1, 6) / 6, 0, 1, color=INK, linewidth=0.6)
    ax.set(xlabel="share of the prior below z₁", ylabel="share of the prior below z₂")

figure.savefig("scrambled-latent-space.svg")

print(f"pixels that change across a border, before = {steps[0]:.1f}")
print(f"after five shuffles = {min(steps[1:]):.1f} to {max(steps[1:]):.1f}")
before, *after = (image.view(144, 64).sort(0).values for image in drawn)
assert all((before - other).abs().max() < 1e-9 for other in after)  # in another order
assert min(steps[1:]) > 2 * steps[0]
