"""log p(x) and p(z|x) by brute force, against closed forms, against scipy's integration, and against themselves."""

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import lowerbound as lb
from tests.library.linear import linear, linear_world
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


@pytest.mark.parametrize(("points", "limit"), [(30, 7.0), (60, 3.5), (96, 7.0), (144, 7.0)])
def test_a_coarse_or_small_grid_refines_itself_and_states_its_error(trained, held_out, points, limit):
    x = held_out[:40]
    truth = lb.Grid(trained, points=300, limit=8.5).log_evidence(x)
    grid = lb.Grid(trained, points=points, limit=limit)
    assert_near(grid.log_evidence(x), truth, 1e-5 / truth.abs().max())
    off, error = (grid.log_evidence(x) - truth).abs(), grid.error(x)
    assert (off <= 2 * error + 1e-8).all()
    assert error.max() < 3e-5


def narrow_world(latent_dim, sigma, n=8, scale=1.0):
    """A linear decoder with little noise, the same as `GaussianJoint`, and points x of its own."""
    generator = torch.Generator().manual_seed(3)
    weight = scale * torch.randn(5, latent_dim, generator=generator).double()
    bias = torch.randn(5, generator=generator).double()
    encoder = linear(torch.zeros(2 * latent_dim, 5), torch.zeros(2 * latent_dim))
    vae = lb.VAE(encoder, linear(weight, bias), lb.GaussianNoise(sigma), latent_dim).requires_grad_(False)
    prior = lb.Gaussian(torch.zeros(latent_dim), 1.0)
    p = lb.GaussianJoint.from_model(prior, lb.LinearGaussian(weight, bias, sigma**2))
    return vae, p, p.x.sample(n, generator)


@pytest.mark.parametrize("latent_dim", [1, 2])
@settings(max_examples=15)
@given(exponent=st.floats(-8.0, 0.0))
def test_no_posterior_is_too_narrow(latent_dim, exponent):
    """With the default grid they were off by 1.2 nats at widths of 0.034 and 0.022, by 8.4 at half of them."""
    vae, p, x = narrow_world(latent_dim, sigma=math.exp(exponent), n=4)
    grid = lb.Grid(vae)
    posterior = grid.posterior(x)
    assert_near(grid.log_evidence(x), p.x.log_prob(x), 1e-7)
    assert (grid.error(x) < 2e-5).all()
    assert_near(posterior.mass.sum(1), torch.ones(4), 1e-9)
    assert_near(posterior.mean, p.z_given_x.mean(x), 1e-8)
    assert ((posterior.cov - p.z_given_x.cov).abs() <= 1e-4 * p.z_given_x.cov.diagonal().min()).all()
    at = grid.z[::89]
    density = p.z_given_x.log_prob(at, x[:, None].expand(-1, len(at), -1))
    assert_near(posterior.log_prob[:, ::89], density, 1e-7)


@pytest.mark.parametrize("sigma", [1.0, 0.05, 0.002])
def test_the_gap_is_right_however_narrow_q_and_posterior_are(sigma):
    vae, p, x = narrow_world(2, sigma)
    precision = torch.linalg.inv(p.z_given_x.cov).diagonal()
    q = lb.DiagonalNormal(p.z_given_x.mean(x), -0.5 * precision.log().expand(len(x), 2))
    best = lb.LinearGaussian(p.z_given_x.weight, p.z_given_x.bias, precision.reciprocal().diag())
    assert_near(lb.Grid(vae).gap(q, x), lb.kl_each(best, p.z_given_x, x), 1e-6)
    wide = lb.DiagonalNormal(
        q.mean, torch.full_like(q.mean, math.log(0.2))
    )  # which the grid sees, unlike the posterior
    wide_too = lb.LinearGaussian(p.z_given_x.weight, p.z_given_x.bias, 0.04 * torch.eye(2))
    assert_near(lb.Grid(vae).gap(wide, x), lb.kl_each(wide_too, p.z_given_x, x), 1e-6)


def test_a_posterior_over_the_edge_is_followed_and_one_too_far_is_told():
    vae, p, x = narrow_world(2, 0.1)
    x = x + 9 * vae.decoder.weight[:, 0]  # codes near z1 = 9
    assert (p.z_given_x.mean(x)[:, 0] > 6).all()
    grid = lb.Grid(vae)
    assert_near(grid.log_evidence(x), p.x.log_prob(x), 1e-7)
    assert_near(grid.posterior(x).mean, p.z_given_x.mean(x), 1e-7)
    far = x + 40 * vae.decoder.weight[:, 0]
    with pytest.warns(UserWarning, match=r"grid: log p\(x\) of 8 image\(s\) .*beyond \|z\| = 28.*a larger limit"):
        grid.log_evidence(far)
    with pytest.warns(UserWarning, match=r"beyond \|z\| = 28"):
        grid.posterior(far)


class Ripples(torch.nn.Module):
    """A decoder that a grid cannot see: it changes within the spacing, unnoticed by the points."""

    def __init__(self, spacing):
        super().__init__()
        self.spacing = spacing

    def forward(self, z):
        return (2 * math.pi * z / self.spacing).cos().expand(-1, 3)


def test_log_evidence_below_the_elbo_is_told():
    vae = lb.VAE(lb.mlp(3, 2), Ripples(14 / 143), lb.GaussianNoise(0.1), latent_dim=1).double()
    x = torch.ones(2, 3).double()  # what the decoder gives halfway between all points, the middle at 0 among them
    q = lb.DiagonalNormal(torch.zeros(2, 1).double(), torch.full((2, 1), math.log(0.005)).double())
    with pytest.warns(UserWarning, match=r"grid: for 2 image\(s\) log p\(x\) by the grid is below .*points=288"):
        assert (lb.Grid(vae).gap(q, x) < -100).all()


