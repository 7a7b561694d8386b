r"""Bounds on $\log p(x)$, and their parts, estimated from samples.

Every sampled quantity starts from the same draws of z from $q(z \mid x)$, and from three logarithms there. Together
they are the log of an importance weight:

$$\log w = \log p(z) + \log p(x \mid z) - \log q(z \mid x)$$

The mean of $\log w$ estimates the ELBO. The log of the mean of $w$ estimates $\log p(x)$, and its expectation is a
bound that is no looser.

The functions take the model p and the encoder q of any world, as `elbo(p, q, x)` does: a `Joint` and a `Conditional`
(without x: all of them), a `GaussianJoint` and a `LinearGaussian`, a `VAE` and what `encode` returned. Random numbers
come from the generator that is passed in; without one, from torch's global one. All values are in nats.
"""

import math
from functools import singledispatch
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lowerbound.checks import at_least, expect, numbers
from lowerbound.gaussian import GaussianJoint, LinearGaussian
from lowerbound.quantities import elbo
from lowerbound.tables import Joint
from lowerbound.vae import VAE, Encoded, check_pair, log_likelihoods


class Estimate(NamedTuple):
    """An average of samples, and how far off it may be.

    Attributes:
        value: the estimate.
        standard_error: an estimate of the standard deviation of `value`. If the samples have a finite variance and the
            estimate has no bias, the truth is rarely more than 4 of these away.
    """

    value: Tensor
    standard_error: Tensor


def estimate(draws: Tensor) -> Estimate:
    r"""The mean over the first dimension, (k, ...) to (...), with its standard error.

    The standard error is $s / \sqrt{k}$, with $s$ the standard deviation of the k draws.

    >>> estimate(torch.tensor([1.0, 2.0, 3.0]))
    Estimate(value=tensor(2.), standard_error=tensor(0.5774))
    """
    expect(draws, Tensor, "draws", "a floating-point tensor")
    if not draws.is_floating_point() or draws.dim() == 0 or len(draws) < 2:
        raise ValueError(f"draws: expected at least 2 floats, got {draws.dtype} of shape {tuple(draws.shape)}")
    return Estimate(draws.mean(0), draws.std(0) / math.sqrt(len(draws)))


class Draws(NamedTuple):
    r"""What k draws of z from $q(z \mid x)$ look like under the model and the encoder, for each of n values of x.

    Attributes:
        log_prior: $\log p(z)$, shape (k, n).
        log_likelihood: $\log p(x \mid z)$, shape (k, n).
        log_q: $\log q(z \mid x)$, shape (k, n).
    """

    log_prior: Tensor
    log_likelihood: Tensor
    log_q: Tensor

    @property
    def log_weight(self) -> Tensor:
        r"""Log importance weight, $\log w = \log p(x, z) - \log q(z \mid x)$, shape (k, n)."""
        return self.log_prior + self.log_likelihood - self.log_q


def draw(p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None = None) -> Draws:
    r"""k draws of z from $q(z \mid x)$ for each x, as logarithms.

    Args:
        p: the model.
        q: the encoder $q(z \mid x)$.
        at: x, shape (n, D); left out for tables, which take all x.
        k: how many draws for each x.
        generator: the source of randomness.

    >>> p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    >>> draw(p, p.z_given_x, k=3).log_weight.exp()[:, 0]  # q is the posterior: every weight is p(x)
    tensor([0.5500, 0.5500, 0.5500], dtype=torch.float64)
    """
    at_least(k, 1, "k")
    return _draw(p, q, *at, k=k, generator=generator)


@singledispatch
def _draw(p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None) -> Draws:
    raise TypeError(f"p: expected a Joint, a GaussianJoint or a VAE, not a {type(p).__name__}")


@_draw.register
def _(p: Joint, q: Any, *, k: int, generator: torch.Generator | None) -> Draws:
    undefined = elbo(p, q).isnan()[:, None]  # and it checks q
    z = torch.multinomial(q.prob.masked_fill(undefined, 1.0), k, replacement=True, generator=generator)
    x = torch.arange(len(z), device=z.device)[:, None]
    parts = p.z.log_prob[z], p.x_given_z.log_prob[z, x], q.log_prob[x, z]
    return Draws(*(part.masked_fill(undefined, math.nan).T for part in parts))


@_draw.register
def _(p: GaussianJoint, q: Any, x: Tensor, *, k: int, generator: torch.Generator | None) -> Draws:
    expect(q, LinearGaussian, "q")
    x = numbers(x, "x", dims=(2,), device=q.bias.device)
    z = q.sample(x.expand(k, *x.shape), generator)
    return Draws(p.z.log_prob(z), p.x_given_z.log_prob(x, z), q.log_prob(z, x))


@_draw.register
def _(p: VAE, q: Encoded, x: Tensor, *, k: int, generator: torch.Generator | None) -> Draws:
    x = check_pair(p, q, x)
    z = q.at(torch.randn((k, *q.mean.shape), generator=generator, dtype=q.mean.dtype, device=q.mean.device))
    return Draws(p.prior.log_prob(z), log_likelihoods(p, x, z), q.log_prob(z))


# -- bounds ----------------------------------------------------------------------------------------------------------


def sampled_elbo(p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None = None) -> Estimate:
    r"""$\ELBO(x)$ from k samples, without bias; in nats, shapes (n,). It is the average of

    $$\log p(x, z) - \log q(z \mid x)$$

    which is exact from a single sample where $q(z \mid x) = p(z \mid x)$. The other common estimator samples only its
    first term; it is `estimate` of the `log_likelihood` of `draw`, less `kl_each`:

    $$\log p(x \mid z) - \KL(q(z \mid x) \,\|\, p(z))$$

    Source: Kingma & Welling 2014, equations 6 and 7; which varies less: Roeder et al. 2017, Sticking the landing.

    >>> p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    >>> sampled_elbo(p, p.z_given_x, k=10).value.exp()
    tensor([0.5500, 0.4500], dtype=torch.float64)
    """
    at_least(k, 2, "k")
    return estimate(draw(p, q, *at, k=k, generator=generator).log_weight)


def importance_weighted_bound(
    p: Any, q: Any, *at: Tensor, k: int, repeats: int, generator: torch.Generator | None = None
) -> Estimate:
    r"""The importance-weighted bound, averaged over `repeats`; in nats, shapes (n,).

    $$L_k(x) = \E\left[\log \frac{w_1 + \ldots + w_k}{k}\right]$$

    $L_1$ is the ELBO, $L_k$ never falls with $k$, and no $L_k$ is above $\log p(x)$.

    Source: Burda et al. 2016, Importance weighted autoencoders, equation 8.

    >>> p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    >>> importance_weighted_bound(p, p.z_given_x, k=5, repeats=10).value.exp()
    tensor([0.5500, 0.4500], dtype=torch.float64)
    """
    at_least(k, 1, "k")
    at_least(repeats, 2, "repeats")
    log_weight = draw(p, q, *at, k=k * repeats, generator=generator).log_weight.unflatten(0, (repeats, k))
    return estimate(log_weight.logsumexp(1) - math.log(k))
