"""The ELBO can be added up in four ways: three for every single x, and a fourth on average over the data.

Kind: identity
Break it: kl_each(encoder, p.z) -> kl_each(p.z_given_x, p.z)
Figure: Four rows of bars, in nats. In each row a wide bar runs from 0 to the first term, and a narrow bar runs
    on, or back, by the second term. The terms differ from row to row, and every row ends at the same dashed
    line, the average ELBO. In the row with the expected log p(x,z) the narrow bar runs back, in the others on.
"""

import torch

from lowerbound import Joint, entropy, kl, kl_each, reconstruction
from lowerbound.plots import DATA, GAP, INK, P, Q, subplots

generator = torch.Generator().manual_seed(0)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


for _ in range(20):
    p = Joint.from_model(prior=random_table(1, 3)[0], likelihood=random_table(3, 5))
    q = Joint.from_data(data=random_table(1, 5)[0], encoder=random_table(5, 3))
    encoder, table = q.z_given_x, q.z_given_x.prob
    ways = {  # two terms each, one number per x
        "log p(x) - gap": (p.x.log_prob, -kl_each(encoder, p.z_given_x)),
        "reconstruction - KL to the prior": (
            reconstruction(p, encoder),
            -kl_each(encoder, p.z),
        ),
        "E[log p(x,z)] + entropy of q": (
            (table * p.log_prob).sum(1),
            -(table * table.log()).sum(1),
        ),
    }
    elbos = torch.stack([first + second for first, second in ways.values()])
    assert (elbos - elbos[0]).abs().max() < 1e-12, f"rows should be alike: {elbos}"
    terms = {
        way: (q.x.prob @ first, q.x.prob @ second)
        for way, (first, second) in ways.items()
    }
    terms["- entropy of data - KL of joints"] = -entropy(q.x), -kl(q, p)
    averages = torch.stack([first + second for first, second in terms.values()])
    assert (averages - averages[0]).abs().max() < 1e-12, f"not one average: {averages}"

figure, ax = subplots(figsize=(7.6, 2.6))
colours = [(P, GAP), (P, Q), (P, Q), (DATA, GAP)]
for (way, (first, second)), (wide, narrow) in zip(terms.items(), colours, strict=True):
    ax.barh(way, first.item(), color=wide)
    ax.barh(way, second.item(), left=first.item(), height=0.3, color=narrow)
    print(f"{way}: {first:.3f} {second:+.3f}")

print(f"average ELBO = {averages[0]:.3f}")
ax.axvline(averages[0].item(), color=INK, linestyle="--")
ax.invert_yaxis()
ax.set(xlabel="nats, average over the data")
figure.savefig("four-ways-to-the-elbo.svg")
