"""After a short training a network has learned the decoder, but not the shuffled one; less with finer cells.

Kind: experiment
Break it: order[cell[..., 0] * k + cell[..., 1]] -> cell[..., 0] * k + cell[..., 1]
"""

from math import isqrt

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.special import ndtr, ndtri

from lowerbound import mlp, trained_digits


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    k = isqrt(len(order))
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


def remaining_errors(k, seed, sizes=((128,), (128, 128))):
    """KL(shuffled decoder||network) in nats an image, over codes from the prior, for both networks."""
    generator = torch.Generator().manual_seed(seed)
    order, parts = torch.randperm(k * k, generator=generator), [4000] + 100 * [128]
    z = torch.randn(sum(parts), 2, generator=generator).clamp(-4, 4)
    logits = decoder(shuffle(z.double(), order).float())
    test, *codes = z.split(parts)
    shown, *pictures = logits.sigmoid().split(parts)
    networks = torch.nn.ModuleList(mlp(2, *hidden, 64, seed=seed) for hidden in sizes)
    optimizer = torch.optim.Adam(networks.parameters(), lr=1e-2, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 100)
    for code, picture in zip(codes, pictures, strict=True):
        errors = [cross_entropy(network(code), picture) for network in networks]
        optimizer.zero_grad()
        sum(errors).backward()  # they share no weight, so each learns by itself
        optimizer.step()
        schedule.step()
    least = cross_entropy(logits[:4000], shown)
    errors = [cross_entropy(network(test), shown) - least for network in networks]
    return [64 * error.item() for error in errors]  # means over 64 pixels, as sums


decoder, previous = trained_digits().decoder.float(), 0.0
logits = decoder(torch.randn(4000, 2, generator=torch.Generator().manual_seed(0)))
image = logits.sigmoid()
average = image.mean(0).logit(1e-6).expand_as(image)
ignorant = 64 * (cross_entropy(average, image) - cross_entropy(logits, image))
print(f"for comparison, always the average image = {ignorant:.0f}")
for k in (1, 4, 16):
    small, deep = zip(*[remaining_errors(k, seed) for seed in range(5)], strict=True)
    for name, error in (("the decoder's size", small), ("one more layer", deep)):
        print(f"K {k}, {name}, mean of five = {sum(error) / 5:.0f}")
        print(f"K {k}, {name}, spread = {max(error) - min(error):.0f}")
    assert min(small + deep) > previous
    previous = max(small + deep)
