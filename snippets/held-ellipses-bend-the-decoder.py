"""With the shuffled ellipses held, decoder steps lower the loss and make the model of unseen digits worse.

Kind: experiment
Break it: torch.randperm(36, generator=random) -> torch.arange(36)
Fold: shuffle
"""

import torch
from torch.special import ndtr, ndtri

from lowerbound import Grid, digits, trained_digits


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = int(len(order) ** 0.5)
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


def cost():
    """All that the decoder changes in the loss: -log p(x|z), an average."""
    return -vae.log_likelihood(x, z[None]).mean()


x, unseen = digits().train, digits().held_out[:60]
random = torch.Generator().manual_seed(0)
noise = torch.randn(len(x), 2, dtype=torch.float64, generator=random)
falls, rises = [], []
for _ in range(5):
    vae, order = trained_digits(), torch.randperm(36, generator=random)
    before = Grid(vae).log_evidence(unseen).mean()
    q = vae.encode(x)
    moved = shuffle(q.mean, order.argsort())
    z = shuffle(moved + q.log_std.exp() * noise, order)  # that is decoded
    weights = list(vae.decoder.requires_grad_(True).parameters())
    first = cost().item()
    for _ in range(8):
        slopes = torch.autograd.grad(cost(), weights)
        length = torch.cat([slope.flatten() for slope in slopes]).norm()
        for weight, slope in zip(weights, slopes, strict=True):
            weight.data -= slope / length
    falls.append(first - cost().item())
    with torch.no_grad():
        rises.append((before - Grid(vae).log_evidence(unseen).mean()).item())

print(f"training loss falls by = {min(falls):.1f} to {max(falls):.1f} nats")
print(f"unseen -log p(x) rises by = {min(rises):.1f} to {max(rises):.1f} nats")
assert min(falls) > 2, f"each loss should fall by 2 nats, not {min(falls):.1f}"
assert min(rises) > 1, f"-log p(x) should rise by a nat each time, not {min(rises):.1f}"
