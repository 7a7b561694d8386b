"""With convolutions, on images that keep their shape, log p(x) minus the ELBO is KL(q(z|x)||p(z|x)), too.

Kind: computation
Break it: other.posterior(x) -> other.posterior(1 - x)
"""

import torch
from torch import nn

from lowerbound import VAE, Bernoulli, Grid, digits, elbo, fit, kl_each

images = digits().train.float().reshape(-1, 1, 8, 8)  # channels, height, width
x = digits().held_out[:60].reshape(-1, 1, 8, 8)

with torch.random.fork_rng():
    torch.manual_seed(0)  # the first weights
    encoder = nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(128, 4),
    )
    decoder = nn.Sequential(
        nn.Linear(2, 128),
        nn.SiLU(),
        nn.Unflatten(1, (8, 4, 4)),
        nn.ConvTranspose2d(8, 1, 2, stride=2),
    )

vae = VAE(encoder, decoder, Bernoulli())
fit(vae, images, epochs=5, progress=False)

vae = vae.double().requires_grad_(False)
q = vae.encode(x)
gap = Grid(vae).log_evidence(x) - elbo(vae, q, x)
other = Grid(vae, points=180, limit=8)
kl = kl_each(q, other.posterior(x))
print(f"average gap above 0.01 = {gap.mean() > 0.01}")
error = (gap - kl).abs().max().item()
print(f"largest difference of the two routes < 1e-5 = {error < 1e-5}")
assert error < 1e-5, (
    f"log p(x) - ELBO should be the KL for each image, and is up to {error:.5f} off"
)
assert gap.mean() > 0.01, f"the average gap should be above 0.01, not {gap.mean():.3f}"
