"""If only all codes together are held to the prior, minus the loss is no bound: it can lie above log p(x).

Kind: identity
Break it: return rebuilt - kl(q.z, prior) -> return rebuilt - kl(q.z_given_x, prior)
Fold: g, table
"""

import torch

from lowerbound import (
    EncoderJoint,
    Grid,
    Joint,
    digits,
    kl,
    mutual_information,
    reconstruction,
    trained_digits,
)

g = torch.Generator().manual_seed(0)


def table(*shape):
    weights = torch.rand(*shape, generator=g, dtype=torch.float64)
    return weights / weights.sum(-1, keepdim=True)


def together(rebuilt, q, prior):
    """The ELBO with KL(q(z)||p(z)) in the place of the average of KL(q(z|x)||p(z))."""
    return rebuilt - kl(q.z, prior)


off = []
for _ in range(100):  # random data, encoder, prior and decoder
    p = Joint.from_model(prior=table(4), likelihood=table(4, 6))
    q = Joint.from_data(data=table(6), encoder=table(6, 4))
    rebuilt = q.x.prob @ reconstruction(p, q.z_given_x)
    above = together(rebuilt, q, p.z) - q.x.prob @ p.x.log_prob
    told, gap = mutual_information(q), kl(q.z_given_x, p.z_given_x)
    off.append(abs(above - (told - gap)).item())

vae, x = trained_digits(), digits().held_out
q = EncoderJoint(vae.encode(x))
rebuilt = reconstruction(vae, q.z_given_x, x).mean()
score = together(rebuilt, q, vae.prior)
evidence = Grid(vae).log_evidence(x).mean()
print(f"tables, largest error < 1e-12 = {max(off) < 1e-12}")
print(f"digits, average log p(x) = {evidence:.2f}")
print(f"digits, minus the changed loss = {score:.2f}")
print(f"digits, above log p(x) by = {score - evidence:.2f}")
assert max(off) < 1e-12, (
    f"it should lie above by what z tells minus the gap, not be {max(off):.2g} off"
)
assert score > evidence + 1, (
    f"on digits it should lie over 1 nat above {evidence:.2f}, not at {score:.2f}"
)
