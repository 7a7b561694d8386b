r"""The truth by brute force: $\log p(x)$ and $p(z \mid x)$ of a VAE with 1 or 2 latent dimensions.

The integral over z becomes a sum over the points $z_g$ of a grid whose cells have size $\Delta$:

$$p(x) = \int p(z) \, p(x \mid z) \dd z \approx \Delta \sum_g p(z_g) \, p(x \mid z_g)$$

"Intractable" means that such a sum grows exponentially with the dimension of z. In two dimensions it is one matrix
product. For smooth decoders the sum over an evenly spaced grid converges faster than any power of the spacing
(Trefethen & Weideman 2014, The exponentially convergent trapezoidal rule), as long as the spacing is below the width
of what is integrated.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lowerbound.checks import finite
from lowerbound.memory import blocks
from lowerbound.vae import VAE, Encoded, check_q, in_float64, pixel_rows, rows


class Grid:
    r"""A grid over z on which $p(x \mid z)$ of every image can be summed.

    Args:
        vae: a VAE with 1 or 2 latent dimensions. Its decoder is copied and evaluated once, in float64.
        points: grid points a dimension.
        limit: the grid reaches from `-limit` to `limit` in every dimension.

    Attributes:
        z: the points, shape (G, L) with G = `points ** L`, the last coordinate fastest.
        spacing: distance between neighbours.

    Raises:
        ValueError: more than 2 latent dimensions, or a grid too coarse to see the prior.
    """

    def __init__(self, vae: VAE, points: int = 144, limit: float = 7.0) -> None:
        dim = vae.prior.dim
        if dim > 2:
            raise ValueError(
                f"vae: a grid over {dim} latent dimensions needs {points}^{dim} points; "
                "use log_evidence of lowerbound.ais (annealed importance sampling; import it first) instead"
            )
        if points < 2 or not 0 < limit < math.inf:
            raise ValueError(f"points, limit: expected at least 2 points and a finite limit > 0, got {points}, {limit}")
        self.vae, self.points, self.limit = vae, points, limit
        axis = torch.linspace(-limit, limit, points, dtype=torch.float64)
        self.spacing = 2 * limit / (points - 1)
        if self.spacing > 1:
            raise ValueError(f"points: {points} over |z| <= {limit} are {self.spacing:.2g} apart; the prior is 1 wide")
        self.z = torch.cartesian_prod(*[axis] * dim).reshape(-1, dim)
        exact = in_float64(vae)
        with torch.no_grad():
            decoded = torch.cat([exact.decode(part) for part in torch.split(self.z, 4096)])
        self._log_cell = dim * math.log(self.spacing)
        self._natural = vae.likelihood.natural(decoded).T.contiguous()  # (D, points^L): the layout that @ likes best
        self._constant = vae.prior.log_prob(self.z) + self._log_cell - vae.likelihood.log_partition(decoded)

    def _log_joint_mass(self, x: Tensor) -> Tensor:
        """log p(x, z in cell) = log p(x|z) + log p(z) + log of the cell's size, but for base(x); (n, points^L)."""
        return torch.addmm(self._constant, x, self._natural)

    def log_evidence(self, x: Tensor) -> Tensor:
        r"""$\log p(x) = \log \int p(z) \, p(x \mid z) \dd z$ by the sum over the grid, shape (n,), in nats.

        Memory stays bounded: the images go through in blocks.
        """
        x = self._double(x)
        parts = blocks(len(x), len(self.z))
        sums = [_log_sum_exp_(self._log_joint_mass(x[part])) for part in parts]
        return torch.cat(sums) + self.vae.likelihood.base(x)

    def posterior(self, x: Tensor) -> "GridPosterior":
        r"""The true posterior of each row of x, by Bayes' rule: $p(z \mid x) = p(x, z) / p(x)$.

        It holds G numbers for each image, one for each point of the grid; for many images ask in parts.
        """
        log_mass = self._log_joint_mass(self._double(x))
        return GridPosterior(self, log_mass.sub_(log_mass.logsumexp(1, keepdim=True)))

    def gap(self, q: Encoded, x: Tensor) -> Tensor:
        r"""The gap $\KL(q(z \mid x) \,\|\, p(z \mid x))$ for each row of x, shape (n,), in nats.

        It is `kl_each(q, self.posterior(x))`, in blocks.
        """
        x = self._double(x)
        check_q(q, len(x), self.vae.prior.dim)
        parts = blocks(len(x), len(self.z))
        return torch.cat([self.posterior(x[part]).kl_from(rows(q, part)) for part in parts])

    def error(self, x: Tensor) -> Tensor:
        """Estimated error of `log_evidence(x)`, shape (n,), in nats: its difference to a finer and wider grid."""
        wider = Grid(
            self.vae, points=math.ceil(1.5 * self.points * (self.limit + 1) / self.limit), limit=self.limit + 1
        )
        return (self.log_evidence(x) - wider.log_evidence(x)).abs()

    def _double(self, x: Tensor) -> Tensor:
        pixels = len(self._natural)
        if not isinstance(x, Tensor) or x.dim() < 2 or len(x) == 0 or math.prod(x.shape[1:]) != pixels:
            found = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(f"x: expected a tensor of shape (n, {pixels}), or images, with n > 0, got {found}")
        x = pixel_rows(x).detach().cpu().double()
        finite(x, "x")
        self.vae.likelihood.check(x)
        return x


