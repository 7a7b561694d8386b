"""The average loss is the KL between the two joints plus a constant, and that KL has a part about the data.

Kind: identity
Break it: entropy(q.x) -> entropy(p.x)
Fold: random_table
"""

import torch

from lowerbound import Joint, elbo, entropy, kl

generator = torch.Generator().manual_seed(1)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


p = Joint.from_model(prior=random_table(1, 3)[0], likelihood=random_table(3, 5))
q = Joint.from_data(data=random_table(1, 5)[0], encoder=random_table(5, 3))

average_loss = -(q.x.prob * elbo(p, q.z_given_x)).sum()  # E_q(x)[-ELBO(x)]
constant = entropy(q.x)  # H(q(x)): fixed by the data
about_the_data = kl(q.x, p.x)  # KL(q(x)||p(x))
average_gap = kl(q.z_given_x, p.z_given_x)  # E_q(x) KL(q(z|x)||p(z|x))
surprise = -(q.x.prob * p.x.prob.log()).sum()  # E_q(x)[-log p(x)]

print(f"average loss = {average_loss:.4f}")
print(f"average of -log p(x) = {surprise:.4f}")
print(f"entropy of the data = {constant:.4f}")
print(f"KL of the joints = {kl(q, p):.4f}")
print(f"KL(q(x)||p(x)) = {about_the_data:.4f}")
print(f"average KL(q(z|x)||p(z|x)) = {average_gap:.4f}")
loss_twice = constant + kl(q, p)
assert abs(average_loss - loss_twice) < 1e-12, (
    f"constant + joint KL should be the loss, {average_loss:.4f}, not {loss_twice:.4f}"
)
parts = about_the_data + average_gap
assert abs(kl(q, p) - parts) < 1e-12, (
    f"the two parts should add up to the joint KL, {kl(q, p):.4f}, not {parts:.4f}"
)
