"""On the same noise a hand-written loss is the library's, and its KL is a sum over the latent numbers.

Kind: identity
Break it: MeanAndSpread(encoder, "logvar") -> MeanAndSpread(encoder, "log_std")
Fold: Encoder, images, encoder, decoder
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from lowerbound import (
    VAE,
    Bernoulli,
    MeanAndSpread,
    digits,
    fit,
    for_batches,
    kl_per_latent,
    mlp,
)
from lowerbound.training import loss


class Encoder(nn.Sequential):
    def forward(self, x):
        mu, logvar = super().forward(x).chunk(2, dim=1)
        return mu, logvar


images = TensorDataset(digits().train.float().unflatten(1, (1, 8, 8)))
encoder = Encoder(nn.Flatten(), mlp(64, 32, 16, seed=0))
decoder = mlp(8, 32, 64, seed=1)

loader = DataLoader(images, batch_size=64)
vae = VAE(MeanAndSpread(encoder, "logvar"), decoder, Bernoulli(), latent_dim=8)
fit(vae, loader, epochs=3, progress=False)  # trains your networks where they are

noise, off, kls = torch.Generator().manual_seed(0), [], []
for (x,) in loader:
    mu, logvar = encoder(x)
    draw = torch.randn(mu.shape, generator=noise)
    logits = decoder(mu + torch.exp(0.5 * logvar) * draw)
    bce = cross_entropy(logits, x.flatten(1), reduction="none").sum(1)
    kls.append(-0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1))
    off.append((bce + kls[-1]).mean() - loss(vae, x, draw))

kl = torch.cat(kls).mean().item()
each = for_batches(lambda q, x: kl_per_latent(q), vae, loader).mean(0)
print(f"KL to the prior = {kl:.1f}")
print(f"latent number by latent number = {', '.join(f'{nats:z.1f}' for nats in each)}")
largest = torch.stack(off).abs().max().item()
assert largest < 1e-3, f"the two losses should be one number, not {largest:.2g} apart"
apart = abs(each.sum().item() - kl)
assert apart < 1e-4, f"the parts should add up to the KL, not be {apart:.2g} off"
