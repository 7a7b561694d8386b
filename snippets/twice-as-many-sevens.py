"""If an image becomes more frequent and keeps its codes, p(z|x) stays; p(z) and p(x|z) may change, as here.

Kind: identity
Break it: joint[2] *= 2 -> joint[:, 1] *= 2
"""

import torch

joint = torch.tensor(
    [[0.38, 0.02], [0.02, 0.28], [0.10, 0.20]],  # zero, one, seven; round, straight
    dtype=torch.float64,
)


def conditionals(joint):
    """p(z), p(z|x), p(x|z)."""
    p_x, p_z = joint.sum(1), joint.sum(0)
    return p_z, joint / p_x[:, None], joint / p_z


p_z, p_z_given_x, p_x_given_z = conditionals(joint)

joint[2] *= 2  # twice as many sevens: the last row counts double,
joint /= joint.sum()  # and the table has to add up to one again
new_p_z, new_p_z_given_x, new_p_x_given_z = conditionals(joint)

print(f"p(straight|seven), before = {p_z_given_x[2, 1]:.3f}")
print(f"p(straight|seven), after = {new_p_z_given_x[2, 1]:.3f}")
print(f"p(seven|straight), before = {p_x_given_z[2, 1]:.3f}")
print(f"p(seven|straight), after = {new_p_x_given_z[2, 1]:.3f}")
print(f"p(straight), before = {p_z[1]:.3f}")
print(f"p(straight), after = {new_p_z[1]:.3f}")

assert (new_p_z_given_x - p_z_given_x).abs().max() < 1e-15, (
    f"p(straight|seven) should stay at {p_z_given_x[2, 1]:.3f}, not become {new_p_z_given_x[2, 1]:.3f}"
)
assert (new_p_x_given_z - p_x_given_z).abs().max() > 0.1, (
    f"p(seven|straight) should leave {p_x_given_z[2, 1]:.3f}, and is {new_p_x_given_z[2, 1]:.3f}"
)
assert (new_p_z - p_z).abs().max() > 0.01, (
    f"p(straight) should leave {p_z[1]:.3f}, and is {new_p_z[1]:.3f}"
)
