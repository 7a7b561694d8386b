r"""The neural world: a VAE with $p(z) = \Normal(0, I)$ and a network each for $p(x \mid z)$ and $q(z \mid x)$.

$$\ELBO(x) = \E_{q(z \mid x)}[\log p(x \mid z)] - \KL(q(z \mid x) \,\|\, p(z))$$

`x` has shape (n, D), `z` has shape (n, L), logarithms are in nats. Images may keep their shape, (n, C, H, W) say: the
encoder gets x as you give it. For $p(x \mid z)$ the pixels of an image, of x and of the decoder's output alike, are one
row of D numbers, ordered as by `x.flatten(1)`. The words are those of the other worlds:

    q = vae.encode(x)                    # q(z|x), one normal per row of x
    kl_each(q, vae.prior)                # the KL of the formula, in closed form
    reconstruction(vae, q, x)            # its first term, by quadrature
    elbo(vae, q, x)                      # the difference of the two

Both networks are called in eval mode, and every module of them is put back into the mode it was in: $p(x \mid z)$ and
$q(z \mid x)$ depend on no neighbours in a batch, and measuring changes nothing. Only a step of training (`loss`, `fit`)
calls them in the mode that they are in. Everything can be differentiated, and memory stays bounded all the same: of a
long sum no block's graph is kept, the backward pass computes it again.

What needs the true posterior $p(z \mid x)$ is in grid.py.
"""

import copy
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import torch
from torch import Tensor, nn

from lowerbound.checks import at_least, expect, finite, last_axis, same_length
from lowerbound.likelihoods import Likelihood, log_likelihood
from lowerbound.memory import in_blocks, rows_a_block
from lowerbound.quantities import LOG_2PI, elbo, entropy, kl, kl_each, reconstruction

SPACING, FINEST = 0.5, 0.125  # of the evenly spaced quadrature, in standard deviations of q(z|x): first, and at the end
RADIUS = 6.5  # standard deviations: 2-D normals have 7e-10 of their mass beyond
HELD = 8  # numbers for each pixel and code, where memory is bounded: a network's layers hold several
TOLERANCE = 1e-3  # nats: what may be further off is not returned without a warning


@dataclass(frozen=True, eq=False)
class StandardNormal:
    r"""The prior $p(z) = \Normal(0, I)$ in `dim` dimensions."""

    dim: int

    def log_prob(self, z: Tensor) -> Tensor:
        r"""$\log p(z) = -\frac{1}{2} \sum_l z_l^2 - \frac{L}{2} \log 2\pi$, for z of shape (..., L)."""
        last_axis(z, self.dim, "z")
        return _log_standard(z)


def _log_standard(noise: Tensor) -> Tensor:
    return -0.5 * (noise.square().sum(-1) + noise.shape[-1] * LOG_2PI)


