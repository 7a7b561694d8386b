r"""How good is $q(z \mid x)$? The gap taken apart, and the best that a family of distributions can do.

All values are in nats.
"""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor

from lowerbound.checks import at_least
from lowerbound.memory import in_blocks
from lowerbound.quantities import elbo, kl_each
from lowerbound.vae import HELD, TOLERANCE, VAE, DiagonalNormal, Encoded, check_pair, even_quadrature

CLIMB_STEPS = 100  # to the best q, at most
CLIMB_SPACINGS = (1.0, 0.5)  # of the quadrature on the way there: the second where the first misjudged
MISJUDGED = 0.01  # nats


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
        return in_blocks(of_rows, [output, x], HELD * len(noise) * x.shape[1])

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
