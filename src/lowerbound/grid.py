r"""The truth by brute force: $\log p(x)$ and $p(z \mid x)$ of a VAE with 1 or 2 latent dimensions.

The integral over z becomes a sum over the points $z_g$ of a grid whose cells have size $\Delta$:

$$p(x) = \int p(z) \, p(x \mid z) \dd z \approx \Delta \sum_g p(z_g) \, p(x \mid z_g)$$

"Intractable" means that such a sum grows exponentially with the dimension of z. In two dimensions it is one matrix
product. For smooth decoders the sum over an evenly spaced grid converges faster than any power of the spacing
(Trefethen & Weideman 2014, The exponentially convergent trapezoidal rule), as long as the spacing is below the width
of what is integrated.

That width is the posterior's, and it differs from image to image: many pixels or little noise make it narrow. So the
sum looks, image by image, whether its cells are small enough where the posterior may have its mass. Where they are not,
or where the mass lies at the edge, `_zoom` splits the cells that can hold any of it, again and again. Where that holds
for many images, a grid with half the spacing is tried first.
"""

import math
import warnings
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from lowerbound.checks import finite
from lowerbound.memory import rows_a_block
from lowerbound.quantities import elbo
from lowerbound.vae import HELD, TOLERANCE, VAE, Encoded, check_q, in_float64, pixel_rows, rows

NEGLIGIBLE = 16.0  # nats below log p(x): 1e-7 of it
FORGOTTEN = 20.0  # nats below the highest density: where no cell is split any more, with about 1e-9 of the mass
AIM = 1e-5  # nats: cells are split until log p(x) moves by no more
ENOUGH_CELLS, MOST_CELLS = 2**12, 2**16  # of one image: where splitting ends within TOLERANCE, and in any case
FARTHEST = 28.0  # |z| up to which a posterior is followed beyond the grid's edge; there the prior is e^-392 of its peak
SMALLEST = 1e-9  # spacing of cells that are not split any more
NARROWEST = 0.9  # times the spacing: standard deviation of a q(z|x) that a sum over the grid sees
Q_REACH = 5.5  # standard deviations of q(z|x) that have to lie within the grid
LARGEST = 2**24  # numbers that a finer grid may hold: 128 MiB
ZOOMED = 16  # images whose cells are split together


