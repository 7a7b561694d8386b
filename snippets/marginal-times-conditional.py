"""A table is a marginal times a conditional, in either order: that is all of Bayes' rule.

Kind: identity
Break it: joint / p_x[:, None] -> joint / p_z
"""

import torch

joint = torch.tensor(
    [
        [0.38, 0.02],  # zero: mostly round
        [0.02, 0.28],  # one: mostly straight
        [0.10, 0.20],  # seven
    ],
    dtype=torch.float64,
)

p_x = joint.sum(1)  # p(x), the marginal: one number per image
p_z = joint.sum(0)  # p(z): one number per code
p_z_given_x = joint / p_x[:, None]  # p(z|x): each row divided by its sum
p_x_given_z = joint / p_z  # p(x|z): each column divided by its sum
by_image, by_code = p_x[:, None] * p_z_given_x, p_z * p_x_given_z

for image, prob in zip(["zero", "one", "seven"], p_x.tolist(), strict=True):
    print(f"p({image}) = {prob:.2f}")

print(f"p(straight|one) = {p_z_given_x[1, 1]:.2f}")
print(f"p(one|straight) = {p_x_given_z[1, 1]:.2f}")
print(f"p(straight|seven) = {p_z_given_x[2, 1]:.3f}")
print(f"p(round|seven) = {p_z_given_x[2, 0]:.3f}")
print(f"p(seven|straight) = {p_x_given_z[2, 1]:.3f}")

assert torch.allclose(p_z_given_x.sum(1), torch.ones(3, dtype=torch.float64)), (
    f"of the sevens, the two shares should add up to 1, not to {p_z_given_x[2].sum():.2f}"
)
assert torch.allclose(by_image, joint, atol=1e-15), (
    f"by image, a straight seven should have 0.20, not {by_image[2, 1]:.2f}"
)
assert torch.allclose(by_image, by_code, atol=1e-15), (
    f"by code, a straight seven should have 0.20, not {by_code[2, 1]:.2f}"
)
