"""Every public door refuses what does not fit, with the argument's name, what came, and what is expected."""

import math
import re
from pathlib import Path

import pytest
import torch

import lowerbound as lb
from lowerbound.vae import StandardNormal

NAN = math.nan
HALF = lb.Distribution([0.5, 0.5])
THIRD = lb.Distribution([0.25, 0.25, 0.5])
P = lb.Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
WIDE = lb.Joint.from_model([0.5, 0.5], [[0.5, 0.25, 0.25], [0.2, 0.4, 0.4]])
VAE = lb.VAE(lb.mlp(4, 3, 4), lb.mlp(2, 3, 4), lb.Bernoulli()).double()
X = torch.ones(2, 4, dtype=torch.float64)
Q = VAE.encode(X)
LINE = lb.DiagonalNormal(Q.mean[:, :1], Q.log_std[:, :1])  # over one number of z, where the VAE has two
FULL = lb.FullNormal(Q.mean, Q.scale_tril)
TWO_HEADS = lb.VAE(lb.mlp(4, 4), lb.mlp(2, 4), lb.Bernoulli()).double()
TWO_HEADS.encoder.forward = lambda x: (x, x)
TWO_HEADS.decoder.forward = lambda z: torch.ones(1, 4)
GRID = lb.Grid(VAE)
DEEP = lb.VAE(lb.mlp(4, 3, 6), lb.mlp(3, 3, 4), lb.Bernoulli(), 3).double()
GAUSSIAN = lb.GaussianJoint.from_model(lb.Gaussian([0.0], 1.0), lb.LinearGaussian([[1.0]], [0.0], 1.0))

