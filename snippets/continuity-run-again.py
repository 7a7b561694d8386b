"""Trained again, two recorded models have the speed, holes and reach of their record, with other draws.

Kind: computation
Break it: sample=way["noise"] -> sample=not way["noise"]
"""

import torch

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded

torch.set_num_threads(1)  # networks this small gain nothing from more
data = digits()
generator = torch.Generator().manual_seed(7)
a, b = torch.randn(2, 200, 1, 2, generator=generator).double()
draws = torch.randn(4000, 2, generator=generator).double()
turn = torch.linspace(0, torch.pi / 2, 65).double()[:, None]
arcs = a * turn.cos() + b * turn.sin()  # every point is a draw of the prior


def pixels_apart(images, others):
    """In how many pixels each image differs from the nearest of the others."""
    differing = images @ (1 - others.T) + (1 - images) @ others.T
    return differing.min(1).values


far = pixels_apart(data.held_out, data.train).quantile(0.95)
for way in recorded("continuity"):
    if not (way["kl"] and way["smooth"] and way["seed"] == 0):
        continue
    vae = digits_vae(seed=0).double()
    fit(vae, data.train, epochs=60, sample=way["noise"], seed=0, progress=False)
    vae.requires_grad_(False)

    image = torch.sigmoid(vae.decode(arcs))
    speed = (image.diff(dim=1).abs().sum() / arcs.diff(dim=1).norm(dim=-1).sum()).item()
    decoded = torch.sigmoid(vae.decode(draws)).round()
    holes = (pixels_apart(decoded, data.train) > far).double().mean().item()
    reach = pixels_apart(data.held_out, decoded[:2000]).mean().item()

    name = "noise, KL, smooth" if way["noise"] else "KL, smooth"
    print(f"{name}: recorded pixels per unit of z = {way['speed']:.1f}")
    print(f"{name}: measured pixels per unit of z = {speed:.1f}")
    print(f"{name}: recorded % in holes = {100 * way['holes']:z.0f}")
    print(f"{name}: measured % in holes = {100 * holes:z.0f}")
    print(f"{name}: recorded pixels to an unseen digit = {way['reach']:.1f}")
    print(f"{name}: measured pixels to an unseen digit = {reach:.1f}")
    assert abs(speed / way["speed"] - 1) < 0.1  # other draws
    assert abs(holes - way["holes"]) < 0.02
    assert abs(reach / way["reach"] - 1) < 0.05
