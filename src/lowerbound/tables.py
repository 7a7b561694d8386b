r"""The finite world: x and z take finitely many values, and every distribution is a table.

There are two joints over x and z. Everything else is a marginal or a conditional of one of them.

$$p(x, z) = p(z) \, p(x \mid z), \qquad q(x, z) = q(x) \, q(z \mid x)$$

    p = Joint.from_model(prior, likelihood)
    q = Joint.from_data(data, encoder)

The divergence of the two joints splits in two ways, each an average under q:

$$\KL(q(x, z) \,\|\, p(x, z)) = \KL(q(x) \,\|\, p(x)) + \E_{q(x)} \KL(q(z \mid x) \,\|\, p(z \mid x))$$

$$\KL(q(x, z) \,\|\, p(x, z)) = \KL(q(z) \,\|\, p(z)) + \E_{q(z)} \KL(q(x \mid z) \,\|\, p(x \mid z))$$

    kl(q, p) == kl(q.x, p.x) + kl(q.z_given_x, p.z_given_x)
    kl(q, p) == kl(q.z, p.z) + kl(q.x_given_z, p.x_given_z)

Inside, tables hold log-probabilities in float64, with -inf for the impossible.
"""

import math
from functools import cached_property
from typing import Any, Self

import torch
from torch import Tensor

from lowerbound.checks import expect, real, same_length
from lowerbound.quantities import elbo, entropy, kl, kl_each, mutual_information, reconstruction

SUM_TOLERANCE = 1e-6  # admits tables that were normalised in float32


class Distribution:
    """A distribution over n values.

    Args:
        prob: n probabilities, any sequence, array or tensor. A sum within 1e-6 of 1 is rounded to exactly 1.

    Attributes:
        log_prob: log-probabilities, float64, shape (n,).
        prob: probabilities, of the same shape.

    Raises:
        TypeError: not numbers.
        ValueError: not one-dimensional, empty, NaN, negative, or a sum that is not 1.

    >>> Distribution([0.5, 0.25, 0.25]).prob
    tensor([0.5000, 0.2500, 0.2500], dtype=torch.float64)
    """

    log_prob: Tensor

    def __init__(self, prob: Any) -> None:
        self.log_prob = _log_table(prob, "prob", dims=1)

    @classmethod
    def _of(cls, log_prob: Tensor) -> Self:
        """Wrap log-probabilities that are normalised already."""
        made = cls.__new__(cls)
        made.log_prob = log_prob
        return made

    @property
    def prob(self) -> Tensor:
        """Probabilities, shape of `log_prob`."""
        return self.log_prob.exp()

    def __repr__(self) -> str:
        return f"{type(self).__name__}{tuple(self.log_prob.shape)}"


class Conditional:
    """One distribution over n values for each of m conditions: row i is the distribution given i.

    It is a part of a `Joint`, which its rows and the condition's distribution make up.

    Attributes:
        log_prob: log-probabilities, float64, shape (m, n). Given an impossible condition the distribution is
            undefined; such a row is -inf throughout and counts nowhere.
        given: the distribution of the condition, over m values: what `kl` averages the rows with.

    >>> coin = Joint.from_data([0.3, 0.7], [[0.5, 0.5], [0.9, 0.1]]).z_given_x
    >>> coin.prob[1]
    tensor([0.9000, 0.1000], dtype=torch.float64)
    """

    def __init__(self, log_joint: Tensor, given: Distribution) -> None:
        """p(b|a) = p(a,b) / p(a), from log p(a,b) with a along the rows."""
        divisor = given.log_prob.masked_fill(given.log_prob == -math.inf, 0.0)
        self.log_prob, self.given = log_joint - divisor[:, None], given

    prob = Distribution.prob
    """Probabilities, shape (m, n); rows of an impossible condition are 0."""

    __repr__ = Distribution.__repr__


