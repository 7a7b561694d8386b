"""An encoder that is too sure leaves most of the weight to few of its codes, those that it draws most rarely.

Kind: computation
Break it: given.log_std - log(20) -> given.log_std - log(1)
Fold: vae, given
"""

from math import log

import torch

from lowerbound import DiagonalNormal, Grid, digits, draw, trained_digits

vae, x = trained_digits(), digits().held_out[:100]
given, exact = vae.encode(x), Grid(vae).log_evidence(x)
encoders = {
    "healthy": given,
    "too sure": DiagonalNormal(given.mean, given.log_std - log(20)),
}
for name, q in encoders.items():
    generator = torch.Generator().manual_seed(0)
    codes = draw(vae, q, x, k=1000, generator=generator)
    bound = codes.log_weight.logsumexp(0) - log(1000)
    largest = codes.log_weight.softmax(0).topk(100, 0).values.sum(0).mean()
    both = torch.stack([codes.log_weight, -codes.log_q])  # weight, and how rarely drawn
    rarity = torch.stack([torch.corrcoef(both[:, :, i])[0, 1] for i in range(100)])
    print(f"{name}: share of the weight that a tenth of the codes has = {largest:.0%}")
    assert (largest > 0.6) == (name == "too sure"), (
        f"{name}: a tenth of the codes has {largest:.0%} of the weight"
    )
    assert (rarity.min() > 0.9) == (name == "too sure"), (
        f"{name}: log weight and rarity have a correlation of {rarity.min():.2f} or more"
    )
    missing = (exact - bound).mean()
    print(f"{name}: the better bound is below log p(x) by = {missing:z.1f}")
    assert (missing > 3) == (name == "too sure"), (
        f"{name}: the better bound is {missing:z.1f} nats below log p(x)"
    )
