"""On digits the gap alone leaves the images wrong, and q(x|z) against p(x|z) alone leaves the codes astray.

Kind: experiment
Break it: "yours alone": yours} -> "yours alone": whole}
Fold: train
Figure: Three rows: dots in a plane, then ten pictures from new codes, in blue, and ten from the data's codes, in
    orange. Trained on the loss, blue and orange dots lie over each other, and both kinds of pictures show many
    different digits. Trained on the gap alone, the dots lie over each other, too, and every picture is the same grey
    smudge. Trained on q(x|z) against p(x|z) alone, most orange dots lie far from the blue ones; the orange pictures
    show many different digits, the blue ones the same few again and again.
"""

from math import log

import torch

from lowerbound import VAE, Bernoulli, digits, mlp
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.plots import P, Q, pictures, subplots

x = digits().train[:102].unique(dim=0)  # 100 images, all different
grid = torch.cartesian_prod(*[torch.linspace(-6, 6, 25, dtype=x.dtype)] * 2)


def whole(vae, z):  # the loss, with a code z of each image
    return vae.encode(x).log_prob(z) - vae.log_joint(x, z)


def gap(vae, z):
    table = log_likelihood_table(vae.likelihood, x, vae.decode(grid))  # all codes
    return whole(vae, z) + (table + vae.prior.log_prob(grid)).logsumexp(1) + log(0.25)


def yours(vae, z):
    log_q = vae.encode(x).log_prob(z[..., None, :]).exp().mean(-1).log()  # all images
    return whole(vae, z) - (log_q - vae.prior.log_prob(z)) - log(100)


def train(goal, seed):
    g = torch.Generator().manual_seed(seed)
    vae = VAE(mlp(64, 64, 4, seed=seed), mlp(2, 64, 64, seed=seed + 5), Bernoulli())
    optimizer = torch.optim.Adam(vae.double().parameters(), lr=0.02)
    for _ in range(250):
        optimizer.zero_grad()
        z = vae.encode(x).at(torch.randn(100, 2, generator=g, dtype=x.dtype))
        goal(vae, z).mean().backward()
        optimizer.step()
    z = vae.requires_grad_(False).encode(x).at(noise)
    loss, over, rest = (part(vae, z).mean() for part in (whole, gap, yours))
    return vae, z[0], (over, loss - over, loss - rest - log(100), rest)


goals, ends = {"the loss": whole, "gap alone": gap, "yours alone": yours}, []
noise = torch.randn(100, 100, 2, generator=torch.Generator().manual_seed(9)).double()
figure, axes = subplots(3, 3, figsize=(4.6, 4.2), width_ratios=[1, 1.4, 1.4])
for (name, goal), (plane, blue, orange) in zip(goals.items(), axes, strict=True):
    vaes, codes, parts = zip(*[train(goal, seed) for seed in range(5)], strict=True)
    ends.append(torch.tensor(parts).T)
    for key, v in zip(("gap", "-log p(x)", "codes", "yours"), ends[-1], strict=True):
        print(f"{name}: {key} =", " to ".join({f"{n:z.1f}": 0 for n in v.aminmax()}))
    plane.set(title=name, xlim=(-11, 11), ylim=(-11, 11), aspect="equal")
    for ax, z, hue in (blue, noise[0], P), (orange, codes[0], Q):
        plane.plot(*z[::2].T, "o", color=hue, markersize=1.5, markeredgewidth=0)
        pictures(ax, vaes[0].decode(z[::10]).sigmoid().reshape(10, 8, 8), 5, hue)

figure.savefig("one-part-alone-on-digits.svg")
loss, alone, own = ends
assert alone[0].max() < 0.3, (
    f"trained alone, the gap should come near 0, not to {alone[0].max():.2f} nats"
)
assert (alone - loss)[1].min() > 10, (
    f"on the gap alone, x should cost over 10 nats more, not {(alone - loss)[1].min():.1f}"
)
assert (own - loss)[:3].min() > 2, (
    f"on q(x|z), p(x|z) alone, gap, x and codes should cost 2 more, not {(own - loss)[:3].min():.1f}"
)
assert (loss - own)[3].min() > 0, (
    f"trained alone, q(x|z), p(x|z) should be lower than {loss[3].min():.1f}, not {own[3].max():.1f}"
)
