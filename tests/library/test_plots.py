"""Figures: what is drawn is what was asked for, on the axes that were passed in, and labelled."""

import matplotlib.pyplot as plt
import pytest
import torch

import lowerbound as lb
from lowerbound import plots
from lowerbound.grid import GridPosterior

VAE = lb.VAE(lb.mlp(4, 3, 4), lb.mlp(2, 3, 4), lb.Bernoulli()).double()
X = torch.ones(2, 4, dtype=torch.float64)


@pytest.fixture
def ax():
    figure, ax = plots.subplots()
    yield ax
    plt.close(figure)


def test_the_style_is_the_figures_own_and_changes_nothing_else(ax):
    assert ax.xaxis.label.get_color() == plots.INK
    assert plt.rcParams["axes.spines.top"]


def test_a_posterior_map_looks_at_the_posterior(ax):
    posterior = lb.Grid(VAE).posterior(X)
    assert plots.posterior_map(ax, posterior, row=1) is ax
    centre = posterior.mean[1]
    assert ax.get_xlim()[0] < centre[0] < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < centre[1] < ax.get_ylim()[1]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("z₁", "z₂")


def test_levels_hold_what_they_say():
    mass = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    assert plots._mass_levels(mass, (0.95, 0.5)) == [0.1, 0.3]


def test_the_ellipses_hold_half_and_nineteen_twentieths(ax):
    q = lb.FullNormal(
        torch.tensor([[1.0, -2.0]], dtype=torch.float64), torch.tensor([[[2.0, 0.0], [1.0, 0.5]]], dtype=torch.float64)
    )
    plots.ellipse(ax, q)
    draws = q.at(torch.randn(20_000, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)))[:, 0]
    from matplotlib.path import Path

    held = [Path(line.get_xydata()).contains_points(draws.numpy()).mean() for line in ax.lines]
    assert held == pytest.approx([0.5, 0.95], abs=0.015)


def test_pictures_stand_in_rows_with_a_frame_around_each(ax):
    ones, zeros = torch.ones(1, 2, 3), torch.zeros(1, 2, 3)
    plots.pictures(ax, torch.cat([ones, zeros, zeros, ones]), columns=2)
    drawn = ax.images[0].get_array()
    assert drawn.shape == (2 * 4, 2 * 5)
    assert (drawn[1:3, 1:4].sum(), drawn[1:3, 6:9].sum(), drawn[5:7, 6:9].sum()) == (6, 0, 6)
    assert drawn.sum() == 12


def test_stacked_nats_end_where_the_sum_is(ax):
    bars = {"one": {"a": 1.0, "b": 2.0}, "other": {"c": 2.5, "d": 0.5}}
    plots.stacked_nats(ax, bars, dict.fromkeys("abcd", plots.P))
    assert [patch.get_x() + patch.get_width() for patch in ax.patches] == [1.0, 3.0, 2.5, 3.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "other"]


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda ax: plots.posterior_map(ax, lb.Grid(narrow()).posterior(X)), "posterior: a map needs a 2-D"),
        (lambda ax: plots.posterior_map(ax, in_one_cell()), r"posterior: too narrow .* use Grid\(vae, points=288\)"),
        (lambda ax: plots.ellipse(ax, narrow().encode(X)), "q: an ellipse needs a 2-D latent space, not 1-D"),
        (lambda ax: plots.pictures(ax, torch.zeros(3, 8, 8), 2), r"images: .*multiple of 2, got \(3, 8, 8\)"),
        (lambda ax: plots.pictures(ax, torch.zeros(4, 64), 2), r"images: .*got \(4, 64\)"),
        (lambda ax: plots.stacked_nats(ax, {"sum": {"part": -1.0}}, {"part": plots.P}), "bars: part of sum is -1"),
    ],
)
def test_what_cannot_be_drawn_is_said(ax, draw, complaint):
    with pytest.raises(ValueError, match=complaint):
        draw(ax)


def in_one_cell() -> GridPosterior:
    """A posterior that the grid cannot resolve."""
    grid = lb.Grid(VAE)
    mass = torch.full((1, len(grid.z)), 1e-9, dtype=torch.float64)
    mass[0, 144 * 72 + 72] = 1.0
    return GridPosterior(grid, (mass / mass.sum()).log())


def narrow() -> lb.VAE:
    return lb.VAE(lb.mlp(4, 3, 2), lb.mlp(1, 3, 4), lb.Bernoulli(), 1).double()
