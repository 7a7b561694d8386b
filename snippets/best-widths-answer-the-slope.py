"""On digits, the trained encoder's widths are near the best ones, and noise costs about half a nat a number.

Kind: computation
Break it: 1 / (1 + fisher) -> 1 / fisher.sqrt()
"""

import torch

from lowerbound import digits, trained_digits

vae, x = trained_digits(), digits().held_out
q = vae.encode(x)
s, h = torch.sigmoid(vae.decode(q.mean)), 1e-3
fisher = []
for step in h * torch.eye(2, dtype=torch.float64):
    slope = (vae.decode(q.mean + step) - vae.decode(q.mean - step)) / (2 * h)
    fisher.append((s * (1 - s) * slope.square()).sum(1))

fisher = torch.stack(fisher, 1)  # squared slope, for each image and latent number


def cost(variance):
    """What a width costs: the price of the slope, and the KL to the prior."""
    return variance * fisher / 2 + (variance - 1 - variance.log()) / 2


best = 1 / (1 + fisher)  # the variance where the sum of the two is least
price = best * fisher / 2  # of the slope; it is (1 - best) / 2
print(f"price of the slope at the best widths, a number = {price.mean():.2f}")
ratio = q.log_std.exp() / best.sqrt()
print(f"encoder's width over the best one, median = {ratio.median():.1f}")
for share in (0.05, 0.95):
    print(
        f"encoder's width over the best one, {share:.0%} = {ratio.quantile(share):.1f}"
    )

assert (cost(best) <= torch.minimum(cost(0.9 * best), cost(1.1 * best))).all()
assert 0.4 < price.mean() < 0.5
assert 0.85 < ratio.median() < 1.15
