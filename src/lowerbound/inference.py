r"""How good is $q(z \mid x)$? The best that its family of distributions can do.

With the best q of each x by itself the gap $\log p(x) - \ELBO(x)$ comes apart in two. What even that q leaves is the
approximation gap: the true posterior is no such normal. The rest is the amortization gap: one network serves every x,
and of held-out x it has seen none. The best q is found by a climb, to a local maximum: so found, the first is an upper
estimate and the second a lower one.

Source: Cremer et al. 2018, Inference suboptimality in variational autoencoders.
"""

import torch
from torch import Tensor

from lowerbound.checks import at_least
from lowerbound.memory import in_blocks
from lowerbound.quantities import elbo, kl_each
from lowerbound.vae import HELD, VAE, DiagonalNormal, Encoded, check_pair, even_quadrature

CLIMB_SPACINGS = (1.0, 0.5)  # of the quadrature on the way there: the second where the first misjudged
MISJUDGED = 0.01  # nats


@torch.no_grad()
def optimal_q(vae: VAE, q: Encoded, x: Tensor, steps: int = 100) -> Encoded:
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
    x = check_pair(vae, q, x)
    at_least(steps, 1, "steps")
    best, height, at = _output(q), elbo(vae, q, x), torch.arange(len(x), device=x.device)
    for spacing in CLIMB_SPACINGS:
        output, claimed = _climb(vae, type(q), x[at], best[at], spacing, steps)
        found = elbo(vae, type(q).from_output(output, vae.prior.dim), x[at])
        better = found > height[at]
        best[at[better]], height[at[better]] = output[better], found[better]
        at = at[(claimed - found).abs() > MISJUDGED]
        if not len(at):
            break
    return type(q).from_output(best, vae.prior.dim)


def _climb(
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
