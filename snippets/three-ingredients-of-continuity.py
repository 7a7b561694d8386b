"""Compared with all three, the two smooth ways without KL have worse reach, the other five worse speed.

Kind: experiment
Break it: whole = (True, True, True) -> whole = (True, False, True)
Figure: Eight rows, one for each choice of the three ingredients. Above, nine images decoded along one line of
    codes: with a smooth decoder they change little by little, with a rough one most are noise. Below, dots for
    five seeds a row: pixels that change per unit of z, share of the prior in holes, pixels from an unseen
    digit to the nearest decoded image. Only the top row lies far left in all three panels.
"""

from itertools import product

import torch

from lowerbound.models import recorded
from lowerbound.plots import MUTED, P, subplots

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds
ways = list(product((True, False), repeat=3))  # noise, KL, smooth decoder
whole = (True, True, True)
measures = {"speed": "pixels per\nunit of z", "holes": "% of prior\nin holes"}
measures["reach"] = "pixels to an\nunseen digit"


def name(way):
    ingredients = zip(("noise", "KL", "smooth"), way, strict=True)
    return " + ".join(word for word, used in ingredients if used) or "none"


figure, axes = subplots(2, 3, figsize=(4.7, 6.4), sharey=True)
pictures = figure.add_subplot(axes[0, 0].get_gridspec()[0, :])
for ax in axes[0]:
    ax.remove()

best = {}
for y, way in sorted(enumerate(ways), key=lambda item: item[1] != whole):
    runs = [r for r in rows if (r["noise"], r["kl"], r["smooth"]) == way]
    strip = torch.tensor([[int(c) for c in image] for image in runs[0]["path"]]) / 9
    strip = torch.nn.functional.pad(strip.view(9, 8, 8), (1, 0)).transpose(0, 1)
    blue = torch.tensor([0x25, 0x63, 0xC4]).expand(8, 81, 3) / 255
    image = torch.cat([blue, strip.reshape(8, 81, 1)], -1)
    pictures.imshow(image.numpy(), extent=(0, 9, y + 0.45, y - 0.45), aspect="auto")
    values = {key: [r[key] for r in runs] for key in measures}
    values["holes"] = [100 * share for share in values["holes"]]
    best = best or values
    for panel, (key, five) in zip(axes[1], values.items(), strict=True):
        panel.plot(five, [y] * 5, "o", color=P, alpha=0.6, markersize=4)
        low, high = (f"{v:z.{1 + (key == 'holes')}f}" for v in (min(five), max(five)))
        print(f"{name(way)}: {key} = {low} to {high}")
    _, kl, smooth = way
    worse = "reach" if smooth and not kl else "speed"
    assert way == whole or min(values[worse]) > max(best[worse]), (
        f"{name(way)}: {worse} should be above {max(best[worse]):.1f} in all runs, not {min(values[worse]):.1f}"
    )

pictures.set(xticks=[], xlabel="decoded along z\u2081 from -2 to 2, with z\u2082 = 0")
pictures.spines[:].set_visible(False)
for ax in (pictures, axes[1, 0]):
    ax.set(yticks=range(8), yticklabels=map(name, ways), ylim=(7.5, -0.5))

axes[1, 0].set(xscale="log", xlim=(2, 300))
axes[1, 0].set_xticks([5, 20, 100], ["5", "20", "100"])
axes[1, 0].minorticks_off()
for panel, label in zip(axes[1], measures.values(), strict=True):
    panel.set_xlabel(label)
    panel.grid(axis="y", color=MUTED, alpha=0.3)

figure.savefig("three-ingredients-of-continuity.svg")
