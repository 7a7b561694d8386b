"""Over the model's own pairs, minus the average of log q(z|x) is KL(p(z|x)||q(z|x)) and a constant.

Kind: identity
Break it: kl(p.z_given_x, q.z_given_x) -> kl(q.z_given_x, p.z_given_x)
"""

import torch

from lowerbound import Joint, kl

g = torch.Generator().manual_seed(0)


def table(*shape):
    weights = torch.rand(*shape, generator=g, dtype=torch.float64)
    return weights / weights.sum(-1, keepdim=True)


p = Joint.from_model(prior=table(4), likelihood=table(4, 6))
constant = (p.prob * p.z_given_x.log_prob).sum()  # no encoder is in it
for trial in (0, 1, 2):
    q = Joint.from_data(data=table(6), encoder=table(6, 4))
    asleep = -(p.prob * q.z_given_x.log_prob).sum()  # pairs from p, and no posterior
    other = kl(p.z_given_x, q.z_given_x)  # averaged over p(x)
    print(f"encoder {trial}, minus the average of log q(z|x) = {asleep:.4f}")
    print(
        f"encoder {trial}, KL(p(z|x)||q(z|x)) less the constant = {other - constant:.4f}"
    )
    off, rest = asleep - (other - constant), kl(p, q) - kl(p.x, q.x) - other
    assert abs(off) < 1e-12, (
        f"the lesson should be the other KL and a constant, not {off:.2f} nats off"
    )
    assert abs(rest) < 1e-12, (
        f"it should be what the joint KL has besides the images', not {rest:.2f} nats off"
    )
