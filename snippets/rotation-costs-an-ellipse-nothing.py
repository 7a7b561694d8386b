"""Turning latent space costs nothing where q may be any ellipse; one that has to stand upright pays.

Kind: computation
Break it: turn @ cov @ turn.T -> cov
"""

from math import cos, radians, sin

import torch
from torch import nn

from lowerbound import VAE, DiagonalNormal, FullNormal, Grid, digits, trained_digits

vae = trained_digits()
x = digits().held_out[:60]
q = vae.encode(x)
cov = q.scale_tril @ q.scale_tril.mT
upright = Grid(vae).gap(q, x).mean()
print(f"average gap before = {upright:.2f}")

for degrees in (20, 45):
    c, s = cos(radians(degrees)), sin(radians(degrees))
    turn = torch.tensor([[c, -s], [s, c]], dtype=torch.float64)
    turn_back = nn.Linear(2, 2, bias=False).double().requires_grad_(False)
    turn_back.weight.copy_(turn.T)
    turned = VAE(vae.encoder, nn.Sequential(turn_back, vae.decoder), vae.likelihood)
    grid = Grid(turned)

    turned_cov = turn @ cov @ turn.T
    any_ellipse = FullNormal(q.mean @ turn.T, torch.linalg.cholesky(turned_cov))
    # the best upright ellipse for a tilted one has the inverse's diagonal
    log_std = -0.5 * torch.linalg.inv(turned_cov).diagonal(dim1=1, dim2=2).log()
    no_tilt = DiagonalNormal(q.mean @ turn.T, log_std)

    free, stiff = grid.gap(any_ellipse, x).mean(), grid.gap(no_tilt, x).mean()
    print(f"{degrees} degrees, any ellipse = {free:.2f}")
    print(f"{degrees} degrees, upright ellipse = {stiff:.2f}")
    assert abs(free - upright) < 1e-5
    assert stiff > upright + 0.01
