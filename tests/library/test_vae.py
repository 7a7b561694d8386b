"""The neural world: closed forms, quadrature, and linear VAEs of which everything is known."""

import numpy as np
import pytest
import torch
from torch import distributions, nn

import lowerbound as lb
from lowerbound.memory import in_blocks, rows_a_block
from lowerbound.vae import StandardNormal, even_quadrature, rows
from tests.library.linear import linear_world
from tests.library.near import assert_near, assert_within_error, gauss_hermite

FAMILIES = [lb.DiagonalNormal, lb.FullNormal]


def encoded(family, generator, n=6, latent_dim=3):
    outputs = 2 * latent_dim + (latent_dim * (latent_dim - 1) // 2 if family is lb.FullNormal else 0)
    return family.from_output(0.7 * torch.randn(n, outputs, generator=generator, dtype=torch.float64), latent_dim)


def theirs(q):
    return distributions.MultivariateNormal(q.mean, scale_tril=q.scale_tril)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_normals_agree_with_torch(family, generator):
    q = encoded(family, generator)
    prior = distributions.MultivariateNormal(torch.zeros(3).double(), torch.eye(3).double())
    z = torch.randn(4, 6, 3, generator=generator, dtype=torch.float64)
    assert_near(q.log_prob(z), theirs(q).log_prob(z), 1e-13)
    assert_near(lb.entropy(q), theirs(q).entropy(), 1e-13)
    assert_near(q.log_det, torch.linalg.slogdet(q.scale_tril).logabsdet, 1e-13)
    assert_near(lb.kl_each(q, StandardNormal(3)), distributions.kl_divergence(theirs(q), prior), 1e-13)
    assert_near(lb.kl(q, StandardNormal(3)), distributions.kl_divergence(theirs(q), prior).mean(), 1e-13)
    assert_near(StandardNormal(3).log_prob(z), prior.log_prob(z), 1e-13)


def test_outputs_of_an_encoder_mean_what_they_say():
    q = lb.DiagonalNormal.from_output(torch.tensor([[1.0, 2.0, 0.0, np.log(3)]]).double(), 2)
    assert_near(q.mean, [[1.0, 2.0]])
    assert_near(q.scale_tril, [[[1.0, 0.0], [0.0, 3.0]]])
    q = lb.FullNormal.from_output(torch.tensor([[1.0, 2.0, 0.0, np.log(3), 5.0]]).double(), 2)
    assert_near(q.mean, [[1.0, 2.0]])
    assert_near(q.scale_tril, [[[1.0, 0.0], [5.0, 3.0]]])


def test_noise_moves_z_by_the_standard_deviation_in_its_direction():
    noise = torch.tensor([[[1.0, 2.0]], [[-1.0, 0.0]]], dtype=torch.float64)
    mean = torch.tensor([[10.0, 20.0]], dtype=torch.float64)
    diagonal = lb.DiagonalNormal(mean, torch.tensor([[0.0, np.log(3)]], dtype=torch.float64))
    assert_near(diagonal.at(noise), [[[11.0, 26.0]], [[9.0, 20.0]]])
    full = lb.FullNormal(mean, torch.tensor([[[1.0, 0.0], [5.0, 3.0]]], dtype=torch.float64))
    assert_near(full.at(noise), [[[11.0, 31.0]], [[9.0, 15.0]]])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_closed_form_kl_is_what_sampling_estimates(family, generator):
    q, prior = encoded(family, generator), StandardNormal(3)
    z = q.at(torch.randn(100_000, 6, 3, generator=generator, dtype=torch.float64))
    assert_within_error(lb.estimate(q.log_prob(z) - prior.log_prob(z)), lb.kl_each(q, prior))


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_have_the_mean_and_the_covariance(family, generator):
    q, n = encoded(family, generator), 50_000
    z = q.at(torch.randn(n, 6, 3, generator=generator, dtype=torch.float64))
    cov = q.scale_tril @ q.scale_tril.mT
    variance = cov.diagonal(dim1=-2, dim2=-1)
    assert ((z.mean(0) - q.mean).abs() < 4.5 * (variance / n).sqrt()).all()
    centred = z - q.mean
    error = ((variance[:, :, None] * variance[:, None] + cov**2) / n).sqrt()
    assert ((torch.einsum("kni,knj->nij", centred, centred) / n - cov).abs() < 4.5 * error).all()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("latent_dim", [1, 2])
def test_a_linear_vae_is_the_linear_gaussian_world(family, latent_dim):
    vae, p, q, x = linear_world(latent_dim, posterior=family)
    encoder = vae.encode(x)
    assert_near(encoder.mean, q.mean(x))
    assert_near(lb.kl_each(encoder, vae.prior), lb.kl_each(q, p.z, x))
    assert_near(lb.reconstruction(vae, encoder, x), lb.reconstruction(p, q, x), 1e-11)
    assert_near(lb.elbo(vae, encoder, x), lb.elbo(p, q, x), 1e-11)
    z = torch.linspace(-1, 1, len(x) * latent_dim).double().reshape(len(x), latent_dim)
    assert_near(vae.log_likelihood(x, z), p.x_given_z.log_prob(x, z))
    assert_near(vae.log_joint(x, z), p.x_and_z.log_prob(torch.cat([x, z], 1)))
    assert_near(encoder.log_prob(z), q.log_prob(z, x))


def test_quadrature_on_the_trained_model_has_converged(trained, held_out):
    x = held_out[:20]
    q = trained.encode(x)
    noise, weight = gauss_hermite(2, nodes=60)
    finer = weight @ trained.log_likelihood(x, q.at(noise[:, None, :]))
    assert_near(lb.reconstruction(trained, q, x), finer, 1e-6)


@pytest.mark.parametrize("spacing", [1.0, 0.5, 0.25])
@pytest.mark.parametrize("dim", [1, 2])
def test_even_quadrature_knows_the_moments_of_a_normal(dim, spacing):
    noise, weights = even_quadrature(dim, torch.zeros(1).double(), spacing)
    assert noise.norm(dim=1).max() < 6.5001
    assert_near(weights.sum(1), torch.ones(1 + 2**dim))
    assert_near(weights[0] @ noise, torch.zeros(dim))
    assert_near(torch.einsum("g,gi,gj->ij", weights[0], noise, noise), torch.eye(dim))
    assert_near(weights[0] @ noise**4, 3 * torch.ones(dim), 1e-5)
    assert ((weights[1:] > 0).sum(0) == 1).all()  # every second point: each belongs to one of the smaller rules


def by_many_nodes(vae, q, x):
    noise, weight = gauss_hermite(vae.prior.dim, nodes=100)
    values = [vae.log_likelihood(x[i : i + 1], rows(q, slice(i, i + 1)).at(noise[:, None])) for i in range(len(x))]
    return weight @ torch.cat(values, 1)


@pytest.mark.parametrize(("activation", "tolerance"), [(torch.nn.Tanh, 1e-4), (torch.nn.SiLU, 1e-5)])
def test_a_rough_decoder_gets_more_points(activation, tolerance, generator, held_out):
    """With He's weights and tanh, 24 nodes a dimension were off by up to 0.57 nats for single images."""
    x = held_out[:12]
    decoder = lb.mlp(2, 128, 64, activation=activation)
    for layer in decoder[::2]:
        torch.nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5, generator=generator)
    vae = lb.VAE(lb.mlp(64, 4), decoder, lb.Bernoulli()).double().requires_grad_(False)
    q = lb.DiagonalNormal(torch.randn(12, 2, generator=generator).double(), torch.zeros(12, 2).double())
    truth = by_many_nodes(vae, q, x)
    assert ((lb.reconstruction(vae, q, x) - truth).abs() < tolerance).all()
    noise, weights = even_quadrature(2, x)
    fixed = weights[0] @ vae.log_likelihood(x, q.at(noise[:, None]))
    assert ((fixed - truth).abs() > 1e-4).any() or activation is torch.nn.SiLU, "this decoder is meant to need them"
    q.mean.requires_grad_()
    (gradient,) = torch.autograd.grad(lb.reconstruction(vae, q, x).sum(), q.mean)
    (same,) = torch.autograd.grad(by_many_nodes(vae, q, x).sum(), q.mean)
    assert_near(gradient, same, 100 * tolerance)


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_a_decoder_that_no_quadrature_follows_is_told(latent_dim):
    class Step(torch.nn.Module):
        def forward(self, z):
            return 100 * (z.sum(1, keepdim=True) - 0.1).sign()

    vae = lb.VAE(lb.mlp(1, 2 * latent_dim), Step(), lb.Bernoulli(), latent_dim).double()
    x = torch.ones(3, 1).double()
    with pytest.warns(UserWarning, match=r"reconstruction: .* \d image\(s\) may be off by .*sampled_elbo state"):
        lb.elbo(vae, vae.encode(x), x)


