"""With two latents k-hat warns of most q that are too narrow, of hardly any too wide, whose gap is larger.

Kind: experiment
Break it: q.log_std + math.log(factor) -> q.log_std - math.log(factor)
"""

import math

import torch

from lowerbound import DiagonalNormal, Grid, digits, digits_vae, draw, fit
from lowerbound.psis import pareto_k

data = digits()
x = data.held_out[:20]
LIMIT = 1 - 1 / math.log10(1000)  # for 1,000 draws: Vehtari et al. 2024
factors = {0.3: "too narrow", 1.0: "as trained", 4.0: "too wide"}
warned, missed, gaps = ({factor: [] for factor in factors} for _ in range(3))
for seed in range(5):
    vae = digits_vae(hidden=32, seed=seed).double()
    fit(vae, data.train, epochs=10, seed=seed, progress=False)
    vae.requires_grad_(False)
    q, grid = vae.encode(x), Grid(vae, points=72)
    for factor in factors:
        scaled = DiagonalNormal(q.mean, q.log_std + math.log(factor))
        generator = torch.Generator().manual_seed(seed)
        weights = draw(vae, scaled, x, k=1000, generator=generator).log_weight
        above = torch.tensor([pareto_k(w) for w in weights.T]) > LIMIT
        gap = grid.gap(scaled, x)
        warned[factor].append(int(above.sum()))
        missed[factor].append(int(((gap > 1) & ~above).sum()))
        gaps[factor].append(gap.mean())

for factor, name in factors.items():
    low, high = min(warned[factor]), max(warned[factor])
    print(f"{name}, images with a warning = {low} to {high} of 20")
    print(f"{name}, average gap = {min(gaps[factor]):.1f} to {max(gaps[factor]):.1f}")

print(f"too wide, gap above 1 nat without a warning = {sum(missed[4.0])} of 100 images")
assert min(warned[0.3]) > 10, f"expected warnings for most, got {warned[0.3]} of 20"
assert max(warned[4.0]) < 2, f"expected hardly a warning, got {warned[4.0]} of 20"
for narrow, wide in zip(gaps[0.3], gaps[4.0], strict=True):
    assert wide > 2 * narrow, f"expected a larger gap, got {wide:.1f} and {narrow:.1f}"
