"""One KL of the joints, split two ways: your comparison of q(x|z) with p(x|z) is part of it.

Kind: identity
Break it: kl(q.z, p.z) -> kl(p.z, q.z)
"""

import torch

from lowerbound import Joint, kl

generator = torch.Generator().manual_seed(1)
errors = []
for _ in range(200):
    weights = torch.rand(2, 5, 4, generator=generator, dtype=torch.float64)
    weights[:, torch.rand(5, 4, generator=generator) < 0.3] = 0  # impossible pairs
    p, q = (Joint(table / table.sum()) for table in weights)
    whole = kl(q, p)  # KL(q(x,z)||p(x,z))
    by_x = kl(q.x, p.x), kl(q.z_given_x, p.z_given_x)  # the data, then the gap
    by_z = kl(q.z, p.z), kl(q.x_given_z, p.x_given_z)  # the prior, then your comparison
    errors += [abs(whole - sum(parts)) for parts in (by_x, by_z)]

print(f"KL(q(x,z)||p(x,z)) = {whole:.4f}")
print(f"KL(q(x)||p(x)) = {by_x[0]:.4f}")
print(f"average KL(q(z|x)||p(z|x)) = {by_x[1]:.4f}")
print(f"KL(q(z)||p(z)) = {by_z[0]:.4f}")
print(f"average KL(q(x|z)||p(x|z)) = {by_z[1]:.4f}")
print(f"largest error over 200 pairs of joints < 1e-12 = {max(errors) < 1e-12}")
assert max(errors) < 1e-12, (
    f"both splits should add up to the joint KL, not miss it by {max(errors):.2f} nats"
)
