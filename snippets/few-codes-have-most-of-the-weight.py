"""An encoder that is too sure leaves most of the weight to few of its codes, those that it draws most rarely.

Kind: computation
Break it: given.log_std - log(20) -> given.log_std - log(1)
Fold: vae, given
Figure: How a thousand codes of one image spread, by the log of their weight, counted from log p(x). Above, of the
    healthy encoder: a narrow heap about zero, with the ELBO and the better bound next to zero. Below, of the encoder
    that is too sure: a heap six nats below with a tail to the right; the ELBO is in the heap, the better bound on the
    tail, two nats higher.
"""

from math import log

import torch

from lowerbound import DiagonalNormal, Grid, digits, draw, trained_digits
from lowerbound.plots import INK, MUTED, P, Q, subplots

vae, x = trained_digits(), digits().held_out[:100]
given, exact = vae.encode(x), Grid(vae).log_evidence(x)
encoders = {
    "healthy": given,
    "too sure": DiagonalNormal(given.mean, given.log_std - log(20)),
}
figure, axes = subplots(2, 1, figsize=(4.8, 3.2), sharex=True)
for ax, (name, q) in zip(axes, encoders.items(), strict=True):
    generator = torch.Generator().manual_seed(0)
    codes = draw(vae, q, x, k=1000, generator=generator)
    elbo = codes.log_weight.mean(0)
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
    heights = codes.log_weight[:, 0] - exact[0]
    ax.hist(heights, 60, range=(-6.5, 2), histtype="stepfilled", color=Q, alpha=0.4)
    lines = {
        "ELBO": (elbo, MUTED),
        "better bound": (bound, INK),
        "log p(x)": (exact, P),
    }
    for label, (line, colour) in lines.items():
        at = (line - exact)[0]
        ax.axvline(at, color=colour)
        if name == "too sure":  # above, the three lie too close
            ax.text(
                at, 1, f" {label}", transform=ax.get_xaxis_transform(), color=colour
            )
    ax.set_title(name, loc="left", y=1.1)
    ax.set_yticks([])

axes[1].set_xlabel("log weight, counted from log p(x), in nats")
figure.savefig("few-codes-have-most-of-the-weight.svg")