TABLES = [
    ("Distribution", lambda: lb.Distribution("ab"), TypeError, "prob: expected numbers.*'ab'"),
    ("Distribution", lambda: lb.Distribution([True, False]), TypeError, "prob: expected real numbers, got torch.bool"),
    ("Distribution", lambda: lb.Distribution([0.5, 0.5j]), TypeError, "prob: expected real numbers, got .*complex"),
    ("Distribution", lambda: lb.Distribution([[0.5, 0.5]]), ValueError, r"prob: expected .* 1 dim.*got shape \(1, 2\)"),
    ("Distribution", lambda: lb.Distribution([]), ValueError, r"prob: expected a non-empty.*got shape \(0,\)"),
    ("Distribution", lambda: lb.Distribution([1.5, -0.5]), ValueError, r"prob\[1\] is -0\.5: .*not negative"),
    ("Distribution", lambda: lb.Distribution([NAN, 1.0]), ValueError, r"prob\[0\] is nan: .*finite"),
    ("Distribution", lambda: lb.Distribution([math.inf, 1.0]), ValueError, r"prob\[0\] is inf"),
    ("Distribution", lambda: lb.Distribution([0.5, 0.6]), ValueError, r"prob sums to 1\.1, not to 1: divide"),
    ("Joint", lambda: lb.Joint([0.5, 0.5]), ValueError, r"prob: .*2 dimension.*\(2,\)"),
    ("Joint", lambda: lb.Joint([[0.5, 0.6]]), ValueError, r"prob sums to 1\.1"),
    ("Joint", lambda: lb.Joint.from_model([0.5, 0.4], [[1.0], [1.0]]), ValueError, r"prior sums to 0\.9"),
    ("Joint", lambda: lb.Joint.from_model([1.0], [[1.0], [1.0]]), ValueError, "prior: 1 values, but the rows of like"),
    ("Joint", lambda: lb.Joint.from_model([1.0], [[0.7, 0.7]]), ValueError, r"likelihood\[0\] sums to 1\.4"),
    ("Joint", lambda: lb.Joint.from_data([0.5, 0.4], [[1.0], [1.0]]), ValueError, r"data sums to 0\.9"),
    ("Joint", lambda: lb.Joint.from_data([1.0], [[1.0], [1.0]]), ValueError, "data: 1 values, but the rows of encoder"),
    ("Joint", lambda: lb.Joint.from_data([1.0], [[-1.0, 2.0]]), ValueError, r"encoder\[0, 0\] is -1"),
]
QUANTITIES = [
    ("kl", lambda: lb.kl([0.5], [0.5]), TypeError, r"kl\(q, p\): the first argument is a list; expected"),
    ("kl", lambda: lb.kl(HALF, P), TypeError, "p: expected a Distribution, as q is, not a Joint"),
    ("kl", lambda: lb.kl(HALF, THIRD), ValueError, r"p has shape \(3,\), but q has shape \(2,\)"),
    ("kl", lambda: lb.kl(P.z_given_x, THIRD), ValueError, "p: 3 values, but q is over 2"),
    ("kl", lambda: lb.kl(P.z_given_x, P), TypeError, "p: expected a Conditional, as q is, not a Joint"),
    ("kl", lambda: lb.kl(Q, P), TypeError, "p: expected vae.prior or a posterior from Grid, not a Joint"),
    ("kl", lambda: lb.kl(lb.EncoderJoint(Q).z, HALF), TypeError, "p: expected a StandardNormal, not a Distribution"),
    ("kl", lambda: lb.kl(Q, StandardNormal(3)), ValueError, r"q: .*3.*\(2, 2\)"),
    (
        "kl",
        lambda: lb.kl(lb.EncoderJoint(LINE).z, StandardNormal(2)),
        ValueError,
        r"q: expected shape \(\.\.\., 2\), got \(2, 1\)",
    ),
    ("kl_each", lambda: lb.kl_each(HALF, HALF), TypeError, r"kl_each\(q, p\): the first argument is a Distribution"),
    ("kl_each", lambda: lb.kl_each(P.z_given_x, WIDE.z_given_x), ValueError, r"p has shape \(3, 2\), but q has"),
    ("entropy", lambda: lb.entropy(0.5), TypeError, r"entropy\(q\): the first argument is a float"),
    ("mutual_information", lambda: lb.mutual_information(HALF), TypeError, r"mutual_information\(joint\): .*Distrib"),
    ("elbo", lambda: lb.elbo(HALF, P), TypeError, r"elbo\(p, q\): the first argument is a Distribution"),
    ("elbo", lambda: lb.elbo(P, P), TypeError, "q: expected a Conditional, for example q.z_given_x, not a Joint"),
    ("elbo", lambda: lb.elbo(P, WIDE.z_given_x), ValueError, r"q has shape \(3, 2\), but p's \(X, Z\) is \(2, 2\)"),
    ("elbo", lambda: lb.elbo(VAE, Q, X[:1]), ValueError, "q: 2 .*x.* 1"),
    ("reconstruction", lambda: lb.reconstruction(P, P.x), TypeError, "q: expected a Conditional.*not a Distribution"),
    ("reconstruction", lambda: lb.reconstruction(1, 2), TypeError, r"reconstruction\(p, q\): .* is a int"),
    ("reconstruction", lambda: lb.reconstruction(VAE, Q, X.float()), TypeError, "x: torch.float32 on cpu, but the VAE"),
]
NEURAL = [
    ("Binomial", lambda: lb.Binomial(0), ValueError, "total: expected a whole number of at least 1, got 0"),
    ("Binomial", lambda: lb.Binomial(1.5), ValueError, "total: .*got 1.5"),
    ("Binomial", lambda: lb.Binomial(True), ValueError, "total: .*got True"),
    ("Binomial", lambda: lb.Binomial(3).check(X * 4), ValueError, "x: Binomial data are whole numbers from 0 to 3.* 4"),
    ("Bernoulli", lambda: lb.Bernoulli().check(X / 2), ValueError, r"x: Bernoulli data .*0 to 1, but x holds 0\.5"),
    ("Bernoulli", lambda: lb.Bernoulli().check(-X), ValueError, "x: Bernoulli data .* -1"),
    ("GaussianNoise", lambda: lb.GaussianNoise(0.0), ValueError, "sigma: expected a finite number above 0, got 0.0"),
    ("GaussianNoise", lambda: lb.GaussianNoise(NAN), ValueError, "sigma: .*got nan"),
    ("GaussianNoise", lambda: lb.GaussianNoise("1"), ValueError, "sigma: .*'1'"),
    ("VAE", lambda: lb.VAE(abs, lb.mlp(2, 4), lb.Bernoulli()), TypeError, "encoder: expected a torch.nn.Module, not a"),
    ("VAE", lambda: lb.VAE(lb.mlp(4, 4), None, lb.Bernoulli()), TypeError, "decoder: expected a torch.nn.Module"),
    ("VAE", lambda: lb.VAE(lb.mlp(4, 4), lb.mlp(2, 4), lb.Bernoulli), TypeError, "likelihood: .*Bernoulli"),
    (
        "VAE",
        lambda: lb.VAE(lb.mlp(4, 4), lb.mlp(2, 4), lb.Bernoulli(), 0),
        ValueError,
        "latent_dim: .*at least 1, got 0",
    ),
    (
        "VAE",
        lambda: lb.VAE(lb.mlp(4, 4), lb.mlp(2, 4), lb.Bernoulli(), posterior="full"),
        TypeError,
        "posterior: expected DiagonalNormal or FullNormal, got 'full'",
    ),
    ("VAE", lambda: VAE.check([[1.0]]), TypeError, "x: expected a floating-point tensor, got list"),
    ("VAE", lambda: VAE.check(X.long()), TypeError, "x: expected a floating-point tensor, got torch.int64"),
    ("VAE", lambda: VAE.check(X.byte()), TypeError, r"got torch.uint8; use x.to\(torch.float64\)$"),
    (
        "VAE",
        lambda: VAE.check(200 * X.byte()),
        TypeError,
        r"x.to\(torch.float64\) alone does not help: .*200.*Binomial\(255\)",
    ),
    ("VAE", lambda: VAE.check([["a"]]), TypeError, "got list; .* does not help: .*str"),
    ("VAE", lambda: VAE.check(X.numpy()), TypeError, r"ndarray; use torch.as_tensor\(x, dtype=torch.float64\)"),
    ("VAE", lambda: VAE.check(X * 0.9999999), ValueError, r"x holds 0\.9999999\."),
    ("VAE", lambda: VAE.check(X / 3), ValueError, r"0 to 1, .*Binomial\(255\), .*GaussianNoise"),
    ("VAE", lambda: VAE.decode(X), ValueError, r"z: expected shape \(\.\.\., 2\), got \(2, 4\)"),
    ("VAE", lambda: VAE.log_joint(X, Q.mean[:, :1]), ValueError, r"z: expected shape \(\.\.\., 2\)"),
    ("VAE", lambda: VAE.sample(0), ValueError, "n: expected a whole number of at least 1, got 0"),
    ("VAE", lambda: TWO_HEADS.encode(X), TypeError, "encoder: expected it to return one tensor, got a tuple"),
    ("VAE", lambda: TWO_HEADS.decode(X[:, :2]), ValueError, r"decoder: for 2 inputs its output has shape \(1, 4\)"),
    ("VAE", lambda: VAE.prior.log_prob(Q.mean[:, :1]), ValueError, r"z: expected shape \(\.\.\., 2\)"),
    ("DiagonalNormal", lambda: Q.log_prob(LINE.mean), ValueError, r"z: expected shape \(\.\.\., 2\), got \(2, 1\)"),
    ("DiagonalNormal", lambda: Q.at(LINE.mean), ValueError, r"noise: expected shape \(\.\.\., 2\), got \(2, 1\)"),
    (
        "DiagonalNormal",
        lambda: lb.DiagonalNormal(Q.mean, LINE.mean),
        ValueError,
        r"mean, log_std: .*\(2, 2\) and \(2, 1\)",
    ),
    ("FullNormal", lambda: lb.FullNormal(Q.mean, Q.mean), ValueError, r"mean, scale_tril: .*\(2, 2\) and \(2, 2\)"),
    ("FullNormal", lambda: FULL.log_prob(LINE.mean), ValueError, r"z: expected shape \(\.\.\., 2\)"),
    ("FullNormal", lambda: FULL.at(LINE.mean), ValueError, r"noise: expected shape \(\.\.\., 2\)"),
    ("VAE", lambda: VAE.check(X[0]), ValueError, r"x: expected shape \(n, D\).*got \(4,\)"),
    ("VAE", lambda: VAE.check(X[:0]), ValueError, r"x: expected shape \(n, D\).*got \(0, 4\)"),
    ("VAE", lambda: VAE.check(X.float()), TypeError, "x: torch.float32 on cpu, but the VAE has torch.float64"),
    (
        "VAE",
        lambda: VAE.check(X.to("meta")),
        TypeError,
        "x: torch.float64 on meta, but the VAE has torch.float64 on cpu",
    ),
    ("VAE", lambda: VAE.check(X * NAN), ValueError, "x.*: expected finite numbers, found nan"),
    ("VAE", lambda: VAE.check(X * 0.3), ValueError, r"x: Bernoulli .*0\.3"),
    (
        "DiagonalNormal",
        lambda: lb.DiagonalNormal.from_output(X, 3),
        ValueError,
        r"encoder.s output.*, 6\), got",
    ),
    (
        "FullNormal",
        lambda: lb.FullNormal.from_output(X, 2),
        ValueError,
        r"encoder.s output, L means.*: expected shape \(\.\.\., 5\), got \(2, 4\)",
    ),
    ("Grid", lambda: lb.Grid(VAE, points=1), ValueError, "points, limit: expected at least 2 points.*got 1"),
    ("Grid", lambda: lb.Grid(VAE, limit=0.0), ValueError, r"points, limit: .*a finite limit > 0, got 144, 0\.0"),
    ("Grid", lambda: lb.Grid(VAE, limit=math.inf), ValueError, r"points, limit: .*got 144, inf"),
    ("Grid", lambda: lb.Grid(VAE, limit=-1.0), ValueError, r"points, limit: .*got 144, -1\.0"),
    ("Grid", lambda: lb.Grid(VAE, points=5), ValueError, r"points: 5 over \|z\| <= 7.0 are 3.5 apart"),
    ("Grid", lambda: GRID.log_evidence(X[:, :3]), ValueError, r"x: expected a tensor of shape \(n, 4\).*got \(2, 3\)"),
    ("Grid", lambda: GRID.log_evidence([1.0]), ValueError, "x: expected a tensor.*got list"),
    ("Grid", lambda: GRID.gap(Q, X[:1]), ValueError, "q: 2 values, but the rows of x number 1"),
    ("Grid", lambda: GRID.gap(LINE, X), ValueError, r"q: expected shape \(\.\.\., 2\), got \(2, 1\)"),
    ("Grid", lambda: GRID.log_evidence(X * NAN), ValueError, "x.*: expected finite numbers, found nan"),
    ("Grid", lambda: GRID.log_evidence(X / 2), ValueError, r"x: Bernoulli .*0\.5"),
    ("Grid", lambda: GRID.posterior(X[:1]).kl_from(Q), ValueError, "q: 2 values, but the rows of x number 1"),
    ("fit", lambda: lb.fit(VAE, X, epochs=0), ValueError, "epochs: expected a whole number of at least 1, got 0"),
    ("fit", lambda: lb.fit(VAE, X, batch_size=2.5), ValueError, "batch_size: .*got 2.5"),
    ("fit", lambda: lb.fit(VAE, X, every=0), ValueError, "every: .*got 0"),
    ("fit", lambda: lb.fit(VAE, X, learning_rate=-1.0), ValueError, "learning_rate: expected a finite number above 0"),
    ("fit", lambda: lb.fit(VAE, X, beta=-1.0), ValueError, "beta: expected a finite number, 0 or above, got -1.0"),
    (
        "fit",
        lambda: lb.fit(lb.VAE(lb.mlp(4, 3, 4), lb.mlp(2, 3, 1), lb.Bernoulli()), X.float()),
        ValueError,
        r"decoder: its output has 1 number\(s\), but x has 4 pixels",
    ),
    ("mlp", lambda: lb.mlp(64), ValueError, r"sizes: expected two or more, .* got \(64,\)"),
    ("mlp", lambda: lb.mlp(64, 2.5), ValueError, "sizes: expected a whole number of at least 1, got 2.5"),
    ("digits_vae", lambda: lb.digits_vae(hidden=0), ValueError, "sizes: expected a whole number of at least 1, got 0"),
    ("measure", lambda: lb.measure(VAE, X / 2), ValueError, "x: Bernoulli"),
    ("fit", lambda: lb.fit(VAE, X.numpy()), TypeError, "x: expected a floating-point tensor, got ndarray"),
    ("fit", lambda: lb.fit(VAE, X, watch={"a": X / 2}), ValueError, "x: Bernoulli"),
    ("fit", lambda: lb.fit(DEEP, X, watch={"a": X}, exact=True), ValueError, "exact: .*1 or 2 latent dim.* and not 3"),
    ("kl_per_latent", lambda: lb.kl_per_latent(FULL), TypeError, "q: expected a DiagonalNormal, not a FullNormal"),
    ("for_batches", lambda: lb.for_batches(lambda q, x: x, VAE, X.numpy()), TypeError, "x: .*got ndarray"),
    ("LearnedNoise", lambda: lb.LearnedNoise(0.0), ValueError, "floor: expected a finite number above 0, got 0.0"),
    ("PixelNoise", lambda: lb.PixelNoise(-1.0), ValueError, "floor: expected a finite number above 0, got -1.0"),
    ("Method", lambda: lb.Method("encode"), TypeError, "function: expected a method that encodes.*not a str"),
    ("Divide", lambda: lb.Divide(0), ValueError, "by: expected a finite number above 0, got 0"),
    ("MeanAndSpread", lambda: lb.MeanAndSpread(VAE.encoder, "sigma"), ValueError, "spread: expected one of"),
    ("History", lambda: lb.History().curve("a", "gapp"), ValueError, "quantity: expected 'elbo', .* got 'gapp'"),
    (
        "History",
        lambda: lb.History().curve("train", "elbo"),
        ValueError,
        r"data: 'train' was not watched; there are \[\]",
    ),
]
BOUNDS = [
    ("estimate", lambda: lb.estimate(torch.ones(1)), ValueError, r"draws: .* at least 2 floats, got .* shape \(1,\)"),
    ("estimate", lambda: lb.estimate([1.0, 2.0]), TypeError, "draws: expected a floating-point tensor, not a list"),
    ("estimate", lambda: lb.estimate(torch.arange(3)), ValueError, "draws: .* floats, got torch.int64"),
    ("draw", lambda: lb.draw(1, 2, k=3), TypeError, "p: expected a Joint, a GaussianJoint or a VAE, not a int"),
    ("draw", lambda: lb.draw(P, P, k=3), TypeError, "q: expected a Conditional"),
    ("draw", lambda: lb.draw(P, WIDE.z_given_x, k=3), ValueError, r"q has shape \(3, 2\)"),
    (
        "draw",
        lambda: lb.draw(GAUSSIAN, Q, [[0.0]], k=3),
        TypeError,
        "q: expected a LinearGaussian, not a DiagonalNormal",
    ),
    ("draw", lambda: lb.draw(VAE, Q, X, k=0), ValueError, "k: expected a whole number of at least 1, got 0"),
    ("draw", lambda: lb.draw(VAE, Q, X / 2, k=2), ValueError, r"x: Bernoulli .*0\.5"),
    ("draw", lambda: lb.draw(VAE, Q, X[:1], k=2), ValueError, "q: 2 .*x.* 1"),
    (
        "sampled_elbo",
        lambda: lb.sampled_elbo(VAE, LINE, X, k=2),
        ValueError,
        r"q: expected shape \(\.\.\., 2\), got \(2, 1\)",
    ),
    ("sampled_elbo", lambda: lb.sampled_elbo(VAE, Q, X, k=1), ValueError, "k: .*at least 2, got 1"),
    (
        "importance_weighted_bound",
        lambda: lb.importance_weighted_bound(VAE, Q, X, k=3, repeats=1),
        ValueError,
        "repeats: expected a whole number of at least 2, got 1",
    ),
    ("optimal_q", lambda: lb.optimal_q(VAE, Q, X[0]), ValueError, r"x: expected shape \(n, D\)"),
    ("optimal_q", lambda: lb.optimal_q(VAE, Q, X[:1]), ValueError, "q: 2 .*x.* 1"),
    ("EncoderJoint", lambda: lb.mutual_information(lb.EncoderJoint(P)), TypeError, "z_given_x: .*Joint"),
]
ERRORS = [*TABLES, *QUANTITIES, *NEURAL, *BOUNDS]

# Doors that take nothing that could be wrong, are made by another door, or are tested in test_gaussian.py.
WITHOUT = {"digits", "trained_digits"}


@pytest.mark.parametrize(
    ("call", "kind", "message"), [pytest.param(*rest, id=f"{name}-{n}") for n, (name, *rest) in enumerate(ERRORS)]
)
def test_errors_name_the_argument_and_say_what_is_expected(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_every_public_door_is_in_the_table():
    elsewhere = (Path(__file__).parent / "test_gaussian.py").read_text(encoding="utf-8")
    tested = {name for name, *_ in ERRORS}
    left = set(lb.__all__) - tested - WITHOUT
    assert {name for name in left if not re.search(rf"\b{name}\b", elsewhere)} == set()
    assert set(lb.__all__) >= tested | WITHOUT
