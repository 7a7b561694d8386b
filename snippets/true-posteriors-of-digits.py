"""The true posterior of a trained VAE can be drawn: each image has its own island of codes.

Kind: computation
Break it: points=200).posterior(x) -> points=200).posterior(1 - x)
Figure: Four columns. Above, an image of a handwritten digit, eight by eight black or white pixels. Below,
    with axes z1 and z2 from minus four to four, a small blue island at a different place for each image.
"""

import torch

from lowerbound import Grid, digits, trained_digits
from lowerbound.plots import posterior_map, subplots

vae, data = trained_digits(), digits()
rows = [int((data.held_out_labels == digit).nonzero()[0]) for digit in (0, 1, 4, 7)]
x = data.held_out[rows]
posterior = Grid(vae, points=200).posterior(x)  # p(z|x) = p(z) p(x|z) / p(x), on a grid

figure, axes = subplots(2, 4, figsize=(7.6, 4.2))
for row, (above, below) in enumerate(axes.T):
    above.imshow(x[row].reshape(8, 8).numpy(), cmap="Greys")
    above.set_axis_off()
    posterior_map(below, posterior, row)
    below.set(xlim=(-4, 4), ylim=(-4, 4))
figure.savefig("true-posteriors-of-digits.svg")

finer = Grid(vae, points=300).posterior(x)
print(f"codes tried = {posterior.mass.shape[1]}")
print(
    f"largest change of a mean on a finer grid < 1e-6 = {(finer.mean - posterior.mean).abs().max() < 1e-6}"
)
assert torch.allclose(posterior.mass.sum(1), torch.ones(4).double())
assert (finer.mean - posterior.mean).abs().max() < 1e-6
apart = torch.cdist(posterior.mean, posterior.mean) + 9 * torch.eye(4)
print(f"smallest distance of two means = {apart.min():.1f}")
assert apart.min() > 3 * posterior.cov.diagonal(dim1=1, dim2=2).max().sqrt()
