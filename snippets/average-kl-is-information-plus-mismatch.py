"""The average KL to the prior is what z tells about x plus KL(q(z)‖p(z)); a perfect model's can be above 0.

Kind: identity
Break it: kl(q.z, prior) -> kl(prior, q.z)
"""

import torch

from lowerbound import (
    Distribution,
    EncoderJoint,
    Joint,
    digits,
    kl,
    mutual_information,
    trained_digits,
)

g = torch.Generator().manual_seed(0)


def table(*shape):
    weights = torch.rand(*shape, generator=g, dtype=torch.float64)
    return weights / weights.sum(-1, keepdim=True)


def parts(q, prior):
    """E_q(x) KL(q(z|x)||p(z)), then I_q(x;z), then KL(q(z)||p(z))."""
    return kl(q.z_given_x, prior), mutual_information(q), kl(q.z, prior)


off = []
for _ in range(100):  # random data, encoder and prior
    q = Joint.from_data(data=table(6), encoder=table(6, 4))
    average, told, mismatch = parts(q, Distribution(table(4)))
    off.append(abs(average - told - mismatch).item())

print(f"largest error over 100 tables < 1e-12 = {max(off) < 1e-12}")
assert max(off) < 1e-12, (
    f"the two parts should be the average KL, they miss it by up to {max(off):.2g}"
)

p = Joint.from_model(prior=table(4), likelihood=table(4, 6))
average, told, mismatch = parts(p, p.z)  # a perfect encoder and perfect images: q = p
print(f"perfect, average KL = {average:.3f}")
print(f"perfect, what z tells about x = {told:.3f}")
assert mismatch.abs() < 1e-12, (
    f"q = p, so KL(q(z)||p(z)) should be 0, not {mismatch:.2g}"
)
assert average > 0.05, (
    f"a perfect model's average KL should be above 0.05, not {average:.3f}"
)

vae, x = trained_digits(), digits().held_out
q = EncoderJoint(vae.encode(x))
average, told = kl(q.z_given_x, vae.prior), mutual_information(q)
print(f"digits, average KL = {average:.3f}")
print(f"digits, what z tells about x = {told:.3f}")
rest = kl(q.z, vae.prior)
print(f"digits, the rest, KL(q(z)||p(z)) = {rest:.3f}")
assert abs(average - told - rest) < 1e-3, (
    f"the parts should add up to {average:.3f}, not {told + rest:.3f}"
)
assert told > 0.9 * average, (
    f"nearly all of {average:.2f} nats should be information, not {told:.2f}"
)
