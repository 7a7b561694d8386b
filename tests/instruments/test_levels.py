"""Contours of densities: regions that hold what their names say, lines that lie on their level."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lowerbound.plots import _mass_levels

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

LOAD = "const levels = await at('maths/levels.js'); "


def two_humps(step: float, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A log density of two tilted normals, and the axis of its square grid."""
    axis = np.arange(-4, 4 + step / 2, step)
    generator = np.random.default_rng(seed)
    (m1, m2), tilt = generator.uniform(-1, 1, (2, 2)), generator.uniform(-0.5, 0.5)
    z1, z2 = np.meshgrid(axis, axis, indexing="ij")

    def hump(m: NDArray[np.float64], width: float) -> NDArray[np.float64]:
        d1, d2 = z1 - m[0], z2 - m[1]
        distance: NDArray[np.float64] = -0.5 * (d1**2 + d2**2 - 2 * tilt * d1 * d2) / width**2
        return distance

    return np.logaddexp(hump(m1, 0.6), hump(m2, 0.4)), axis


def field(values: NDArray[np.float64], axis: NDArray[np.float64]) -> dict[str, object]:
    n1, n2 = values.shape
    step = float(axis[1] - axis[0])
    return {"values": values.ravel().tolist(), "n1": n1, "n2": n2, "from1": axis[0], "from2": axis[0], "step": step}


def check_borders(modules: Modules) -> None:
    for seed in range(3):
        density = np.exp(two_humps(0.1, seed)[0]).ravel()
        found = modules.run(LOAD + "return levels.borders(states, [0.5, 0.95])", density.tolist())
        for share, level in zip((0.5, 0.95), found, strict=True):
            held = density[density >= level].sum() / density.sum()
            without = density[density > level].sum() / density.sum()
            assert without < share <= held
        library = _mass_levels(torch.from_numpy(density / density.sum()), (0.95, 0.5))
        assert np.allclose(np.array(found[::-1]) / density.sum(), library, rtol=1e-9)


def check_refine(modules: Modules) -> None:
    axis = np.linspace(-1, 1, 9)
    z1, z2 = np.meshgrid(axis, axis[:7], indexing="ij")
    quadratic = 1 + z1 - 2 * z2 + 3 * z1**2 - z1 * z2 + 0.5 * z2**2
    given = field(quadratic, axis)
    found = modules.run(LOAD + "const f = levels.refine(states, 4); return {...f, values: [...f.values]}", given)
    fine1 = found["from1"] + found["step"] * np.arange(found["n1"])
    fine2 = found["from2"] + found["step"] * np.arange(found["n2"])
    z1, z2 = np.meshgrid(fine1, fine2, indexing="ij")
    expected = 1 + z1 - 2 * z2 + 3 * z1**2 - z1 * z2 + 0.5 * z2**2
    error = np.abs(np.array(found["values"]).reshape(expected.shape) - expected)
    assert error.shape == (33, 25)
    assert error[4:-4, 4:-4].max() < 1e-12  # everywhere but beside the edge
    assert error[::4, ::4].max() < 1e-12

    coarse, axis = two_humps(0.14)
    found = modules.run(LOAD + "const f = levels.refine(states, 4); return [...f.values]", field(coarse, axis))
    fine = two_humps(0.035)[0]
    n = 4 * (len(axis) - 1) + 1
    error = np.abs(np.array(found).reshape(n, n) - fine[:n, :n])[40:-40, 40:-40]
    assert error.max() < 0.02  # nats: what is drawn may be so far off


def check_crop(modules: Modules) -> None:
    values, axis = two_humps(0.1)
    found = modules.run(
        LOAD + "const f = levels.crop(states, 5, 3); return {...f, values: [...f.values]}", field(values, axis)
    )
    inside = np.argwhere(values >= values.max() - 5)
    low, high = inside.min(0) - 3, inside.max(0) + 3
    assert np.array_equal(
        np.array(found["values"]).reshape(found["n1"], found["n2"]), values[low[0] : high[0] + 1, low[1] : high[1] + 1]
    )
    assert np.allclose([found["from1"], found["from2"]], axis[low])


def check_isolines(modules: Modules) -> None:
    """On a cone every point of a contour is equally far from the middle; and its length is the circle's."""
    axis = np.arange(-2, 2.01, 0.05)
    z1, z2 = np.meshgrid(axis, axis, indexing="ij")
    cone = -np.hypot(z1 - 0.21, z2 + 0.33)
    segments = np.array(modules.run(LOAD + "return levels.isolines(states, -1)", field(cone, axis))).reshape(-1, 2, 2)
    distance = np.hypot(segments[..., 0] - 0.21, segments[..., 1] + 0.33)
    assert np.abs(distance - 1).max() < 1e-3
    assert np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum() == pytest.approx(2 * math.pi, rel=1e-3)
    # A saddle, both ways: what is above is cut off at its corners.
    for high, corners in (((1.0, 0.0, 0.0, 1.0), {(0, 0), (1, 1)}), ((0.0, 1.0, 1.0, 0.0), {(0, 1), (1, 0)})):
        given = {"values": list(high), "n1": 2, "n2": 2, "from1": 0, "from2": 0, "step": 1}
        lines = np.array(modules.run(LOAD + "return levels.isolines(states, 0.75)", given)).reshape(-1, 2, 2)
        assert {tuple(np.round(line.mean(0))) for line in lines} == corners


CHECKS = (check_borders, check_refine, check_crop, check_isolines)
CHANGES = [
    ("maths/levels.js", "held < share * total", "held < share"),
    ("maths/levels.js", "sorted[g - 1]", "sorted[g]"),
    ("maths/levels.js", "4 * c - d + t", "4 * c + d + t"),
    ("maths/levels.js", "step: step / factor", "step: step"),
    ("maths/levels.js", "values[i * n2 + j] < peak - depth", "values[i * n2 + j] < depth"),
    ("maths/levels.js", "from1: from1 + low1 * step", "from1: from1"),
    ("maths/levels.js", "from1 + step * (i + t * (k - i))", "from1 + step * (i + t * (i - k))"),
    ("maths/levels.js", "points.length === 4 && above[1]", "points.length === 4 && above[0]"),
    ("maths/levels.js", "values[k * n2 + l] > level", "values[l * n2 + k] > level"),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contours(check: object, modules: Modules) -> None:
    check(modules)  # type: ignore[operator]


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules) -> None:
    def check(modules: Modules) -> None:
        for one in CHECKS:
            one(modules)

    assert survivors(modules, check, CHANGES) == []
