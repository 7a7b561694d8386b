"""Two matching conditionals settle the joint exactly when every x can be reached from every other.

Kind: computation
Break it: staircase = [[2, 1, 0], [0, 1, 2], [1, 0, 0]] -> staircase = [[2, 1, 0], [1, 2, 0], [0, 0, 1]]
"""

import torch

from lowerbound import Joint


def bounce(joint: Joint, times: int = 2000) -> torch.Tensor:
    """Where x is, after encoding and decoding it so often: one row for each first x."""
    there_and_back = joint.z_given_x.prob @ joint.x_given_z.prob
    return torch.linalg.matrix_power(there_and_back, times)


full = [[1, 4, 2], [3, 1, 1], [2, 2, 5]]  # every pair (x, z) is possible
staircase = [[2, 1, 0], [0, 1, 2], [1, 0, 0]]  # some are not, but they hang together
islands = [[2, 1, 0], [1, 2, 0], [0, 0, 6]]  # the last x and the last z only meet each other
mirror = [[7, 0, 0], [0, 2, 0], [0, 0, 1]]  # x = z

found = {}
for name, weights in dict(full=full, staircase=staircase, islands=islands, mirror=mirror).items():
    table = torch.tensor(weights, dtype=torch.float64)
    joint = Joint(table / table.sum())
    ends = bounce(joint)
    found[name] = bool((ends - joint.x.prob).abs().max() < 1e-12)
    print(f"{name}: from the conditionals alone, all first x lead to p(x) = {found[name]}")
    print(f"  from the first x: {[f'{v:.3f}' for v in ends[0].tolist()]}")
    print(f"  from the last x:  {[f'{v:.3f}' for v in ends[-1].tolist()]}")
assert found["full"] and found["staircase"]
assert not found["islands"] and not found["mirror"]