def test_a_sum_that_has_not_come_to_rest_is_told(monkeypatch):
    vae, _, x = narrow_world(2, 0.02)
    monkeypatch.setattr("lowerbound.grid.MOST_CELLS", 16)
    grid = lb.Grid(vae)
    with pytest.warns(UserWarning, match=r"grid: log p\(x\) of \d image\(s\) may be off by .*twice the points"):
        grid.log_evidence(x)


def test_a_narrow_posterior_of_a_float32_model_is_computed_in_float64():
    vae, _, x = narrow_world(2, 0.02)
    small = copy.deepcopy(vae).float()
    with torch.no_grad():
        found = lb.Grid(small).log_evidence(x)
    assert found.dtype == torch.float64
    exact_weights = copy.deepcopy(small).double()
    assert_near(found, lb.Grid(exact_weights).log_evidence(x), 1e-12)
    assert not any(parameter.grad is not None for parameter in small.parameters())


def test_images_become_float64_block_by_block(trained, held_out, monkeypatch):
    """60,000 images of 784 pixels in float64 would be 376 MB more."""
    grid, x, seen = lb.Grid(trained, points=100), held_out[:30].float(), []
    evidence = grid.log_evidence(x)
    of_block = lb.Grid._of_block
    monkeypatch.setattr("lowerbound.memory.BLOCK", 7 * 100**2)
    monkeypatch.setattr(lb.Grid, "_of_block", lambda self, part: seen.append(part) or of_block(self, part))
    assert_near(grid.log_evidence(x), evidence, 1e-13)
    assert [len(part) for part in seen] == [7, 7, 7, 7, 2]
    assert all(part.dtype == torch.float64 for part in seen)


def test_an_enlarged_image_has_the_evidence_that_importance_sampling_finds(generator):
    """784 pixels: the posterior is narrower than the spacing, and the sum was below the ELBO."""
    big = torch.nn.Upsample(scale_factor=3.5)
    images = big((lb.digits().train[:60]).reshape(-1, 1, 8, 8)).flatten(1)
    vae = lb.VAE(lb.mlp(784, 32, 4), lb.mlp(2, 32, 784, seed=1), lb.GaussianNoise(0.1)).double()
    lb.fit(vae, images, epochs=40, batch_size=20, progress=False)
    x, grid = images[:8], lb.Grid(vae.requires_grad_(False))
    posterior = grid.posterior(x)
    assert (posterior.cov.diagonal(dim1=1, dim2=2).amin(1).sqrt() < grid.spacing).all()
    evidence = grid.log_evidence(x)
    near = lb.FullNormal(posterior.mean, torch.linalg.cholesky(1.5 * posterior.cov))
    log_weight = lb.draw(vae, near, x, k=2000, generator=generator).log_weight
    weight = lb.estimate((log_weight - evidence).exp())  # of mean 1, whatever q: the mean of p(x, z) / q(z) is p(x)
    assert (weight.standard_error < 0.05).all()
    assert ((weight.value - 1).abs() < 5 * weight.standard_error).all()
    assert (evidence >= lb.elbo(vae, near, x)).all()
    assert (grid.gap(near, x) >= 0).all()


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
    with pytest.raises(ValueError, match=r"grid: .*too narrow \(the narrowest .* 0\.05\); .*points=281"):
        posterior.kl_from(narrow)
    spacing = posterior.grid.spacing
    just_wide_enough = lb.DiagonalNormal(narrow.mean, torch.full_like(narrow.log_std, math.log(0.9001 * spacing)))
    assert posterior.kl_from(just_wide_enough).isfinite()
    assert lb.kl_each(narrow, lb.Grid(trained, points=281).posterior(held_out[:1])).isfinite()
    far = lb.DiagonalNormal(torch.full((1, 2), 6.5).double(), torch.zeros(1, 2).double())
    with pytest.raises(ValueError, match=r"grid: .*\|z\| = 7; 1 q\(z\|x\) reach over that edge.*a larger limit"):
        posterior.kl_from(far)


def test_three_dimensions_name_the_alternative():
    vae = lb.VAE(lb.mlp(4, 6), lb.mlp(3, 4), lb.Bernoulli(), latent_dim=3)
    with pytest.raises(ValueError, match=r"vae: .*importance_weighted_bound"):
        lb.Grid(vae)
    x = torch.ones(2, 4)
    with pytest.raises(ValueError, match="sampled_elbo"):
        lb.elbo(vae, vae.encode(x), x)


def test_many_narrow_posteriors_share_a_finer_grid_and_agree_with_one_by_one(held_out):
    vae = lb.trained_digits()
    grid = lb.Grid(vae, points=72)
    together, one_by_one = grid.log_evidence(held_out[:40]), [grid.log_evidence(held_out[i : i + 1]) for i in range(40)]
    assert "_finer" in vars(grid)
    assert_near(together, torch.cat(one_by_one), 1e-5)


def test_the_plain_sum_may_be_asked_for_and_its_error_too(held_out):
    vae, x = lb.trained_digits(), held_out[:40]
    exact, plain = lb.Grid(vae).log_evidence(x), lb.Grid(vae, points=48, refine=False)
    off = (plain.log_evidence(x) - exact).abs()
    assert 1e-4 < off.max() < 2 * plain.error(x).max()
    assert_near(lb.Grid(vae, points=48).log_evidence(x), exact, 1e-4)
