"""Leave out noise, KL or the smooth decoder, one or more of them, and speed or reach gets worse.

Kind: experiment
Break it: whole = (True, True, True) -> whole = (True, False, True)
Figure: Four ways of training, and nine images decoded along one line of codes for each, with how many pixels
    change per unit of latent space. With all three
    ingredients a zero becomes a seven, little by little. Without the noise they are sharper, and change faster.
    Without the KL a zero becomes a nine, little by little. Without the smooth decoder most are noise.
"""

from itertools import product

import torch

from lowerbound.models import recorded
from lowerbound.plots import subplots

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds
ways = list(product((True, False), repeat=3))  # noise, KL, smooth decoder
whole = (True, True, True)
named = {whole: "with noise, KL and smooth decoder"}
named[False, True, True] = "without the noise"
named[True, False, True] = "without the KL"
named[True, True, False] = "without the smooth decoder"
figure, ax = subplots(figsize=(4.7, 3.9))


def name(way):
    ingredients = zip(("noise", "KL", "smooth"), way, strict=True)
    return " + ".join(word for word, used in ingredients if used) or "none"


best = {}
for way in sorted(ways, key=lambda way: way != whole):
    runs = [r for r in rows if (r["noise"], r["kl"], r["smooth"]) == way]
    runs.sort(key=lambda r: r["holes"])
    values = {key: sorted(r[key] for r in runs) for key in ("speed", "reach")}
    best = best or values
    spans = {key: f"{v[0]:.1f} to {v[-1]:.1f}" for key, v in values.items()}
    fewest, most = (round(2000 * r["holes"]) for r in (runs[0], runs[-1]))  # draws
    spans["holes"] = f"{fewest // 20} to {-(-most // 20)} %" if most else "0 %"
    for key, span in spans.items():
        print(f"{name(way)}: {key} = {span}")
    _, kl, smooth = way
    worse = "reach" if smooth and not kl else "speed"
    assert way == whole or min(values[worse]) > max(best[worse]), (
        f"{name(way)}: {worse} should be above {max(best[worse]):.1f} in all runs, not {min(values[worse]):.1f}"
    )
    if way in named:
        y = list(named).index(way)
        strip = (
            torch.tensor([[int(c) for c in image] for image in runs[-1]["path"]]) / 9
        )
        strip = torch.nn.functional.pad(strip.view(9, 8, 8), (1, 0)).transpose(0, 1)
        blue = torch.tensor([0x25, 0x63, 0xC4]).expand(8, 81, 3) / 255
        image = torch.cat([blue, strip.reshape(8, 81, 1)], -1)
        ax.imshow(image.numpy(), extent=(0, 9, y + 0.95, y + 0.3), aspect="auto")
        ax.text(0.1, y + 0.22, f"{named[way]}: {spans['speed']} pixels", fontsize=8.5)

ax.set(
    xticks=[], yticks=[], ylim=(4, 0), xlabel="along z\u2081 from -2 to 2, z\u2082 = 0"
)
ax.spines[:].set_visible(False)
figure.savefig("three-ingredients-of-continuity.svg")
