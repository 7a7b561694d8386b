r"""Likelihoods $p(x \mid z)$: what a decoder's output means.

Each is an exponential family in x, so that all pairs of n images and g latent points are one matrix product:

$$\log p(x \mid z) = \sum_d x_d \, \eta_d(z) - A(z) + b(x)$$

Here `natural` is $\eta$, `log_partition` is $A$ and `base` is $b$. The terms can be large and cancel, which float64
bears and float32 does not: with a small $\sigma$ whole nats are lost. So this form serves the exact sums, in float64.
Training and sampling use `log_prob`, the same number pixel by pixel, where nothing cancels (but for the coefficients of
`Binomial`: in float32 they cost hundredths of a nat for 784 bytes).
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from lowerbound.checks import at_least, positive
from lowerbound.quantities import LOG_2PI


class Likelihood(Protocol):
    r"""What a VAE asks of its likelihood. `decoded` is the decoder's output, shape (..., D).

    One that reads two numbers for each pixel, as `PixelNoise` does, has `outputs` = 2, and `decoded` the shape
    (..., 2D); its `natural` belongs to `statistics`, in whose place x stands in the formula above.
    """

    outputs: int = 1

    def statistics(self, x: Tensor) -> Tensor:
        """What multiplies `natural`: x itself, unless said otherwise."""
        return x

    def expected_statistics(self, decoded: Tensor) -> Tensor:
        r"""$\E[\text{statistics}(x) \mid z]$: the mean, unless said otherwise."""
        return self.mean(decoded)

    def log_prob(self, x: Tensor, decoded: Tensor) -> Tensor:
        r"""$\log p(x \mid z)$, shape (...), in nats; x has the shape of `decoded`."""

    def natural(self, decoded: Tensor) -> Tensor:
        r"""The natural parameters $\eta(z)$, shape (..., D)."""

    def log_partition(self, decoded: Tensor) -> Tensor:
        """The log-normaliser $A(z)$, shape (...), in nats."""

    def base(self, x: Tensor) -> Tensor:
        """The part $b(x)$ that depends on x alone, shape (...), in nats."""

    def mean(self, decoded: Tensor) -> Tensor:
        r"""$\E[x \mid z]$, shape (..., D)."""

    def sample(self, decoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One draw of x given z, shape (..., D)."""

    def check(self, x: Tensor) -> None:
        """Raise ValueError when x cannot have come from this likelihood; any x can, unless said otherwise."""
        return