@dataclass(frozen=True, eq=False)
class DiagonalNormal:
    r"""A batch of normals with independent coordinates, one per row.

    $$q(z \mid x) = \Normal(\mu, T T^T), \qquad T = \operatorname{diag}(\sigma_1, \ldots, \sigma_L)$$

    Attributes:
        mean: $\mu$, shape (n, L).
        log_std: $\log \sigma_l$, shape (n, L).
    """

    mean: Tensor
    log_std: Tensor

    def __post_init__(self) -> None:
        _check_shapes(self.mean, "log_std", self.log_std, self.mean.shape)

    @classmethod
    def from_output(cls, output: Tensor, latent_dim: int) -> Self:
        """Read an encoder's output, shape (n, 2L): the means, then the log standard deviations."""
        last_axis(output, 2 * latent_dim, "encoder's output, L means and L log standard deviations")
        return cls(*output.chunk(2, -1))

    @property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor $T$ of the covariance, shape (n, L, L)."""
        return torch.diag_embed(self.log_std.exp())

    @property
    def log_det(self) -> Tensor:
        r"""$\log \det T = \sum_l \log \sigma_l$, shape (n,)."""
        return self.log_std.sum(-1)

    def at(self, noise: Tensor) -> Tensor:
        r"""Turns standard normal noise, (..., n, L), into draws of q: $z_l = \mu_l + \sigma_l \varepsilon_l$.

        This is the reparameterization: gradients reach the mean and the standard deviations.
        """
        last_axis(noise, self.mean.shape[-1], "noise")
        return self.mean + self.log_std.exp() * noise

    def log_prob(self, z: Tensor) -> Tensor:
        r"""$\log q(z \mid x)$, for z of shape (..., n, L), in nats."""
        last_axis(z, self.mean.shape[-1], "z")
        return _log_standard((z - self.mean) * (-self.log_std).exp()) - self.log_det


@dataclass(frozen=True, eq=False)
class FullNormal:
    r"""A batch of normals with any covariance, one per row.

    $$q(z \mid x) = \Normal(\mu, T T^T)$$

    Attributes:
        mean: $\mu$, shape (n, L).
        scale_tril: $T$, lower triangular with a positive diagonal, shape (n, L, L).
    """

    mean: Tensor
    scale_tril: Tensor

    def __post_init__(self) -> None:
        _check_shapes(self.mean, "scale_tril", self.scale_tril, (*self.mean.shape, self.mean.shape[-1]))

    @classmethod
    def from_output(cls, output: Tensor, latent_dim: int) -> Self:
        """Read an encoder's output: means, log diagonal of $T$, then $T$ below the diagonal.

        Its shape is (n, 2L + L(L-1)/2).
        """
        below = latent_dim * (latent_dim - 1) // 2
        last_axis(output, 2 * latent_dim + below, "encoder's output, L means, L log scales and L(L-1)/2 more below")
        mean, log_diagonal, rest = torch.split(output, [latent_dim, latent_dim, below], -1)
        tril = torch.diag_embed(log_diagonal.exp())
        row, column = torch.tril_indices(latent_dim, latent_dim, -1, device=output.device)
        return cls(mean, tril.index_put((torch.arange(len(tril))[:, None], row, column), rest))

    @property
    def log_det(self) -> Tensor:
        r"""$\log \det T$, shape (n,)."""
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def at(self, noise: Tensor) -> Tensor:
        r"""Turns standard normal noise, (..., n, L), into draws of q: $z = \mu + T \varepsilon$.

        This is the reparameterization: gradients reach the mean and T.
        """
        last_axis(noise, self.mean.shape[-1], "noise")
        with torch.autocast(noise.device.type, enabled=False):  # which would round the product
            stretched = torch.einsum("...ij,...j->...i", self.scale_tril, noise)
        return self.mean + stretched

    def log_prob(self, z: Tensor) -> Tensor:
        r"""$\log q(z \mid x)$, for z of shape (..., n, L), in nats."""
        last_axis(z, self.mean.shape[-1], "z")
        offset = (z - self.mean)[..., None]
        noise = torch.linalg.solve_triangular(self.scale_tril, offset, upper=False).squeeze(-1)
        return _log_standard(noise) - self.log_det


Encoded = DiagonalNormal | FullNormal


def rows(q: Encoded, part: slice | Tensor) -> Encoded:
    """Some rows of a batch of normals."""
    return type(q)(*(field[part] for field in vars(q).values()))


class VAE(nn.Module):
    r"""A variational autoencoder from any two modules: $p(x, z) = p(z) \, p(x \mid z)$, with the encoder $q(z \mid x)$.

    Each module sees one batch axis and no more, as in training, so that what `fit` can train can be measured. Under
    torch's autocast the modules run as it says; what is computed from their outputs is computed in the dtype of x.

    Args:
        encoder: maps x, shape (n, D) or (n, ...) as you give it, to the numbers that `posterior` reads: for
            DiagonalNormal 2L of them for each x.
        decoder: maps z, shape (n, L), to what the likelihood reads, logits or means: shape (n, D), or (n, ...) with D
            numbers for each z.
        likelihood: `Bernoulli()`, `Binomial(total)`, `GaussianNoise(sigma)`, or with a noise that is learned
            `LearnedNoise(floor)` or `PixelNoise(floor)`.
        latent_dim: L, the number of latent coordinates.
        posterior: the family of $q(z \mid x)$, `DiagonalNormal` or `FullNormal`.

    Raises:
        TypeError: modules that are none, no likelihood, another family.
        ValueError: a `latent_dim` that is no whole number above 0. Outputs of the wrong width are found when they come.

    Source: Kingma & Welling 2014.

    >>> from lowerbound import Bernoulli
    >>> encoder = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.SiLU(), nn.Flatten(), nn.Linear(64, 4))
    >>> decoder = nn.Sequential(nn.Linear(2, 64), nn.Unflatten(1, (4, 4, 4)), nn.ConvTranspose2d(4, 1, 2, stride=2))
    >>> vae, images = VAE(encoder, decoder, Bernoulli()), torch.ones(9, 1, 8, 8)
    >>> elbo(vae, vae.encode(images), images).shape, vae.decode(torch.zeros(5, 9, 2)).shape
    (torch.Size([9]), torch.Size([5, 9, 64]))
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        likelihood: Likelihood,
        latent_dim: int = 2,
        posterior: type[Encoded] = DiagonalNormal,
    ) -> None:
        super().__init__()
        for name, module in (("encoder", encoder), ("decoder", decoder)):
            expect(module, nn.Module, name, "a torch.nn.Module")
        at_least(latent_dim, 1, "latent_dim")
        if not (isinstance(posterior, type) and issubclass(posterior, Encoded)):
            raise TypeError(f"posterior: expected DiagonalNormal or FullNormal, got {posterior!r}")
        if isinstance(likelihood, type) or not all(hasattr(likelihood, name) for name in ("natural", "outputs")):
            raise TypeError(f"likelihood: expected one such as Bernoulli() or Binomial(16), got {likelihood!r}")
        self.encoder, self.decoder = encoder, decoder
        self.likelihood, self.prior, self.posterior = likelihood, StandardNormal(latent_dim), posterior

    def encode(self, x: Tensor, training: bool = False) -> Encoded:
        r"""$q(z \mid x)$ for each x, in eval mode.

        Args:
            x: shape (n, D), or (n, ...): the encoder gets it as it is.
            training: leave the encoder in the mode it is in and give it all x as one batch, as a training loop of your
                own needs (for dropout, or for batch normalisation to learn its averages).
        """
        if training:
            output = self._call("encoder", x, training)
        else:
            held = HELD * math.prod(x.shape[1:])
            output = in_blocks(lambda some: self._call("encoder", some), [x], held, self.encoder)
        return self.posterior.from_output(pixel_rows(output), self.prior.dim)

    def decode(self, z: Tensor, training: bool = False) -> Tensor:
        """The decoder's output for z, shape (..., L) to (..., D), in eval mode.

        Args:
            z: any number of axes; the decoder gets them as one batch.
            training: leave the decoder in the mode it is in, as for `encode`.
        """
        last_axis(z, self.prior.dim, "z")
        if z.dim() == 2:  # one batch already, as in training, where every view would cost a step of the graph
            return pixel_rows(self._call("decoder", z, training))
        decoded = pixel_rows(self._call("decoder", z.reshape(-1, self.prior.dim), training))
        return decoded.reshape(*z.shape[:-1], decoded.shape[1])

    def _call(self, name: str, batch: Tensor, training: bool = False) -> Tensor:
        """The one door to both networks."""
        network: nn.Module = getattr(self, name)
        with nullcontext() if training else eval_mode(self):
            output: Any = network(batch)
        if not isinstance(output, Tensor):
            advice = "; MeanAndSpread reads a pair" if name == "encoder" and isinstance(output, tuple | list) else ""
            raise TypeError(f"{name}: expected it to return one tensor, got a {type(output).__name__}{advice}")
        if output.dim() == 0 or len(output) != len(batch):
            raise ValueError(f"{name}: for {len(batch)} inputs its output has shape {tuple(output.shape)}")
        return output if output.dtype == batch.dtype else output.to(batch.dtype)  # of autocast: sums need all digits

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        r"""$\log p(x \mid z)$, shape (...), in nats, for z of shape (..., L) and x of shape (n, D), (D,) or (n, ...).

        All but the last axes of z and of rows x broadcast against each other: `x[:, None]` against z of shape (g, L)
        is a table, (n, g). (So signals of one channel, shape (n, 1, D), have to be flattened here.)
        """
        decoded = self.decode(z)
        as_rows = x.shape[-1] * self.likelihood.outputs == decoded.shape[-1]
        return log_likelihood(self.likelihood, x if as_rows else pixel_rows(x), decoded)

    def log_joint(self, x: Tensor, z: Tensor) -> Tensor:
        r"""$\log p(x, z) = \log p(z) + \log p(x \mid z)$, shapes as for `log_likelihood`, in nats."""
        return self.prior.log_prob(z) + self.log_likelihood(x, z)

    @property
    def model(self) -> nn.ModuleList:
        r"""What has the weights of $p(x \mid z)$: the decoder, and a likelihood that learns."""
        return nn.ModuleList(part for part in (self.decoder, self.likelihood) if isinstance(part, nn.Module))

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        r"""n draws (x, z) of the model's joint: z from the prior, then x from $p(x \mid z)$.

        z has shape (n, L), and x the shape that the decoder gives it.
        """
        at_least(n, 1, "n")
        like = next(self.decoder.parameters(), torch.empty(0))
        z = torch.randn(n, self.prior.dim, generator=generator, dtype=like.dtype, device=like.device)
        return self.likelihood.sample(self._call("decoder", z), generator), z

    def check(self, x: Any) -> Tensor:
        """x itself, or an error that says why it is no data for this VAE."""
        if not isinstance(x, Tensor) or not x.is_floating_point():
            found = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise TypeError(f"x: expected a floating-point tensor, got {found}; {self._conversion(x)}")
        if x.dim() < 2 or len(x) == 0:
            raise ValueError(f"x: expected shape (n, D), or images (n, ...), with n > 0, got {tuple(x.shape)}")
        weight = next(self.parameters(), x)
        if weight.dtype != x.dtype or weight.device != x.device:
            raise TypeError(
                f"x: {x.dtype} on {x.device}, but the VAE has {weight.dtype} on {weight.device}; "
                f"use x.to({weight.dtype}) or vae.to(x.dtype)"
            )
        finite(x, "x")
        for part in x.split(rows_a_block(HELD * math.prod(x.shape[1:]))):
            self.likelihood.check(part)
        return x

    def _conversion(self, x: Any) -> str:
        """How to make data of x: an advice that does not lead to the next error."""
        dtype = next(self.parameters(), torch.empty(0)).dtype
        how = f"x.to({dtype})" if isinstance(x, Tensor) else f"torch.as_tensor(x, dtype={dtype})"
        try:
            self.likelihood.check(torch.as_tensor(x, dtype=dtype))
        except (TypeError, ValueError, RuntimeError) as error:
            return f"{how} alone does not help: {error}"
        return f"use {how}"


