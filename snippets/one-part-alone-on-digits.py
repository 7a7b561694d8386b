"""On digits the gap alone leaves the images wrong, and q(x|z) against p(x|z) alone leaves the codes astray.

Kind: experiment
Break it: [3]} -> [0, 1]}
Fold: train
Figure: Three rows: dots in a plane, then six pictures from new codes, in blue, and six from the data's codes, in
    orange. Trained on the loss, blue and orange dots lie over each other, and all pictures are digits, some blurred.
    Trained on the gap alone, the dots lie over each other, too, and every picture is the same smudge. Trained on
    q(x|z) against p(x|z) alone, the orange dots lie mostly beside the blue ones; the orange pictures are digits,
    the blue ones smudges or noise.
"""

from math import log

import torch

from lowerbound import VAE, Bernoulli, digits, mlp
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.plots import P, Q, pictures, subplots

x = digits().train[:400]
grid = torch.cartesian_prod(*[torch.linspace(-4.5, 4.5, 25, dtype=x.dtype)] * 2)


def parts(vae, batch, g):  # gap, -log p(x), codes, yours; a code of each image
    q, own = vae.encode(x), vae.encode(x[batch])
    z = own.at(torch.randn(len(batch), 2, generator=g, dtype=x.dtype))
    loss = own.log_prob(z) - vae.log_joint(x[batch], z)
    table = log_likelihood_table(vae.likelihood, x[batch], vae.decode(grid))
    log_p = (table + vae.prior.log_prob(grid)).logsumexp(1) + log(0.375**2)  # all codes
    q_z = q.log_prob(z[:, None]).exp().mean(1)  # over all images
    codes = q_z.log() - vae.prior.log_prob(z)
    return torch.stack([loss + log_p, -log_p, codes, loss - codes - log(400)]).mean(1)


def train(which, seed):
    g = torch.Generator().manual_seed(seed)
    vae = VAE(mlp(64, 64, 4, seed=seed), mlp(2, 64, 64, seed=seed + 5), Bernoulli())
    optimizer = torch.optim.Adam(vae.double().parameters(), lr=0.005)
    for _ in range(120):
        optimizer.zero_grad()
        parts(vae, torch.randperm(400, generator=g)[:80], g)[which].sum().backward()
        optimizer.step()
    return vae.requires_grad_(False), parts(vae, torch.arange(400).repeat(9), g)


goals = {"the loss": [0, 1], "gap alone": [0], "yours alone": [3]}  # which parts
new = torch.randn(150, 2, generator=torch.Generator().manual_seed(9)).double()
figure, axes = subplots(3, 3, figsize=(4.6, 4.4))
ends = []
for (name, which), (cloud, blue, orange) in zip(goals.items(), axes, strict=True):
    runs = [train(which, seed) for seed in range(5)]
    ends.append(torch.stack([measured for _, measured in runs], 1))
    for key, nats in zip(("gap", "-log p(x)", "codes", "yours"), ends[-1], strict=True):
        print(f"{name}: {key} =", " to ".join({f"{v:z.1f}": 0 for v in nats.aminmax()}))
    cloud.set(title=name, xlim=(-9, 9), ylim=(-9, 9), aspect="equal")
    vae = runs[0][0]
    for ax, z, hue in (blue, new, P), (orange, vae.encode(x[:150]).at(new), Q):
        cloud.plot(*z.T, "o", color=hue, markersize=1.5, markeredgewidth=0)
        pictures(ax, vae.decode(z[:6]).sigmoid().reshape(6, 8, 8), 3, hue)

figure.savefig("one-part-alone-on-digits.svg")
loss, gap, yours = ends
assert gap[0].max() < 0.3, (
    f"trained alone, the gap should come near 0, not to {gap[0].max():.2f} nats"
)
assert (gap - loss)[1].min() > 10, (
    f"on the gap alone, x should cost over 10 nats more, not {(gap - loss)[1].min():.1f}"
)
assert (yours - loss)[:3].min() > 2, (
    f"on q(x|z), p(x|z) alone, gap, x and codes should cost 2 more, not {(yours - loss)[:3].min():.1f}"
)
assert (yours - loss)[3].min() > 0, (
    f"trained so briefly, q(x|z), p(x|z) should be lower on the loss, not {loss[3].max():.1f}"
)
