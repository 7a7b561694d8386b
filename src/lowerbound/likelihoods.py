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
from numbers import Real
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from lowerbound.checks import at_least


class Likelihood(Protocol):
    """What a VAE asks of its likelihood. `decoded` is the decoder's output, shape (..., D)."""

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
        """Raise ValueError when x cannot have come from this likelihood."""


@dataclass(frozen=True)
class Binomial:
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
        bad = ~((x >= 0) & (x <= self.total) & (x == x.round()))
        if bad.any():
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

    def log_partition(self, decoded: Tensor) -> Tensor:
        r"""$A(z) = \sum_d \log(1 + e^{\eta_d})$, with $\eta_d$ the logits."""
        return softplus(decoded).sum(-1)

    def base(self, x: Tensor) -> Tensor:
        """0: there is one way to draw a 0 or a 1."""
        return torch.zeros(x.shape[:-1], dtype=x.dtype, device=x.device)

    def __repr__(self) -> str:
        return "Bernoulli()"


@dataclass(frozen=True)
class GaussianNoise:
    r"""Each pixel is normal around the decoder's output $\mu$: $p(x \mid z) = \Normal(x; \mu, \sigma^2 I)$.

    Minus its log is the squared error, scaled, plus a constant:

    $$-\log p(x \mid z) = \frac{1}{2 \sigma^2} \sum_d (x_d - \mu_d)^2 + \frac{D}{2} \log(2 \pi \sigma^2)$$

    `sigma` is fixed. One learned for each pixel shrinks without end on pixels that never change, and even a shared one
    on images that the decoder can match exactly: then the likelihood has no maximum.
    """

    sigma: float

    def __post_init__(self) -> None:
        if not isinstance(self.sigma, Real):
            raise TypeError(f"sigma: expected a number, got {self.sigma!r}")
        object.__setattr__(self, "sigma", float(self.sigma))
        if not (math.isfinite(self.sigma) and self.sigma > 0):
            raise ValueError(f"sigma: expected a finite number above 0, got {self.sigma!r}")

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
        noise = torch.randn(decoded.shape, generator=generator, dtype=decoded.dtype, device=decoded.device)
        return decoded + self.sigma * noise

    def check(self, x: Tensor) -> None:
        """Any finite number will do."""

    def _constant(self, x: Tensor) -> float:
        return x.shape[-1] / 2 * math.log(2 * math.pi * self.sigma**2)


def log_likelihood(likelihood: Likelihood, x: Tensor, decoded: Tensor) -> Tensor:
    r"""$\log p(x \mid z)$ in nats; x and decoded broadcast against each other over all but the last dimension.

    Raises:
        ValueError: x and the decoder's output differ in their last dimension.

    >>> log_likelihood(Bernoulli(), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 0.0]))
    tensor(-1.3863)
    """
    if x.shape[-1] != decoded.shape[-1]:
        raise ValueError(f"decoder: its output has {decoded.shape[-1]} number(s), but x has {x.shape[-1]} pixels")
    return likelihood.log_prob(*((x, decoded) if x.shape == decoded.shape else torch.broadcast_tensors(x, decoded)))


def log_likelihood_table(likelihood: Likelihood, x: Tensor, decoded: Tensor) -> Tensor:
    r"""$\log p(x_i \mid z_g)$ for every pair, shape (n, g), as one matrix product of x (n, D) with decoded (g, D)."""
    product = x @ likelihood.natural(decoded).T
    return product.sub_(likelihood.log_partition(decoded)).add_(likelihood.base(x)[:, None])


def _cross_entropy(logits: Tensor, share: Tensor) -> Tensor:
    """Binary cross-entropy with logits, summed over pixels: one fused operation, exact for large logits too."""
    each: Tensor = binary_cross_entropy_with_logits(logits, share, reduction="none")
    return each.sum(-1)
