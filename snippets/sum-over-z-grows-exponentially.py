"""To add up p(x) over a grid to a fixed accuracy, every further latent dimension multiplies the work.

Kind: computation
Break it: itertools.product(axis.tolist(), repeat=dim) -> [[v] * dim for v in axis.tolist()]
"""

import itertools

import torch

from lowerbound import Gaussian, GaussianJoint, LinearGaussian

cost = []
for dim in (1, 2, 3, 4):
    decoder = LinearGaussian(torch.eye(dim), torch.zeros(dim), 0.25)
    p = GaussianJoint.from_model(Gaussian(torch.zeros(dim), 1.0), decoder)
    x = torch.linspace(-1, 1, 9)[:, None].expand(9, dim)  # nine images on a line
    truth = p.x.log_prob(x)  # closed form
    for points in range(2, 21):  # the coarsest grid that is good to 0.001 nats for all
        axis = torch.linspace(-5, 5, points, dtype=torch.float64)
        z = torch.tensor(list(itertools.product(axis.tolist(), repeat=dim)))
        log_cell = dim * torch.log(axis[1] - axis[0])
        log_joint = p.z.log_prob(z) + decoder.log_prob(x[:, None], z)
        error = ((log_joint + log_cell).logsumexp(1) - truth).abs().max()
        if error < 1e-3:
            break
    assert error < 1e-3
    cost.append(len(z))
    print(f"codes to try, {dim} latent dimensions = {len(z)}")

growth = [after / before for before, after in itertools.pairwise(cost)]
print(f"smallest growth per dimension > 10 = {min(growth) > 10}")
assert min(growth) > 10
