"""On digits, the trained encoder's widths are near the best ones, and noise costs about half a nat a number.

Kind: computation
Break it: 1 / (1 + fisher) -> 1 / fisher.sqrt()
Fold: vae, q, s, slope, fisher, pairs, follow
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
pairs = zip(q.log_std.T, best.log().T, strict=True)  # for each latent number
follow = [torch.corrcoef(torch.stack(pair))[0, 1].item() for pair in pairs]
print(
    f"correlation of the widths with the best = {max(follow):.2f} and {min(follow):.2f}"
)
most = (cost(best) - torch.minimum(cost(0.9 * best), cost(1.1 * best))).max()
assert most <= 0, (
    f"no variance a tenth off should cost less, one does by {most:.2f} nats"
)
assert 0.4 < price.mean() < 0.5, (
    f"the price should be just below half a nat, not {price.mean():.2f}"
)
assert 0.85 < ratio.median() < 1.15, (
    f"the widths should be near the best, not {ratio.median():.2f} times them"
)
assert min(follow) > 0.4, (
    f"widths should follow the best, not correlate {min(follow):.2f}"
)
