"""With a floor below it, a learned noise ends at the noise of the data, as in the best model by formula.

Kind: experiment
Break it: floor=0.01 -> floor=0.5
"""

import torch

from lowerbound import VAE, LearnedNoise, fit, mlp, ppca

for seed in (0, 1, 2, 3, 4):
    draws = torch.Generator().manual_seed(seed)
    z = torch.randn(500, 1, generator=draws)
    weight = torch.randn(1, 16, generator=draws)
    x = z @ weight + 0.3 * torch.randn(500, 16, generator=draws)
    noise = LearnedNoise(floor=0.01)
    vae = VAE(mlp(16, 2, seed=seed), mlp(1, 16, seed=seed + 5), noise, latent_dim=1)
    fit(vae, x, epochs=60, learning_rate=0.05, seed=seed, progress=False)
    exact = ppca(x.double(), latent_dim=1).x_given_z.cov[0, 0].sqrt().item()
    learned = noise.sigma.item()
    print(f"seed {seed}: learned, by formula = {learned:.2f}, {exact:.2f}")
    off = abs(learned / exact - 1)
    assert off < 0.02, f"learned noise should be near {exact:.2f}, not {learned:.2f}"
