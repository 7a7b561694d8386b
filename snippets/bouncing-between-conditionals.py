"""In five tables, matching conditionals settle the joint exactly when every x can be reached from every other.

Kind: computation
Break it: staircase=[[2, 1, 0], [0, 1, 2], [1, 0, 0]] -> staircase=[[2, 1, 0], [1, 2, 0], [0, 0, 1]]
"""

import torch

from lowerbound import Joint, kl

tables = dict(
    full=[[1, 4, 2], [3, 1, 1], [2, 2, 5]],  # every pair (x, z) is possible
    staircase=[[2, 1, 0], [0, 1, 2], [1, 0, 0]],  # not all, but they hang together
    islands=[[2, 1, 0], [1, 2, 0], [0, 0, 6]],  # the last x meets only the last z
    heavier=[[2, 1, 0], [1, 2, 0], [0, 0, 24]],  # the same islands, in other shares
    mirror=[[7, 0, 0], [0, 2, 0], [0, 0, 1]],  # x = z
)
settled = {}
for name, weights in tables.items():
    table = torch.tensor(weights, dtype=torch.float64)
    joint = Joint(table / table.sum())
    there_and_back = joint.z_given_x.prob @ joint.x_given_z.prob  # encode, then decode
    ends = torch.linalg.matrix_power(there_and_back, 2000)  # a row for each start
    settled[name] = bool((ends - joint.x.prob).abs().max() < 1e-12)
    print(f"{name}: bouncing leads to p(x) from every start = {settled[name]}")
    print(f"  p(x):               {[f'{v:.3f}' for v in joint.x.prob.tolist()]}")
    print(f"  started at image 1: {[f'{v:.3f}' for v in ends[0].tolist()]}")
    print(f"  started at image 3: {[f'{v:.3f}' for v in ends[-1].tolist()]}")

# The same islands in other shares, apart and then joined by a little probability.
for name, joined in {"islands": 0.0, "nearly islands": 0.001}.items():
    pairs = (torch.tensor(tables[shares]) + joined for shares in ("islands", "heavier"))
    q, p = (Joint(pair.double() / pair.double().sum()) for pair in pairs)
    codes, images = kl(q.z_given_x, p.z_given_x), kl(q.x_given_z, p.x_given_z)
    print(f"{name}, KL(q(z|x)||p(z|x)) = {codes:z.4f}")
    print(f"{name}, KL(q(x|z)||p(x|z)) = {images:z.4f}")
    print(f"{name}, KL(q(x)||p(x)) = {kl(q.x, p.x):.2f}")
    for pairs, of in {"data": q, "model": p}.items():
        ends = of.z_given_x.prob @ of.x_given_z.prob  # encode, then decode
        leave = of.x.prob[:2] @ ends[:2, 2]  # as often as rounds lead back
        print(
            f"{name}, rounds of 10,000 that change islands, {pairs} = {2e4 * leave:z.0f}"
        )
    assert max(codes, images) < max(joined, 1e-12), (
        f"both conditionals should match, not be {codes:.4f} and {images:.4f} nats apart"
    )
    assert kl(q.x, p.x) > 0.1, (
        f"the data should be missed by 0.1 nats, not {kl(q.x, p.x):.4f}"
    )

forgets = [name for name in settled if settled[name]]
assert forgets == ["full", "staircase"], (
    f"where all hangs together the start should be forgotten, not only in {forgets}"
)
