"""Annealed importance sampling against the two exact answers: probabilistic PCA's closed form, and the grid."""

import math

import pytest
import torch

from lowerbound.ais import log_evidence
from lowerbound.data import digits
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian
from lowerbound.grid import Grid
from lowerbound.models import trained_digits


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def model(x_dim, z_dim, noise=0.3):
    weight = torch.randn(x_dim, z_dim, generator=seeded(1), dtype=torch.float64)
    return GaussianJoint.from_model(Gaussian(torch.zeros(z_dim), 1.0), LinearGaussian(weight, torch.ones(x_dim), noise))


def evidence(p, x, chains, temperatures, seed=0, start_at=None):
    """AIS for a linear-Gaussian model, from the prior or from an encoder."""
    generator, z_dim = seeded(seed), len(p.z.mean)
    if start_at is None:
        start = p.z.sample(chains * len(x), generator).reshape(chains, len(x), z_dim)
        return log_evidence(p.z.log_prob, lambda z: p.x_given_z.log_prob(x, z), start, temperatures, generator)
    start = start_at.sample(x.expand(chains, *x.shape), generator)

    def ratio(z):
        return p.z.log_prob(z) + p.x_given_z.log_prob(x, z) - start_at.log_prob(z, x)

    return log_evidence(lambda z: start_at.log_prob(z, x), ratio, start, temperatures, generator)


def assert_agrees(found, exact):
    """Within 4 standard errors, and these small: at most 2 % of the quantity."""
    assert ((found.value - exact).abs() <= 4 * found.standard_error).all(), (found, exact)
    assert (found.standard_error <= 0.02 * exact.abs()).all(), (found, exact)


@pytest.mark.parametrize(("x_dim", "z_dim", "temperatures"), [(5, 1, 60), (8, 3, 120), (24, 12, 200)])
def test_agrees_with_the_closed_form(x_dim, z_dim, temperatures):
    p = model(x_dim, z_dim)
    x = p.x.sample(4, seeded(2))
    found = evidence(p, x, chains=128, temperatures=temperatures)
    assert_agrees(found, p.x.log_prob(x))
    assert ((found.acceptance > 0.6) & (found.acceptance < 0.95)).all()
    assert (found.effective_chains <= 96).all()  # 128 chains less the tuning quarter


@pytest.mark.parametrize("temperatures", [1, 2, 8])
def test_the_mean_weight_is_unbiased_however_few_the_temperatures(temperatures):
    p = model(3, 2, noise=1.0)
    x = p.x.mean[None] + 0.5
    found = evidence(p, x, chains=40_000, temperatures=temperatures)
    assert found.standard_error < 0.02
    assert (found.value - p.x.log_prob(x)).abs() <= 4 * found.standard_error


def test_the_standard_error_is_the_spread_over_repetitions():
    p = model(5, 2)
    repeated = p.x.sample(1, seeded(2)).expand(200, -1)
    found = evidence(p, repeated, chains=64, temperatures=60)
    spread, claimed = found.value.std(), found.standard_error.square().mean().sqrt()
    assert 0.8 < claimed / spread < 1.25  # the spread of 200 values is itself known to 5 %


def test_effective_chains_and_standard_error_say_the_same():
    p = model(5, 2)
    found = evidence(p, p.x.sample(3, seeded(2)), chains=64, temperatures=20)
    k = 48
    variance = (k / found.effective_chains - 1) / (k - 1)
    torch.testing.assert_close(found.standard_error, variance.sqrt())


def test_an_encoder_close_to_the_posterior_is_the_better_start():
    p = model(8, 3)
    x = p.x.sample(4, seeded(2))
    posterior = p.z_given_x
    encoder = LinearGaussian(posterior.weight, posterior.bias + 0.1, 1.2 * posterior.cov)
    found = evidence(p, x, chains=64, temperatures=20, start_at=encoder)
    assert_agrees(found, p.x.log_prob(x))
    assert (found.standard_error < 0.5 * evidence(p, x, chains=64, temperatures=20).standard_error).all()
    exact = evidence(p, x, chains=64, temperatures=3, start_at=posterior)
    torch.testing.assert_close(exact.value, p.x.log_prob(x))


