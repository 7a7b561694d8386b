"""Figures in the visual language of the site: matplotlib axes in, the same axes out, labelled.

The model's distributions (p) are blue, the encoder's (q) orange, the data green, the gap magenta; line style or a label
says the same again, so that colour is never the only sign.
"""

import math
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from torch import Tensor

from lowerbound.grid import GridPosterior
from lowerbound.training import History
from lowerbound.vae import Encoded

P, Q, DATA, GAP, INK, MUTED = "#2563c4", "#b84a00", "#0b7261", "#9b2c83", "#24292f", "#6e7781"

STYLE: Any = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.size": 10,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


def subplots(*args: Any, **kwargs: Any) -> tuple[Figure, Any]:
    """`matplotlib.pyplot.subplots` in the site's style, without changing the settings of anything else."""
    with mpl.rc_context(STYLE):
        return plt.subplots(*args, **kwargs)


def posterior_map(ax: Axes, posterior: GridPosterior, row: int = 0, zoom: float = 4.0) -> Axes:
    r"""The true posterior $p(z \mid x)$ of one image as a heat map: each step darker holds less of the probability.

    The outer edge encloses 95 % of the probability, the darkest core 10 %.

    Args:
        ax: where to draw.
        posterior: from `Grid.posterior`, over a 2-D latent space.
        row: which image.
        zoom: half the side of the window, in standard deviations of the posterior.
    """
    if posterior.grid.z.shape[1] != 2:
        raise ValueError(f"posterior: a map needs a 2-D latent space, not {posterior.grid.z.shape[1]}-D")
    points = posterior.grid.points
    axis = posterior.grid.z[:points, 1].numpy()
    mass = posterior.mass[row]
    levels = [*_mass_levels(mass, (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)), 1.01 * mass.max().item()]
    shades = [to_rgba(P, alpha) for alpha in np.linspace(0.12, 0.95, len(levels) - 1)]
    ax.contourf(axis, axis, mass.reshape(points, points).T.numpy(), levels=levels, colors=shades)
    centre, spread = posterior.mean[row].tolist(), posterior.cov[row].diagonal().max().sqrt().item()
    ax.set(
        xlim=(centre[0] - zoom * spread, centre[0] + zoom * spread),
        ylim=(centre[1] - zoom * spread, centre[1] + zoom * spread),
    )
    return _latent_axes(ax)


def ellipse(ax: Axes, q: Encoded, row: int = 0, **style: Any) -> Axes:
    r"""One $q(z \mid x)$ as two ellipses: the inner holds 50 % of its probability, the outer 95 %."""
    turn = torch.linspace(0, 2 * math.pi, 121, dtype=q.mean.dtype)
    circle = torch.stack([turn.cos(), turn.sin()], 1)
    look: dict[str, Any] = {"color": Q, "linewidth": 1.8} | style
    for mass, dashes in ((0.5, "--"), (0.95, "-")):
        radius = math.sqrt(-2 * math.log(1 - mass))  # of a 2-D standard normal
        edge = (q.mean[row] + radius * circle @ q.scale_tril[row].T).detach().cpu().numpy()
        ax.plot(edge[:, 0], edge[:, 1], linestyle=dashes, **look)
    return _latent_axes(ax)


def training_curves(ax: Axes, history: History, data: str) -> Axes:
    r"""$\log p(x)$ and the ELBO of one watched data set against the epoch; the band between them is the gap."""
    epochs, bound = history.curve(data, "elbo")
    _, evidence = history.curve(data, "log_evidence")
    ax.plot(epochs, evidence, color=P, label="log p(x)")
    ax.plot(epochs, bound, color=Q, linestyle="--", label="ELBO")
    ax.fill_between(epochs, bound, evidence, color=GAP, alpha=0.25, linewidth=0, label="gap")
    ax.set(xlabel="epoch", ylabel="nats an image")
    ax.legend(frameon=False, labelcolor=INK)
    return ax


def _mass_levels(mass: Tensor, contents: Sequence[float]) -> list[float]:
    """Thresholds such that the cells above each together hold that much of the probability; lowest first."""
    ordered, _ = mass.flatten().sort(descending=True)
    held = ordered.cumsum(0)
    return [ordered[int((held < content).sum())].item() for content in contents]


def _latent_axes(ax: Axes) -> Axes:
    ax.set(xlabel="z₁", ylabel="z₂", aspect="equal")
    return ax
