"""log p(x) and p(z|x) by brute force, against closed forms, against scipy's integration, and against themselves."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad

import lowerbound as lb
from tests.library.linear import linear_world
from tests.library.near import assert_near

FAMILIES = [lb.DiagonalNormal, lb.FullNormal]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("latent_dim", [1, 2])
def test_a_linear_vae_has_the_evidence_posterior_and_gap_of_its_closed_form(family, latent_dim):
    vae, p, q, x = linear_world(latent_dim, posterior=family)
    grid, encoder = lb.Grid(vae, limit=9.0), vae.encode(x)
    posterior = grid.posterior(x)
    assert_near(grid.log_evidence(x), p.x.log_prob(x), 1e-11)
    assert_near(posterior.mean, p.z_given_x.mean(x), 1e-11)
    assert_near(posterior.cov, p.z_given_x.cov.expand(len(x), -1, -1), 1e-11)
    assert_near(posterior.mass.sum(1), torch.ones(len(x)))
    at = grid.z[::97]
    density = p.z_given_x.log_prob(at, x[:, None].expand(-1, len(at), -1))
    assert_near(posterior.log_prob[:, ::97], density, 1e-10)
    truth = lb.kl_each(q, p.z_given_x, x)
    assert_near(grid.gap(encoder, x), truth, 1e-10)
    assert_near(lb.kl_each(encoder, posterior), truth, 1e-10)


def test_evidence_is_elbo_plus_gap_on_the_trained_model(trained, held_out):
    x = held_out[:50]
    q, grid = trained.encode(x), lb.Grid(trained)
    assert_near(lb.elbo(trained, q, x) + grid.gap(q, x), grid.log_evidence(x), 1e-5)


def test_a_vae_with_one_latent_agrees_with_scipys_quad(generator):
    vae = lb.VAE(lb.mlp(3, 4, 2), lb.mlp(1, 6, 3, seed=1), lb.Binomial(4), latent_dim=1).double().requires_grad_(False)
    x = torch.tensor([[0.0, 4.0, 1.0], [2.0, 2.0, 3.0]]).double()
    q = vae.encode(x)
    grid = lb.Grid(vae)
    for i in range(2):

        def log_joint(z, i=i):
            return vae.log_joint(x[i], torch.tensor([z], dtype=torch.float64)).item()

        def log_q(z, i=i):
            return q.log_prob(torch.full((2, 1), z, dtype=torch.float64))[i].item()

        evidence, _ = quad(lambda z: math.exp(log_joint(z)), -12, 12, epsabs=1e-14, epsrel=1e-12)
        bound, _ = quad(lambda z: math.exp(log_q(z)) * (log_joint(z) - log_q(z)), -9, 9, epsabs=1e-12, epsrel=1e-12)
        assert_near(grid.log_evidence(x)[i], math.log(evidence), 1e-11)
        assert_near(lb.elbo(vae, q, x)[i], bound, 1e-9)
        assert_near(grid.gap(q, x)[i], math.log(evidence) - bound, 1e-9)


@pytest.mark.parametrize(("points", "limit"), [(30, 7.0), (60, 3.5), (144, 7.0)])
def test_the_error_estimate_tells_the_size_of_the_error(trained, held_out, points, limit):
    x = held_out[:100]
    truth = lb.Grid(trained, points=300, limit=8.5).log_evidence(x)
    grid = lb.Grid(trained, points=points, limit=limit)
    off = (grid.log_evidence(x) - truth).abs()
    error = grid.error(x)
    assert off.max() <= 1.5 * error.max() + 1e-11
    assert (off <= 2 * error + 1e-11).double().mean() >= 0.9
    if points < 100:
        assert off.max() > 1e-9, "this grid is meant to be a poor one"
    else:
        assert grid.error(x).max() < 1e-8


def test_blocks_do_not_change_results(trained, held_out, monkeypatch):
    x = held_out[:12]
    q, grid = trained.encode(x), lb.Grid(trained, points=100)
    evidence, gap = grid.log_evidence(x), grid.gap(q, x)
    monkeypatch.setattr("lowerbound.memory.BLOCK", 5 * 100**2)
    assert_near(grid.log_evidence(x), evidence, 1e-13)
    assert_near(grid.gap(q, x), gap, 1e-13)


def test_the_grid_leaves_the_vae_as_it_is_and_takes_any_dtype(held_out):
    vae = lb.digits_vae().train()
    x = held_out[:4]
    before = {name: weight.clone() for name, weight in vae.state_dict().items()}
    grid = lb.Grid(vae)
    assert vae.training
    assert next(vae.parameters()).dtype == torch.float32
    assert all(torch.equal(weight, before[name]) for name, weight in vae.state_dict().items())
    assert grid.log_evidence(x).dtype == torch.float64
    assert_near(grid.log_evidence(x.float()), grid.log_evidence(x), 1e-13)
    assert grid.gap(vae.encode(x.float()), x).isfinite().all()


def test_points_lie_where_the_grid_says(trained):
    grid = lb.Grid(trained, points=15, limit=7.0)
    assert grid.spacing == 1.0
    assert grid.z.shape == (225, 2)
    assert_near(grid.z[:16], [[-7.0, z] for z in np.arange(-7.0, 8.0)] + [[-6.0, -7.0]])


def test_a_q_that_the_grid_cannot_see_is_an_error(trained, held_out):
    grid = lb.Grid(trained, points=50)
    posterior = grid.posterior(held_out[:1])
    narrow = lb.DiagonalNormal(torch.zeros(1, 2).double(), torch.full((1, 2), math.log(0.05)).double())
    with pytest.raises(ValueError, match=r"grid: .*narrowest q.*points=281") as narrow_error:
        posterior.kl_from(narrow)
    assert "0.05" in str(narrow_error.value)
    spacing = posterior.grid.spacing
    just_wide_enough = lb.DiagonalNormal(narrow.mean, torch.full_like(narrow.log_std, math.log(0.9001 * spacing)))
    assert posterior.kl_from(just_wide_enough).isfinite()
    assert lb.kl_each(narrow, lb.Grid(trained, points=281).posterior(held_out[:1])).isfinite()
    far = lb.DiagonalNormal(torch.full((1, 2), 6.5).double(), torch.zeros(1, 2).double())
    with pytest.raises(ValueError, match=r"grid: .*outside \|z\| <= 7"):
        posterior.kl_from(far)


def test_three_dimensions_name_the_alternative():
    vae = lb.VAE(lb.mlp(4, 6), lb.mlp(3, 4), lb.Bernoulli(), latent_dim=3)
    with pytest.raises(ValueError, match=r"vae: .*lowerbound\.ais"):
        lb.Grid(vae)
    x = torch.ones(2, 4)
    with pytest.raises(ValueError, match="sampled_elbo"):
        lb.elbo(vae, vae.encode(x), x)
