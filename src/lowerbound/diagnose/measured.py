"""What all checks look at, and what they compare it with."""

import math
import warnings
from collections.abc import Mapping
from functools import cached_property

import torch
from torch import Tensor

from lowerbound.bounds import draw, estimate
from lowerbound.diagnose.anyvae import AnyVAE, NotChecked, skip_if
from lowerbound.diagnose.lossfit import Fit, fit_of
from lowerbound.diagnose.report import Images
from lowerbound.encoders import READINGS
from lowerbound.grid import Grid
from lowerbound.psis import pareto_k
from lowerbound.quantities import elbo
from lowerbound.vae import pixel_rows

THRESHOLDS: Mapping[str, tuple[float, str]] = {
    "beta": (0.02, "the fit finds planted weights within 0.01"),
    "size": (0.1, "a sum where a mean belongs changes it far more"),
    "mode": (1e-3, "rounding of float32 is a thousand times less"),
    "width": (math.log(torch.finfo(torch.float32).max) / 4, "a quarter of where exp overflows in float32"),
    "beyond": (1e-3, "of the pixels, outside 0..1"),
    "used": (0.005, "nats: a mean of variance 0.01, as in Burda et al. 2016, at a width of 1"),
    "next to nothing": (0.1, "nats, chosen: what all latent numbers tell together"),
    "constant": (1e-6, "nats: rounding"),
    "listens": (0.01, "nats, chosen: a code that says less is none"),
}
"""What is compared with, by name: a number, and where it comes from."""
PARTS = 10  # of the draws of each image: each gives a bound of its own, and all of them its standard error
LIMITS = {name: number for name, (number, _) in THRESHOLDS.items()}


class Measured:
    r"""A model, some images, and what its networks make of them, in the mode and the precision that they are in.

    Attributes:
        model: what we are told.
        vae: the same as a `VAE` of this library.
        x: the images.
        pixels: the images as rows, shape (n, D).
        mu: the mean of each q(z|x), shape (n, L).
        second: the encoder's second output, shape (n, L).
        log_std: what that means, shape (n, L).
        prior: 3 times 64 draws from the prior, shape (3, 64, L).
        decoded: what the decoder makes of the means, shape (n, D).
        generator: of what else is drawn.
        first, draws: how many images are measured one by one, and from how many draws of z.
    """

    def __init__(self, model: AnyVAE, x: Tensor, generator: torch.Generator, first: int = 0, draws: int = 0) -> None:
        self.model, self.x, self.pixels, self.generator = model, x, pixel_rows(x), generator
        self.first, self.draws = first, draws
        self.mu, self.second = model.encoded(x)
        self.log_std = READINGS[model.spread](self.second)
        self.vae = model.as_vae(self.mu.shape[1])
        self.prior = torch.randn(3, 64, self.mu.shape[1], generator=generator).to(self.mu)
        self.decoded = model.decoded(self.mu)
        if self.decoded.shape != self.pixels.shape:
            shapes = f"the shape {tuple(self.decoded.shape)}, x has {tuple(self.pixels.shape)}"
            advice = "diagnose knows likelihoods with one number for each pixel, and no classes or variances of pixels"
            raise ValueError(f"decode: its images have {shapes}; {advice}")

    @cached_property
    def loss(self) -> tuple[Fit, Fit] | NotChecked:
        """What the loss is made of, in batches of 8 and in batches of 4, or why that is not known."""
        try:
            return fit_of(self.model, self.x, 8, self.generator), fit_of(self.model, self.x, 4, self.generator)
        except NotChecked as because:
            return because

    @property
    def fits(self) -> tuple[Fit, Fit]:
        """What the loss is made of, in batches of 8 and in batches of 4."""
        if isinstance(self.loss, NotChecked):
            raise self.loss
        return self.loss

    @property
    def fit(self) -> Fit:
        """What the loss is made of, if it has the form at all."""
        skip_if(not self.fits[0].explains, "the loss is of another form")
        return self.fits[0]

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

    @cached_property
    def images(self) -> Images:
        """What can be measured for each of the first images."""
        x = self.x[: self.first].double()
        q = self.vae.encode(x)
        generator = torch.Generator(x.device).manual_seed(self.generator.initial_seed())
        log_weight = draw(self.vae, q, x, k=self.draws, generator=generator).log_weight.cpu()
        parts = log_weight[: self.draws // PARTS * PARTS].unflatten(0, (PARTS, -1))
        bound = estimate(parts.logsumexp(1) - math.log(parts.shape[1]))
        k_hat = torch.tensor([pareto_k(column) for column in log_weight.T])
        if self.vae.prior.dim > 2:  # too many for sums over points
            return Images(*estimate(log_weight), *bound, k_hat, None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for single images off by more than a thousandth of a nat
            return Images(elbo(self.vae, q, x).cpu(), torch.zeros(len(x)), *bound, k_hat, Grid(self.vae).gap(q, x))
