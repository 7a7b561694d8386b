"""The ELBO can be added up in four ways: three for every single x, and a fourth on average over the data.

Kind: identity
Break it: kl_each(encoder, p.z) -> kl_each(p.z_given_x, p.z)
Fold: random_table, mean
"""

import torch

from lowerbound import Joint, entropy, kl, kl_each, reconstruction

generator = torch.Generator().manual_seed(0)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


for _ in range(20):
    p = Joint.from_model(prior=random_table(1, 3)[0], likelihood=random_table(3, 5))
    q = Joint.from_data(data=random_table(1, 5)[0], encoder=random_table(5, 3))
    encoder, table = q.z_given_x, q.z_given_x.prob
    gap, to_prior = kl_each(encoder, p.z_given_x), kl_each(encoder, p.z)
    rebuilt = reconstruction(p, encoder)  # E_q[log p(x|z)]
    pairs = (table * p.log_prob).sum(1)  # E_q[log p(x,z)]
    spread = -(table * table.log()).sum(1)  # the entropy of q(z|x)
    elbo = p.x.log_prob - gap
    for other in (rebuilt - to_prior, pairs + spread):
        off = (other - elbo).abs().max()
        assert off < 1e-12, (
            f"a way should be log p(x) - gap, and is up to {off:.2f} off"
        )
    average = q.x.prob @ elbo
    off = abs(-entropy(q.x) - kl(q, p) - average)
    assert off < 1e-12, f"the way with the joints should meet them, not {off:.2f} off"

mean = q.x.prob.matmul
print(f"log p(x) - gap: {mean(p.x.log_prob):.3f} {-mean(gap):+.3f}")
print(f"reconstruction - KL to the prior: {mean(rebuilt):.3f} {-mean(to_prior):+.3f}")
print(f"E[log p(x,z)] + entropy of q: {mean(pairs):.3f} {mean(spread):+.3f}")
print(f"- entropy of data - KL of joints: {-entropy(q.x):.3f} {-kl(q, p):+.3f}")
print(f"average ELBO = {average:.3f}")