def test_blocks_cover_every_row_once_and_do_not_change_results(trained, held_out, monkeypatch):
    x = held_out[:10]
    q = trained.encode(x)
    whole = lb.reconstruction(trained, q, x)
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    assert rows_a_block(100) == 1
    assert_near(lb.reconstruction(trained, q, x), whole)
    monkeypatch.setattr("lowerbound.memory.BLOCK", 250)
    assert rows_a_block(100) == 2
    seen = []
    joined = in_blocks(lambda mean: seen.append(len(mean)) or mean.square(), [q.mean[:5]], 100)
    assert seen == [2, 2, 1]
    assert torch.equal(joined, q.mean[:5].square())


def test_samples_of_the_model_follow_it_and_their_generator():
    vae, p, _, _ = linear_world()
    x, z = vae.sample(40_000, torch.Generator().manual_seed(0))
    both = torch.cat([x, z], 1)
    error = ((p.x_and_z.cov.diagonal()[:, None] * p.x_and_z.cov.diagonal() + p.x_and_z.cov**2) / len(x)).sqrt()
    assert ((both.T.cov() - p.x_and_z.cov).abs() < 4.5 * error).all()
    assert torch.equal(
        vae.sample(3, torch.Generator().manual_seed(5))[0], vae.sample(3, torch.Generator().manual_seed(5))[0]
    )


def test_gradients_reach_both_networks(generator):
    vae = lb.VAE(lb.mlp(4, 8, 4), lb.mlp(2, 8, 4, seed=1), lb.Bernoulli()).double()
    x = torch.rand(3, 4, generator=generator).round().double()
    lb.elbo(vae, vae.encode(x), x).sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in vae.parameters())


def test_any_two_modules_make_a_vae():
    class Convolutions(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.SiLU(), nn.Flatten(), nn.Linear(2 * 36, 4))

        def forward(self, x):
            return self.layers(x.reshape(-1, 1, 8, 8))

    vae = lb.VAE(Convolutions().double(), lb.mlp(2, 8, 64).double(), lb.Bernoulli())
    x = torch.ones(3, 64).double()
    assert lb.elbo(vae, vae.encode(x), x).shape == (3,)
