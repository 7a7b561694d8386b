r"""Bounds on $\log p(x)$, their parts, and their gradients, estimated from samples or computed where that is possible.

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
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lowerbound.checks import at_least, expect, numbers
from lowerbound.gaussian import GaussianJoint, LinearGaussian
from lowerbound.memory import in_blocks
from lowerbound.quantities import LOG_2PI, elbo, entropy, kl, kl_each, mutual_information, reconstruction
from lowerbound.tables import Conditional, Joint
from lowerbound.vae import (
    TOLERANCE,
    VAE,
    DiagonalNormal,
    Encoded,
    StandardNormal,
    check_dim,
    check_pair,
    even_quadrature,
)

REACH = 9.0  # standard deviations: a normal has 2e-19 of its mass beyond
POINTS_PER_STD = 2.0  # of the narrowest q(z|x), in the sum over the aggregated posterior
MOST_POINTS = 2**20  # of that sum
CLIMB_STEPS = 100  # to the best q, at most
CLIMB_SPACINGS = (1.0, 0.5)  # of the quadrature on the way there: the second where the first misjudged
MISJUDGED = 0.01  # nats


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
    if not (isinstance(draws, Tensor) and draws.is_floating_point()):
        found = draws.dtype if isinstance(draws, Tensor) else type(draws).__name__
        raise TypeError(f"draws: expected a floating-point tensor, got {found}")
    if draws.dim() == 0 or len(draws) < 2:
        raise ValueError(f"draws: a standard error needs at least 2 draws, got shape {tuple(draws.shape)}")
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
    expect(q, Conditional, "q")
    bound = elbo(p, q)  # checks the shapes
    undefined = (q.given.log_prob == -math.inf)[:, None]
    z = torch.multinomial(q.prob.masked_fill(undefined, 1.0), k, replacement=True, generator=generator)
    x = torch.arange(len(bound), device=z.device)[:, None]
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
    held = 8 * x.shape[1]  # numbers for each draw

    def logs(noise: Tensor, x: Tensor, *parameters: Tensor) -> Tensor:
        of_x = type(q)(*parameters)
        z = of_x.at(noise)
        return torch.stack([p.prior.log_prob(z), p.log_likelihood(x, z), of_x.log_prob(z)])

    def of_rows(noise: Tensor, *parameters: Tensor) -> Tensor:
        """Some rows, whose draws go through in blocks too."""
        drawn = noise.transpose(0, 1)
        return in_blocks(logs, [drawn], held * len(noise), whole=parameters, network=p.model, dim=1)

    noise = _noise(q, k, generator).transpose(0, 1)
    return Draws(*in_blocks(of_rows, [noise, x, *vars(q).values()], held * k, network=p.model, dim=2))


# -- bounds ----------------------------------------------------------------------------------------------------------


def sampled_elbo(
    p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None = None, closed_form_kl: bool = False
) -> Estimate:
    r"""$\ELBO(x)$ from k samples, without bias, by one of the two common estimators; in nats, shapes (n,).

    The first is exact from a single sample where $q(z \mid x) = p(z \mid x)$:

    $$\log p(x, z) - \log q(z \mid x)$$

    The second, with `closed_form_kl`, samples only its first term:

    $$\log p(x \mid z) - \KL(q(z \mid x) \,\|\, p(z))$$

    Source: Kingma & Welling 2014, equations 6 and 7; which varies less: Roeder et al. 2017, Sticking the landing.

    >>> p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    >>> sampled_elbo(p, p.z_given_x, k=10).value.exp()
    tensor([0.5500, 0.4500], dtype=torch.float64)
    """
    at_least(k, 2, "k")
    draws = draw(p, q, *at, k=k, generator=generator)
    if closed_form_kl:
        return estimate(draws.log_likelihood - kl_each(q, _prior(p), *_for(p, at)))
    return estimate(draws.log_weight)


def sampled_reconstruction(p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None = None) -> Estimate:
    r"""$\E_{q(z \mid x)}[\log p(x \mid z)]$ from k samples, in nats, shapes (n,).

    It is `reconstruction` for any number of latent dimensions.
    """
    at_least(k, 2, "k")
    return estimate(draw(p, q, *at, k=k, generator=generator).log_likelihood)


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
    log_weight = draw(p, q, *at, k=k * repeats, generator=generator).log_weight
    return estimate(_log_mean_exp(log_weight.unflatten(0, (repeats, k)), 1))


def sampled_log_evidence(p: Any, q: Any, *at: Tensor, k: int, generator: torch.Generator | None = None) -> Estimate:
    r"""$\log p(x)$ by importance sampling: the log of the mean of k weights; in nats, shapes (n,).

    $$\log p(x) \approx \log \frac{1}{k} \sum_i w_i$$

    The mean of the weights has no bias; its log is too low on average, by about $\Var(w) / (2 k \, p(x)^2)$ where that
    variance is finite and weights near 0 are rare. The standard error is that of the mean, divided by the mean. Where
    the tails of $q(z \mid x)$ are thinner than those of $p(z \mid x)$ the variance can be infinite: then the standard
    error only looks small.

    Source: Owen 2013, Monte Carlo theory, methods and examples, chapter 9.
    """
    at_least(k, 2, "k")
    log_weight = draw(p, q, *at, k=k, generator=generator).log_weight
    value = _log_mean_exp(log_weight, 0)
    return Estimate(value, estimate((log_weight - value).exp()).standard_error)


class RateDistortion(NamedTuple):
    r"""The two parts of the negative ELBO, for each x, in nats.

    Attributes:
        rate: $\KL(q(z \mid x) \,\|\, p(z))$, shape (n,).
        distortion: $-\E_{q(z \mid x)}[\log p(x \mid z)]$, shape (n,).
    """

    rate: Tensor
    distortion: Tensor

    def objective(self, beta: float = 1.0) -> Tensor:
        r"""$\text{distortion} + \beta \, \text{rate}$: what a beta-VAE minimises, shape (n,).

        With $\beta = 1$ it is $-\ELBO(x)$.
        """
        return self.distortion + beta * self.rate


def rate_distortion(p: Any, q: Any, *at: Tensor) -> RateDistortion:
    r"""Rate and distortion of each x, in closed form or by quadrature: $-\ELBO(x) = \text{distortion} + \text{rate}$.

    Source: Alemi et al. 2018, Fixing a broken ELBO; beta: Higgins et al. 2017.

    >>> p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    >>> blind = Joint.from_data([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]])  # z says nothing about x: no rate
    >>> rate_distortion(p, blind.z_given_x)
    RateDistortion(rate=tensor([0., 0.], dtype=torch.float64), distortion=tensor([0.8574, 1.2629], dtype=torch.float64))
    """
    return RateDistortion(kl_each(q, _prior(p), *_for(p, at)), -reconstruction(p, q, *at))


# -- the encoder's joint over a data set -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class AggregatedPosterior:
    r"""The aggregated posterior: a mixture of as many normals as the data set has rows.

    $$q(z) = \frac{1}{n} \sum_i q(z \mid x_i)$$

    `entropy` and `kl` against the prior are computed for 1 or 2 latent dimensions, by a sum over an evenly spaced grid.
    """

    given: Encoded

    def log_prob(self, z: Tensor) -> Tensor:
        r"""$\log q(z)$ for z of shape (m, L), shape (m,)."""
        return self._of_pairs(lambda log_prob: log_prob.logsumexp(1), z)

    def _of_pairs(self, function: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
        """A function of log q(x) q(z|x), shape (m, n), which is applied to blocks of z."""

        def of_block(z: Tensor, *parameters: Tensor) -> Tensor:
            given = type(self.given)(*parameters)
            return function(given.log_prob(z[:, None, :]) - math.log(len(given.mean)))

        return in_blocks(of_block, [z], 8 * self.given.mean.numel(), whole=vars(self.given).values())


@dataclass(frozen=True, eq=False)
class EncoderJoint:
    r"""The encoder's joint $q(x, z) = q(x) \, q(z \mid x)$ of a VAE.

    Here $q(x)$ is a data set: each of its n rows has weight 1/n.

    Args:
        z_given_x: $q(z \mid x)$ for every row, what `vae.encode(data)` returns.

    `mutual_information` of it is computed for 1 or 2 latent dimensions; it is at most $\log n$.

    >>> apart = EncoderJoint(DiagonalNormal(torch.tensor([[-9.0], [9.0]]).double(), torch.zeros(2, 1).double()))
    >>> mutual_information(apart)  # z tells which of the two rows it came from: log 2
    tensor(0.6931, dtype=torch.float64)
    """

    z_given_x: Encoded

    def __post_init__(self) -> None:
        if not isinstance(self.z_given_x, Encoded):
            raise TypeError(f"z_given_x: expected what vae.encode returns, not a {type(self.z_given_x).__name__}")

    @property
    def z(self) -> AggregatedPosterior:
        """The marginal $q(z)$, the aggregated posterior."""
        return AggregatedPosterior(self.z_given_x)

    def x_given_z(self, z: Tensor) -> Tensor:
        r"""$q(x \mid z)$ for z of shape (m, L): which row of the data did this z come from? Shape (m, n).

        By Bayes' rule it is a softmax over the rows:

        $$q(x_i \mid z) = \frac{q(z \mid x_i)}{\sum_j q(z \mid x_j)}$$
        """
        return self.z._of_pairs(lambda log_prob: log_prob.softmax(1), z)


@entropy.register
def _(q: AggregatedPosterior) -> Tensor:
    """H(q(z)) = -E_q(z)[log q(z)]."""
    log_prob, cell = _on_a_grid(q)
    return -(log_prob.exp() * log_prob).sum() * cell


@kl.register
def _(q: AggregatedPosterior, p: Any) -> Tensor:
    """KL(q(z)‖p(z)) = E_q(z)[|z|^2] / 2 + L/2 log(2 pi) - H(q(z))."""
    expect(p, StandardNormal, "p")
    check_dim(q.given, p)
    cross_entropy: Tensor = 0.5 * (q.given.second_moment().mean() + p.dim * LOG_2PI)
    return cross_entropy - entropy(q)


@mutual_information.register
def _(joint: EncoderJoint) -> Tensor:
    """I_q(x;z) = H(q(z)) - E_q(x) H(q(z|x))."""
    return entropy(joint.z) - entropy(joint.z_given_x).mean()


def sampled_mutual_information(joint: EncoderJoint, k: int, generator: torch.Generator | None = None) -> Estimate:
    r"""The mutual information under q, from k samples for each row of the data, for any number of dimensions; in nats.

    q(x) is the data given, so it is at most the log of their number. Where it is near that, take more of them.

    $$\I(x; z) = \E_{q(x, z)}[\log q(z \mid x) - \log q(z)]$$

    It is one part of the average KL term:

    $$\E_{q(x)} \KL(q(z \mid x) \,\|\, p(z)) = \I(x; z) + \KL(q(z) \,\|\, p(z))$$

    So the rest is the other part, with the same error:
    `kl(joint.z_given_x, vae.prior) - sampled_mutual_information(joint, k).value`.

    Source: Hoffman & Johnson 2016, ELBO surgery.
    """
    at_least(k, 2, "k")
    expect(joint, EncoderJoint, "joint")
    q = joint.z_given_x
    z = q.at(_noise(q, k, generator))
    each = estimate(q.log_prob(z) - joint.z.log_prob(z.flatten(0, 1)).unflatten(0, z.shape[:2]))
    return Estimate(each.value.mean(), each.standard_error.square().sum().sqrt() / len(q.mean))


def _on_a_grid(q: AggregatedPosterior) -> tuple[Tensor, float]:
    """log q(z) at evenly spaced points that reach beyond every q(z|x), and the size of a cell."""
    tril = q.given.scale_tril.detach()
    reach = REACH * tril.square().sum(-1).sqrt()
    low, high = ((q.given.mean.detach() + sign * reach) for sign in (-1, 1))
    low, high = low.amin(0), high.amax(0)
    step = torch.linalg.svdvals(tril).min().item() / POINTS_PER_STD
    counts = [int(width / step) + 2 for width in (high - low).tolist()]
    if len(counts) > 2 or math.prod(counts) > MOST_POINTS:
        raise ValueError(
            f"q: a sum over q(z) with points {step:.2g} apart in {len(counts)} dimension(s) takes "
            f"{math.prod(counts):.2g} points; use sampled_mutual_information instead"
        )
    axes = [start + step * torch.arange(count).to(low) for start, count in zip(low, counts, strict=True)]
    return q.log_prob(torch.cartesian_prod(*axes).reshape(-1, len(axes))), step ** len(axes)


# -- whose fault is the gap? -----------------------------------------------------------------------------------------


class InferenceGaps(NamedTuple):
    r"""The gap $\log p(x) - \ELBO(x)$ in two parts, for each x, in nats.

    The best q of the family is sought by a climb, and what is found is a local maximum. So `approximation` is an upper
    estimate and `amortization` a lower one, and never negative. Both are as accurate as `elbo` of a VAE. On held-out x,
    `amortization` includes that the encoder has not seen x.

    Attributes:
        approximation: $\log p(x)$ minus the ELBO of the best q: the true posterior is no such normal. Shape (n,).
        amortization: ELBO of the best q minus that of the encoder's: one network has to serve every x. Shape (n,).
    """

    approximation: Tensor
    amortization: Tensor


def inference_gaps(vae: VAE, q: Encoded, x: Tensor, log_evidence: Tensor) -> InferenceGaps:
    r"""Approximation gap and amortization gap of each x; they add up to $\log p(x) - \ELBO(x)$.

    A warning says where `log_evidence` lies below the ELBO of the best q, as the exact value cannot.

    Args:
        vae: a model with 1 or 2 latent dimensions.
        q: the encoder's $q(z \mid x)$.
        x: shape (n, D) or (n, ...).
        log_evidence: $\log p(x)$, shape (n,), from `Grid(vae).log_evidence(x)`.

    Source: Cremer et al. 2018, Inference suboptimality in variational autoencoders.
    """
    if log_evidence.shape != (len(x),):
        raise ValueError(f"log_evidence: expected shape ({len(x)},), one for each x, got {tuple(log_evidence.shape)}")
    _, bound, best = _climb(vae, q, x, CLIMB_STEPS)
    below = best - log_evidence.to(best)
    if (below > 2 * TOLERANCE).any():
        warnings.warn(
            f"log_evidence: for {int((below > 2 * TOLERANCE).sum())} image(s) below the ELBO of the best q, by up to "
            f"{below.max().item():.2g} nats, so it is too low or belongs to other x; use Grid with more points",
            stacklevel=2,
        )
    return InferenceGaps(-below, best - bound)


def optimal_q(vae: VAE, q: Encoded, x: Tensor, steps: int = CLIMB_STEPS) -> Encoded:
    r"""The $q(z \mid x)$ of highest ELBO for each x by itself, within the family of q: the decoder stays as it is.

    Starts at q and climbs by L-BFGS; nothing is drawn, the ELBO is a quadrature. It is a local maximum: where
    $p(z \mid x)$ has several humps there can be a better one elsewhere. Where the climb ends lower than it began, as
    `elbo` measures it, q stays; so `elbo(vae, optimal_q(vae, q, x), x)` is never below `elbo(vae, q, x)`.

    Args:
        vae: a model with 1 or 2 latent dimensions.
        q: where to start, the encoder's $q(z \mid x)$.
        x: shape (n, D) or (n, ...).
        steps: at most so many steps, and as many again where the climb's quadrature turns out to be too coarse.
    """
    return _climb(vae, q, x, steps)[0]


@torch.no_grad()
def _climb(vae: VAE, q: Encoded, x: Tensor, steps: int) -> tuple[Encoded, Tensor, Tensor]:
    """The best q, the ELBO of q, and that of the best, shapes (n,)."""
    x = check_pair(vae, q, x)
    at_least(steps, 1, "steps")
    best, bound = _output(q), elbo(vae, q, x)
    height, at = bound.clone(), torch.arange(len(x), device=x.device)
    for spacing in CLIMB_SPACINGS:
        output, claimed = _climb_with(vae, type(q), x[at], best[at], spacing, steps)
        found = elbo(vae, type(q).from_output(output, vae.prior.dim), x[at])
        better = found > height[at]
        best[at[better]], height[at[better]] = output[better], found[better]
        at = at[(claimed - found).abs() > MISJUDGED]
        if not len(at):
            break
    return type(q).from_output(best, vae.prior.dim), bound, height


def _climb_with(
    vae: VAE, family: type[Encoded], x: Tensor, start: Tensor, spacing: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Outputs for each x that a climb from `start` ends in, and the ELBO that its quadrature sees there."""
    noise, weights = even_quadrature(vae.prior.dim, x, spacing)

    def of_rows(output: Tensor, x: Tensor) -> Tensor:
        some = family.from_output(output, vae.prior.dim)
        return weights[0] @ vae.log_likelihood(x, some.at(noise[:, None, :])) - kl_each(some, vae.prior)

    def bounds(output: Tensor) -> Tensor:
        return in_blocks(of_rows, [output, x], 8 * len(noise) * x.shape[1])

    output = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([output], max_iter=steps, history_size=20, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        with torch.enable_grad():
            loss = -bounds(output).sum()
            (output.grad,) = torch.autograd.grad(loss, output)
        return loss.detach()

    optimizer.step(closure)
    return output.detach(), bounds(output.detach())


def _output(q: Encoded) -> Tensor:
    """The numbers that `from_output` would read as this q, shape (n, outputs)."""
    if isinstance(q, DiagonalNormal):
        return torch.cat([q.mean, q.log_std], 1)
    row, column = torch.tril_indices(q.mean.shape[1], q.mean.shape[1], -1)
    return torch.cat([q.mean, q.scale_tril.diagonal(dim1=-2, dim2=-1).log(), q.scale_tril[:, row, column]], 1)


# -- gradients -------------------------------------------------------------------------------------------------------


def reparameterization_surrogate(f: Callable[[Tensor], Tensor], q: Encoded, noise: Tensor) -> Tensor:
    r"""A sample of $f(z)$ whose gradient is an unbiased estimate of the gradient of $\E_q[f(z)]$, shape (k, n).

    The gradient flows through $z = \mu + T \varepsilon$, with $T$ the Cholesky factor of q's covariance and
    $\varepsilon \sim \Normal(0, I)$. So f has to be differentiable in z.

    Args:
        f: a function of z, shape (k, n, L) to (k, n).
        q: n normals.
        noise: $\varepsilon$, standard normal draws, shape (k, n, L).

    Raises:
        ValueError: noise of another shape.

    Source: Kingma & Welling 2014, section 2.4; Rezende et al. 2014.
    """
    return f(_at(q, noise))


def score_function_surrogate(f: Callable[[Tensor], Tensor], q: Encoded, noise: Tensor) -> Tensor:
    r"""As `reparameterization_surrogate`, but z is held fixed: f need not be differentiable in z, not even continuous.

    The gradient is $f(z) \, \nabla \log q(z)$, plus that of f at fixed z; it usually varies more.

    Source: Williams 1992; as a surrogate: Foerster et al. 2018, DiCE.

    >>> q = DiagonalNormal(torch.zeros(1, 1, requires_grad=True), torch.zeros(1, 1))
    >>> noise = torch.randn(100_000, 1, 1, generator=torch.Generator().manual_seed(0))
    >>> def above(z):  # a step, so dE[f]/dmean is the density at 0, 0.3989
    ...     return (z > 0).float().squeeze(-1)
    >>> score_function_surrogate(above, q, noise).mean().backward()
    >>> round(q.mean.grad.item(), 2)
    0.4
    """
    z = _at(q, noise).detach()
    value, log_q = f(z), q.log_prob(z)
    return value + value.detach() * (log_q - log_q.detach())


# -- small parts -----------------------------------------------------------------------------------------------------


def _prior(p: Any) -> Any:
    return p.prior if isinstance(p, VAE) else p.z


def _for(p: Any, at: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What `kl_each` needs: a VAE's q belongs to its x already."""
    return () if isinstance(p, VAE) else at


def _noise(q: Encoded, k: int, generator: torch.Generator | None) -> Tensor:
    return torch.randn((k, *q.mean.shape), generator=generator, dtype=q.mean.dtype, device=q.mean.device)


def _at(q: Encoded, noise: Tensor) -> Tensor:
    if noise.dim() != 3 or noise.shape[1:] != q.mean.shape:
        expected = f"(k, {', '.join(map(str, q.mean.shape))})"
        raise ValueError(f"noise: expected shape {expected}, k draws for each row of q, got {tuple(noise.shape)}")
    return q.at(noise)


def _log_mean_exp(value: Tensor, dim: int) -> Tensor:
    return value.logsumexp(dim) - math.log(value.shape[dim])
