"""With a decoder that can wind, posteriors come out the less normal, the freer q may be in training.

Kind: experiment
Break it: ("encoder", 1) -> ("prior", 400)
Figure: Rows of images decoded along a line of codes. With a winding decoder many change abruptly or are noise, most of
    all without an encoder. With a smooth decoder they change gradually in all three ways. On the right, dots for five
    seeds a row: log p(x), how far posteriors are from a normal, and pixels that change a unit of z.
"""

import torch

from lowerbound import Bernoulli, digits
from lowerbound.models import recorded
from lowerbound.plots import P, subplots

rows = recorded("posteriors-in-training")  # 30 trained models: 6 ways, 5 seeds
names = {"one ellipse": ("encoder", 1), "8 draws": ("encoder", 8)}
names["no encoder"] = ("prior", 400)
measures = {"log_evidence": "log p(x),\nheld out", "apart": "nats from\na normal"}
measures["speed"] = "pixels per\nunit of z"
figure, (pictures, *panels) = subplots(
    ncols=4, figsize=(7.6, 3.8), sharey=True, width_ratios=(3.4, 1, 1, 1)
)
found, labels = {}, []
for smooth in (False, True):
    for name, q in names.items():
        way = (smooth, *q)
        five = [r for r in rows if (r["smooth"], r["proposal"], r["draws"]) == way]
        label, y = f"{'smooth' if smooth else 'winding'}, {name}", len(labels)
        strip = torch.tensor([[int(c) for c in image] for image in five[0]["path"]]) / 9
        strip = torch.nn.functional.pad(strip.view(9, 8, 8), (1, 0)).transpose(0, 1)
        blue = torch.tensor([0x25, 0x63, 0xC4]).expand(8, 81, 3) / 255
        strip = torch.cat([blue, strip.reshape(8, 81, 1)], -1)
        pictures.imshow(strip.numpy(), extent=(0, 9, y + 0.45, y - 0.45), aspect="auto")
        for panel, key in zip(panels, measures, strict=True):
            values = [r[key] for r in five]
            found[smooth, name, key] = values
            panel.plot(values, [y] * 5, "o", color=P, alpha=0.6, markersize=5)
            panel.set_xlabel(measures[key])
            print(f"{label}: {key} = {min(values):.1f} to {max(values):.1f}")
        labels.append(label)

pictures.set(xticks=[], xlabel="decoded along z\u2081 from -2 to 2, with z\u2082 = 0")
pictures.set(yticks=range(6), yticklabels=labels, ylim=(5.5, -0.5))

figure.savefig("what-q-may-be-shapes-the-decoder.svg")
tied, some, free = (found[False, name, "apart"] for name in names)
x, mean = digits().held_out, digits().train.mean(0).clamp(0.001, 0.999)
one_picture = Bernoulli().log_prob(x, mean.logit().expand_as(x)).mean()
fits = found[False, "one ellipse", "log_evidence"]
used = [a for a, fit in zip(tied, fits, strict=True) if fit > one_picture]
print(f"winding, one ellipse: runs no better than one picture = {5 - len(used)}")
print(f"where the code is used: apart = {min(used):.1f} to {max(used):.1f}")
assert max(used) < min(free)
assert sum(tied) < sum(some) < sum(free)
for key in ("log_evidence", "speed"):  # free, it fits better and changes faster
    assert min(found[False, "no encoder", key]) > max(found[False, "one ellipse", key])

assert all(max(found[True, name, "apart"]) < 0.3 for name in names)  # smooth: all three
