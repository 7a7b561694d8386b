"""Turning latent space is free if q may be any ellipse; here, turned by 45 degrees, upright ones pay more.

Kind: computation
Break it: weight.copy_(turn.T) -> weight.copy_(torch.eye(2))
"""

from math import cos, radians

import torch
from torch import nn

from lowerbound import (
    VAE,
    DiagonalNormal,
    FullNormal,
    Grid,
    digits,
    optimal_q,
    trained_digits,
)

vae = trained_digits()
x = digits().held_out[:40]
q = vae.encode(x)
cov = q.scale_tril @ q.scale_tril.mT
encoder_gap = Grid(vae).gap(q, x).mean()
best_gap = Grid(vae).gap(optimal_q(vae, q, x, steps=40), x).mean()
print(f"the encoder's ellipse, before = {encoder_gap:.2f}")
print(f"best upright ellipse, before = {best_gap:.2f}")
print(f"the rest of the encoder's gap, before = {encoder_gap - best_gap:.2f}")

c = s = cos(radians(45))  # the cosine and the sine of half a right angle are equal
turn = torch.tensor([[c, -s], [s, c]], dtype=torch.float64)
turn_back = nn.Linear(2, 2, bias=False).double().requires_grad_(False)
turn_back.weight.copy_(turn.T)
turned = VAE(vae.encoder, nn.Sequential(turn_back, vae.decoder), vae.likelihood)
grid = Grid(turned)

turned_cov = turn @ cov @ turn.T
any_ellipse = FullNormal(q.mean @ turn.T, torch.linalg.cholesky(turned_cov))
# the upright ellipse nearest to the turned one is only where the search begins
log_std = -0.5 * torch.linalg.inv(turned_cov).diagonal(dim1=1, dim2=2).log()
no_tilt = optimal_q(turned, DiagonalNormal(q.mean @ turn.T, log_std), x, steps=40)

free, stiff = grid.gap(any_ellipse, x).mean(), grid.gap(no_tilt, x).mean()
print(f"the encoder's ellipse, turned by 45 degrees = {free:.2f}")
print(f"best upright ellipse, 45 degrees = {stiff:.2f}")
assert abs(free - encoder_gap) < 1e-5, (
    f"an ellipse turned along should keep its gap of {encoder_gap:.2f}, not have {free:.2f}"
)
assert stiff > best_gap + 0.01, (
    f"upright, the best gap should rise from {best_gap:.2f}, not come to {stiff:.2f}"
)
