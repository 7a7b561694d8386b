"""Of 32 latent numbers half at most carry a twentieth of a nat; without the others the bound hardly moves.

Kind: experiment
Break it: used = kl > 0.05 -> used = kl < 0.05
"""

import torch

from lowerbound import (
    VAE,
    Bernoulli,
    DiagonalNormal,
    digits,
    fit,
    for_batches,
    kl_per_latent,
    mlp,
    sampled_elbo,
)

x, unseen = digits().train.float(), digits().held_out.float()


def bound(vae, q):
    draws = torch.Generator().manual_seed(0)
    return sampled_elbo(vae, q, unseen, k=50, generator=draws).value.mean().item()


counts, moves = [], []
for seed in range(5):
    decoder = mlp(32, 64, 64, seed=seed + 5)
    vae = VAE(mlp(64, 64, 64, seed=seed), decoder, Bernoulli(), latent_dim=32)
    fit(vae, x, epochs=30, batch_size=32, seed=seed, progress=False)
    with torch.no_grad():
        kl = for_batches(lambda q, x: kl_per_latent(q), vae, unseen).mean(0)
        used = kl > 0.05
        q = vae.encode(unseen)
        whole = bound(vae, q)
        decoder[0].weight[:, ~used] = 0  # it hears the others no more
        silent = DiagonalNormal(used * q.mean, used * q.log_std)  # as the prior
        cut = bound(vae, silent)
    counts.append(int(used.sum()))
    moves.append(cut - whole)
    print(f"seed {seed}: used = {counts[-1]}, bound, cut = {whole:.2f}, {cut:.2f}")

print(f"five seeds, used = {min(counts)} to {max(counts)}")
assert max(counts) <= 16, f"at most 16 of 32 should be in use, not {max(counts)}"
largest = max(map(abs, moves))
assert largest < 0.1, f"the bound should move by less than 0.1 nats, not {largest:.2f}"
