"""If two images share a code, the two conditionals fix how often one is made for each time the other is.

Kind: identity
Break it: encode[other] / decode[other] -> decode[other] / encode[other]
"""

from itertools import product

import torch

from lowerbound import Joint


def proportion(joint, one, other, code):
    """How often one image is made for each of the other, from the conditionals alone, at a code that both have."""
    encode = joint.z_given_x.prob[:, code]  # p(z|x) of this code, for every image
    decode = joint.x_given_z.prob[code]  # p(x|z) of every image, from this code
    return decode[one] / encode[one] * (encode[other] / decode[other])


#                code 1, code 2
two = Joint([[0.6, 0.0], [0.2, 0.2]])  # image 1, image 2
print(f"image 1 has code 1 = {two.z_given_x.prob[0, 0]:.0%}")
print(f"image 2 has code 1 = {two.z_given_x.prob[1, 0]:.0%}")
print(f"code 1 makes image 1 = {two.x_given_z.prob[0, 0]:.0%}")
print(f"code 1 makes image 2 = {two.x_given_z.prob[0, 1]:.0%}")
print(f"image 1 for each image 2 = {proportion(two, 0, 1, 0):.1f}")
print(f"made by the model: image 1 = {two.x.prob[0]:.0%}")
print(f"made by the model: image 2 = {two.x.prob[1]:.0%}")

generator = torch.Generator().manual_seed(0)
tables = torch.rand(20, 4, 3, generator=generator, dtype=torch.float64)
joints = [two, *(Joint(table / table.sum()) for table in tables)]
found, made = [], []
for joint in joints:
    images, codes = map(range, joint.prob.shape)
    for one, other, code in product(images, images, codes):
        if joint.prob[one, code] > 0 and joint.prob[other, code] > 0:
            found.append(proportion(joint, one, other, code))
            made.append(joint.x.prob[one] / joint.x.prob[other])

off = (torch.stack(found) / torch.stack(made) - 1).abs().max()
assert off < 1e-9, f"the proportions made are up to {off:.2g} away from these"
