"""Sampled bounds against their exact values, and the parts of the bound against each other."""

import math
from itertools import pairwise

import pytest
import torch
from torch.autograd import gradcheck

import lowerbound as lb
from lowerbound.vae import StandardNormal
from tests.library.linear import linear_world
from tests.library.near import assert_near, assert_within_error

P = lb.Joint.from_model([0.6, 0.4], [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
Q = lb.Joint.from_data([0.5, 0.3, 0.2], [[0.5, 0.5], [0.9, 0.1], [0.3, 0.7]])


def all_worlds():
    """(p, q, x, log p(x), ELBO(x)) in each of the three worlds, where both are known exactly."""
    vae, p, q, x = linear_world()
    wide = lb.LinearGaussian(p.z_given_x.weight, p.z_given_x.bias + 0.1, 1.3 * p.z_given_x.cov)
    yield pytest.param(P, Q.z_given_x, (), P.x.log_prob, lb.elbo(P, Q.z_given_x), id="tables")
    yield pytest.param(p, wide, (x,), p.x.log_prob(x), lb.elbo(p, wide, x), id="linear-Gaussian")
    yield pytest.param(vae, vae.encode(x), (x,), p.x.log_prob(x), lb.elbo(p, q, x), id="VAE")


WORLDS = list(all_worlds())
IN_EVERY_WORLD = ("p", "q", "at", "evidence", "elbo")


def test_the_points_of_a_gaussian_world_may_be_a_list():
    p = lb.GaussianJoint.from_model(lb.Gaussian([0.0], 1.0), lb.LinearGaussian([[1.0]], [0.0], 1.0))
    found = lb.sampled_elbo(p, p.z_given_x, [[1.0], [2.0]], k=3)
    assert_near(found.value, p.x.log_prob([[1.0], [2.0]]))  # q is the posterior: every draw is exact


@pytest.mark.parametrize(IN_EVERY_WORLD, WORLDS)
def test_the_sampled_elbo_is_the_elbo_within_its_error(p, q, at, evidence, elbo, generator):
    ours = lb.sampled_elbo(p, q, *at, k=40_000, generator=generator)
    assert_within_error(ours, elbo)
    assert (ours.value < evidence).all()


def test_the_standard_error_is_the_spread_of_repeated_estimates(generator):
    repeated = [lb.sampled_elbo(P, Q.z_given_x, k=50, generator=generator) for _ in range(2000)]
    values, errors = torch.stack([e.value for e in repeated]), torch.stack([e.standard_error for e in repeated])
    assert (errors.square().mean(0).sqrt() / values.std(0) - 1).abs().max() < 0.08
    assert ((values.mean(0) - lb.elbo(P, Q.z_given_x)).abs() < 4 * values.std(0) / 2000**0.5).all()


def test_with_the_posterior_as_q_every_single_weight_is_the_evidence(generator):
    assert_near(lb.draw(P, P.z_given_x, k=20, generator=generator).log_weight, P.x.log_prob.expand(20, -1))
    _, gaussian, _, x = linear_world()
    draws = lb.draw(gaussian, gaussian.z_given_x, x, k=20, generator=generator)
    assert_near(draws.log_weight, gaussian.x.log_prob(x).expand(20, -1))
    usual = lb.estimate(draws.log_likelihood - lb.kl_each(gaussian.z_given_x, gaussian.z, x))
    assert (usual.standard_error > 0.01).all()


def test_draws_hold_the_three_logarithms(generator):
    draws = lb.draw(P, Q.z_given_x, k=500, generator=generator)
    assert draws.log_q.shape == (500, 3)
    for x in range(3):
        seen = {tuple(row) for row in torch.stack([part[:, x] for part in draws], 1).tolist()}
        rows = torch.stack([P.z.log_prob, P.x_given_z.log_prob[:, x], Q.z_given_x.log_prob[x]], 1).tolist()
        assert seen == {tuple(row) for row in rows}
    of_the_first = (draws.log_prior == P.z.log_prob[0]).double().mean(0)
    assert ((of_the_first - Q.z_given_x.prob[:, 0]).abs() < 4 * 0.5 / 500**0.5).all()


def test_an_impossible_x_has_no_draws():
    q = lb.Joint.from_data([0.5, 0.5, 0.0], [[0.5, 0.5], [0.9, 0.1], [0.3, 0.7]])
    bound = lb.sampled_elbo(P, q.z_given_x, k=10)
    assert bound.value.isnan().tolist() == [False, False, True]


def exact_importance_bound(k):
    """L_k of every x by adding up all 2^k ways to draw."""
    out = []
    for x in range(3):
        prob, weight = Q.z_given_x.prob[x], (P.log_prob - Q.z_given_x.log_prob).exp()[x]
        ways = torch.cartesian_prod(*[torch.arange(2)] * k).reshape(-1, k)
        out.append((prob[ways].prod(1) * weight[ways].mean(1).log()).sum())
    return torch.stack(out)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_importance_weighted_bounds_by_enumeration(k, generator):
    ours = lb.importance_weighted_bound(P, Q.z_given_x, k=k, repeats=40_000, generator=generator)
    assert_within_error(ours, exact_importance_bound(k))


def test_importance_weighted_bounds_rise_from_the_elbo_to_the_evidence(generator):
    _, p, q, x = linear_world()
    bounds = [lb.elbo(p, q, x)]
    for k in (2, 8, 64):
        bounds.append(lb.importance_weighted_bound(p, q, x, k=k, repeats=4000, generator=generator).value)
    bounds.append(p.x.log_prob(x))
    assert all((low < high).all() for low, high in pairwise(bounds))


def test_the_bias_of_importance_sampling_is_the_variance_over_2k(generator):
    k = 40
    weight = (P.log_prob - Q.z_given_x.log_prob).exp()
    variance = (Q.z_given_x.prob * weight**2).sum(1) - P.x.prob**2
    bias = -variance / (2 * k * P.x.prob**2)
    ours = lb.importance_weighted_bound(P, Q.z_given_x, k=k, repeats=40_000, generator=generator)
    assert ((ours.value - P.x.log_prob - bias).abs() < 4 * ours.standard_error + 0.1 * bias.abs()).all()
    assert (bias < -2.5 * ours.standard_error).all()


def test_seeds_decide_and_the_global_state_is_left_alone(trained, held_out):
    x = held_out[:3]
    q = trained.encode(x)
    state = torch.get_rng_state()
    first, second = (lb.sampled_elbo(trained, q, x, k=5, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(first.value, second.value)
    assert not torch.equal(first.value, lb.sampled_elbo(trained, q, x, k=5, generator=torch.Generator()).value)
    assert torch.equal(torch.get_rng_state(), state)


def test_blocks_do_not_change_the_draws(trained, held_out, monkeypatch):
    x = held_out[:10]
    q = trained.encode(x)
    whole = lb.draw(trained, q, x, k=4, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    blocked = lb.draw(trained, q, x, k=4, generator=torch.Generator().manual_seed(0))
    assert_near(blocked.log_weight, whole.log_weight)


# -- the parts ---------------------------------------------------------------------------------------------------------


def mixture(family, latent_dim, generator):
    outputs = 2 * latent_dim + (latent_dim * (latent_dim - 1) // 2 if family is lb.FullNormal else 0)
    return family.from_output(0.5 * torch.randn(5, outputs, generator=generator, dtype=torch.float64), latent_dim)


@pytest.mark.parametrize("family", [lb.DiagonalNormal, lb.FullNormal])
@pytest.mark.parametrize("latent_dim", [1, 2])
def test_the_rate_splits_into_information_and_kl_to_the_prior(family, latent_dim, generator, monkeypatch):
    prior, joint = StandardNormal(latent_dim), lb.EncoderJoint(mixture(family, latent_dim, generator))
    information, marginal = lb.mutual_information(joint), lb.kl(joint.z, prior)
    assert_near(information + marginal, lb.kl(joint.z_given_x, prior))
    assert 0 < information < math.log(5)
    z = torch.cat(list(joint.z_given_x.at(torch.randn(20_000, 5, latent_dim, generator=generator).double())))
    assert_within_error(lb.estimate(joint.z.log_prob(z) - prior.log_prob(z)), marginal, at_most=0.05)
    monkeypatch.setattr("lowerbound.encoder_joint.POINTS_PER_STD", 4.0)
    assert_near(lb.mutual_information(joint), information, 1e-9)


def test_the_aggregated_posterior_of_one_row_is_that_row(generator):
    q = mixture(lb.FullNormal, 2, generator)
    one = lb.EncoderJoint(lb.FullNormal(q.mean[:1], q.scale_tril[:1]))
    assert_near(lb.entropy(one.z), lb.entropy(one.z_given_x)[0], 1e-12)
    assert_near(lb.mutual_information(one), 0.0, 1e-12)


def test_which_row_did_this_z_come_from(generator, monkeypatch):
    joint = lb.EncoderJoint(mixture(lb.DiagonalNormal, 2, generator))
    z = torch.randn(9, 2, generator=generator, dtype=torch.float64)
    densities = torch.stack([joint.z_given_x.log_prob(point.expand(5, 2)).exp() for point in z])
    assert_near(joint.x_given_z(z), densities / densities.sum(1, keepdim=True))
    assert_near(joint.z.log_prob(z).exp(), densities.mean(1))
    bayes = densities / 5 / joint.z.log_prob(z).exp()[:, None]
    assert_near(joint.x_given_z(z), bayes)
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    assert_near(joint.z.log_prob(z).exp(), densities.mean(1))


def test_a_sum_over_q_of_z_that_would_not_end_says_what_to_use_instead(generator):
    prior = StandardNormal(3)
    for q in (
        mixture(lb.DiagonalNormal, 3, generator),
        lb.DiagonalNormal(torch.zeros(2, 2).double(), torch.tensor([[0.0, 0.0], [-9.0, -9.0]]).double()),
    ):
        with pytest.raises(ValueError, match=r"q: .*average log_prob\(z\) over draws z of q"):
            lb.mutual_information(lb.EncoderJoint(q))
    with pytest.raises(ValueError, match="average log_prob"):
        lb.kl(lb.EncoderJoint(mixture(lb.DiagonalNormal, 3, generator)).z, prior)


# -- whose fault is the gap? -------------------------------------------------------------------------------------------


def test_the_best_full_normal_of_a_linear_vae_is_the_true_posterior():
    vae, p, _, x = linear_world(posterior=lb.FullNormal)
    best = lb.optimal_q(vae, vae.encode(x), x)
    assert_near(best.mean, p.z_given_x.mean(x), 1e-4)
    assert_near(best.scale_tril @ best.scale_tril.mT, p.z_given_x.cov.expand(len(x), -1, -1), 1e-4)
    assert_near(lb.elbo(vae, best, x), p.x.log_prob(x), 1e-7)


def test_the_best_diagonal_normal_of_a_linear_vae_has_the_precisions_of_the_posterior():
    vae, p, _, x = linear_world()
    best = lb.optimal_q(vae, vae.encode(x), x)
    assert_near(best.mean, p.z_given_x.mean(x), 1e-4)
    precision = torch.linalg.inv(p.z_given_x.cov).diagonal()
    assert_near(best.log_std.exp(), precision.rsqrt().expand(len(x), 2), 1e-4)
    mean_field = 0.5 * (precision.log().sum() - torch.logdet(torch.linalg.inv(p.z_given_x.cov)))
    assert_near(p.x.log_prob(x) - lb.elbo(vae, best, x), mean_field.expand(len(x)), 1e-7)


def test_the_best_q_of_trained_digits_closes_a_part_of_the_gap_and_stays_where_it_is(trained, held_out):
    x = held_out[:12]
    q = trained.encode(x)
    best = lb.optimal_q(trained, q, x)
    left, gap = (lb.Grid(trained).gap(some, x) for some in (best, q))
    assert (left > 0).all()
    assert (left < gap + 1e-4).all()
    assert (gap - left).mean() > 0.01
    again = lb.elbo(trained, lb.optimal_q(trained, best, x), x)
    assert_near(again, lb.elbo(trained, best, x), 1e-4)


@pytest.fixture(scope="module")
def winding():
    """A VAE whose decoder winds, as in question 12: 12 nodes of quadrature misjudged it by up to 1.6 nats."""

    class Sine(torch.nn.Module):
        def forward(self, x):
            return torch.sin(x)

    decoder = lb.mlp(2, 128, 64, seed=1, activation=Sine)
    for parameter in decoder[0].parameters():
        parameter.data.mul_(30)
    vae = lb.VAE(lb.mlp(64, 128, 4), decoder, lb.Bernoulli()).double()
    lb.fit(vae, lb.digits().train, epochs=2, progress=False)
    return vae.requires_grad_(False)


@pytest.mark.filterwarnings("ignore:reconstruction")
def test_the_best_q_is_never_worse_than_where_the_climb_began(winding, held_out):
    x = held_out[:16]
    q = winding.encode(x)
    before, after = lb.elbo(winding, q, x), lb.elbo(winding, lb.optimal_q(winding, q, x, steps=15), x)
    assert (after >= before).all()
    assert (after > before + 0.01).any()


def test_the_best_q_is_of_the_family_it_starts_in(trained, held_out):
    x = held_out[:4]
    upright = trained.encode(x)
    tilted = lb.FullNormal(upright.mean, upright.scale_tril)
    best = lb.optimal_q(trained, tilted, x)
    assert isinstance(best, lb.FullNormal)
    assert (lb.elbo(trained, best, x) > lb.elbo(trained, lb.optimal_q(trained, upright, x), x) - 1e-6).all()


# -- gradients ---------------------------------------------------------------------------------------------------------


def test_information_and_kl_of_the_aggregated_posterior_have_gradients(generator):
    mean = torch.randn(3, 1, generator=generator, dtype=torch.float64).requires_grad_()
    log_std = torch.zeros(3, 1, dtype=torch.float64).requires_grad_()

    def quantities(mean, log_std):
        joint = lb.EncoderJoint(lb.DiagonalNormal(mean, log_std))
        return lb.mutual_information(joint), lb.kl(joint.z, StandardNormal(1))

    assert gradcheck(quantities, (mean, log_std))
