"""Trained on the reconstruction cost alone, VAEs rebuild unseen digits better but, on average, lose log p(x).

Kind: experiment
Break it: beta=weight -> beta=1.0
Figure: Two blocks of decoded images, a row for each of five networks, a column for each of six codes drawn from the prior.
    Left, trained on the whole loss: most look like digits, if blurred. Right, trained on the reconstruction alone: many
    are grey mixtures of several digits, and some are noise up to the edge.
"""

import torch

from lowerbound import Grid, digits, digits_vae, elbo, fit, reconstruction
from lowerbound.plots import pictures, subplots

data = digits()
x = data.held_out[:60]  # digits held out from training
z = torch.randn(6, 2, generator=torch.Generator().manual_seed(0)).double()  # the prior

drawn = {"whole loss": [], "reconstruction alone": []}
trained = {"whole loss": [], "reconstruction alone": []}
for seed in range(5):
    for name, weight in zip(trained, (1.0, 0.0), strict=True):
        vae = digits_vae(seed=seed).double()
        how = {"epochs": 20, "batch_size": 128, "seed": seed, "progress": False}
        fit(vae, data.train, beta=weight, **how)  # the weight of the KL to the prior
        q = vae.encode(x)
        cost = -reconstruction(vae, q, x).mean().item()  # -E_q[log p(x|z)]
        surprise = -Grid(vae).log_evidence(x).mean().item()  # -log p(x)
        gap = -elbo(vae, q, x).mean().item() - surprise
        width, spread = q.log_std.exp().median().item(), q.mean.std(0).mean().item()
        trained[name].append((cost, surprise, gap, width, spread))
        drawn[name].append(vae.decode(z).sigmoid().view(6, 8, 8))

figure, axes = subplots(1, 2, figsize=(4.7, 2.0))
for ax, (name, images) in zip(axes, drawn.items(), strict=True):
    pictures(ax, torch.cat(images), columns=6).set_title(name)

figure.savefig("reconstruction-alone-costs-the-evidence.svg")

names = "reconstruction cost", "-log p(x)", "gap", "width of q", "spread of the codes"
for name, found in trained.items():
    for what, values in zip(names, zip(*found, strict=True), strict=True):
        digits_shown = 2 if what == "width of q" else 1
        low, high = min(values), max(values)
        print(f"{name}, {what} = {low:.{digits_shown}f} to {high:.{digits_shown}f}")

for whole, alone in zip(*trained.values(), strict=True):
    better, worse = whole[0] - alone[0], alone[1] - whole[1]
    assert better > 0, (
        f"the reconstruction cost should be lower without the KL, not by {better:+.2f}"
    )
    assert worse > 2, (
        f"-log p(x) should be over 2 nats higher without it, not {worse:.2f}"
    )
    assert alone[3] < 0.1, f"the answers should be dots, not {alone[3]:.2f} wide"
    assert alone[4] > 1.5, f"the codes should spread over 1.5, not {alone[4]:.1f}"
    assert alone[2] > whole[2] + 5, (
        f"the gap should be over 5 nats larger, and is {alone[2]:.2f} after {whole[2]:.2f}"
    )
