"""Trained again, a recorded model has the speed, holes and reach of its record, with other draws.

Kind: computation
Break it: sample=run["noise"] -> sample=not run["noise"]
"""

import torch

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded

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
runs = [r for r in recorded("continuity") if r["kl"] and r["smooth"] and not r["noise"]]
run = runs[0]  # the first of five seeds
vae = digits_vae(seed=run["seed"]).double()
settings = dict(epochs=60, sample=run["noise"], seed=run["seed"], progress=False)
fit(vae, data.train, **settings)
vae.requires_grad_(False)

image = torch.sigmoid(vae.decode(arcs))
speed = (image.diff(dim=1).abs().sum() / arcs.diff(dim=1).norm(dim=-1).sum()).item()
decoded = torch.sigmoid(vae.decode(draws)).round()
holes = (pixels_apart(decoded, data.train) > far).double().mean().item()
reach = pixels_apart(data.held_out, decoded[:2000]).mean().item()

print(f"recorded pixels per unit of z = {run['speed']:.1f}")
print(f"measured pixels per unit of z = {speed:.1f}")
print(f"recorded % in holes = {100 * run['holes']:.0f}")
print(f"measured % in holes = {100 * holes:.0f}")
print(f"recorded pixels to a held-out digit = {run['reach']:.1f}")
print(f"measured pixels to a held-out digit = {reach:.1f}")
# other draws
assert abs(speed / run["speed"] - 1) < 0.1, (
    f"pixels per unit should be near the record's {run['speed']:.1f}, not {speed:.1f}"
)
assert abs(holes - run["holes"]) < 0.02, (
    f"holes should be near the record's {100 * run['holes']:.0f} %, not {100 * holes:.0f} %"
)
assert abs(reach / run["reach"] - 1) < 0.05, (
    f"the reach should be near the record's {run['reach']:.1f} pixels, not {reach:.1f}"
)
