"""A few changes take a trained model to all four corners: good or bad pictures, small or large gap.

Kind: computation
Break it: q.mean, q.log_std - 3 -> q.mean, q.log_std
Fold: vae, x, q, blind
Figure: Five rows of eight pictures: handwritten digits, and below each what a draw of its code decodes to. Trained:
    blurred, mostly the same digit. Encoder too sure: the same. Decoder ignores z: one blur, eight times. Codes
    swapped: other digits.
"""

import copy

import torch

from lowerbound import (
    DiagonalNormal,
    Grid,
    digits,
    elbo,
    reconstruction,
    trained_digits,
)
from lowerbound.plots import DATA, P, pictures, subplots

vae, x = trained_digits(), digits().held_out[:25]
q = vae.encode(x)
blind = copy.deepcopy(vae)
blind.decoder[0].weight.zero_()  # the same decoder with z disconnected
corners = {
    "trained": (vae, q),
    "encoder too sure": (vae, DiagonalNormal(q.mean, q.log_std - 3)),
    "decoder ignores z": (blind, DiagonalNormal(0 * q.mean, 0 * q.log_std)),
    "codes swapped": (vae, DiagonalNormal(q.mean.roll(1, 0), q.log_std.roll(1, 0))),
}
good = {"trained", "encoder too sure"}
near = {"trained", "decoder ignores z"}

noise = torch.randn(25, 2, generator=torch.Generator().manual_seed(0)).double()
figure, axes = subplots(5, figsize=(4.2, 3.9))
pictures(axes[0], x[:8].view(8, 8, 8), columns=8, colour=DATA)
axes[0].set_title("held-out digits", loc="left", fontsize=9)
for ax, (name, (model, answer)) in zip(axes[1:], corners.items(), strict=True):
    quality = reconstruction(model, answer, x).mean()  # E_q[log p(x|z)]
    log_evidence = Grid(model, points=90, limit=6).log_evidence(x)
    gap = (log_evidence - elbo(model, answer, x)).mean()
    print(f"{name}, reconstruction = {quality:.0f}")
    print(f"{name}, gap = {gap:z.1f}")
    drawn = model.decode(answer.at(noise)).sigmoid()[:8]
    pictures(ax, drawn.view(8, 8, 8), columns=8, colour=P)
    ax.set_title(f"{name}: gap {gap:z.1f}", loc="left", fontsize=9)
    assert (quality > -21) == (name in good), (
        f"{name}: the reconstruction should be {'above' if name in good else 'below'} -21, not {quality:.1f}"
    )
    assert (gap < 1) == (name in near), (
        f"{name}: the gap should be {'below' if name in near else 'above'} 1 nat, not {gap:.2f}"
    )

figure.savefig("four-corners-drawn.svg")
