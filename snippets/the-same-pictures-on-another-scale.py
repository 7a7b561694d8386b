"""Without noise codes crowd, without the KL they run apart; rescaled by their spread, pictures change alike.

Kind: experiment
Break it: beta=float(kl), sample=bool(noise) -> beta=float(noise), sample=bool(kl)
Figure: Three rows of nine decoded images; on the left of each a ring as wide as the prior and a disc as wide as the codes.
    With all three, disc and ring are alike, and a four becomes a zero, a nine, a three and a one, little by little.
    Without the noise the disc has half the width, and the images are nearly the same. Without the KL the disc is over
    four times as wide as the ring, and the images change faster.
"""

import torch

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded
from lowerbound.plots import P, Q, subplots

train = digits().train
ways = {"all three": (1, 1), "without the noise": (0, 1), "without the KL": (1, 0)}
steps = torch.linspace(-2, 2, 9).double()  # standard deviations of the codes
line = torch.stack([steps, torch.zeros_like(steps)], 1)
rows = {}
for name, (noise, kl) in ways.items():
    vae = digits_vae(seed=0).double()
    how = dict(beta=float(kl), sample=bool(noise))
    fit(vae, train, epochs=60, **how, seed=0, progress=False)
    codes = vae.encode(train).mean.detach()
    spread = codes.std(0)
    pictures = vae.decode(codes.mean(0) + line * spread).sigmoid().detach()
    rows[name] = spread.square().mean().sqrt().item(), pictures
    print(f"{name}: width of the codes = {rows[name][0]:.1f}")

(width, _), (narrow, _), (wide, _) = rows.values()
speeds = [p.diff(dim=0).abs().sum(1).mean().item() for _, p in rows.values()]
print(f"pixels a step: least = {min(speeds):.1f}, most = {max(speeds):.1f}")
assert narrow < 0.7 * width < wide / 4, (
    f"without noise codes should be narrower than {0.7 * width:.2f}, without the "
    f"KL over four times that, not {narrow:.2f} and {wide:.2f}"
)
assert max(speeds) < 2.5 * min(speeds), (
    f"a step should change pictures alike, within 2.5 times, not {speeds}"
)

# And a decoder that can wind, in recorded runs.
winding = [
    r for r in recorded("continuity") if r["noise"] and r["kl"] and not r["smooth"]
]
inside = sum(r["spread"] < 0.9 for r in winding)
print(f"winding: runs of five with much narrower codes than the prior = {inside}")

figure, ax = subplots(figsize=(4.7, 2.9))
for y, (name, (spread, pictures)) in enumerate(rows.items()):
    ink = torch.nn.functional.pad(pictures.view(9, 8, 8), (1, 0)).transpose(0, 1)
    blue = torch.tensor([0x25, 0x63, 0xC4]).expand(8, 81, 3) / 255
    image = torch.cat([blue, ink.reshape(8, 81, 1)], -1)
    ax.imshow(image.numpy(), extent=(0, 9, y + 0.95, y + 0.3), aspect="auto")
    ax.text(0.1, y + 0.22, name, fontsize=8.5)
    ax.plot([-1.1], [y + 0.6], "o", markersize=12 * spread, color=Q, alpha=0.5)
    ax.plot([-1.1], [y + 0.6], "o", markersize=12, color="none", markeredgecolor=P)

ax.set(xticks=[], yticks=[], xlim=(-2.2, 9), ylim=(3, 0))
ax.spines[:].set_visible(False)
figure.savefig("the-same-pictures-on-another-scale.svg")
