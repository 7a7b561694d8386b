"""Trained and measured again, with other draws of the prior, two recorded models agree with their record.

Kind: computation
Break it: sample=way["noise"] -> sample=not way["noise"]
"""

import torch

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded

torch.set_num_threads(1)  # networks this small gain nothing from more
data = digits()
a, b = torch.randn(2, 500, 1, 2, generator=torch.Generator().manual_seed(7)).double()
turn = torch.linspace(0, torch.pi / 2, 65).double()[:, None]
arcs = a * turn.cos() + b * turn.sin()  # every point is a draw of the prior

for way in recorded("continuity"):
    if not (way["kl"] and way["smooth"] and way["seed"] == 0):
        continue
    vae = digits_vae(seed=0).double()
    fit(vae, data.train, epochs=60, sample=way["noise"], seed=0, progress=False)
    vae.requires_grad_(False)

    image = torch.sigmoid(vae.decode(arcs))
    speed = (image.diff(dim=1).abs().sum() / arcs.diff(dim=1).norm(dim=-1).sum()).item()
    returned = torch.sigmoid(vae.decode(vae.encode(data.held_out).mean)).round()
    wrong = (returned - data.held_out).abs().sum(1).mean().item()

    name = "noise, KL, smooth" if way["noise"] else "KL, smooth"
    print(f"{name}: recorded pixels per unit of z = {way['speed']:.1f}")
    print(f"{name}: measured pixels per unit of z = {speed:.1f}")
    print(f"{name}: recorded wrong pixels in reconstructions = {way['wrong']:.2f}")
    print(f"{name}: measured wrong pixels in reconstructions = {wrong:.2f}")
    assert abs(speed / way["speed"] - 1) < 0.1  # other draws
    assert abs(wrong - way["wrong"]) < 0.02  # the same images
