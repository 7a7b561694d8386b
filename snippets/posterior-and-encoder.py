"""For one digit the trained encoder's ellipse lies on the true posterior; for another it misses a part of it.

Kind: computation
Break it: q = vae.encode(x) -> q = optimal_q(vae, vae.encode(x), x)
Figure: Two panels with axes z1 and z2. In each, a blue heat map of the true posterior and two orange ellipses
    of the encoder. On the left the ellipses lie on the heat map; on the right the heat map is tilted and lies
    partly outside the ellipses, which stand upright.
"""

from lowerbound import Grid, digits, elbo, kl_each, optimal_q, trained_digits
from lowerbound.plots import ellipse, posterior_map, subplots

vae = trained_digits()
x = digits().held_out[[49, 43]]  # two digits that the model never saw, a 7 and a 9
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
tilt = posterior.cov[:, 0, 1] / posterior.cov.diagonal(dim1=1, dim2=2).prod(1).sqrt()
print(f"correlation of z1 and z2 in the true posterior, left = {tilt[0]:z.1f}")
print(f"correlation of z1 and z2 in the true posterior, right = {tilt[1]:z.1f}")
print(f"gap of the best upright ellipse, right = {best[1]:.2f}")
assert gap[0] < 0.03
assert gap[1] > 0.4
assert gap[1] > 2 * best[1] > 0.1  # the shape costs some of it, the place more
assert (gap - grid.log_evidence(x) + elbo(vae, q, x)).abs().max() < 1e-5
