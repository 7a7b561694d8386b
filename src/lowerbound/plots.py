"""Figures in the visual language of the site: matplotlib axes in, the same axes out, labelled.

The model's distributions (p) are blue, the encoder's (q) orange, the data green, the gap magenta; line style or a label
says the same again, so that colour is never the only sign.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from torch import Tensor

from lowerbound.grid import GridPosterior
from lowerbound.vae import Encoded

P, Q, DATA, GAP, INK, MUTED = "#2563c4", "#b84a00", "#0b7261", "#9b2c83", "#24292f", "#6e7781"

STYLE: Any = {
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), MUTED),
    **dict.fromkeys(("axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor", "text.color"), INK),
    **dict.fromkeys(("axes.facecolor", "figure.facecolor"), "none"),
    **dict.fromkeys(("axes.spines.right", "axes.spines.top"), False),
    "figure.constrained_layout.use": True,
}


def subplots(*args: Any, **kwargs: Any) -> tuple[Figure, Any]:
    """`matplotlib.pyplot.subplots` in the site's style, without changing the settings of anything else."""
    # Not rc_context: the first figure of a notebook turns its pictures on, and that would be put back, too.
    before = {name: plt.rcParams[name] for name in STYLE}
    plt.rcParams.update(STYLE)
    try:
        return plt.subplots(*args, **kwargs)
    finally:
        plt.rcParams.update(before)


def posterior_map(ax: Axes, posterior: GridPosterior, row: int = 0) -> Axes:
    r"""The true posterior $p(z \mid x)$ of one image as a heat map: each step darker holds less of the probability.

    The outer edge encloses 95 % of the probability, the darkest core 10 %. The window reaches 4 standard deviations of
    the posterior to each side.

    Args:
        ax: where to draw.
        posterior: from `Grid.posterior`, over a 2-D latent space.
        row: which image.

    Raises:
        ValueError: a posterior that is not over 2 latent dimensions, or too narrow for its grid.
    """
    if posterior.grid.z.shape[1] != 2:
        raise ValueError(f"posterior: a map needs a 2-D latent space, not {posterior.grid.z.shape[1]}-D")
    points = posterior.grid.points
    axis = posterior.grid.z[:points, 1].numpy()
    mass = posterior.mass[row]
    levels = [*_mass_levels(mass, (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)), 1.01 * mass.max().item()]
    if any(upper <= lower for lower, upper in pairwise(levels)):
        raise ValueError(f"posterior: too narrow for {points} points a dimension; use Grid(vae, points={2 * points})")
    shades = [to_rgba(P, alpha) for alpha in np.linspace(0.12, 0.95, len(levels) - 1)]
    ax.contourf(axis, axis, mass.reshape(points, points).T.numpy(), levels=levels, colors=shades)
    (z1, z2), reach = posterior.mean[row].tolist(), 4 * posterior.cov[row].diagonal().max().sqrt().item()
    ax.set(xlim=(z1 - reach, z1 + reach), ylim=(z2 - reach, z2 + reach))
    return _latent_axes(ax)


def ellipse(ax: Axes, q: Encoded, row: int = 0, linewidth: float = 1.8) -> Axes:
    r"""One $q(z \mid x)$ as two ellipses: the inner holds 50 % of its probability, the outer 95 %.

    Raises:
        ValueError: a q that is not over 2 latent dimensions.
    """
    if q.mean.shape[-1] != 2:
        raise ValueError(f"q: an ellipse needs a 2-D latent space, not {q.mean.shape[-1]}-D")
    turn = torch.linspace(0, 2 * math.pi, 121, dtype=q.mean.dtype)
    circle = torch.stack([turn.cos(), turn.sin()], 1)
    for mass, dashes in ((0.5, "--"), (0.95, "-")):
        radius = math.sqrt(-2 * math.log(1 - mass))  # of a 2-D standard normal
        edge = (q.mean[row] + radius * circle @ q.scale_tril[row].T).detach().cpu().numpy()
        ax.plot(edge[:, 0], edge[:, 1], linestyle=dashes, color=Q, linewidth=linewidth)
    return _latent_axes(ax)


def pictures(ax: Axes, images: Tensor, columns: int, colour: str = INK) -> Axes:
    """Small images in rows, from nothing (0) to one colour (1), so that a page's light or dark scheme shows through.

    Args:
        ax: where to draw; its axes are hidden.
        images: values from 0 to 1, shape (n, height, width).
        columns: images a row; n is a multiple of it.
        colour: of the value 1.

    Raises:
        ValueError: images of another shape, or a last row that is not full.
    """
    if images.dim() != 3 or len(images) == 0 or len(images) % columns:
        raise ValueError(f"images: expected (n, height, width), n a multiple of {columns}, got {tuple(images.shape)}")
    framed = torch.nn.functional.pad(images, (1, 1, 1, 1))
    rows = [torch.cat([*row], 1) for row in framed.split(columns)]
    shades = LinearSegmentedColormap.from_list("shades", [to_rgba(colour, 0), to_rgba(colour, 1)])
    ax.imshow(torch.cat(rows).detach().cpu().numpy(), cmap=shades, vmin=0, vmax=1, interpolation="none")
    ax.set_axis_off()
    return ax


def stacked_nats(ax: Axes, bars: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]) -> Axes:
    """Sums of nats as bars: one bar for each sum, its parts end to end, each with its name above.

    Args:
        ax: where to draw.
        bars: from the name of a sum to its parts, from the name of a part to its nats, 0 or more.
        colours: from the name of a part to its colour.

    Raises:
        ValueError: a part below 0, which has no length.
    """
    for place, (bar, parts) in enumerate(bars.items()):
        start = 0.0
        for part, nats in parts.items():
            if nats < 0:
                raise ValueError(f"bars: {part} of {bar} is {nats}; a part needs 0 nats or more")
            ax.barh(place, float(nats), left=start, height=0.4, color=colours[part])
            ax.text(start, place - 0.26, part)
            start += float(nats)
    ax.set(xlabel="nats", yticks=range(len(bars)), yticklabels=bars, ylim=(len(bars) - 0.6, -0.6))  # the first on top
    return ax


def _mass_levels(mass: Tensor, contents: Sequence[float]) -> list[float]:
    """Thresholds such that the cells above each together hold that much of the probability; lowest first."""
    ordered, _ = mass.flatten().sort(descending=True)
    held = ordered.cumsum(0)
    return [ordered[int((held < content).sum())].item() for content in contents]


def _latent_axes(ax: Axes) -> Axes:
    ax.set(xlabel="z₁", ylabel="z₂", aspect="equal")
    return ax
