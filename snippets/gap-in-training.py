"""Log p(x) gains over 20 nats in training; with two layers the gap on held-out digits more than doubles.

Kind: experiment
Break it: gap = evidence - elbo -> gap = -elbo
Figure: Two columns, for a network with one SiLU layer and one with two tanh layers, five seeds each, against the
    epoch. Above, log p(x) and, hardly below it, the ELBO climb from -45 to about -20 nats; on training
    digits they end nearly one nat higher. Below, the gap on held-out digits starts near 0.2 and ends near 0.3 on
    the left and near 1 on the right. On training digits it rises too, but then falls, to 0.2 on the left and
    below 0.6 on the right.
"""

import torch

from lowerbound.models import recorded
from lowerbound.plots import GAP, P, Q, subplots

rows = recorded("gap-in-training")  # a row: one run, watched on one set of images
epochs = torch.tensor(rows[0]["epochs"])
names = ["one SiLU layer", "two tanh layers"]


def watched(name, data):
    """Log p(x) and the ELBO, averages over images: (seeds, epochs)."""
    runs = [r for r in rows if (r["architecture"], r["data"]) == (name, data)]
    return [torch.tensor([r[k] for r in runs]) for k in ("log_evidence", "elbo")]


for name in names:
    falls = {}
    for data in ("held out", "training"):
        evidence, elbo = watched(name, data)
        gap = evidence - elbo
        first, last = gap[:, 0], gap[:, -1]
        falls[data] = (gap[:, epochs == 30] - gap[:, epochs == 100]).squeeze(1)
        print(f"{name}, {data}: gap before = {first.min():.1f} to {first.max():.1f}")
        print(f"{name}, {data}: gap after = {last.min():.1f} to {last.max():.1f}")
        if data == "held out":
            end, gain = evidence[:, -1], (evidence[:, -1] - evidence[:, 0]).min()
            print(f"{name}: log p(x) after = {end.min():.1f} to {end.max():.1f}")
            print(
                f"{name}: epoch of the smallest gap = {epochs[gap.argmin(1)].tolist()}"
            )
            print(f"{name}: gap ends lower in runs = {(last < first).sum()}")
            assert gain > 20, f"log p(x) should gain 20 nats, not {gain:.1f}"
            assert name == names[0] or (last / first).min() > 2, (
                f"the gap should more than double, not end at {(last / first).min():.2f} times its size"
            )
    assert falls["training"].min() > 0, (
        f"late, the gap should fall on training digits in all runs, not by {falls['training'].min():.3f}"
    )
    assert falls["training"].mean() > falls["held out"].mean(), (
        f"late, it should fall less on held-out digits, not by {falls['held out'].mean():.3f}"
    )

fig, axes = subplots(2, 2, figsize=(4.6, 4.6), sharex=True, sharey="row")
for name, (top, bottom) in zip(names, axes.T, strict=True):
    for data, line in (("held out", "-"), ("training", ":")):
        evidence, elbo = (curves.T.numpy() for curves in watched(name, data))
        above = (top, evidence, "log p(x)", P), (top, elbo, "ELBO", Q)
        for ax, y, label, hue in *above, (bottom, evidence - elbo, "gap", GAP):
            lines = ax.plot((epochs + 1).numpy(), y, line, lw=1.2, color=hue)
            lines[0].set_label(label if line == "-" else "")
    top.set_title(name)
    top.legend(frameon=False)
    bottom.legend(frameon=False)
    bottom.set(xlabel="epoch", xscale="log", ylim=(0, 1.2))
    bottom.set_xticks([1, 2, 4, 11, 31, 101], ["0", "1", "3", "10", "30", "100"])
    bottom.minorticks_off()

fig.savefig("gap-in-training.svg")