def _log_sum_exp_(table: Tensor) -> Tensor:
    """Log-sum-exp of each row, in place: half the time of torch.logsumexp, which keeps the table."""
    peak = table.amax(1, keepdim=True)
    return table.sub_(peak).exp_().sum(1).log() + peak.squeeze(1)


@dataclass(frozen=True, eq=False)
class GridPosterior:
    r"""True posteriors $p(z \mid x)$, one per image, as probabilities of the cells of a grid.

    Attributes:
        grid: the grid.
        log_mass: log probability of each cell, shape (n, G).
    """

    grid: Grid
    log_mass: Tensor

    @property
    def mass(self) -> Tensor:
        """Probability of each cell, shape (n, G)."""
        return self.log_mass.exp()

    @property
    def log_prob(self) -> Tensor:
        r"""$\log p(z \mid x)$, a density, at the grid's points, shape (n, G)."""
        return self.log_mass - self.grid._log_cell

    @property
    def mean(self) -> Tensor:
        r"""The posterior mean $\E[z \mid x]$, shape (n, L)."""
        return self.mass @ self.grid.z

    @property
    def cov(self) -> Tensor:
        r"""The posterior covariance $\E[z z^T \mid x] - \E[z \mid x] \, \E[z \mid x]^T$, shape (n, L, L)."""
        z, mean = self.grid.z, self.mean
        second = torch.einsum("ng,gk,gl->nkl", self.mass, z, z)
        return second - mean[:, :, None] * mean[:, None, :]

    def kl_from(self, q: Encoded) -> Tensor:
        r"""$\KL(q(z \mid x) \,\|\, p(z \mid x))$ for each x, summed over the grid, shape (n,), in nats.

        Raises:
            ValueError: a q whose smallest standard deviation is below 0.9 of the grid's spacing, or that reaches over
                the grid's edge: the sum would not see it.
        """
        check_q(q, len(self.log_mass), self.grid.z.shape[1])
        q = type(q)(*(field.detach().cpu().double() for field in vars(q).values()))
        narrowest = torch.linalg.svdvals(q.scale_tril).min().item()
        if narrowest < 0.9 * self.grid.spacing:
            needed = math.ceil(2 * self.grid.limit / narrowest)
            raise ValueError(
                f"grid: its points are {self.grid.spacing:.3g} apart, but the narrowest q(z|x) has a standard "
                f"deviation of {narrowest:.3g}; use Grid(vae, points={needed}) or more"
            )
        log_q = q.log_prob(self.grid.z[:, None, :]).T
        mass = (log_q + self.grid._log_cell).exp()
        if (missing := (1 - mass.sum(1)).abs().max().item()) > 1e-6:
            raise ValueError(f"grid: {missing:.1g} of a q(z|x) lies outside |z| <= {self.grid.limit}; raise limit")
        return (mass * (log_q - self.log_prob)).sum(1)