class Joint(Distribution):
    r"""A joint distribution $p(x, z)$: a distribution over pairs.

    Args:
        prob: probabilities, shape (X, Z): x along the rows, z along the columns.

    Attributes:
        log_prob: log-probabilities, float64, shape (X, Z).
        prob: probabilities, of the same shape.
        x, z: the marginals, each a `Distribution`.
        z_given_x: the conditional $p(z \mid x)$, rows over x, shape (X, Z).
        x_given_z: the conditional $p(x \mid z)$, rows over z, shape (Z, X).

    Raises:
        TypeError, ValueError: as for `Distribution`.

    >>> p = Joint.from_model(prior=[0.5, 0.5], likelihood=[[0.9, 0.1], [0.2, 0.8]])
    >>> p.z_given_x.prob[0]  # Bayes' rule: 0.45 and 0.10, divided by their sum
    tensor([0.8182, 0.1818], dtype=torch.float64)
    """

    def __init__(self, prob: Any) -> None:
        self.log_prob = _log_table(prob, "prob", dims=2)

    @classmethod
    def from_model(cls, prior: Any, likelihood: Any) -> Self:
        r"""The model's joint $p(x, z) = p(z) \, p(x \mid z)$.

        Args:
            prior: $p(z)$, shape (Z,).
            likelihood: the decoder $p(x \mid z)$, shape (Z, X): one row per z.
        """
        z = _log_table(prior, "prior", dims=1)
        x_given_z = _log_table(likelihood, "likelihood", dims=2, each_row=True)
        same_length("prior", z, "the rows of likelihood", len(x_given_z))
        return cls._of((z[:, None] + x_given_z).T)

    @classmethod
    def from_data(cls, data: Any, encoder: Any) -> Self:
        r"""The encoder's joint $q(x, z) = q(x) \, q(z \mid x)$.

        Args:
            data: the data distribution $q(x)$, shape (X,).
            encoder: $q(z \mid x)$, shape (X, Z): one row per x.
        """
        x = _log_table(data, "data", dims=1)
        z_given_x = _log_table(encoder, "encoder", dims=2, each_row=True)
        same_length("data", x, "the rows of encoder", len(z_given_x))
        return cls._of(x[:, None] + z_given_x)

    @cached_property
    def x(self) -> Distribution:
        r"""The marginal $p(x) = \sum_z p(x, z)$. For the model this is the evidence."""
        return Distribution._of(_log_sum_exp(self.log_prob, 1))

    @cached_property
    def z(self) -> Distribution:
        r"""The marginal $p(z) = \sum_x p(x, z)$. For the encoder this is the aggregated posterior $q(z)$."""
        return Distribution._of(_log_sum_exp(self.log_prob, 0))

    @cached_property
    def z_given_x(self) -> Conditional:
        r"""The conditional $p(z \mid x) = p(x, z) / p(x)$. For the model this is the posterior, by Bayes' rule."""
        return Conditional(self.log_prob, self.x)

    @cached_property
    def x_given_z(self) -> Conditional:
        r"""The conditional $p(x \mid z) = p(x, z) / p(z)$."""
        return Conditional(self.log_prob.T, self.z)


@kl.register
def _(q: Distribution, p: Any) -> Tensor:
    _same_kind(q, p)
    return _kl_terms(q.log_prob, p.log_prob).sum()


@kl.register
def _(q: Conditional, p: Any) -> Tensor:
    return _mean(q.given.log_prob, _kl_rows(q, p)).sum()


@kl_each.register
def _(q: Conditional, p: Any) -> Tensor:
    return _defined(q, _kl_rows(q, p))


@entropy.register
def _(q: Distribution) -> Tensor:
    return -_mean(q.log_prob, q.log_prob).sum()


@entropy.register
def _(q: Conditional) -> Tensor:
    return -(q.given.prob * _mean(q.log_prob, q.log_prob).sum(1)).sum()


@mutual_information.register
def _(joint: Joint) -> Tensor:
    return _kl_terms(joint.log_prob, joint.x.log_prob[:, None] + joint.z.log_prob).sum()


@elbo.register
def _(p: Joint, q: Any) -> Tensor:
    _check_encoder(p, q)
    return _defined(q, _mean(q.log_prob, p.log_prob - q.log_prob).sum(1))


@reconstruction.register
def _(p: Joint, q: Any) -> Tensor:
    _check_encoder(p, q)
    return _defined(q, _mean(q.log_prob, p.x_given_z.log_prob.T).sum(1))


# -- the arithmetic, with 0 log 0 = 0 --------------------------------------------------------------------------------


def _log(prob: Tensor) -> Tensor:
    """Log with log 0 = -inf and gradient 0 there; a plain log would put NaN into the gradients."""
    impossible = prob == 0
    return prob.masked_fill(impossible, 1.0).log().masked_fill(impossible, -math.inf)


