"""Pictures of a trained VAE's true posteriors: four images of four digits have four islands, far apart.

Kind: computation
Break it: log_prior + log_likelihood -> log_prior + 0 * log_likelihood
Figure: Four columns. Above, an image of a handwritten digit, eight by eight black or white pixels. Below,
    with axes z1 and z2 from minus four to four, a small blue island at a different place for each image.
"""

import torch
from torch.nn.functional import max_pool2d

from lowerbound import Grid, digits, trained_digits
from lowerbound.plots import pictures, posterior_map, subplots

vae, data = trained_digits(), digits()
rows = [118, 16, 13, 0]  # a zero, and the first one, four and seven
x = data.held_out[rows]
grid = Grid(vae, points=72, limit=5)
posterior = grid.posterior(x)  # p(z|x) = p(z) p(x|z) / p(x), on a grid

figure, axes = subplots(2, 4, figsize=(4.6, 2.7))
for row, (above, below) in enumerate(axes.T):
    pictures(above, x[row].reshape(1, 8, 8), columns=1)
    posterior_map(below, posterior, row)
    below.set(xlim=(-4, 4), ylim=(-4, 4), xticks=[-3, 0, 3], yticks=[-3, 0, 3])
    below.label_outer()

figure.savefig("true-posteriors-of-digits.svg")

# The same by hand: every code of the grid, prior times likelihood, divided by the sum.
log_prior = vae.prior.log_prob(grid.z)
log_likelihood = vae.log_likelihood(x[:, None], grid.z)
mass = (log_prior + log_likelihood).softmax(1)  # one row per image
mean = mass @ grid.z
width = (mass @ grid.z.square() - mean.square()).max().sqrt()  # the widest of the four
apart = (torch.cdist(mean, mean) + 9 * torch.eye(len(x))).min()
island = mass.reshape(-1, grid.points, grid.points)
summit = island > 0.1 * island.amax((1, 2), keepdim=True)
peaks = ((island == max_pool2d(island, 3, 1, 1)) & summit).sum((1, 2))
needed = (mass.sort(descending=True).values.cumsum(1) < 0.95).sum(1) + 1

nats = -grid.log_evidence(x)[0]
print(f"-log p(x) of the zero = {nats:.2f}")
print(f"runs of the model for one such zero, in millions = {nats.exp() / 1e6:.0f}")
print(f"codes tried = {mass.shape[1]:,}")
print(f"fewest codes that hold 95 % = {needed.min()}")
print(f"most codes that hold 95 % = {needed.max()}")
print(f"smallest distance of two means = {apart:.1f}")
assert apart > 3 * width, (
    f"the islands should lie more than 3 widths of {width:.2f} apart, not {apart:.2f}"
)
# No second peak of a tenth of the highest:
assert (peaks == 1).all(), f"each island should have one peak, not {peaks.tolist()}"
assert needed.max() < mass.shape[1] / 40, (
    f"95 % should be in less than {mass.shape[1] // 40} codes, not {needed.max()}"
)
assert (mass - posterior.mass).abs().max() < 1e-12, (
    f"by hand the masses should be the library's, and one is {(mass - posterior.mass).abs().max():.2g} off"
)
