"""On the same noise a hand-written loss is the library's, and its KL is a sum over the latent numbers.

Kind: identity
Break it: MeanAndSpread(encoder, "logvar") -> MeanAndSpread(encoder, "log_std")
Fold: Encoder, images, encoder, decoder, by_hand
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


def by_hand(x, noise):
    mu, logvar = encoder(x)
    logits = decoder(mu + torch.exp(0.5 * logvar) * noise)
    bce = cross_entropy(logits, x.flatten(1), reduction="none").sum(1)
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return (bce + kl).mean(), kl


loader = DataLoader(images, batch_size=64)
vae = VAE(MeanAndSpread(encoder, "logvar"), decoder, Bernoulli(), latent_dim=8)
fit(vae, loader, epochs=3, progress=False)  # trains your networks where they are

draws, off, kls = torch.Generator().manual_seed(0), [], []
for (x,) in loader:
    noise = torch.randn(len(x), 8, generator=draws)
    mine, kl = by_hand(x, noise)
    off.append((mine - loss(vae, x, noise)).abs().item())
    kls += kl.tolist()

each = for_batches(lambda q, x: kl_per_latent(q), vae, loader).mean(0)
kl = sum(kls) / len(kls)
print(f"KL to the prior = {kl:.1f}")
print(f"latent number by latent number = {', '.join(f'{nats:z.1f}' for nats in each)}")
assert max(off) < 1e-3, f"the two should be one number, not {max(off):.2g} apart"
apart = abs(each.sum().item() - kl)
assert apart < 1e-4, f"the parts should add up to the KL, not be {apart:.2g} off"
