"""On digits, too, p(z|x) and q(x|z) follow from what the networks answer, and drawn pairs agree.

Kind: computation
Break it: vae.log_likelihood(x, z) -> vae.log_joint(x, z)
Figure: Eight small pictures in four numbered rows, each of the model's, in blue, beside the encoder's with the same name,
    in orange. A round cloud of codes beside a lumpy one. Eight images that the model makes, most of them like digits,
    beside eight from the data. A small island of codes that could have made one four, beside a small ellipse at the
    same place. Eight fours, drawn from what the decoder answers to one code, beside eight fours that it may come from.
"""

import torch

from lowerbound import Grid, digits, trained_digits
from lowerbound.plots import P, Q, ellipse, pictures, posterior_map, subplots

vae, data, g = trained_digits(), digits(), torch.Generator().manual_seed(0)
x, images, fours = data.held_out[343:344], data.train, data.train_labels == 4
code, q, posterior = vae.encode(x).mean, vae.encode(images), Grid(vae).posterior(x)

# The model's pairs: codes from the prior, and how often each makes the one four x.
z = torch.randn(200_000, 2, generator=g, dtype=torch.float64)
weight = vae.log_likelihood(x, z).softmax(0)  # p(x|z), divided by their sum
mean = weight @ z  # of p(z|x)
error = (weight**2 @ (z - mean) ** 2).sqrt()

# The encoder's pairs: 20 codes of each image; of those near one code, how many are fours?
codes = q.at(torch.randn(20, *q.mean.shape, generator=g, dtype=torch.float64))
near = (codes - code).norm(dim=2) < 1
q_x_given_z = q.log_prob(codes[near][:, None]).softmax(1)  # q(z|x), likewise
share, seen = q_x_given_z[:, fours].sum(1), fours.expand(20, -1)[near].double()
share_error = (share * (1 - share)).sum().sqrt() / len(share)

decoded, behind = vae.decode(code).sigmoid(), q.log_prob(code).topk(8).indices
shown = {"chosen: p(z)": z[:300], "adding up: q(z)": codes[0, ::5]}
shown |= {"adding up: p(x)": vae.sample(8, g)[0], "given: q(x)": images[7:15]}
shown |= {"dividing: p(z|x)": z[:0], "network: q(z|x)": z[:0]}
shown["network: p(x|z)"] = decoded.expand(8, 64).bernoulli(generator=g)
shown["dividing: q(x|z)"] = images[behind]
figure, axes = subplots(4, 2, figsize=(3.7, 5.7))
posterior_map(axes[2, 0], posterior)
ellipse(axes[2, 1], vae.encode(x))
for row, left in enumerate(axes[:, 0], 1):
    left.text(-0.15, 0.5, row, transform=left.transAxes, va="center", weight="bold")

for ax, colour, (name, what) in zip(axes.flat, [P, Q] * 4, shown.items(), strict=True):
    if len(what) == 8:
        pictures(ax, what.reshape(8, 8, 8), columns=4, colour=colour)
    else:
        ax.plot(*what.T, "o", color=colour, markersize=1.5, markeredgewidth=0)
        ax.spines[:].set_visible(True)
        ax.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), aspect="equal")
    ax.set(title=name, xticks=[], yticks=[], xlabel="", ylabel="")

figure.savefig("eight-on-the-digits.svg")
print(f"mean of p(z|x), adding up on a grid = {posterior.mean[0, 0]:.1f}")
print(f"of the images behind codes near it, fours = {seen.mean():.0%}")
assert error.max() < 0.02, (
    f"draws should give the mean to 0.02, not to {error.max():.3f}"
)
assert ((mean - posterior.mean).abs() < 4 * error).all(), (
    f"the grid says a mean z1 of {posterior.mean[0, 0]:.2f}, so should draws: {mean[0]:.2f}"
)
assert (share.mean() - seen.mean()).abs() < 4 * share_error, (
    f"{share.mean():.1%} of the codes there should be a four's, not {seen.mean():.1%}"
)