class Grid:
    r"""A grid over z on which $p(x \mid z)$ of every image can be summed.

    Where a posterior is too narrow for the spacing, or reaches over the edge, the sum of that image goes on with
    smaller cells where its mass is. Then $\log p(x)$ is right to about 1e-5 nats for smooth decoders; one with kinks,
    such as ReLU's, costs more, and gives no warning: ask `error`. A `UserWarning` says where the cells could not be
    split until $\log p(x)$ moved by less than 1e-3 nats. No sum over points can rule out a peak between them that shows
    in none: it takes a decoder that changes its mind within the spacing.

    Args:
        vae: a VAE with 1 or 2 latent dimensions. Its decoder is copied, and evaluated in float64: once on the grid,
            and where cells are split.
        points: grid points a dimension.
        limit: the grid reaches from `-limit` to `limit` in every dimension.
        refine: go on with smaller cells where it takes that. Without it the sum over the grid stands as it is, which
            for a rough decoder is many times faster; `error` estimates how far off it is, at worst several times too
            low.

    Attributes:
        z: the points, shape (G, L) with G = `points ** L`, the last coordinate fastest.
        spacing: distance between neighbours.

    Raises:
        ValueError: more than 2 latent dimensions, or a grid too coarse to see the prior.
    """

    def __init__(self, vae: VAE, points: int = 144, limit: float = 7.0, refine: bool = True) -> None:
        dim = vae.prior.dim
        if dim > 2:
            raise ValueError(f"vae: a grid of {points}^{dim} points is too large; use importance_weighted_bound")
        if points < 2 or not 0 < limit < math.inf:
            raise ValueError(f"points, limit: expected at least 2 points and a finite limit > 0, got {points}, {limit}")
        self.points, self.limit, self.refine = points, limit, refine
        axis = torch.linspace(-limit, limit, points, dtype=torch.float64)
        self.spacing = 2 * limit / (points - 1)
        if self.spacing > 1:
            raise ValueError(f"points: {points} over |z| <= {limit} are {self.spacing:.2g} apart; the prior is 1 wide")
        self.z = torch.cartesian_prod(*[axis] * dim).reshape(-1, dim)
        self.vae = in_float64(vae).requires_grad_(False)
        decoded = torch.cat([self.vae.decode(part) for part in torch.split(self.z, 4096)])
        self._log_cell = dim * math.log(self.spacing)
        likelihood = self.vae.likelihood
        self._natural = likelihood.natural(decoded).T.contiguous()  # (D, points^L): the layout that @ likes best
        self._constant = vae.prior.log_prob(self.z) + self._log_cell - likelihood.log_partition(decoded)
        missed = self._missed(likelihood.expected_statistics(decoded))
        self._coarse = (missed >= missed.amax().clamp(max=-NEGLIGIBLE)).nonzero().squeeze(1)  # one point at least
        self._missed_there = missed[self._coarse]

    def _missed(self, mean: Tensor) -> Tensor:
        """Log of the share of a posterior's mass here that the sum may miss, or count twice; shape (G,).

        Near z, log p(x, z) bends down as the Fisher information of p(x|z) plus 1, for the prior: on average over
        x ~ p(x|z). In a step to the neighbour, the information is the KL between the two, taken both ways: so
        `largest` is the squared spacing over the variance of a posterior here, where that is smallest. A sum over
        points c standard deviations apart is off by up to 4 exp(-2 (pi / c)^2), a normal's share.
        We take c^2 half as large again, because the bend is an average. And a peak in the corner of a cell is higher
        than its centre by an eighth of the bends; we take a quarter.
        """
        dim = self.z.shape[1]
        across = self.points if dim == 2 else 2  # one axis of z: as two that are alike
        natural, mean = (table.reshape(-1, self.points, self.points ** (dim - 1)) for table in (self._natural, mean.T))
        bends = torch.zeros(3, self.points - 1, across - 1, dtype=torch.float64)  # of the two axes, and mixed
        for pixel in range(len(natural)):  # one pixel at a time: nothing of the whole table's size
            both = (table[pixel].expand(-1, across) for table in (natural, mean))
            (up0, up1), (step0, step1) = ((table.diff(dim=0)[:, 1:], table.diff(dim=1)[1:]) for table in both)
            bends += torch.stack([up0 * step0, up1 * step1, 0.5 * (up0 * step1 + up1 * step0)])
        bends[:dim] += self.spacing**2
        mid, half = (bends[0] + bends[1]) / 2, (bends[0] - bends[1]) / 2
        largest = mid + (half.square() + bends[2].square()).sqrt()
        missed = mid / 2 + math.log(4) - 2 * math.pi**2 / (1.5 * largest)
        around = max_pool2d(pad(missed[None], [1] * 4, value=-math.inf), 2, stride=1)[0]  # from cells to their corners
        return around[:, : self.points ** (dim - 1)].flatten()

    def _log_joint_mass(self, x: Tensor) -> Tensor:
        """log p(x, z in cell) = log p(x|z) + log p(z) + log of the cell's size, but for base(x); (n, points^L)."""
        return torch.addmm(self._constant, self.vae.likelihood.statistics(x), self._natural)

    def log_evidence(self, x: Tensor) -> Tensor:
        r"""$\log p(x) = \log \int p(z) \, p(x \mid z) \dd z$ by the sum over the grid, shape (n,), in nats.

        Memory stays bounded: the images go through in blocks.
        """
        value, error = self._evidence(self._checked(x))
        _warn(error)
        return value

    def posterior(self, x: Tensor) -> "GridPosterior":
        r"""The true posterior of each row of x, by Bayes' rule: $p(z \mid x) = p(x, z) / p(x)$.

        It holds G numbers for each image, one for each point of the grid; for many images ask in parts.
        """
        x = self._checked(x).cpu().double()
        log_mass = self._log_joint_mass(x)
        total, narrow, edge = self._sum_(log_mass.clone())
        log_mass -= total[:, None]
        found, error = GridPosterior(self, log_mass), torch.zeros_like(total)
        for at, zoomed in self._zoomed(x, narrow | edge):
            found.log_prob[at] += (total[at] + self.vae.likelihood.base(x[at]) - zoomed.log_evidence)[:, None]
            found.mass[at], (found.mean[at], found.cov[at]) = zoomed.mass_on(self), zoomed.moments()
            error[at] = zoomed.error
        _warn(error)
        return found

    def gap(self, q: Encoded, x: Tensor) -> Tensor:
        r"""The gap $\KL(q(z \mid x) \,\|\, p(z \mid x))$ for each row of x, shape (n,), in nats.

        It is `kl_each(q, self.posterior(x))`, in blocks. Where the grid cannot see q, because it is narrower than the
        spacing or reaches over the edge, it is $\log p(x) - \ELBO(x)$ with the ELBO by quadrature.
        """
        x = self._checked(x)
        check_q(q, len(x), self.vae.prior.dim)
        q, gaps = _in_float64(q), torch.empty(len(x), dtype=torch.float64)
        hidden = self._hidden(q)
        seen, unseen = (~hidden).nonzero().squeeze(1), hidden.nonzero().squeeze(1)
        for at in seen.split(rows_a_block(len(self.z))) if len(seen) else ():
            gaps[at] = self.posterior(x[at]).kl_from(rows(q, at))
        if len(unseen):
            gaps[unseen] = self.log_evidence(x[unseen]) - elbo(self.vae, rows(q, unseen), x[unseen].cpu().double())
        below = gaps < -TOLERANCE
        if below.any():
            warnings.warn(
                f"grid: for {int(below.sum())} image(s) log p(x) by the grid is below the ELBO, by up to "
                f"{-gaps.min().item():.2g} nats: the decoder changes within the spacing of {self.spacing:.2g}; "
                f"use Grid(vae, points={2 * self.points}) or more",
                stacklevel=2,
            )
        return gaps

    def error(self, x: Tensor) -> Tensor:
        """Estimated error of `log_evidence(x)`, shape (n,), in nats: its difference to a finer and wider grid."""
        x = self._checked(x)
        points = math.ceil(1.5 * self.points * (self.limit + 1) / self.limit)
        finer = Grid(self.vae, points, self.limit + 1, self.refine)
        value, error = self._evidence(x)
        return (value - finer._evidence(x)[0]).abs().maximum(error)

    def _evidence(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """log p(x) of checked rows, and an estimate of its error where cells had to be split; elsewhere 0."""
        found = [self._of_block(part.cpu().double()) for part in x.split(rows_a_block(len(self.z)))]
        value, error = (torch.cat(each) for each in zip(*found, strict=True))
        return value, error

    def _of_block(self, x: Tensor) -> tuple[Tensor, Tensor]:
        total, narrow, edge = self._sum_(self._log_joint_mass(x))
        value, error = total + self.vae.likelihood.base(x), torch.zeros_like(total)
        narrow &= ~edge
        if narrow.sum() > ZOOMED and self._finer:  # for many images one finer grid costs less than splitting for each
            value[narrow], error[narrow] = self._finer._evidence(x[narrow])
            narrow = torch.zeros_like(narrow)
        for at, zoomed in chain(self._zoomed(x, narrow), self._zoomed(x, edge)):
            value[at], error[at] = zoomed.log_evidence, zoomed.error
        return value, error

    def _zoomed(self, x: Tensor, which: Tensor) -> Iterator[tuple[Tensor, "_Zoomed"]]:
        """The rows of x that are marked, a few at a time, with their sums over smaller cells."""
        for at in which.nonzero().squeeze(1).split(ZOOMED) if which.any() else ():
            yield at, self._zoom(x[at])

    def _sum_(self, log_mass: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-sum-exp of each row, in place; and whether the posterior is too narrow, or lies at the edge."""
        missed = (log_mass[:, self._coarse] + self._missed_there).amax(1)
        peak = log_mass.amax(1, keepdim=True)
        total = log_mass.sub_(peak).exp_().sum(1).log() + peak.squeeze(1)  # half the time of torch.logsumexp
        share = (peak.squeeze(1) - total).exp()
        widest = (2 * math.pi) ** (-0.5 * self.z.shape[1])  # share of the middle cell, if the spacing is the width
        narrow = (share > widest) | (missed > total - NEGLIGIBLE)
        outermost = log_mass @ (self.z.abs() == self.limit).sum(1).double()
        edge = share * outermost > math.exp(-NEGLIGIBLE)
        return total, narrow & self.refine, edge & self.refine

    def _zoom(self, x: Tensor) -> "_Zoomed":
        """Split the cells that can hold mass, and theirs again, until the sum stays: for a few images at once."""
        grid = self
        while (edge := grid._sum_(grid._log_joint_mass(x))[2]).any() and grid.limit < FARTHEST:
            grid = grid._wider
        n, dim, spacing = len(x), self.z.shape[1], grid.spacing
        log_mass = grid._log_joint_mass(x)
        total, error = log_mass.logsumexp(1) + self.vae.likelihood.base(x), torch.full((n,), math.inf).double()
        row, z = grid._cells_with_mass(log_mass)
        corners = torch.cartesian_prod(*[torch.tensor([-0.25, 0.25], dtype=torch.float64)] * dim).reshape(-1, dim)
        finest: list[tuple[Tensor, Tensor, Tensor]] = []
        while len(row):
            z, row = (z[:, None] + spacing * corners).flatten(0, 1), row.repeat_interleave(len(corners))
            spacing /= 2
            height, slope = self._log_joint(x, row, z)
            peak = torch.full_like(total, -math.inf).scatter_reduce(0, row, height, "amax")
            now = torch.zeros_like(total).index_add(0, row, (height - peak[row]).exp()).log() + peak
            now += dim * math.log(spacing)
            count = row.bincount(minlength=n)
            error = torch.where(count > 0, (now - total).abs(), error)
            total = torch.where(count > 0, now, total)
            over = (error <= AIM) | (count >= torch.where(error <= TOLERANCE, ENOUGH_CELLS, MOST_CELLS))
            at = over[row] if spacing > SMALLEST else torch.ones_like(row, dtype=torch.bool)
            finest.append((row[at], z[at], (height + dim * math.log(spacing) - total[row])[at]))
            at = ~at & (height + 0.5 * spacing * slope > peak[row] - FORGOTTEN)  # no log-concave density rises more
            row, z = row[at], z[at]
        error = error.masked_fill(edge, math.inf)
        return _Zoomed(total, error, *(torch.cat(part) for part in zip(*finest, strict=True)))

    @cached_property
    def _finer(self) -> "Grid | None":
        """The same with half the spacing, unless that takes too much memory."""
        points, dim = 2 * self.points - 1, self.z.shape[1]
        fits = len(self._natural) * points**dim <= LARGEST
        return Grid(self.vae, points, self.limit) if fits else None

    @cached_property
    def _wider(self) -> "Grid":
        return Grid(self.vae, points=max(self.points, math.ceil(4 * self.limit)), limit=2 * self.limit)

    def _cells_with_mass(self, log_mass: Tensor) -> tuple[Tensor, Tensor]:
        """Row and centre of every cell that can hold mass: shapes (m,) and (m, L).

        Within its cell a log-concave density rises no more than half of what it rose from the neighbour behind.
        """
        height = log_mass.reshape(len(log_mass), self.points, -1)
        along = (max_pool2d(-height, size, 1, padding) for size, padding in (((3, 1), (1, 0)), ((1, 3), (0, 1))))
        highest = height + sum(0.5 * (height + minus_least) for minus_least in along)
        row, cell = (highest.flatten(1) > log_mass.amax(1, keepdim=True) - FORGOTTEN).nonzero(as_tuple=True)
        return row, self.z[cell]

    def _log_joint(self, x: Tensor, row: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """log p(x, z) of pairs, shape (m,), and the slopes of each along all axes together."""
        values, slopes = [], []
        step = rows_a_block(HELD * x.shape[1])
        for at, here in zip(row.split(step), z.split(step), strict=True):
            with torch.enable_grad():
                value = self.vae.log_joint(x[at], here.requires_grad_())
                (slope,) = torch.autograd.grad(value.sum(), here)
            values.append(value.detach())
            slopes.append(slope.abs().sum(1))
        return torch.cat(values), torch.cat(slopes)

    def _hidden(self, q: Encoded) -> Tensor:
        """Which q(z|x) the grid cannot see: narrower than its spacing, or with mass over its edge."""
        width = torch.linalg.svdvals(q.scale_tril).amin(1)
        reach = (q.mean.abs() + Q_REACH * q.scale_tril.square().sum(-1).sqrt()).amax(1)
        return (width < NARROWEST * self.spacing) | (reach > self.limit)

    def _checked(self, x: Tensor) -> Tensor:
        """x as rows of pixels, in the dtype and on the device that it has."""
        pixels = len(self._natural) // self.vae.likelihood.outputs
        if not isinstance(x, Tensor) or x.dim() < 2 or len(x) == 0 or math.prod(x.shape[1:]) != pixels:
            found = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(f"x: expected a tensor of shape (n, {pixels}), or images, with n > 0, got {found}")
        x = pixel_rows(x).detach()
        finite(x, "x")
        self.vae.likelihood.check(x)
        return x


class _Zoomed(NamedTuple):
    """A sum over smaller cells for each of n rows of x, and those cells.

    Attributes:
        log_evidence: log p(x), shape (n,), in nats.
        error: by how much the last splitting moved it, shape (n,).
        row, z, log_mass: of the finest cells, which row they belong to, their centres, the log of their share.
    """

    log_evidence: Tensor
    error: Tensor
    row: Tensor
    z: Tensor
    log_mass: Tensor

    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean and covariance of each row's posterior, shapes (n, L) and (n, L, L)."""
        mass, (n, dim) = self.log_mass.exp(), (len(self.error), self.z.shape[1])
        mean = torch.zeros(n, dim).double().index_add(0, self.row, mass[:, None] * self.z)
        off = self.z - mean[self.row]
        spread = mass[:, None, None] * off[:, :, None] * off[:, None, :]
        return mean, torch.zeros(n, dim, dim).double().index_add(0, self.row, spread)

    def mass_on(self, grid: Grid) -> Tensor:
        """The share of each cell of the grid, shape (n, G)."""
        place = ((self.z + grid.limit) / grid.spacing).round().long()
        inside = ((place >= 0) & (place < grid.points)).all(1)
        cell = (place * grid.points ** torch.arange(place.shape[1] - 1, -1, -1)).sum(1)
        mass = torch.zeros(len(self.error), len(grid.z)).double()
        return mass.index_put((self.row[inside], cell[inside]), self.log_mass[inside].exp(), accumulate=True)


def _in_float64(q: Encoded) -> Encoded:
    return type(q)(*(field.detach().cpu().double() for field in vars(q).values()))


def _warn(error: Tensor) -> None:
    """Say so where log p(x) may be further off than TOLERANCE."""
    off = error[error > TOLERANCE]
    if not len(off):
        return
    remedy = "use Grid with twice the points"
    if off.isinf().any():
        remedy = f"the posterior reaches beyond |z| = {FARTHEST:g}, far from the prior: use Grid with a larger limit"
    warnings.warn(f"grid: log p(x) of {len(off)} image(s) may be off by {off.max():.2g} nats; {remedy}", stacklevel=3)


class GridPosterior:
    r"""True posteriors $p(z \mid x)$, one per image, on a grid.

    Where a posterior is too narrow for the cells, or reaches over the edge, `Grid.posterior` puts in what it found with
    smaller cells.

    Args:
        grid: the grid.
        log_mass: log probability of each cell, shape (n, G).

    Attributes:
        mass: probability of each cell, shape (n, G). What lies beyond the grid's edge is in none.
        log_prob: $\log p(z \mid x)$, a density, at the grid's points, shape (n, G).
        mean: the posterior mean $\E[z \mid x]$, shape (n, L).
        cov: the posterior covariance $\E[z z^T \mid x] - \E[z \mid x] \, \E[z \mid x]^T$, shape (n, L, L).
    """

    def __init__(self, grid: Grid, log_mass: Tensor) -> None:
        self.grid, self.mass, self.log_prob = grid, log_mass.exp(), log_mass - grid._log_cell
        self.mean = self.mass @ grid.z
        squares = (grid.z[:, :, None] * grid.z[:, None, :]).flatten(1)
        second = (self.mass @ squares).unflatten(1, (-1, grid.z.shape[1]))
        self.cov = second - self.mean[:, :, None] * self.mean[:, None, :]

    def kl_from(self, q: Encoded) -> Tensor:
        r"""$\KL(q(z \mid x) \,\|\, p(z \mid x))$ for each x, summed over the grid, shape (n,), in nats.

        Raises:
            ValueError: a q whose smallest standard deviation is below 0.9 of the grid's spacing, or that reaches over
                the grid's edge: the sum would not see it.
        """
        grid = self.grid
        check_q(q, len(self.mass), grid.z.shape[1])
        q = _in_float64(q)
        log_q = q.log_prob(grid.z[:, None, :]).T
        mass, width = (log_q + grid._log_cell).exp(), torch.linalg.svdvals(q.scale_tril).amin(1)
        hidden = (width < NARROWEST * grid.spacing) | ((mass.sum(1) - 1).abs() > 1e-6)
        if hidden.any():
            narrowest = width.min().item()
            raise ValueError(
                f"grid: its points are {grid.spacing:.3g} apart, as far as |z| = {grid.limit:g}; {int(hidden.sum())} "
                "q(z|x) reach over that edge or are too narrow (the narrowest has a standard deviation of "
                f"{narrowest:.3g}); use grid.gap(q, x), a larger limit, or points="
                f"{math.ceil(2 * grid.limit / narrowest)} or more"
            )
        return (mass * (log_q - self.log_prob)).sum(1)
