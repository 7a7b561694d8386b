"""Trained alone, each conditional comparison reaches 0 and leaves the marginals apart; the joint KL fits all.

Kind: experiment
Break it: [0, 1] -> [1]
Figure: Three panels of dots, one for each objective, each with four columns, one for each part of the joint KL.
    Trained on the joint KL, all four end at zero. Trained on one conditional comparison alone, its own column ends at
    zero, and its marginal partner does not.
"""

import torch

from lowerbound.plots import DATA, GAP, P, Q, subplots


def parts(data, prior, encoder, decoder):
    """For each start, the KL of: the x marginals, z given x, the z marginals, x given z; and I(x;z)."""
    q = data.log()[:, None] + encoder.log_softmax(2)  # q(x) q(z|x)
    p = prior.log() + decoder.log_softmax(2).mT  # p(z) p(x|z)
    apart = q.logsumexp(2, True) + q.logsumexp(1, True)  # q(x) q(z), for I(x;z)
    pairs = [(q, p), (q, apart), *[(q.logsumexp(n), p.logsumexp(n)) for n in (2, 1)]]
    joint, told, x, z = [(a.exp() * (a - b)).flatten(1).sum(1) for a, b in pairs]
    return torch.stack([x, joint - x, z, joint - z, told])


def train(trained, X, Z):
    """All parts before and after training both tables, from six starts."""
    g, f64 = torch.Generator().manual_seed(0), torch.float64
    tables = [2 * torch.randn(6, *s, generator=g, dtype=f64) for s in ((X, Z), (Z, X))]
    data, prior = [torch.arange(n, 0, -1, dtype=f64) * 2 / (n * n + n) for n in (X, Z)]
    optimizer = torch.optim.Adam([t.requires_grad_() for t in tables], lr=0.1)
    measured = []
    for _ in range(300):
        measured.append(parts(data, prior, *tables))
        optimizer.zero_grad()
        measured[-1][trained].sum().backward()
        optimizer.step()
    return torch.stack([measured[0], measured[-1]]).detach()


objectives = {"the joints": [0, 1], "q(z|x), p(z|x)": [1], "q(x|z), p(x|z)": [3]}
runs = [torch.cat([train(o, 6, 4), train(o, 4, 6)], 2) for o in objectives.values()]
(before, joint), (_, gap), (_, yours) = runs
print(f"KL(q(x)||p(x)) left by the gap = {gap[0].min():.2f} to {gap[0].max():.2f}")
print(f"runs of the gap that moved p(x) away = {(gap > before)[0].sum()}")
for name, row in (("KL(q(x)||p(x))", 0), ("KL(q(z)||p(z))", 2), ("I(x;z)", 4)):
    print(f"{name} left by yours = {yours[row].min():.2f} to {yours[row].max():.2f}")

left = [joint[:4].max(), gap[1].max(), yours[3].max()]
assert max(left) < 5e-4, f"expected all that was trained near 0, not {left}"
assert min(gap[0].min(), yours[2].min()) > 5e-3  # ten times as much
assert min((gap[0] - gap[2]).min(), (yours[2] - yours[0]).min()) > 0  # they follow

names = ["q(x), p(x)", "q(z|x), p(z|x)", "q(z), p(z)", "q(x|z), p(x|z)"]
fig, axes = subplots(3, sharex=True, sharey=True, figsize=(5.6, 6))
for ax, name, (start, end) in zip(axes, objectives, runs, strict=True):
    for column, colour in enumerate([DATA, GAP, Q, P]):
        at = column + torch.linspace(-0.3, 0.3, 12)
        ax.plot([at, at], [start[column], end[column]], color=colour, alpha=0.5)
        ax.plot(at, end[column], "o", color=colour, markersize=4, clip_on=False)
    ax.set(title=f"trained on the KL of {name}", ylabel="KL (nats)")

ax.set_xticks(range(4), names)
ax.set_xlabel("each line runs from the value before training to the dot after it")
fig.savefig("three-objectives-on-tables.svg")
