"""Two models reach the best loss there is, both with gap 0: one reconstructs perfectly, the other not at all.

Kind: computation
Break it: prior=data -> prior=torch.full((4,), 0.25)
Fold: found
Figure: Two rows of eight images, and a bar below each. In the upper row the three comes back eight times; the bar is
    all KL to the prior. In the lower row ones, twos, threes and fours come back, whatever goes in; the bar is as long,
    and all reconstruction.
"""

import torch

from lowerbound import Joint, digits, elbo, kl, mutual_information, reconstruction
from lowerbound.plots import DATA, MUTED, Q, pictures, subplots

data = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)  # q(x), and p(z)
best = -(data * data.log()).sum()  # the data's entropy: no loss is below it

shapes = digits().train[[688, 154, 249, 398]].reshape(4, 8, 8)  # one, two, three, four
generator = torch.Generator().manual_seed(0)
figure, axes = subplots(4, 1, figsize=(4.6, 3.4), height_ratios=[2, 1, 2, 1])
found = {}
for at, (name, table, expected) in enumerate(
    (
        ("copies", torch.eye(4).double(), 0),  # sure of each x
        ("ignores z", data.expand(4, 4), best),  # no better than a blind guess
    )
):
    p = Joint.from_model(prior=data, likelihood=table)
    q = Joint.from_data(data, encoder=table)
    gap = kl(q.z_given_x, p.z_given_x)
    loss = -(q.x.prob @ elbo(p, q.z_given_x))
    cost = -q.x.prob @ reconstruction(p, q.z_given_x)  # -log p(x|z), on average
    charge = kl(q.z_given_x, p.z)  # KL(q(z|x)||p(z)), on average
    told = mutual_information(q)
    found[name] = gap, loss, cost, charge, told
    assert abs(gap) < 1e-12, f"{name}: the gap should be 0, not {gap:.3f}"
    assert abs(loss - best) < 1e-12, (
        f"the loss should be the best, {best:.3f}, not {loss:.3f}"
    )
    assert abs(cost - expected) < 1e-12, (
        f"the reconstruction should cost {expected:.3f}, not {cost:.3f}"
    )
    assert abs(loss - cost - charge) < 1e-12, (
        f"the loss should be the sum, {cost + charge:.3f}, not {loss:.3f}"
    )
    assert abs(told - (best - expected)) < 1e-12, (
        f"z should tell {best - expected:.3f} nats about x, not {told:.3f}"
    )
    codes = table[2].multinomial(8, replacement=True, generator=generator)  # of a three
    back = table[codes].multinomial(1, generator=generator)[:, 0]
    pictures(axes[2 * at], shapes[back], columns=8, colour=DATA)
    axes[2 * at].set_title(f"{name}: eight times a three")
    ax = axes[2 * at + 1]
    ax.barh(0, cost.item(), color=MUTED)  # what the guess costs
    ax.barh(0, charge.item(), left=cost.item(), color=Q)  # what the codes cost
    ax.set(xlim=(0, 1.5), yticks=[], xticks=[0, 1])

figure.savefig("best-loss-with-or-without-a-code.svg")
for name, values in found.items():
    for what, value in zip(
        ("gap", "loss", "reconstruction costs", "KL to the prior", "z tells"),
        values,
        strict=True,
    ):
        print(f"{name}, {what} = {value:z.3f}")
