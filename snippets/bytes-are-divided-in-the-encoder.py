"""Bytes train if the encoder divides them; if it does not, the first loss is huge or no number.

Kind: experiment
Break it: nn.Sequential(Divide(255), network) -> nn.Sequential(Divide(1), network)
"""

import torch
from torch import nn

from lowerbound import VAE, Binomial, Divide, digits, fit, mlp
from lowerbound.training import loss

x = (digits(binary=False).train.float() * 255 / 16).round()  # 0 to 255
for seed in (0, 1, 2, 3, 4):
    network, decoder = mlp(64, 64, 16, seed=seed), mlp(8, 64, 64, seed=seed + 5)
    noise = torch.randn(len(x), 8, generator=torch.Generator().manual_seed(seed))
    undivided = loss(VAE(network, decoder, Binomial(255), latent_dim=8), x, noise)
    encoder = nn.Sequential(Divide(255), network)  # the likelihood counts to 255
    vae = VAE(encoder, decoder, Binomial(255), latent_dim=8)
    first = loss(vae, x, noise).item()
    last = fit(vae, x, epochs=5, seed=seed, progress=False).loss[-1]
    print(f"seed {seed}: undivided = {undivided.item():.0e}")
    print(f"seed {seed}: divided = {first:.4g}, after five epochs = {last:.4g}")
    assert not undivided < 1e6, f"undivided, a loss beyond 1e6, not {undivided:.0f}"
    assert last < first < 1e4, (
        f"divided, the loss should fall from below 1e4, not {first:.3g} to {last:.3g}"
    )