def test_agrees_with_the_grid_on_real_digits():
    vae = trained_digits()
    x = digits().held_out[:3].to(next(vae.parameters()).dtype)
    generator = seeded()
    start = torch.randn(96, len(x), 2, generator=generator, dtype=x.dtype)
    found = log_evidence(vae.prior.log_prob, lambda z: vae.log_likelihood(x, z), start, 80, generator)
    assert_agrees(found, Grid(vae).log_evidence(x))
    assert all(parameter.grad is None for parameter in vae.parameters())


def test_a_spike_that_no_chain_meets_is_missing_from_the_value_and_from_both_diagnostics():
    """The limit that the docstring states: log 21 too low, and nothing shows it."""

    def normal(z, mean, std):
        return (-0.5 * ((z - mean) / std).square() - math.log(std) - 0.5 * math.log(2 * math.pi)).sum(-1)

    def log_joint(z):  # 1/21 in a broad bump, 20/21 in the spike: log p(x) = 0
        bump = normal(z, 0.0, 0.7) - math.log(21)
        spike = normal(z, torch.tensor([3.0, 0.0]).to(z), 0.05) + math.log(20 / 21)
        return torch.logaddexp(bump, spike)

    def prior(z):
        return normal(z, 0.0, 1.0)

    start = torch.randn(300, 1, 2, generator=seeded(), dtype=torch.float64)
    found = log_evidence(prior, lambda z: log_joint(z) - prior(z), start, 200, seeded(1))
    assert (found.value + math.log(21)).abs() < 4 * found.standard_error
    assert found.standard_error < 0.02
    assert found.effective_chains > 0.95 * 225


def test_follows_the_generator_and_leaves_the_global_one_alone():
    p = model(3, 2)
    x = p.x.sample(2, seeded(2))
    before = torch.get_rng_state()
    first, again, other = (evidence(p, x, 16, 5, seed).value for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_a_move_that_runs_off_is_rejected():
    stiff = GaussianJoint.from_model(Gaussian([0.0], 1.0), LinearGaussian([[1e40]], [0.0], 1e-6))
    with torch.no_grad():
        found = evidence(stiff, torch.zeros(1, 1, dtype=torch.float64), chains=16, temperatures=3)
    assert found.acceptance < 0.5
    assert found.value.isfinite().all()


def test_counted_chains_know_nothing_of_each_other():
    """They would, if they tuned their own step sizes, and their weights would be biased."""
    p = model(3, 2)
    x = p.x.sample(1, seeded(2))
    start = p.z.sample(16, seeded())[:, None]
    moved = start.clone()
    moved[-1] += 3

    def ways(start):
        seen = []

        def spied(z):
            seen.append(z.detach()[:-1])
            return p.x_given_z.log_prob(x, z)

        log_evidence(p.z.log_prob, spied, start, 10, seeded())
        return [z for z in seen if len(z) == 11]  # 16 chains less 4 that tune, less the one that was moved

    pairs = list(zip(ways(start), ways(moved), strict=True))
    assert len(pairs) > 10
    assert all(torch.equal(a, b) for a, b in pairs)


def standard(z):
    return -0.5 * z.square().sum(-1)


START = torch.zeros(8, 2, 3)
ERRORS = [
    (
        lambda: log_evidence(standard, standard, [[[0.0]]]),
        TypeError,
        "start: expected a floating-point tensor, got list",
    ),
    (lambda: log_evidence(standard, standard, START.int()), TypeError, r"got torch\.int32"),
    (lambda: log_evidence(standard, standard, START[0]), ValueError, r"start: expected shape .* got \(2, 3\)"),
    (lambda: log_evidence(standard, standard, START[:7]), ValueError, r"at least 8 chains, got \(7, 2, 3\)"),
    (lambda: log_evidence(standard, standard, START[:, :0]), ValueError, r"got \(8, 0, 3\)"),
    (lambda: log_evidence(standard, standard, START, 0), ValueError, "temperatures: expected a whole number .* got 0"),
    (lambda: log_evidence(standard, lambda z: standard(z) * math.nan, START), ValueError, "NaN at the start"),
    (
        lambda: log_evidence(standard, lambda z: z, START),
        ValueError,
        r"log_likelihood: expected shape \(2, 2\).* \(2, 2, 3\)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), ERRORS)
def test_errors_name_the_argument_and_say_what_is_expected(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
