"""To add up p(x) over a grid to a fixed accuracy, every further latent dimension multiplies the work.

Kind: computation
Break it: dim * [axis] -> [axis] + (dim - 1) * [nothing]
"""

from itertools import pairwise

import torch
from torch.distributions import Normal

from lowerbound import mlp

# A network mixes the numbers of z: the sum over them is no product of shorter sums.
decoder = mlp(4, 16, 8, seed=0).double().requires_grad_(False)
nothing = torch.zeros(1, dtype=torch.float64)


def log_evidence(x, dim, points, end=5.0):
    """log p(x), where z has `dim` numbers and the decoder's others are 0; and the codes tried."""
    axis = torch.linspace(-end, end, points, dtype=torch.float64)
    z = torch.cartesian_prod(*dim * [axis] + (4 - dim) * [nothing])
    log_prior = Normal(0.0, 1.0).log_prob(z[:, :dim]).sum(1)
    pixels = Normal(decoder(z), 0.15)
    log_likelihood = torch.stack([pixels.log_prob(image).sum(1) for image in x])
    log_cell = dim * (axis[1] - axis[0]).log()
    return (log_prior + log_likelihood + log_cell).logsumexp(1), len(z)


cost = []
for dim in (1, 2, 3, 4):
    code = torch.linspace(-1, 1, 5).double()[:, None] * (torch.arange(4) < dim)
    x = decoder(code)  # five images on a line
    truth, _ = log_evidence(x, dim, 28)
    other, _ = log_evidence(x, dim, 27, end=4.9)
    assert (truth - other).abs().max() < 1e-4, (
        f"two fine grids should agree on log p(x), and differ by {(truth - other).abs().max():.2g} nats"
    )
    for points in range(2, 21):  # the coarsest grid that is good to 0.001 nats for all
        estimate, codes = log_evidence(x, dim, points)
        if (estimate - truth).abs().max() < 1e-3:
            break
    cost.append(codes)
    print(f"codes to try, {dim} latent dimensions = {codes:,}")

growth = [after / before for before, after in pairwise(cost)]
print(f"smallest growth per dimension = {min(growth):.0f}")
assert min(growth) > 5, (
    f"each further number should multiply the codes by more than 5, not {min(growth):.1f}"
)
