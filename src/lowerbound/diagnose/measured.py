"""What all checks look at, and what they compare it with."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from lowerbound.diagnose.anyvae import AnyVAE, NotChecked
from lowerbound.diagnose.lossfit import Fit
from lowerbound.encoders import READINGS
from lowerbound.vae import VAE, pixel_rows

THRESHOLDS: Mapping[str, tuple[float, str]] = {
    "beta": (0.02, "the fit finds planted weights within 0.01"),
    "batch": (0.02, "as for beta"),
    "mode": (1e-3, "rounding of float32 is a thousand times less"),
    "width": (math.log(torch.finfo(torch.float32).max) / 4, "a quarter of where exp overflows in float32"),
    "grey": (1e-3, "pixels that are neither 0 nor 1"),
    "used": (0.005, "nats: a mean of variance 0.01, as in Burda et al. 2016, at a width of 1"),
    "constant": (1e-6, "nats: rounding"),
    "listens": (0.01, "nats, chosen: a code that says less is none"),
    "drawn": (0.02, "as for beta"),
}
"""What is compared with, by name: a number, and where it comes from."""


@dataclass(frozen=True, eq=False)
class Measured:
    r"""A model, some images, and what its networks make of them.

    Attributes:
        model: what we are told.
        vae: the same as a `VAE` of this library.
        limits: a number for each of `THRESHOLDS`.
        x: the images.
        mu: the mean of each q(z|x), shape (n, L).
        second: the encoder's second output, shape (n, L).
        prior: 3 times 64 draws from the prior, shape (3, 64, L).
        generator: of what else is drawn.
        loss: what the loss is made of, in batches of 8 and in batches of 4, or why that is not known.
    """

    model: AnyVAE
    vae: VAE
    limits: Mapping[str, float]
    x: Tensor
    mu: Tensor
    second: Tensor
    prior: Tensor
    generator: torch.Generator
    loss: tuple[Fit, Fit] | str = "it was not asked"

    @property
    def log_std(self) -> Tensor:
        """What the second output means, shape (n, L)."""
        return READINGS[self.model.spread](self.second)

    @property
    def pixels(self) -> Tensor:
        """The images as rows, shape (n, D)."""
        return pixel_rows(self.x)

    @property
    def fits(self) -> tuple[Fit, Fit]:
        """What the loss is made of, in batches of 8 and in batches of 4."""
        if isinstance(self.loss, str):
            raise NotChecked(self.loss)
        return self.loss

    @property
    def fit(self) -> Fit:
        """What the loss is made of, if it has the form at all."""
        if not self.fits[0].explains:
            raise NotChecked("the loss is of another form")
        return self.fits[0]

    @cached_property
    def decoded(self) -> Tensor:
        """What the decoder makes of the means, shape (n, D)."""
        decoded = self.model.decoded(self.mu)
        if decoded.shape != self.pixels.shape:
            shapes = f"the shape {tuple(decoded.shape)}, x has {tuple(self.pixels.shape)}"
            raise ValueError(f"decode: its images have {shapes}")
        return decoded

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest number that the decoder puts out, for codes far out in the prior too."""
        far = torch.cat([self.decoded, *(self.model.decoded(times * self.prior[0]) for times in (1, 3, 10))])
        return float(far.min()), float(far.max())

    @cached_property
    def told(self) -> Tensor:
        r"""What each latent number tells about x at most, in nats, shape (L,).

        It is the average of $\KL(q(z_l \mid x) \,\|\, r(z_l))$ with $r$ the one normal that is nearest to all of them.
        """
        whole = self.mu.var(0, correction=0) + self.log_std.exp().square().mean(0)
        return 0.5 * whole.log() - self.log_std.mean(0)

    @cached_property
    def heard(self) -> float:
        r"""The average of $\KL(p(x \mid z) \,\|\, p(x \mid z'))$ at two draws from the prior, in nats.

        $$\sum_d \E[x_d \mid z] \, (\eta_d(z) - \eta_d(z')) - A(z) + A(z')$$
        """
        p, (one, other) = self.vae.likelihood, (self.vae.decode(z).double() for z in self.prior[1:])
        apart = (p.mean(one) * (p.natural(one) - p.natural(other))).sum(-1)
        return float((apart - p.log_partition(one) + p.log_partition(other)).mean())


def measure(model: AnyVAE, x: Tensor, limits: Mapping[str, float], generator: torch.Generator) -> Measured:
    """What the networks make of the images, in the mode and the precision that they are in."""
    mu, second = model.encoded(x)
    prior = torch.randn(3, 64, mu.shape[1], generator=generator).to(mu)
    return Measured(model, model.as_vae(mu.shape[1]), limits, x, mu, second, prior, generator)
