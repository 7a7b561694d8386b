"""The linear-Gaussian world: every identity on random joints, every closed form against someone else's."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA, FactorAnalysis
from torch.autograd import gradcheck
from torch.distributions import MultivariateNormal, kl_divergence

from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian, ppca
from lowerbound.quantities import elbo, entropy, kl, kl_each, mutual_information, reconstruction

TINY = 1e-10  # rounding, relative to the size of what is compared


def entries(*shape):
    return arrays(float, shape, elements=st.floats(-2, 2, width=32))


@st.composite
def covariances(draw, n):
    root = draw(entries(n, n))
    return root @ root.T + draw(st.floats(0.05, 2)) * np.eye(n)


@st.composite
def gaussians(draw, n):
    return Gaussian(draw(entries(n)), draw(covariances(n)))


@st.composite
def conditionals(draw, n, m):
    cov = draw(st.one_of(st.floats(0.05, 2), arrays(float, n, elements=st.floats(0.05, 2)), covariances(n)))
    return LinearGaussian(draw(entries(n, m)), draw(entries(n)), cov)


@st.composite
def worlds(draw):
    """A model's joint p, an encoder's joint q, and some points x; from 1 to 4 numbers in x, from 1 to 3 in z."""
    x, z = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    p = GaussianJoint.from_model(draw(gaussians(z)), draw(conditionals(x, z)))
    q = GaussianJoint.from_data(draw(gaussians(x)), draw(conditionals(z, x)))
    return p, q, torch.from_numpy(draw(entries(5, x)))


def average(function, over):
    """E[function] for a quadratic function, exactly: its mean over the points mean ± √n Lᵢ."""
    steps = math.sqrt(len(over.mean)) * over.scale_tril.T
    return function(torch.cat([over.mean + steps, over.mean - steps])).mean()


def assert_near(a, b, tolerance=TINY):
    a, b = (torch.as_tensor(value, dtype=torch.float64) for value in (a, b))
    assert a.shape == b.shape
    assert ((a - b).abs() <= tolerance * (1 + b.abs())).all(), f"{a} is not {b}: off by {(a - b).abs().max():.3g}"


# -- identities ------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_kl_of_the_joints_splits_along_x_and_along_z(world):
    p, q, _ = world
    assert_near(kl(q.x, p.x) + kl(q.z_given_x, p.z_given_x), kl(q, p))
    assert_near(kl(q.z, p.z) + kl(q.x_given_z, p.x_given_z), kl(q, p))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_kl_is_never_negative_and_zero_only_between_equals(world):
    for q, p in zip(parts(world[1]), parts(world[0]), strict=True):
        assert kl(q, p) >= -1e-14
        assert abs(kl(q, q)) <= 1e-14
    p, q, _ = world
    moved = Gaussian(q.x.mean + 1e-4, q.x.cov)
    assert kl(q.x, moved) > 0
    assert kl(q.z_given_x, LinearGaussian(q.z_given_x.weight + 1e-4, q.z_given_x.bias, q.z_given_x.cov)) > 0


def parts(joint):
    return joint, joint.x, joint.z, joint.x_given_z, joint.z_given_x


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_joint_density_is_marginal_times_conditional_either_way(world):
    for joint in world[:2]:
        x = world[2]
        z = joint.z_given_x.mean(x) + 0.7
        both = joint.x_and_z.log_prob(torch.cat([x, z], 1))
        assert_near(joint.x.log_prob(x) + joint.z_given_x.log_prob(z, x), both)
        assert_near(joint.z.log_prob(z) + joint.x_given_z.log_prob(x, z), both)


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_elbo_and_gap_add_up_to_the_evidence(world):
    p, q, x = world
    gap = kl_each(q.z_given_x, p.z_given_x, x)
    assert (gap >= -1e-14).all()
    assert_near(elbo(p, q.z_given_x, x) + gap, p.x.log_prob(x))
    assert_near(elbo(p, p.z_given_x, x), p.x.log_prob(x))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_elbo_is_the_average_of_log_joint_over_log_encoder(world):
    p, q, x = world
    for point, bound, recon in zip(x, elbo(p, q.z_given_x, x), reconstruction(p, q.z_given_x, x), strict=True):
        encoded = q.z_given_x.at(point)

        def log_ratio(z, point=point, encoded=encoded):
            return p.x_and_z.log_prob(torch.cat([point.expand(len(z), -1), z], 1)) - encoded.log_prob(z)

        def log_likelihood(z, point=point):
            return p.x_given_z.log_prob(point, z)

        assert_near(average(log_ratio, encoded), bound)
        assert_near(average(log_likelihood, encoded), recon)


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_average_elbo_is_minus_kl_of_the_joints_minus_entropy_of_the_data(world):
    p, q, _ = world
    assert_near(-kl(q, p) - entropy(q.x), average(lambda x: elbo(p, q.z_given_x, x), q.x))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_kl_of_conditionals_is_the_average_of_kl_each(world):
    p, q, _ = world
    for q_one, p_one in ((q.z_given_x, p.z_given_x), (q.x_given_z, p.x_given_z), (q.z_given_x, p.z)):
        assert_near(kl(q_one, p_one), average(lambda g, a=q_one, b=p_one: kl_each(a, b, g), q_one.given))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_kl_each_is_kl_at_each_point(world):
    p, q, x = world
    assert_near(kl_each(q.z_given_x, p.z_given_x, x)[0], kl(q.z_given_x.at(x[0]), p.z_given_x.at(x[0])))
    assert_near(kl_each(q.z_given_x, p.z, x)[0], kl(q.z_given_x.at(x[0]), p.z))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_rate_is_mutual_information_plus_kl_of_the_marginals(world):
    p, q, _ = world
    assert_near(kl(q.z_given_x, p.z), mutual_information(q) + kl(q.z, p.z))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_kl_of_the_decoders_is_distortion_plus_information_minus_entropy(world):
    p, q, _ = world
    distortion = -average(lambda x: reconstruction(p, q.z_given_x, x), q.x)
    assert_near(kl(q.x_given_z, p.x_given_z), distortion + mutual_information(q) - entropy(q.x))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_mutual_information_is_what_the_entropies_say(world):
    for joint in world[:2]:
        assert_near(entropy(joint.x) - entropy(joint.x_given_z), mutual_information(joint))
        assert_near(entropy(joint.z) - entropy(joint.z_given_x), mutual_information(joint))
        assert_near(entropy(joint.x) + entropy(joint.z) - entropy(joint), mutual_information(joint))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_a_joint_comes_back_from_its_other_half(world):
    for joint in world[:2]:
        for again in (
            GaussianJoint.from_data(joint.x, joint.z_given_x),
            GaussianJoint.from_model(joint.z, joint.x_given_z),
        ):
            assert_near(again.x_and_z.mean, joint.x_and_z.mean)
            assert_near(again.x_and_z.cov, joint.x_and_z.cov)
            assert kl(again, joint) <= TINY


def test_the_given_of_a_conditional_is_the_marginal_it_is_joined_with():
    decoder = LinearGaussian([[2.0]], [0.0], 1.0)
    p = GaussianJoint.from_model(Gaussian([1.0], 0.5), decoder)
    assert decoder.given is None
    assert p.x_given_z.given is p.z
    assert p.z_given_x.given is p.x
    assert_near(p.x.mean, [2.0])


# -- other people's answers ------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5).flatmap(lambda n: st.tuples(gaussians(n), gaussians(n), entries(4, n))))
def test_density_entropy_and_kl_agree_with_scipy_and_torch(case):
    q, p, x = case
    theirs = multivariate_normal(q.mean.numpy(), q.cov.numpy())
    assert_near(q.log_prob(x), np.atleast_1d(theirs.logpdf(x)))
    assert_near(entropy(q), theirs.entropy())
    normals = [MultivariateNormal(g.mean, g.cov) for g in (q, p)]
    assert_near(kl(q, p), kl_divergence(*normals))


@pytest.mark.parametrize(("m", "s", "m2", "s2"), [(0.0, 1.0, 0.5, 2.0), (1.0, 0.5, 0.0, 0.7), (-2.0, 3.0, 1.0, 1.0)])
def test_kl_agrees_with_numerical_integration(m, s, m2, s2):
    q, p = norm(m, s), norm(m2, s2)
    integral, _ = quad(
        lambda x: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), m - 12 * s, m + 12 * s, epsabs=1e-12, epsrel=1e-12
    )
    assert_near(kl(Gaussian([m], s**2), Gaussian([m2], s2**2)), integral, 1e-13)


def test_a_small_kl_keeps_its_digits():
    step = 1e-9
    q = Gaussian([0.0, 0.0], 1.0)
    assert_near(kl(q, Gaussian([step, 0.0], 1.0)) / step**2, 0.5, 1e-12)
    wider = kl(q, Gaussian([0.0, 0.0], 1.0 + 2.0**-20))  # 2 · ½ (1/v - 1 + log v) = d²/2 - 2d³/3 + …
    assert_near(wider * 2.0**41, 1 - 4 / 3 * 2.0**-20, 1e-9)


@pytest.fixture(scope="module")
def digits():
    return load_digits().data


def test_evidence_agrees_with_scikit_learns_pca(digits):
    theirs = PCA(n_components=10).fit(digits)
    noise = theirs.noise_variance_
    weight = theirs.components_.T * np.sqrt(theirs.explained_variance_ - noise)
    ours = GaussianJoint.from_model(Gaussian(np.zeros(10), 1.0), LinearGaussian(weight, theirs.mean_, noise))
    assert_near(ours.x.log_prob(digits), theirs.score_samples(digits), 1e-12)
    assert_near(ours.x.cov, theirs.get_covariance(), 1e-12)


def test_evidence_and_posterior_agree_with_scikit_learns_factor_analysis(digits):
    varied = digits[:, digits.std(0) > 0.5]
    theirs = FactorAnalysis(n_components=4).fit(varied)
    likelihood = LinearGaussian(theirs.components_.T, theirs.mean_, theirs.noise_variance_)
    ours = GaussianJoint.from_model(Gaussian(np.zeros(4), 1.0), likelihood)
    assert_near(ours.x.log_prob(varied), theirs.score_samples(varied), 1e-12)
    assert_near(ours.z_given_x.mean(varied), theirs.transform(varied), 1e-12)


def test_posterior_is_tipping_and_bishops(digits):
    p = ppca(digits, latent_dim=3)
    w, noise = p.x_given_z.weight, p.x_given_z.cov[0, 0]
    inverse = torch.linalg.inv(w.T @ w + noise * torch.eye(3, dtype=torch.float64))
    assert_near(p.z_given_x.weight, inverse @ w.T, 1e-13)
    assert_near(p.z_given_x.cov, noise * inverse, 1e-13)


@pytest.mark.parametrize("noise", [1e-2, 1e-6, 1e-9])
def test_the_posterior_survives_small_noise(noise):
    weight = torch.tensor([[1.0, 0.5], [0.3, -1.0], [0.2, 0.1]], dtype=torch.float64)
    p = GaussianJoint.from_model(Gaussian([0.0, 0.0], 1.0), LinearGaussian(weight, torch.zeros(3), noise))
    exact = noise * torch.linalg.inv(weight.T @ weight + noise * torch.eye(2, dtype=torch.float64))
    assert_near(p.z_given_x.cov / noise, exact / noise, 1e-12)
    x = weight @ torch.tensor([1.0, -2.0], dtype=torch.float64)
    assert_near(p.z_given_x.mean(x), [1.0, -2.0], 10 * noise)


# -- probabilistic PCA -----------------------------------------------------------------------------------------------


def test_ppca_with_n_minus_1_is_scikit_learns(digits):
    n = len(digits)
    theirs = PCA(n_components=10).fit(digits)
    mean, cov = digits.mean(0), np.cov(digits.T)
    eigenvalues, vectors = np.linalg.eigh(cov)  # PCA's covariance is singular: rounded up, so that it makes a Gaussian
    data = Gaussian(mean, (vectors * eigenvalues.clip(1e-9)) @ vectors.T)
    assert_near(ppca(data, 10).x.log_prob(digits), theirs.score_samples(digits), 1e-8)
    ours = ppca(digits, 10)
    assert_near(ours.x.cov * n / (n - 1), theirs.get_covariance(), 1e-11)


@pytest.mark.parametrize("noise", [None, 12.0])
def test_ppca_is_a_maximum_of_the_likelihood(digits, noise):
    p = ppca(digits, latent_dim=8, noise=noise)
    weight = p.x_given_z.weight.clone().requires_grad_()
    bias = p.x_given_z.bias.clone().requires_grad_()
    variance = p.x_given_z.cov[0, 0].clone().requires_grad_(noise is None)
    best = GaussianJoint.from_model(p.z, LinearGaussian(weight, bias, variance)).x.log_prob(digits).mean()
    best.backward()
    for parameter in (weight, bias, variance):
        if parameter.requires_grad:
            assert parameter.grad.abs().max() < 1e-11
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        moved = weight.detach() + 0.05 * torch.randn(weight.shape, generator=generator, dtype=torch.float64)
        other = GaussianJoint.from_model(p.z, LinearGaussian(moved, p.x_given_z.bias, variance.detach()))
        assert other.x.log_prob(digits).mean() < best


def test_ppca_of_one_feature_with_fixed_noise_has_its_mean_and_variance():
    data = torch.tensor([[1.0], [3.0], [8.0]])
    p = ppca(data, latent_dim=1, noise=0.5)
    assert_near(p.x.mean, [4.0])
    assert_near(p.x.cov, [[26 / 3]])


def test_ppca_collapses_the_directions_whose_eigenvalue_is_below_the_noise(digits):
    eigenvalues = np.linalg.eigvalsh(np.cov(digits.T, bias=True))[::-1]
    for noise in (5.0, 20.0, 60.0):
        above = int((eigenvalues > noise).sum())
        for latent_dim in (above - 1, above, above + 3):
            p = ppca(digits, latent_dim, noise=noise)
            assert p.active_directions == min(latent_dim, above)
            expected = 0.5 * np.log(np.maximum(eigenvalues[:latent_dim], noise) / noise)
            assert_near(p.nats_per_direction, expected, 1e-12)
            asleep = p.x_given_z.weight[:, p.active_directions :]
            assert (asleep == 0).all()
    assert ppca(digits, 30).active_directions == 30


def test_ppca_does_not_mind_constant_features_and_fixes_signs(digits):
    assert (digits.std(0) == 0).any()
    p = ppca(digits, latent_dim=5)
    largest = p.x_given_z.weight.gather(0, p.x_given_z.weight.abs().argmax(0, keepdim=True))
    assert (largest > 0).all()
    assert p.x.log_prob(digits).isfinite().all()
    assert_near(p.x_given_z.cov[0, 0], np.linalg.eigvalsh(np.cov(digits.T, bias=True))[:-5].mean())


def test_ppca_keeps_a_noise_that_float32_does_not_know():
    assert ppca(Gaussian([0.0] * 3, [5.0, 2.0, 1.0]), latent_dim=1, noise=0.1).x_given_z.cov[0, 0] == 0.1


# -- samples and gradients -------------------------------------------------------------------------------------------


def assert_moments(draws, mean, cov, standard_errors=5):
    n = len(draws)
    centred = draws - mean
    variances = cov.diagonal()
    assert ((draws.mean(0) - mean).abs() < standard_errors * (variances / n).sqrt()).all()
    error = ((variances[:, None] * variances + cov**2) / n).sqrt()
    assert ((centred.T @ centred / n - cov).abs() < standard_errors * error).all()


def test_samples_have_the_mean_and_the_covariance():
    generator = torch.Generator().manual_seed(0)
    g = Gaussian([1.0, -2.0, 0.0], [[2.0, 1.2, 0.0], [1.2, 1.0, -0.3], [0.0, -0.3, 0.5]])
    assert_moments(g.sample(40_000, generator), g.mean, g.cov)
    decoder = LinearGaussian([[1.0, 0.5], [0.0, -2.0], [0.3, 0.3]], [0.0, 1.0, 2.0], g.cov)
    at = torch.tensor([0.5, -1.0], dtype=torch.float64)
    assert_moments(decoder.sample(at.expand(40_000, 2), generator), decoder.mean(at), g.cov)
    p = GaussianJoint.from_model(Gaussian([1.0, 0.0], [1.0, 3.0]), decoder)
    z = p.z.sample(40_000, generator)
    together = torch.cat([decoder.sample(z, generator), z], 1)
    assert_moments(together, p.x_and_z.mean, p.x_and_z.cov)


def test_samples_follow_the_generator_and_shapes_broadcast():
    g = Gaussian([0.0, 1.0], 1.0)
    first, second = (g.sample(4, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first[0], first[1])
    encoder = LinearGaussian([[1.0, 0.0]], [0.0], 1.0)
    x = torch.zeros(7, 3, 2)
    assert encoder.sample(x).shape == (7, 3, 1)
    assert encoder.log_prob(torch.zeros(3, 1), x).shape == (7, 3)
    assert kl_each(encoder, Gaussian([0.0], 1.0), x).shape == (7, 3)
    assert g.log_prob(torch.zeros(2)).shape == ()


def test_gradients_flow_to_every_parameter():
    generator = torch.Generator().manual_seed(0)

    def parameter(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_()

    def quantities(prior_root, weight, bias, log_noise, data_mean, encoder_weight, encoder_root):
        p = GaussianJoint.from_model(
            Gaussian(torch.zeros(2), prior_root @ prior_root.T + torch.eye(2)),
            LinearGaussian(weight, bias, log_noise.exp()),
        )
        cov = encoder_root @ encoder_root.T + torch.eye(2)
        q = GaussianJoint.from_data(Gaussian(data_mean, 1.5), LinearGaussian(encoder_weight, torch.ones(2), cov))
        x = q.x.sample(2, torch.Generator().manual_seed(1))
        information = mutual_information(p)
        return kl(q, p), kl(q.x_given_z, p.x_given_z), elbo(p, q.z_given_x, x), p.x.log_prob(x), information

    shapes = [(2, 2), (3, 2), (3,), (3,), (3,), (2, 3), (2, 2)]
    assert gradcheck(quantities, [parameter(*shape) for shape in shapes])


# -- doors -----------------------------------------------------------------------------------------------------------

EYE = [[1.0, 0.0], [0.0, 1.0]]
NORMAL = Gaussian([0.0, 0.0], 1.0)
DECODER = LinearGaussian([[1.0], [2.0], [3.0]], [0.0, 0.0, 0.0], 1.0)
MODEL = GaussianJoint.from_model(Gaussian([0.0], 1.0), DECODER)
ERRORS = [
    (lambda: Gaussian(["a"], 1.0), TypeError, "mean: expected numbers"),
    (lambda: Gaussian([[1.0], [1.0, 2.0]], 1.0), TypeError, "mean: expected numbers"),
    (
        lambda: Gaussian(torch.zeros(2, dtype=torch.bool), 1.0),
        TypeError,
        r"mean: expected real numbers, got torch\.bool",
    ),
    (lambda: Gaussian([1j], 1.0), TypeError, "mean: expected real numbers"),
    (lambda: Gaussian(None, 1.0), TypeError, "mean: expected numbers"),
    (lambda: Gaussian([], 1.0), ValueError, "mean: expected numbers in 1 dimension.*not empty"),
    (lambda: Gaussian([[0.0]], 1.0), ValueError, r"mean: expected numbers in 1 dimension.*got shape \(1, 1\)"),
    (lambda: Gaussian([0.0, math.nan], 1.0), ValueError, r"mean\[1\]: expected finite numbers, found nan"),
    (lambda: Gaussian([0.0], math.inf), ValueError, "cov: expected finite numbers, found inf"),
    (lambda: Gaussian([0.0, 0.0], [1.0]), ValueError, "cov: 1 values, but the dimensions of the mean number 2"),
    (lambda: Gaussian([0.0], EYE), ValueError, r"cov: expected shape \(1, 1\), \(1,\) or \(\), got \(2, 2\)"),
    (
        lambda: Gaussian([0.0, 0.0], [[1.0, 0.5], [0.4, 1.0]]),
        ValueError,
        r"cov: not symmetric, 0\.5 at \[0, 1\] but 0\.4",
    ),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]), ValueError, "smallest eigenvalue is -1: .*noise floor"),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]]), ValueError, "not positive definite.*noise floor"),
    (lambda: Gaussian([0.0] * 3, np.cov(np.arange(6.0).reshape(3, 2)) / 3), ValueError, "not positive definite"),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0 + 2.0**-52]]), ValueError, "not positive definite"),
    (lambda: Gaussian([0.0, 0.0], [1.0, 0.0]), ValueError, "smallest eigenvalue is 0"),
    (lambda: Gaussian([0.0], -1.0), ValueError, "smallest eigenvalue is -1"),
    (lambda: Gaussian([0.0, 0.0], torch.ones(2, device="meta")), ValueError, "cov: on meta, but the other.*on cpu"),
    (lambda: ppca([0.0, 1.0], 1), ValueError, "data: expected numbers in 2 dimension"),
    (lambda: NORMAL.log_prob([0.0]), ValueError, r"x: expected shape \(\.\.\., 2\), got \(1,\)"),
    (lambda: NORMAL.log_prob(0.0), ValueError, r"x: expected shape \(\.\.\., 2\), got \(\)"),
    (lambda: NORMAL.log_prob([[0.0, math.inf]]), ValueError, r"x\[0, 1\]: expected finite numbers, found inf"),
    (lambda: LinearGaussian([1.0], [0.0], 1.0), ValueError, "weight: expected numbers in 2 dimension"),
    (lambda: LinearGaussian([[1.0]], [0.0, 1.0], 1.0), ValueError, "bias: 2 values, but the rows of weight number 1"),
    (lambda: LinearGaussian([[1.0]], [0.0], [1.0, 2.0]), ValueError, "cov: 2 values"),
    (lambda: LinearGaussian([[1.0]], [0.0], 0.0), ValueError, "cov: not positive definite"),
    (lambda: DECODER.mean([1.0, 2.0]), ValueError, r"g: expected shape \(\.\.\., 1\), got \(2,\)"),
    (lambda: DECODER.at([[1.0]]), ValueError, "g: expected numbers in 1 dimension"),
    (lambda: DECODER.log_prob([1.0], [1.0]), ValueError, r"value: expected shape \(\.\.\., 3\)"),
    (lambda: GaussianJoint.from_model([0.0], DECODER), TypeError, "prior: expected a Gaussian, not a list"),
    (
        lambda: GaussianJoint.from_model(NORMAL, NORMAL),
        TypeError,
        "likelihood: expected a LinearGaussian, not a Gaussian",
    ),
    (
        lambda: GaussianJoint.from_model(NORMAL, DECODER),
        ValueError,
        "prior: 2 values, but .* likelihood.weight number 1",
    ),
    (lambda: GaussianJoint.from_data(NORMAL, DECODER), ValueError, "data: 2 values, but .* encoder.weight number 1"),
    (lambda: kl(NORMAL, DECODER), TypeError, "p: expected a Gaussian, not a LinearGaussian"),
    (lambda: kl(NORMAL, MODEL.x), ValueError, "p: 3 values, but the dimensions of q number 2"),
    (lambda: kl(DECODER, DECODER), ValueError, "q.given: kl averages over it"),
    (lambda: kl(MODEL.x_given_z, MODEL), TypeError, "p: expected a LinearGaussian or a Gaussian, not a GaussianJoint"),
    (
        lambda: kl(MODEL.x_given_z, MODEL.z_given_x),
        ValueError,
        r"p is LinearGaussian\(1 given 3\), but q is .*3 given 1",
    ),
    (lambda: kl(MODEL.x_given_z, MODEL.z), ValueError, "p: 1 values, but the dimensions of q number 3"),
    (lambda: kl(MODEL, MODEL.x), TypeError, "p: expected a GaussianJoint, not a Gaussian"),
    (lambda: kl(MODEL, GaussianJoint.from_data(MODEL.z, DECODER)), ValueError, "p: 1 values, but the dimensions of x"),
    (lambda: kl_each(DECODER, NORMAL, [[0.0]]), ValueError, "p: 2 values"),
    (lambda: elbo(MODEL, MODEL, [[0.0] * 3]), TypeError, "q: expected a LinearGaussian, not a GaussianJoint"),
    (lambda: elbo(MODEL, DECODER, [[0.0]]), ValueError, "q: expected an encoder of 1 numbers given 3"),
    (lambda: elbo(MODEL, MODEL.z_given_x, [[0.0]]), ValueError, r"expected shape \(\.\.\., 3\), got \(1, 1\)"),
    (lambda: ppca(EYE, 0), ValueError, r"latent_dim: expected 1 to 1 \(2 if you fix the noise\).*got 0"),
    (lambda: ppca(EYE, 2), ValueError, r"latent_dim: expected 1 to 1 \(2 if you fix the noise\).*got 2"),
    (lambda: ppca(EYE, 3, noise=1.0), ValueError, "latent_dim: expected 1 to 2, because x has 2 numbers, got 3"),
    (lambda: ppca(EYE, 1, noise=0.0), ValueError, "noise: expected a finite number above 0, got 0"),
    (lambda: ppca(EYE, 1), ValueError, "the best noise is 0 and the likelihood infinite"),
    (lambda: ppca(EYE, 1.5, noise=0.1), ValueError, "latent_dim: expected 1 to 2, because x has 2 .* got 1.5"),
    (lambda: ppca([[0.0, math.nan]], 1), ValueError, r"data\[0, 1\]: expected finite numbers, found nan"),
]


@pytest.mark.parametrize(("call", "kind", "message"), ERRORS)
def test_errors_name_the_argument_and_say_what_is_expected(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_features_of_very_different_scale_are_no_error():
    small = Gaussian([0.0, 0.0], [1e-20, 1e20])
    assert_near(entropy(small), entropy(Gaussian([0.0, 0.0], 1.0)))


def test_lists_arrays_and_single_precision_are_welcome():
    expected = Gaussian(torch.tensor([1.0, 2.0], dtype=torch.float64), 0.5).log_prob([0.0, 0.0])
    for mean in ([1, 2], np.array([1.0, 2.0], dtype=np.float32), torch.tensor([1.0, 2.0])):
        g = Gaussian(mean, [[0.5, 0.0], [0.0, 0.5]])
        assert g.mean.dtype == g.cov.dtype == torch.float64
        assert_near(g.log_prob(torch.zeros(2)), expected)
    assert repr(DECODER) == "LinearGaussian(3 given 1)"
    assert repr(NORMAL) == "Gaussian(2)"
