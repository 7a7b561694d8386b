"""With a decoder that can wind, the freer q may be in training, the less normal the posteriors come out.

Kind: experiment
Break it: ("encoder", 1) -> ("prior", 400)
Figure: Two rows of images decoded along a line of codes, both trained without an encoder. With a winding decoder many
    change abruptly. With a smooth decoder they change gradually.
"""

import torch
from torch.nn.functional import pad

from lowerbound import Bernoulli, digits
from lowerbound.models import recorded
from lowerbound.plots import subplots

rows = recorded("posteriors-in-training")  # 30 trained models: 6 ways, 5 seeds
names = {"one ellipse": ("encoder", 1), "8 draws": ("encoder", 8)}
names["no encoder"] = ("prior", 400)
measures = "log_evidence", "apart", "speed"
figure, ax = subplots(figsize=(4.6, 1.3))
found = {}
for smooth in (False, True):
    for name, q in names.items():
        way = (smooth, *q)
        five = [r for r in rows if (r["smooth"], r["proposal"], r["draws"]) == way]
        label = f"{'smooth' if smooth else 'winding'}, {name}"
        if name == "no encoder":
            path = torch.tensor([[int(c) for c in image] for image in five[0]["path"]])
            strip = pad(path.view(9, 8, 8) / 9, (1, 0)).transpose(0, 1)
            blue = torch.tensor([0x25, 0x63, 0xC4]).expand(8, 81, 3) / 255
            strip = torch.cat([blue, strip.reshape(8, 81, 1)], -1)
            place = (0, 9, smooth + 0.45, smooth - 0.45)
            ax.imshow(strip.numpy(), extent=place, aspect="auto")
        found[smooth, name] = shown = {key: [r[key] for r in five] for key in measures}
        for key, values in shown.items():
            print(f"{label}: {key} = {min(values):.1f} to {max(values):.1f}")
        assert max(shown["apart"]) < 0.3 or not smooth, (
            f"{label}: all should be within 0.3 nats of a normal, not {max(shown['apart']):.1f}"
        )

ax.set(xticks=[], xlabel="decoded along z\u2081 from -2 to 2, with z\u2082 = 0")
ax.set(yticks=[0, 1], yticklabels=["winding", "smooth"], ylim=(1.5, -0.5))

figure.savefig("what-q-may-be-shapes-the-decoder.svg")
tied, some, free = (found[False, name] for name in names)
x, mean = digits().held_out, digits().train.mean(0).clamp(0.001, 0.999)
one_picture = Bernoulli().log_prob(x, mean.logit().expand_as(x)).mean()
fits = zip(tied["apart"], tied["log_evidence"], strict=True)
used, fitted = zip(*[run for run in fits if run[1] > one_picture], strict=True)
print(f"winding, one ellipse: runs no better than one picture = {5 - len(used)}")
label = "winding, one ellipse, better than one picture"
print(f"{label}: apart = {min(used):.1f} to {max(used):.1f}")
print(f"{label}: log_evidence = {min(fitted):.1f} to {max(fitted):.1f}")
assert max(used) < min(free["apart"]), (
    f"under one ellipse all should be within {min(free['apart']):.1f} nats of a normal, not {max(used):.1f}"
)
for less, more in ((tied, some), (some, free)):
    assert min(more["apart"]) > max(less["apart"]), (
        f"the freer q, the farther from a normal, not {min(more['apart']):.1f} nats"
    )

others = [fit for q in found.values() if q is not free for fit in q["log_evidence"]]
assert min(free["log_evidence"]) > max(others), (
    f"free, it should fit best, above {max(others):.1f}, not {min(free['log_evidence']):.1f}"
)
assert min(free["speed"]) > max(tied["speed"]), (
    f"free, it should change faster than {max(tied['speed']):.1f}, not {min(free['speed']):.1f}"
)
