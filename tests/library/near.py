"""What "equal" means in these tests, and another quadrature than the library's."""

import numpy as np
import torch


def gauss_hermite(dim, nodes):
    """Points and weights of E[f(e)] for standard normal e, shapes (nodes^dim, dim) and (nodes^dim,)."""
    point, weight = (torch.from_numpy(a) for a in np.polynomial.hermite_e.hermegauss(nodes))
    points = torch.cartesian_prod(*[point] * dim).reshape(-1, dim)
    return points, torch.cartesian_prod(*[weight / weight.sum()] * dim).reshape(-1, dim).prod(1)


def assert_near(a, b, tolerance=1e-12):
    """Equal to `tolerance`, relative where the values are above 1; equal infinities are equal, NaN never is."""
    a, b = torch.as_tensor(a, dtype=torch.float64), torch.as_tensor(b, dtype=torch.float64)
    assert a.shape == b.shape, f"shapes {tuple(a.shape)} and {tuple(b.shape)}"
    off = torch.where(a == b, 0.0, (a - b).abs())
    assert (off <= tolerance * b.abs().clamp(min=1)).all(), f"{a} is not {b}: off by {off.max():.3g}"


def assert_within_error(estimate, truth, at_most=0.02):
    """Within 4 standard errors of the truth, and the standard error at most 2 % of it."""
    value, error = estimate
    assert (error <= at_most * truth.abs()).all(), f"standard errors up to {error.max():.3g} tell too little"
    assert ((value - truth).abs() <= 4 * error).all(), f"{value} is more than 4 x {error} from {truth}"
