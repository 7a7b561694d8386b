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


def draw(ax, curves, label, *style, **colour):
    lines = ax.plot((epochs + 1).numpy(), curves.T.numpy(), *style, lw=1.2, **colour)
    lines[0].set_label(label)


fig, axes = subplots(2, 2, figsize=(7.6, 5.4), sharex=True, sharey="row")
for column, name in enumerate(["one SiLU layer", "two tanh layers"]):
    top, bottom = axes[:, column]
    late = {}
    for data, dashes in (("held out", "-"), ("training", ":")):
        runs = [r for r in rows if (r["architecture"], r["data"]) == (name, data)]
        elbo, evidence = (
            torch.tensor([r[k] for r in runs]) for k in ("elbo", "log_evidence")
        )
        gap = evidence - elbo  # (seeds, epochs), averages in nats an image
        draw(top, evidence, f"log p(x), {data}", dashes, color=P)
        draw(top, elbo, f"ELBO, {data}", dashes, color=Q)
        draw(bottom, gap, f"gap, {data}", dashes, color=GAP)
        for when, at in (("before", 0), ("after", -1)):
            low, high = gap[:, at].min(), gap[:, at].max()
            print(f"{name}, {data}: gap {when} = {low:.1f} to {high:.1f}")
        late[data] = gap[:, (epochs == 30) | (epochs == 100)]  # for its fall
        if data == "held out":
            low, high = evidence[:, -1].min(), evidence[:, -1].max()
            print(f"{name}: log p(x) after = {low:.1f} to {high:.1f}")
            smallest = epochs[gap.argmin(1)].tolist()
            print(f"{name}: epoch of the smallest gap = {smallest}")
            print(f"{name}: gap ends lower in runs = {(gap[:, -1] < gap[:, 0]).sum()}")
            assert (evidence[:, -1] - evidence[:, 0] > 20).all()
            assert name == "one SiLU layer" or (gap[:, -1] > 2 * gap[:, 0]).all()
    falls = {data: gap[:, 0] - gap[:, 1] for data, gap in late.items()}
    assert (falls["training"] > 0).all()
    assert falls["training"].mean() > falls["held out"].mean()
    top.set_title(f"{name}, five seeds")
    bottom.set(xlabel="epoch", xscale="log", ylim=(0, 1.2))
    bottom.set_xticks([1, 2, 4, 11, 31, 101], ["0", "1", "3", "10", "30", "100"])
    bottom.minorticks_off()

for ax in axes[:, 0]:
    ax.set_ylabel("nats an image")
    ax.legend(frameon=False)

fig.savefig("gap-in-training.svg")