@dataclass(frozen=True)
class Binomial(Likelihood):
    r"""Each pixel is a count out of `total`, here $m$; the decoder's output is the logit of each $s_d$.

    $$p(x \mid z) = \prod_d \binom{m}{x_d} s_d^{x_d} (1 - s_d)^{m - x_d}$$

    Scikit-learn's digits are such counts, with `total` = 16.
    """

    total: int

    def __post_init__(self) -> None:
        at_least(self.total, 1, "total")
        object.__setattr__(self, "total", int(self.total))

    def log_prob(self, x: Tensor, decoded: Tensor) -> Tensor:
        r"""$\log p(x \mid z) = b(x) - m \sum_d \text{BCE}_d$, with the binary cross-entropy of each $x_d / m$."""
        return self.base(x) - self.total * _cross_entropy(decoded, x / self.total)

    def natural(self, decoded: Tensor) -> Tensor:
        """The logits."""
        return decoded

    def log_partition(self, decoded: Tensor) -> Tensor:
        r"""$A(z) = m \sum_d \log(1 + e^{\eta_d})$, with $\eta_d$ the logits."""
        return self.total * softplus(decoded).sum(-1)

    def base(self, x: Tensor) -> Tensor:
        r"""$b(x) = \sum_d \log \binom{m}{x_d}$."""
        n = torch.tensor(float(self.total), dtype=x.dtype, device=x.device)
        return (torch.lgamma(n + 1) - torch.lgamma(x + 1) - torch.lgamma(n - x + 1)).sum(-1)

    def mean(self, decoded: Tensor) -> Tensor:
        r"""$m s_d$, with $s_d = 1 / (1 + e^{-\eta_d})$."""
        return self.total * torch.sigmoid(decoded)

    def sample(self, decoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Counts, as floating-point numbers."""
        total = torch.full_like(decoded, float(self.total))
        return torch.binomial(total, torch.sigmoid(decoded), generator=generator)

    def check(self, x: Tensor) -> None:
        """Every entry is a whole number from 0 to `total`."""
        least, greatest = x.detach().aminmax()
        if not (least >= 0 and greatest <= self.total and torch.equal(x, x.round())):  # a third of comparing each entry
            bad = ~((x >= 0) & (x <= self.total) & (x == x.round()))
            raise ValueError(
                f"x: {type(self).__name__} data are whole numbers from 0 to {self.total}, but x holds "
                f"{x[bad][0].item()!r}. Grey images have the likelihood Binomial(255), as bytes from 0 to 255 (if they "
                "go from 0 to 1: (255 * x).round()), or GaussianNoise(sigma), as they are; Bernoulli() takes black and "
                "white, such as (x > x.max() / 2).to(x.dtype)"
            )


class Bernoulli(Binomial):
    r"""Each pixel is 0 or 1: a Binomial with a total of 1. The decoder's output is the logit of each $s_d$.

    $$p(x \mid z) = \prod_d s_d^{x_d} (1 - s_d)^{1 - x_d}$$

    Minus $\log p(x \mid z)$ is the binary cross-entropy, summed over pixels. On grey values between 0 and 1 it is no
    likelihood: for a pixel with $s_d = 0.3$, say, it integrates to 0.472 over them and not to 1.
    """

    def __init__(self) -> None:
        super().__init__(total=1)

    def log_prob(self, x: Tensor, decoded: Tensor) -> Tensor:
        """Minus the binary cross-entropy, summed over pixels."""
        return -_cross_entropy(decoded, x)

    def __repr__(self) -> str:
        return "Bernoulli()"


class _NormalPixels(Likelihood, Protocol):
    r"""What normal pixels with one $\sigma$ share, a given one or a learned one."""

    sigma: float | Tensor

    def log_prob(self, x: Tensor, decoded: Tensor) -> Tensor:
        """Minus the squared error, scaled, minus the constant."""
        error = (x - decoded).square().sum(-1)
        return error / (-2 * self.sigma**2) - self._constant(x)

    def natural(self, decoded: Tensor) -> Tensor:
        r"""$\eta = \mu / \sigma^2$, the mean divided by the variance."""
        return decoded / self.sigma**2

    def log_partition(self, decoded: Tensor) -> Tensor:
        r"""$A(z) = \sum_d \mu_d^2 / (2 \sigma^2)$."""
        return decoded.square().sum(-1) / (2 * self.sigma**2)

    def base(self, x: Tensor) -> Tensor:
        r"""$b(x) = -\sum_d x_d^2 / (2 \sigma^2) - \frac{D}{2} \log(2 \pi \sigma^2)$."""
        return -x.square().sum(-1) / (2 * self.sigma**2) - self._constant(x)

    def mean(self, decoded: Tensor) -> Tensor:
        """The decoder's output."""
        return decoded

    def sample(self, decoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        r"""The decoder's output plus noise: $\mu + \sigma \varepsilon$ with $\varepsilon \sim \Normal(0, I)$."""
        return decoded + self.sigma * torch.empty_like(decoded).normal_(generator=generator)

    def _constant(self, x: Tensor) -> float | Tensor:
        return x.shape[-1] / 2 * (LOG_2PI + 2 * _log(self.sigma))


@dataclass(frozen=True)
class GaussianNoise(_NormalPixels):
    r"""Each pixel is normal around the decoder's output $\mu$: $p(x \mid z) = \Normal(x; \mu, \sigma^2 I)$.

    Minus its log is the squared error, scaled, plus a constant:

    $$-\log p(x \mid z) = \frac{1}{2 \sigma^2} \sum_d (x_d - \mu_d)^2 + \frac{D}{2} \log(2 \pi \sigma^2)$$

    `sigma` is fixed; `LearnedNoise` and `PixelNoise` learn it.
    """

    sigma: float

    def __post_init__(self) -> None:
        positive(self.sigma, "sigma")
        object.__setattr__(self, "sigma", float(self.sigma))


class _Floored(nn.Module):
    """What the two noises that are learned share: a floor under the standard deviation of a pixel."""

    def __init__(self, floor: float) -> None:
        super().__init__()
        positive(floor, "floor")
        self.floor = float(floor)


class LearnedNoise(_Floored, _NormalPixels):
    r"""As `GaussianNoise`, with one $\sigma$ for all pixels that is learned with the networks, and a floor under it.

    $$\sigma = \sqrt{f^2 + e^{2s}}$$

    Here $f$ is the floor and $s$ is learned; it starts at 0. Without a floor the likelihood has no maximum where the
    decoder can match every image exactly: then $\sigma$ shrinks, and the loss falls, without end.

    Args:
        floor: $f$, the least standard deviation of a pixel that you admit; half the step between two grey values, say.

    Raises:
        ValueError: a floor that is not above 0.

    Source: Rybkin et al. 2021, Simple and effective VAE training with calibrated decoders; without the floor.
    """

    def __init__(self, floor: float) -> None:
        super().__init__(floor)
        self.log_excess = nn.Parameter(torch.zeros(()))

    @property
    def sigma(self) -> Tensor:  # type: ignore[override]  # computed, not set
        r"""$\sigma$ as it is now, a tensor without dimensions."""
        return (self.floor**2 + (2 * self.log_excess).exp()).sqrt()


class PixelNoise(_Floored, Likelihood):
    r"""Each pixel is normal, and the decoder puts out the log variance of each beside its mean; with a floor under it.

    $$p(x \mid z) = \prod_d \Normal(x_d; \mu_d, \sigma_d^2), \qquad \sigma_d^2 = f^2 + e^{v_d}$$

    The decoder's output holds $\mu_1 \ldots \mu_D$, then $v_1 \ldots v_D$. Without the floor $f$ the variance of a
    pixel that is the same in all images shrinks without end, and the loss falls with it.

    Args:
        floor: $f$, the least standard deviation of a pixel that you admit.

    Raises:
        ValueError: a floor that is not above 0.

    Source: Kingma & Welling 2014, appendix C.2; without the floor.
    """

    outputs = 2

    def log_prob(self, x: Tensor, decoded: Tensor) -> Tensor:
        r"""$-\frac{1}{2} \sum_d \left[(x_d - \mu_d)^2 / \sigma_d^2 + \log(2 \pi \sigma_d^2)\right]$."""
        mean, variance = self._read(decoded)
        return -0.5 * ((x - mean).square() / variance + variance.log() + LOG_2PI).sum(-1)

    def statistics(self, x: Tensor) -> Tensor:
        """x and its squares, shape (..., 2D)."""
        return torch.cat([x, x.square()], -1)

    def natural(self, decoded: Tensor) -> Tensor:
        r"""$\mu_d / \sigma_d^2$, then $-1 / (2 \sigma_d^2)$."""
        mean, variance = self._read(decoded)
        return torch.cat([mean / variance, -0.5 / variance], -1)

    def log_partition(self, decoded: Tensor) -> Tensor:
        r"""$A(z) = \frac{1}{2} \sum_d \left[\mu_d^2 / \sigma_d^2 + \log \sigma_d^2\right]$."""
        mean, variance = self._read(decoded)
        return 0.5 * (mean.square() / variance + variance.log()).sum(-1)

    def base(self, x: Tensor) -> Tensor:
        r"""$b(x) = -\frac{D}{2} \log 2 \pi$."""
        return x.new_full(x.shape[:-1], -x.shape[-1] / 2 * LOG_2PI)

    def mean(self, decoded: Tensor) -> Tensor:
        r"""$\mu$, shape (..., D)."""
        return self._read(decoded)[0]

    def expected_statistics(self, decoded: Tensor) -> Tensor:
        r"""$\mu_d$, then $\mu_d^2 + \sigma_d^2$."""
        mean, variance = self._read(decoded)
        return torch.cat([mean, mean.square() + variance], -1)

    def sample(self, decoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        r"""$\mu_d + \sigma_d \varepsilon_d$ with $\varepsilon \sim \Normal(0, I)$."""
        mean, variance = self._read(decoded)
        return mean + variance.sqrt() * torch.empty_like(mean).normal_(generator=generator)

    def _read(self, decoded: Tensor) -> tuple[Tensor, Tensor]:
        """Means and variances."""
        if decoded.shape[-1] % 2:
            raise ValueError(f"decoder: expected a mean and a log variance each, got {decoded.shape[-1]} numbers")
        mean, log_variance = decoded.chunk(2, -1)
        return mean, self.floor**2 + log_variance.exp()


def log_likelihood(likelihood: Likelihood, x: Tensor, decoded: Tensor) -> Tensor:
    r"""$\log p(x \mid z)$ in nats; x and decoded broadcast against each other over all but the last dimension.

    Raises:
        ValueError: x and the decoder's output differ in their last dimension.

    >>> log_likelihood(Bernoulli(), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 0.0]))
    tensor(-1.3863)
    """
    if x.shape[-1] * likelihood.outputs != decoded.shape[-1]:
        each = "" if likelihood.outputs == 1 else f", for each of which {likelihood!r} reads {likelihood.outputs}"
        raise ValueError(f"decoder: its output has {decoded.shape[-1]} number(s), but x has {x.shape[-1]} pixels{each}")
    if x.shape[:-1] != decoded.shape[:-1]:
        shape = torch.broadcast_shapes(x.shape[:-1], decoded.shape[:-1])
        x, decoded = x.expand(*shape, -1), decoded.expand(*shape, -1)
    return likelihood.log_prob(x, decoded)


def log_likelihood_table(likelihood: Likelihood, x: Tensor, decoded: Tensor) -> Tensor:
    r"""$\log p(x_i \mid z_g)$ for every pair, shape (n, g), as one matrix product of x (n, D) with decoded (g, D)."""
    product = likelihood.statistics(x) @ likelihood.natural(decoded).T
    return product.sub_(likelihood.log_partition(decoded)).add_(likelihood.base(x)[:, None])


def _log(sigma: float | Tensor) -> float | Tensor:
    return sigma.log() if isinstance(sigma, Tensor) else math.log(sigma)


def _cross_entropy(logits: Tensor, share: Tensor) -> Tensor:
    """Binary cross-entropy with logits, summed over pixels: one fused operation, exact for large logits too."""
    return binary_cross_entropy_with_logits(logits, share, reduction="none").sum(-1)
