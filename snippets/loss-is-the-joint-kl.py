"""The average loss is the KL between the two joints plus a constant, and that KL has a part about the data.

Kind: identity
Break it: entropy(q.x) -> entropy(p.x)
Fold: random_table
Figure: The average loss as one level bar in three pieces. The first and longest, pale blue, ends at a dashed line, the
    floor. Then comes a short blue piece, the images, and a purple one twice as long, the gap.
"""

import torch

from lowerbound import Joint, elbo, entropy, kl
from lowerbound.plots import GAP, INK, P, subplots

generator = torch.Generator().manual_seed(1)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


def random_worlds():
    """A prior, a decoder, the data and an encoder, all at random, again and again."""
    for _ in range(20):
        yield [random_table(*size) for size in ((1, 3), (3, 5), (1, 5), (5, 3))]


prior, decoder = [[0.5, 0.5]], [[0.76, 0.04, 0.2], [0.04, 0.56, 0.4]]
data, encoder = [[0.2, 0.3, 0.5]], [[0.9, 0.1], [0.2, 0.8], [0.76, 0.24]]
ours = [torch.tensor(t, dtype=torch.float64) for t in (prior, decoder, data, encoder)]
worlds = [*random_worlds(), ours]
assert len(worlds) > 20, f"expected twenty worlds beside ours, not {len(worlds) - 1}"

for prior, decoder, data, encoder in worlds:
    p = Joint.from_model(prior=prior[0], likelihood=decoder)
    q = Joint.from_data(data=data[0], encoder=encoder)
    average_loss = -(q.x.prob * elbo(p, q.z_given_x)).sum()  # E_q(x)[-ELBO(x)]
    constant = entropy(q.x)  # H(q(x)): fixed by the data
    images = kl(q.x, p.x)  # KL(q(x)||p(x)): about the data
    gap = kl(q.z_given_x, p.z_given_x)  # E_q(x) KL(q(z|x)||p(z|x))
    assert abs(average_loss - constant - kl(q, p)) < 1e-12, (
        f"constant + joint KL should be the loss, {average_loss:.2f}, not {constant + kl(q, p):.2f}"
    )
    assert abs(kl(q, p) - images - gap) < 1e-12, (
        f"the two parts should add up to the joint KL, {kl(q, p):.2f}, not {images + gap:.2f}"
    )

print(f"average loss = {average_loss:.2f}")
print(f"average of -log p(x) = {average_loss - gap:.2f}")
print(f"entropy of the data = {constant:.2f}")
print(f"KL of the joints = {kl(q, p):.2f}")
print(f"KL(q(x)||p(x)) = {images:.2f}")
print(f"average KL(q(z|x)||p(z|x)) = {gap:.2f}")

floor, above = constant.item(), images.item()
figure, ax = subplots(figsize=(4.6, 1.6))
ax.barh(0, floor, color=P, alpha=0.35)
ax.barh(0, above, left=floor, color=P)
ax.barh(0, gap.item(), left=floor + above, color=GAP)
ax.axvline(floor, color=INK, linestyle="--")
ax.text(floor / 2, 0, f"floor {floor:.2f}", ha="center", va="center")
ax.text(floor + 0.02, 0.9, f"images {above:.2f}", color=P)
ax.text(floor + above, 0.5, f"gap {gap:.2f}", color=GAP)
ax.set(xlim=(0, 1.6), ylim=(-0.45, 1.3), yticks=[], xlabel="average loss, in nats")
figure.savefig("loss-is-the-joint-kl.svg")
