"""For one image the encoder answers with four numbers, a mean and a width for each number of z: two bells.

Kind: computation
Break it: / sigma) ** 2) / 2) -> / sigma) ** 2))
Figure: A plane with axes z1 and z2 and two ellipses around one point, long and narrow. Above the plane and at its
    right stand two bell curves, the one above wider and lower than the one at the right. In the corner between
    them is an image of a four, eight by eight black or white pixels.
"""

import math

import torch

from lowerbound import digits, trained_digits
from lowerbound.plots import Q, ellipse, pictures, subplots

x = digits().held_out[343:344]  # a handwritten four
q = trained_digits().encode(x)  # q(z|x)
mu, sigma = q.mean[0], q.log_std[0].exp()  # two numbers each, one for z1, one for z2


def bell(z, mu, sigma):
    """The density of the normal distribution with mean mu and standard deviation sigma."""
    return torch.exp(-(((z - mu) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))


z = torch.linspace(-6, 6, 12001, dtype=torch.float64)[:, None]
density = bell(z, mu, sigma)  # a column for each bell
inside = (z - mu).abs() < sigma
area = density.sum(0) * 0.001  # height times width of thin strips, added up
near = (density * inside).sum(0) * 0.001
code = torch.tensor([-2.0, -0.5], dtype=torch.float64)
together = bell(code, mu, sigma).prod()  # of both numbers: densities multiply

ratios = {"width_ratios": [5, 2], "height_ratios": [2, 5]}
figure, ((above, corner), (plane, right)) = subplots(
    2, 2, figsize=(4.5, 4.5), sharex="col", sharey="row", gridspec_kw=ratios
)
ellipse(plane, q).set_aspect("auto")
above.plot(z, density[:, 0], color=Q)
above.fill_between(z[:, 0], density[:, 0], where=inside[:, 0], color=Q, alpha=0.25)
right.plot(density[:, 1], z, color=Q)
right.fill_betweenx(z[:, 0], density[:, 1], where=inside[:, 1], color=Q, alpha=0.25)
plane.set(xlim=(-3.7, -1.2), ylim=(-2.1, 0.4), xticks=[-3, -2], yticks=[-1, 0])
above.set(ylim=(0, 2), yticks=[0, 1], ylabel="density")
right.set(xlim=(0, 2), xticks=[0, 1], xlabel="density")
corner.remove()
pictures(figure.add_axes((0.8, 0.76, 0.16, 0.2)), x.reshape(1, 8, 8), columns=1)
figure.savefig("four-numbers-for-one-image.svg")

print(f"mu of z1 = {mu[0]:.2f}")
print(f"mu of z2 = {mu[1]:.2f}")
print(f"sigma of z1 = {sigma[0]:.2f}")
print(f"sigma of z2 = {sigma[1]:.2f}")
print(f"height of the bell of z2 = {density[:, 1].max():.1f}")
print(f"probability of less than one sigma from mu = {near[0]:.2f}")
assert (area - 1).abs().max() < 1e-9, (
    f"each bell should have the area 1, not {area[0]:.3f} and {area[1]:.3f}"
)
assert (near - math.erf(0.5**0.5)).abs().max() < 0.01, (
    f"within one sigma should lie 0.68, not {near[0]:.2f} and {near[1]:.2f}"
)
assert (together.log() - q.log_prob(code)).abs() < 1e-12, (
    f"log q should be {q.log_prob(code)[0]:.3f}, not {together.log():.3f}"
)
