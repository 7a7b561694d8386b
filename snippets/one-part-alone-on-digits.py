"""On digits, too, the gap alone leaves the images wrong, and q(x|z) against p(x|z) alone the codes astray.

Kind: experiment
Break it: 1, 1, -1 -> 1, 1, 0
Fold: train
Figure: Three rows: dots in a plane, then six pictures from new codes, in blue, and six from the data's codes, in
    orange. Trained on the loss, blue and orange dots lie over each other, and all pictures are digits, some blurred.
    Trained on the gap alone, the dots lie over each other, too, and every picture is the same smudge. Trained on
    q(x|z) against p(x|z) alone, the orange dots lie mostly beside the blue ones; the orange pictures are digits,
    the blue ones one kind of digit or noise.
"""

import torch

from lowerbound import VAE, Bernoulli, digits, mlp
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.plots import P, Q, pictures, subplots
from lowerbound.vae import rows

x = digits().train[:400]
grid = torch.cartesian_prod(*[torch.linspace(-4.5, 4.5, 25, dtype=x.dtype)] * 2)


def parts(vae, batch, g):
    """The gap, the images' part, the codes' part, from one code of each image of a batch."""
    q = vae.encode(x)
    z = rows(q, batch).at(torch.randn(len(batch), 2, generator=g, dtype=x.dtype))
    loss = rows(q, batch).log_prob(z) - vae.log_joint(x[batch], z)
    table = log_likelihood_table(vae.likelihood, x[batch], vae.decode(grid))
    p_x = 0.375**2 * (table + vae.prior.log_prob(grid)).exp().sum(1)  # over all codes
    q_z = q.log_prob(z[:, None]).exp().mean(1)  # over all images
    codes = q_z.log() - vae.prior.log_prob(z)
    return torch.stack([loss + p_x.log(), -p_x.log(), codes]).mean(1)


def train(weights, seed):
    g = torch.Generator().manual_seed(seed)
    vae = VAE(mlp(64, 64, 4, seed=seed), mlp(2, 64, 64, seed=seed + 5), Bernoulli())
    optimizer = torch.optim.Adam(vae.double().parameters(), lr=0.005)
    for _ in range(200):
        optimizer.zero_grad()
        (parts(vae, torch.randperm(400, generator=g)[:80], g) @ weights).backward()
        optimizer.step()
    return vae, parts(vae, torch.arange(400), g).detach()


trained = {"the loss": [1, 1, 0], "gap alone": [1, 0, 0], "yours alone": [1, 1, -1]}
new = torch.randn(150, 2, generator=torch.Generator().manual_seed(9)).double()
figure, axes = subplots(3, 3, figsize=(4.6, 4.4))
found = []
for (name, weights), (cloud, blue, orange) in zip(trained.items(), axes, strict=True):
    runs = [train(x.new_tensor(weights), seed) for seed in range(5)]
    found.append(torch.stack([measured for _, measured in runs], 1))
    for part, value in zip(("gap", "-log p(x)", "codes"), found[-1], strict=True):
        print(f"{name}: {part} = {value.min():.1f} to {value.max():.1f}")
    of_data = runs[0][0].encode(x[:150]).at(new).detach()
    cloud.set(title=name, xlim=(-9, 9), ylim=(-9, 9), aspect="equal")
    for ax, z, colour in ((blue, new, P), (orange, of_data, Q)):
        cloud.plot(*z.T, "o", color=colour, markersize=1.5, markeredgewidth=0)
        pictures(ax, runs[0][0].decode(z[:6]).sigmoid().reshape(6, 8, 8), 3, colour)

figure.savefig("one-part-alone-on-digits.svg")
(_, fits, near), (gap, misses, _), (_, _, astray) = found
assert gap.max() < 0.3, (
    f"trained alone, the gap should come near 0, not to {gap.max():.2f} nats"
)
assert (misses - fits).min() > 10, (
    f"on the gap alone, x should cost over 10 nats more, not {(misses - fits).min():.1f}"
)
assert (astray - near).min() > 5, (
    f"on q(x|z), p(x|z) alone, codes should be over 5 nats off, not {astray.min():.2f}"
)
