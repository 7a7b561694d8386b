"""Likelihoods against scipy and torch.distributions, and against adding up everything that can happen."""

import math
from itertools import product

import numpy as np
import pytest
import scipy.stats
import torch
from safetensors.torch import load_model, save_model
from torch import distributions

import lowerbound as lb
import lowerbound.memory
from lowerbound import Bernoulli, Binomial, GaussianNoise, LearnedNoise, PixelNoise
from lowerbound.likelihoods import log_likelihood, log_likelihood_table
from tests.library.near import assert_near

D = 6
LIKELIHOODS = [Bernoulli(), Binomial(16), GaussianNoise(0.3)]


def decoded(generator, *shape):
    return 2 * torch.randn(*shape, D, generator=generator, dtype=torch.float64)


def data(likelihood, generator, n):
    draws = torch.rand(n, D, generator=generator, dtype=torch.float64)
    return draws if isinstance(likelihood, GaussianNoise) else (draws * (likelihood.total + 1)).floor()


def theirs(likelihood, values):
    if isinstance(likelihood, GaussianNoise):
        return distributions.Normal(values, likelihood.sigma), scipy.stats.norm(values.numpy(), likelihood.sigma).logpdf
    torchs = distributions.Binomial(likelihood.total, logits=values)
    return torchs, scipy.stats.binom(likelihood.total, torch.sigmoid(values).numpy()).logpmf


@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=str)
def test_log_likelihood_agrees_with_torch_and_scipy(likelihood, generator):
    x, values = data(likelihood, generator, 50), decoded(generator, 50)
    ours = log_likelihood(likelihood, x, values)
    torchs, scipys = theirs(likelihood, values)
    assert_near(ours, torchs.log_prob(x).sum(-1), 1e-13)
    assert_near(ours, scipys(x.numpy()).sum(-1), 1e-12)
    assert_near(likelihood.mean(values), torchs.mean, 1e-13)


@pytest.mark.parametrize(
    ("likelihood", "x", "values"),
    [
        (GaussianNoise(0.01), torch.linspace(-1, 1, 784), torch.linspace(-1, 1, 784) + 0.01),
        (GaussianNoise(0.001), torch.linspace(-1, 1, 784), torch.linspace(-1, 1, 784) - 0.001),
        (GaussianNoise(1.0), torch.linspace(999, 1001, 64), torch.linspace(1000, 1002, 64)),
        (Bernoulli(), torch.tensor([1.0, 0.0] * 32), torch.tensor([1e4, -1e4] * 31 + [3.0, 2.0])),
        (Binomial(16), torch.tensor([16.0, 0.0] * 32), torch.tensor([1e4, -1e4] * 31 + [3.0, 2.0])),
    ],
    ids=str,
)
def test_float32_loses_no_nats(likelihood, x, values):
    """Where the terms of the exponential family cancel: up to 62 nats were lost."""
    exact = log_likelihood(likelihood, x.double(), values.double())
    ours = log_likelihood(likelihood, x, values)
    assert ours.dtype == torch.float32
    assert_near(ours.double(), exact, 1e-5 * max(1.0, exact.abs().item()))


def test_bernoulli_is_minus_binary_cross_entropy_and_sixteen_of_them_are_a_binomial(generator):
    values = decoded(generator, 20)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    x = data(Bernoulli(), generator, 20)
    assert_near(log_likelihood(Bernoulli(), x, values), -bce(values, x, reduction="none").sum(-1), 1e-13)
    counts = data(Binomial(16), generator, 20)
    grey = -16 * bce(values, counts / 16, reduction="none").sum(-1)
    assert_near(log_likelihood(Binomial(16), counts, values), grey + Binomial(16).base(counts), 1e-13)


@pytest.mark.parametrize("likelihood", [Bernoulli(), Binomial(3)], ids=str)
def test_the_probabilities_of_all_images_add_up_to_1(likelihood, generator):
    images = torch.tensor(list(product(range(likelihood.total + 1), repeat=4)), dtype=torch.float64)
    values = decoded(generator, 1)[:, :4]
    assert_near(log_likelihood(likelihood, images, values).exp().sum(), 1.0, 1e-13)
    mean = (log_likelihood(likelihood, images, values).exp()[:, None] * images).sum(0)
    assert_near(mean, likelihood.mean(values)[0], 1e-13)


def test_the_density_of_gaussian_noise_integrates_to_1():
    x = torch.linspace(-8, 8, 2001, dtype=torch.float64)[:, None]
    density = log_likelihood(GaussianNoise(0.8), x, torch.tensor([[0.4]], dtype=torch.float64)).exp()
    assert_near(density.sum() * 0.008, 1.0, 1e-13)


@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=str)
def test_the_table_holds_every_pair(likelihood, generator):
    x, values = data(likelihood, generator, 5), decoded(generator, 7)
    pairs = [[log_likelihood(likelihood, x[i], values[g]).item() for g in range(7)] for i in range(5)]
    assert_near(log_likelihood_table(likelihood, x, values), pairs, 1e-12)
    broadcast = log_likelihood(likelihood, x[:, None], values)
    assert_near(broadcast, pairs, 1e-12)


@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=str)
def test_draws_have_the_mean_and_the_variance(likelihood, generator):
    values, n = decoded(generator), 40_000
    torchs, _ = theirs(likelihood, values)
    draws = likelihood.sample(values.expand(n, D), generator)
    likelihood.check(draws)
    assert ((draws.mean(0) - torchs.mean).abs() < 4 * (torchs.variance / n).sqrt()).all()
    fourth = (draws - torchs.mean).pow(4).mean(0)
    error = ((fourth - torchs.variance**2) / n).sqrt()
    assert ((draws - torchs.mean).square().mean(0) - torchs.variance).abs().lt(4.5 * error).all()
    again = likelihood.sample(values.expand(3, D), torch.Generator().manual_seed(1))
    assert torch.equal(again, likelihood.sample(values.expand(3, D), torch.Generator().manual_seed(1)))


