"""At the digit of median gap the ellipse is a little out of place; at a worse one no upright ellipse fits.

Kind: computation
Break it: q = vae.encode(x) -> q = optimal_q(vae, vae.encode(x), x)
Figure: Two panels with axes z1 and z2. In each, a blue heat map of the true posterior and two orange ellipses
    of the encoder. On the left the ellipses lie on the heat map; on the right the heat map is tilted and lies
    partly outside the ellipses, which stand upright.
"""

import torch

from lowerbound import Grid, digits, elbo, kl_each, optimal_q, trained_digits
from lowerbound.plots import ellipse, posterior_map, subplots

vae, held_out = trained_digits(), digits().held_out
truth = Grid(vae).posterior(held_out)
gaps = kl_each(vae.encode(held_out), truth)
tilt = truth.cov[:, 0, 1] / truth.cov.diagonal(dim1=1, dim2=2).prod(1).sqrt()
order = gaps.argsort()
worst = order[-len(order) // 10 :]  # the tenth with the largest gaps
# Left, the digit in the middle by its gap. Right, the most tilted of the worst tenth.
chosen = torch.stack([order[len(order) // 2], worst[tilt[worst].abs().argmax()]])
x = held_out[chosen]
q = vae.encode(x)
grid = Grid(vae, points=280)
posterior = grid.posterior(x)
gap = kl_each(q, posterior)
best = kl_each(optimal_q(vae, q, x), posterior)  # of the best upright ellipse found

figure, axes = subplots(ncols=2, figsize=(7.6, 4.0))
for row, ax in enumerate(axes):
    posterior_map(ax, posterior, row)
    ellipse(ax, q, row)
    ax.set_title(f"KL(q(z|x)‖p(z|x)) = {gap[row]:.2f} nats")

figure.savefig("posterior-and-encoder.svg")

print(f"gap on the left = {gap[0]:.2f}")
print(f"gap on the right = {gap[1]:.2f}")
print(f"correlation of z1 and z2 in the true posterior, left = {tilt[chosen[0]]:z.1f}")
print(f"correlation of z1 and z2 in the true posterior, right = {tilt[chosen[1]]:z.1f}")
print(f"gap of the best upright ellipse, left = {best[0]:.2f}")
print(f"gap of the best upright ellipse, right = {best[1]:.2f}")
assert gap[0] < gaps.mean() < gap[1] / 2, (
    f"gaps of {gap[0]:.2f} and {gap[1]:.2f} should lie on either side of the average, {gaps.mean():.2f}"
)
assert best[0] < gap[0] / 2, (  # on the left the place costs more than the shape
    f"left, the best ellipse should halve the gap of {gap[0]:.2f}, and leaves {best[0]:.2f}"
)
assert best[1] > gap[1] / 2, (  # on the right the shape
    f"right, the best ellipse should not halve the gap of {gap[1]:.2f}, and leaves {best[1]:.2f}"
)
off = (gap - grid.log_evidence(x) + elbo(vae, q, x)).abs().max()
assert off < 1e-5, f"the gap should be log p(x) - ELBO, and is {off:.2g} off"