@contextmanager
def eval_mode(vae: nn.Module) -> Iterator[None]:
    """Inside, every module is in eval mode; afterwards each is in the mode that it was in."""
    training = [module for module in vae.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


def in_float64(vae: VAE) -> VAE:
    """A VAE with a copy of the decoder, in float64 on the CPU, and no encoder."""
    computed = {  # by a hook from other weights, as older forms of normalised weights are: deepcopy refuses those
        id(value): value.detach().clone()
        for module in vae.model.modules()
        for value in vars(module).values()
        if isinstance(value, Tensor) and not value.is_leaf
    }
    decoder, likelihood = copy.deepcopy((vae.decoder, vae.likelihood), computed)
    return VAE(nn.Identity(), decoder, likelihood, vae.prior.dim).cpu().double()


def pixel_rows(x: Tensor) -> Tensor:
    """Images (n, ...) as rows of pixels, (n, D)."""
    return x.flatten(1) if x.dim() > 1 else x[:, None]


def kl_per_latent(q: DiagonalNormal) -> Tensor:
    r"""$\KL(q(z_l \mid x) \,\|\, p(z_l))$ for each image and each latent number, shape (n, L), in nats.

    Their sum over l is $\KL(q(z \mid x) \,\|\, p(z))$, because neither of the two ties the numbers together. One whose
    average over the data is near 0 tells next to nothing about x.

    Raises:
        TypeError: a q with a full covariance, which does not come apart so.

    Source: Kingma & Welling 2014, appendix B.

    >>> kl_per_latent(DiagonalNormal(torch.tensor([[0.0, 2.0]]), torch.zeros(1, 2)))
    tensor([[0., 2.]])
    """
    expect(q, DiagonalNormal, "q")
    log_var = 2 * q.log_std
    return 0.5 * (q.mean.square() + log_var.exp() - log_var - 1)


@kl_each.register
def _(q: Encoded, p: Any) -> Tensor:
    """KL(N(m, T T')‖N(0, I)) = (|m|^2 + |T|^2 - L) / 2 - log det T, or against a posterior on a grid."""
    if hasattr(p, "kl_from"):
        return p.kl_from(q)
    expect(p, StandardNormal, "p", "vae.prior or a posterior from Grid")
    last_axis(q.mean, p.dim, "q")
    if isinstance(q, DiagonalNormal):
        return kl_per_latent(q).sum(-1)
    return 0.5 * (q.mean.square().sum(-1) + q.scale_tril.square().sum((-2, -1)) - p.dim) - q.log_det


@kl.register
def _(q: Encoded, p: Any) -> Tensor:
    """E_q(x) KL(q(z|x)‖p(z)), the average over the rows of q: q(x) is a data set, whose rows weigh the same."""
    return kl_each(q, p).mean()


@entropy.register
def _(q: Encoded) -> Tensor:
    """H(q(z|x)) for each x, shape (n,): log det T + L/2 log(2 pi e)."""
    return q.log_det + q.mean.shape[-1] / 2 * (LOG_2PI + 1)


@reconstruction.register
def _(p: VAE, q: Encoded, x: Tensor) -> Tensor:
    """E_q(z|x)[log p(x|z)] by quadrature, shape (n,).

    It is right to 1e-3 nats (in float32 to 16 units in the last place, if these are more) where the decoder changes
    little within an eighth of q's width, and to many more digits where it is smooth there. Where two spacings disagree
    by more, the spacing is halved, up to twice; then there is a warning. For 1 or 2 latent dimensions; beyond, the
    number of points explodes: average the `log_likelihood` of what `draw` returns.
    """
    x = check_pair(p, q, x)
    value, error = _quadrature(p, q, x, SPACING)
    spacing, allowed = SPACING, (16 * torch.finfo(x.dtype).eps * value.detach().abs()).clamp(min=TOLERANCE)
    while spacing > FINEST and (error > allowed).any():
        spacing, at = spacing / 2, (error > allowed).nonzero().squeeze(1)
        finer, still = _quadrature(p, rows(q, at), x[at], spacing)
        value, error = value.index_copy(0, at, finer), error.index_copy(0, at, still)
    if (off := error[error > allowed]).numel():
        warnings.warn(
            f"reconstruction: the quadrature of {len(off)} image(s) may be off by {off.max().item():.2g} nats, the "
            "decoder is too rough for it; sampled_elbo states its error",
            stacklevel=3,
        )
    return value


@elbo.register
def _(p: VAE, q: Encoded, x: Tensor) -> Tensor:
    """ELBO(x) = E_q(z|x)[log p(x|z)] - KL(q(z|x)‖p(z)), the first term by quadrature, shape (n,)."""
    return reconstruction(p, q, x) - kl_each(q, p.prior)


def check_pair(vae: VAE, q: Encoded, x: Tensor) -> Tensor:
    """x as rows of pixels; an error unless it is data for this VAE and q holds one distribution over z for each."""
    vae.check(x)
    check_q(q, len(x), vae.prior.dim)
    return pixel_rows(x)


def check_q(q: Any, n: int, latent_dim: int) -> None:
    """Raise unless q holds a distribution over so many latent dimensions for each of n rows of x."""
    expect(q, Encoded, "q", "what vae.encode(x) returns")
    same_length("q", q.mean, "the rows of x", n)
    last_axis(q.mean, latent_dim, "q")


def _quadrature(vae: VAE, q: Encoded, x: Tensor, spacing: float) -> tuple[Tensor, Tensor]:
    """E_q(z|x)[log p(x|z)] and an estimate of its error, shapes (n,).

    For what is smooth the same sum over every second point has far more error, so the difference estimates it with room
    to spare. At a kink it has about four times the error, and one between two points can escape all 2^L such sums.
    """
    noise, weights = even_quadrature(vae.prior.dim, x, spacing)

    def of_rows(x: Tensor, *parameters: Tensor) -> Tensor:
        return weights @ log_likelihoods(vae, x, type(q)(*parameters).at(noise[:, None, :]))

    held = HELD * x.shape[1] * len(noise)
    value, *others = in_blocks(of_rows, [x, *vars(q).values()], held, vae.model, dim=1)
    return value, (torch.stack(others).detach() - value.detach()).abs().amax(0) / 4


def log_likelihoods(vae: VAE, x: Tensor, z: Tensor) -> Tensor:
    """log p(x|z) of m codes for each of n rows, from shapes (n, D) and (m, n, L) to (m, n): block by block."""
    held = HELD * x.shape[1]

    def of_rows(x: Tensor, z: Tensor) -> Tensor:
        return in_blocks(lambda z: vae.log_likelihood(x, z), [z.transpose(0, 1)], held * len(x), vae.model)

    return in_blocks(of_rows, [x, z.transpose(0, 1)], held * len(z), vae.model, dim=1)


def even_quadrature(dim: int, like: Tensor, spacing: float = SPACING) -> tuple[Tensor, Tensor]:
    r"""Evenly spaced points $a_i$ and weights $w_i$ of quadrature, $\E[f(\varepsilon)] \approx \sum_i w_i f(a_i)$.

    Here $\varepsilon \sim \Normal(0, I)$. The shapes are (m, dim) and (1 + 2^dim, m): first the rule, then the same
    for every second point in each dimension, from the even and from the odd ones.

    The points lie within a radius of RADIUS, and are stretched a little so that second moments are exact, as first
    ones are. For what is not a polynomial this converges faster than Gauss-Hermite quadrature, whose points spread.

    Source: Trefethen 2022, Exactness of quadrature formulas.
    """
    if dim > 2:
        raise ValueError(f"latent_dim: quadrature takes too many points in {dim} dimensions; use sampled_elbo")
    step = torch.arange(-math.floor(RADIUS / spacing), math.floor(RADIUS / spacing) + 1, dtype=torch.float64)
    steps = torch.cartesian_prod(*[step] * dim).reshape(-1, dim)
    steps = steps[(spacing * steps).norm(dim=1) <= RADIUS]
    weight = (-0.5 * (spacing * steps).square().sum(1)).exp()
    every_second = [((steps % 2) == torch.tensor(odd)).all(1) for odd in product((0, 1), repeat=dim)]
    weights = torch.stack([weight, *(weight * part for part in every_second)])
    weights /= weights.sum(1, keepdim=True)
    points = steps / (weights[0] @ steps[:, 0].square()).sqrt()
    return points.to(like), weights.to(like)


def _check_shapes(mean: Tensor, name: str, other: Tensor, expected: tuple[int, ...]) -> None:
    if mean.dim() != 2 or other.shape != expected:
        shapes = f"{tuple(mean.shape)} and {tuple(other.shape)}"
        raise ValueError(f"mean, {name}: expected shapes (n, L) and to match, got {shapes}")
