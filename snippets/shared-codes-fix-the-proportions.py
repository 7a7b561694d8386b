"""If two images share a code, the two conditionals fix how often one is made for each time the other is.

Kind: identity
Break it: encode[1] / decode[1] -> decode[1] / encode[1]
"""

import torch

from lowerbound import Joint


def proportion(joint):
    """How often image 1 is made for each image 2, from the conditionals alone, at code 1."""
    encode = joint.z_given_x.prob[:2, 0]  # p(z|x) of code 1, for both images
    decode = joint.x_given_z.prob[0, :2]  # p(x|z) of both images, from code 1
    return decode[0] / encode[0] * (encode[1] / decode[1])


#                code 1, code 2
two = Joint([[0.6, 0.0], [0.2, 0.2]])  # image 1, image 2
print(f"image 1 has code 1 = {two.z_given_x.prob[0, 0]:.0%}")
print(f"image 2 has code 1 = {two.z_given_x.prob[1, 0]:.0%}")
print(f"code 1 makes image 1 = {two.x_given_z.prob[0, 0]:.0%}")
print(f"code 1 makes image 2 = {two.x_given_z.prob[0, 1]:.0%}")
print(f"image 1 for each image 2 = {proportion(two):.1f}")
print(f"made by the model: image 1 = {two.x.prob[0]:.0%}")
print(f"made by the model: image 2 = {two.x.prob[1]:.0%}")

generator, joints = torch.Generator().manual_seed(0), [two]
for _ in range(200):
    weights = torch.rand(4, 3, generator=generator, dtype=torch.float64)
    joints.append(Joint(weights / weights.sum()))

for joint in joints:
    made = joint.x.prob[0] / joint.x.prob[1]
    assert abs(proportion(joint) / made - 1) < 1e-9, (
        f"image 1 for each image 2 should be {made:.3f}, not {proportion(joint):.3f}"
    )
