r"""The encoder's joint over a data set, $q(x, z) = q(x) \, q(z \mid x)$, and its marginal, the aggregated posterior.

All values are in nats.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lowerbound.checks import expect
from lowerbound.memory import in_blocks
from lowerbound.quantities import entropy, kl, mutual_information
from lowerbound.vae import Encoded, StandardNormal

REACH = 9.0  # standard deviations: a normal has 2e-19 of its mass beyond
POINTS_PER_STD = 2.0  # of the narrowest q(z|x), in the sum over the aggregated posterior
MOST_POINTS = 2**20  # of that sum


@dataclass(frozen=True, eq=False)
class AggregatedPosterior:
    r"""The aggregated posterior: a mixture of as many normals as the data set has rows.

    $$q(z) = \frac{1}{n} \sum_i q(z \mid x_i)$$

    `entropy` and `kl` against the prior are computed for 1 or 2 latent dimensions, by a sum over an evenly spaced grid.
    """

    given: Encoded

    def log_prob(self, z: Tensor) -> Tensor:
        r"""$\log q(z)$ for z of shape (m, L), shape (m,)."""
        return _of_pairs(self.given, lambda log_q: log_q.logsumexp(1), z) - math.log(len(self.given.mean))


@dataclass(frozen=True, eq=False)
class EncoderJoint:
    r"""The encoder's joint $q(x, z) = q(x) \, q(z \mid x)$ of a VAE.

    Here $q(x)$ is a data set: each of its n rows has weight 1/n.

    Args:
        z_given_x: $q(z \mid x)$ for every row, what `vae.encode(data)` returns.

    `mutual_information` of it is computed for 1 or 2 latent dimensions; it is at most $\log n$.

    >>> from lowerbound import DiagonalNormal
    >>> apart = EncoderJoint(DiagonalNormal(torch.tensor([[-9.0], [9.0]]).double(), torch.zeros(2, 1).double()))
    >>> mutual_information(apart)  # z tells which of the two rows it came from: log 2
    tensor(0.6931, dtype=torch.float64)
    """

    z_given_x: Encoded

    def __post_init__(self) -> None:
        expect(self.z_given_x, Encoded, "z_given_x", "what vae.encode returns")

    @property
    def z(self) -> AggregatedPosterior:
        """The marginal $q(z)$, the aggregated posterior."""
        return AggregatedPosterior(self.z_given_x)

    def x_given_z(self, z: Tensor) -> Tensor:
        r"""$q(x \mid z)$ for z of shape (m, L): which row of the data did this z come from? Shape (m, n).

        By Bayes' rule it is a softmax over the rows:

        $$q(x_i \mid z) = \frac{q(z \mid x_i)}{\sum_j q(z \mid x_j)}$$
        """
        return _of_pairs(self.z_given_x, lambda log_q: log_q.softmax(1), z)


def _of_pairs(q: Encoded, function: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """A function of log q(z|x), shape (m, n), which is applied to blocks of z."""
    return in_blocks(lambda z: function(q.log_prob(z[:, None, :])), [z], 8 * q.mean.numel())


@entropy.register
def _(q: AggregatedPosterior) -> Tensor:
    """H(q(z)) = -E_q(z)[log q(z)]."""
    log_prob, cell = _on_a_grid(q)
    return -(log_prob.exp() * log_prob).sum() * cell


@kl.register
def _(q: AggregatedPosterior, p: Any) -> Tensor:
    """KL(q(z)‖p(z)) = -E_q(z)[log p(z)] - H(q(z)), and the first is E_q(x)[KL(q(z|x)‖p(z)) + H(q(z|x))]."""
    expect(p, StandardNormal, "p")
    return kl(q.given, p) + entropy(q.given).mean() - entropy(q)


@mutual_information.register
def _(joint: EncoderJoint) -> Tensor:
    """I_q(x;z) = H(q(z)) - E_q(x) H(q(z|x))."""
    return entropy(joint.z) - entropy(joint.z_given_x).mean()


def _on_a_grid(q: AggregatedPosterior) -> tuple[Tensor, float]:
    """log q(z) at evenly spaced points that reach beyond every q(z|x), and the size of a cell."""
    tril = q.given.scale_tril.detach()
    reach = REACH * tril.square().sum(-1).sqrt()
    low, high = (q.given.mean.detach() - reach).amin(0), (q.given.mean.detach() + reach).amax(0)
    step = torch.linalg.svdvals(tril).min().item() / POINTS_PER_STD
    counts = [int(width / step) + 2 for width in (high - low).tolist()]
    if len(counts) > 2 or math.prod(counts) > MOST_POINTS:
        raise ValueError(
            f"q: a sum over q(z) with points {step:.2g} apart in {len(counts)} dimension(s) takes "
            f"{math.prod(counts):.2g} points; beyond that, average log_prob(z) over draws z of q instead"
        )
    axes = [start + step * torch.arange(count).to(low) for start, count in zip(low, counts, strict=True)]
    return q.log_prob(torch.cartesian_prod(*axes).reshape(-1, len(axes))), step ** len(axes)