def _log_sum_exp(log_prob: Tensor, dim: int) -> Tensor:
    """Log of a sum of probabilities; unlike torch.logsumexp its gradient is finite where all of them are 0."""
    peak = log_prob.detach().amax(dim, keepdim=True)
    peak = peak.masked_fill(peak == -math.inf, 0.0)
    return _log((log_prob - peak).exp().sum(dim)) + peak.squeeze(dim)


def _mean(log_q: Tensor, value: Tensor) -> Tensor:
    """The terms q · value of an expectation; where q is 0 the term is 0, whatever the value.

    Where q is possible an infinite value stays infinite, even if q is so small that it is 0 outside of its logarithm.
    """
    value = value.masked_fill(log_q == -math.inf, 0.0)
    return torch.where(value.isinf(), value, log_q.exp() * value)


def _kl_terms(log_q: Tensor, log_p: Tensor) -> Tensor:
    """Terms q log(q/p) + p - q, each at least 0, that add up to KL(q‖p) because p - q adds up to 0.

    With t = log(p/q) a term is q (e^t - 1 - t). For small t, expm1 keeps the digits that p - q would lose, so that a
    KL of 1e-20 comes out as 1e-20 and not as rounding noise.
    """
    possible = log_q > -math.inf
    outside = possible & (log_p == -math.inf)
    t = (log_p - log_q).masked_fill(~possible | outside, 0.0)
    near = possible & (t.abs() < 1)
    q, p = log_q.exp(), log_p.exp()
    terms = torch.where(near, q * (torch.expm1(t.masked_fill(~near, 0.0)) - t), p - q - q * t)
    return terms.masked_fill(outside, math.inf)


def _defined(q: Conditional, each: Tensor) -> Tensor:
    """NaN where the condition is impossible, so that an undefined value is never mistaken for a number."""
    return each.masked_fill(q.given.log_prob == -math.inf, math.nan)


def _kl_rows(q: Conditional, p: Any) -> Tensor:
    """KL of each row of q against the same row of a conditional, or against one distribution."""
    if type(p) is not Distribution:
        _same_kind(q, p)
    elif p.log_prob.shape != q.log_prob.shape[1:]:
        raise ValueError(f"p: {len(p.log_prob)} values, but q is over {q.log_prob.shape[1]}")
    return _kl_terms(q.log_prob, p.log_prob.expand_as(q.log_prob)).sum(1)


# -- the doors -------------------------------------------------------------------------------------------------------


def _log_table(value: Any, name: str, dims: int, each_row: bool = False) -> Tensor:
    """Log of a table that sums to exactly 1, or whose rows do, in float64; or an error that says what is wrong."""
    table = real(value, name)
    if table.dim() != dims or table.numel() == 0:
        raise ValueError(f"{name}: expected a non-empty table with {dims} dimension(s), got shape {tuple(table.shape)}")
    bad = ~(table.isfinite() & (table >= 0))
    if bad.any():
        cell = tuple(bad.nonzero()[0].tolist())
        raise ValueError(f"{name}{list(cell)} is {table[cell].item()}: probabilities are finite and not negative")
    total = table.sum(1, keepdim=True) if each_row else table.sum()
    worst = int((total.detach() - 1).abs().argmax())
    found = total.flatten()[worst].item()
    if abs(found - 1) > SUM_TOLERANCE:
        where = f"{name}[{worst}]" if each_row else name
        raise ValueError(f"{where} sums to {found}, not to 1: divide it by its sum if it holds weights")
    return _log(table / total)


def _same_kind(q: Any, p: Any) -> None:
    if type(q) is not type(p):
        raise TypeError(f"p: expected a {type(q).__name__}, as q is, not a {type(p).__name__}")
    if q.log_prob.shape != p.log_prob.shape:
        raise ValueError(f"p has shape {tuple(p.log_prob.shape)}, but q has shape {tuple(q.log_prob.shape)}")


def _check_encoder(p: Joint, q: Any) -> None:
    expect(q, Conditional, "q", "a Conditional, for example q.z_given_x")
    if q.log_prob.shape != p.log_prob.shape:
        raise ValueError(f"q has shape {tuple(q.log_prob.shape)}, but p's (X, Z) is {tuple(p.log_prob.shape)}")