def test_the_constant_of_gaussian_noise_is_counted_once_a_pixel():
    at_its_mean = log_likelihood(GaussianNoise(0.5), torch.ones(1, 3).double(), torch.ones(1, 3).double())
    assert_near(at_its_mean, [-1.5 * math.log(2 * math.pi * 0.25)], 1e-14)


def test_likelihoods_show_themselves():
    assert [repr(each) for each in LIKELIHOODS] == ["Bernoulli()", "Binomial(total=16)", "GaussianNoise(sigma=0.3)"]


def test_settings_may_be_numpys_numbers():
    assert Binomial(np.int64(16)) == Binomial(16)
    assert repr(Binomial(np.int64(16))) == "Binomial(total=16)"
    assert GaussianNoise(np.float32(0.5)) == GaussianNoise(0.5)
    assert repr(GaussianNoise(np.float32(0.5))) == "GaussianNoise(sigma=0.5)"


def normal_pixels(likelihood, values):
    """torch's normal, for a decoder's output that holds what the likelihood says."""
    if isinstance(likelihood, LearnedNoise):
        return distributions.Normal(values, likelihood.sigma.detach())
    mean, log_variance = values.chunk(2, -1)
    return distributions.Normal(mean, (likelihood.floor**2 + log_variance.exp()).sqrt())


@pytest.mark.parametrize("likelihood", [LearnedNoise(0.1).double(), PixelNoise(0.2)], ids=str)
def test_a_learned_noise_agrees_with_torch_pair_by_pair_and_as_a_table(likelihood, generator):
    x, values = torch.rand(5, D, generator=generator).double(), decoded(generator, 7)
    values = torch.cat([values] * likelihood.outputs, -1)
    torchs = normal_pixels(likelihood, values)
    pairs = torchs.log_prob(x[:, None]).sum(-1)
    assert_near(log_likelihood(likelihood, x[:, None], values), pairs, 1e-12)
    assert_near(log_likelihood_table(likelihood, x, values), pairs, 1e-10)
    assert_near(likelihood.mean(values), torchs.mean, 1e-13)
    draws = likelihood.sample(values.expand(20_000, 7, -1), generator)
    assert_near(draws.mean(0), torchs.mean, 0.1)
    assert_near(draws.std(0), torchs.stddev, 0.1)


@pytest.mark.parametrize(("likelihood", "width"), [(LearnedNoise(0.1), 5), (PixelNoise(0.3), 10)], ids=str)
def test_a_vae_with_a_learned_noise_is_measured_like_any_other(likelihood, width, generator, tmp_path):
    vae = lb.VAE(lb.mlp(5, 8, 4), lb.mlp(2, 8, width, seed=1), likelihood).double()
    x = torch.rand(20, 5, generator=generator).double()
    before = lb.measure(vae, x, exact=True)
    lb.fit(vae, x, epochs=60, progress=False, watch={"x": x})
    after, q = lb.measure(vae, x, exact=True), vae.encode(x)
    assert after.elbo > before.elbo + 1
    assert_near(lb.Grid(vae).gap(q, x), lb.Grid(vae).log_evidence(x) - lb.elbo(vae, q, x), 1e-4)
    assert vae.sample(3, generator)[0].shape == (3, 5)
    save_model(vae, str(tmp_path / "vae.safetensors"))
    other = lb.VAE(lb.mlp(5, 8, 4), lb.mlp(2, 8, width, seed=1), type(likelihood)(likelihood.floor)).double()
    load_model(other, tmp_path / "vae.safetensors")
    assert lb.measure(other, x).elbo == pytest.approx(after.elbo)


def test_the_learned_noise_gets_its_gradient_through_blocks(generator, monkeypatch):
    vae = lb.VAE(lb.mlp(5, 8, 4), lb.mlp(2, 8, 5, seed=1), LearnedNoise(0.1)).double()
    x = torch.rand(20, 5, generator=generator).double()
    gradients = []
    for block in (lowerbound.memory.BLOCK, 500):
        monkeypatch.setattr(lowerbound.memory, "BLOCK", block)
        vae.zero_grad()
        lb.elbo(vae, vae.encode(x), x).sum().backward()
        gradients.append(vae.likelihood.log_excess.grad.clone())
    assert gradients[0] != 0
    assert_near(gradients[1], gradients[0], 1e-9)


def test_measuring_with_a_grid_leaves_a_learned_noise_where_it_is(generator):
    vae = lb.VAE(lb.mlp(5, 8, 4), lb.mlp(2, 8, 5, seed=1), LearnedNoise(0.1))
    lb.Grid(vae).log_evidence(torch.rand(3, 5, generator=generator))
    assert vae.likelihood.log_excess.dtype == torch.float32
    assert vae.likelihood.log_excess.requires_grad


@pytest.mark.parametrize("make", [LearnedNoise, PixelNoise])
def test_a_learned_noise_needs_a_floor(make):
    for floor in (0, -1.0, math.nan):
        with pytest.raises(ValueError, match="floor: expected a finite number above 0"):
            make(floor)


def test_a_decoder_with_one_number_a_pixel_is_told_what_pixel_noise_reads():
    vae = lb.VAE(lb.mlp(5, 8, 4), lb.mlp(2, 8, 5), PixelNoise(0.1))
    with pytest.raises(ValueError, match=r"5 pixels, for each of which PixelNoise\(\) reads 2"):
        vae.log_likelihood(torch.rand(3, 5), torch.zeros(3, 2))
