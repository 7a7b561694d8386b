r"""The linear-Gaussian world: x and z are vectors, every distribution is normal, every quantity has a closed form.

The words are those of the tables. The model's joint is $p(z) \, p(x \mid z)$, the encoder's is $q(x) \, q(z \mid x)$. A
conditional is a normal whose mean moves linearly with its condition:

$$p(x \mid z) = \Normal(W z + b, R)$$

    p = GaussianJoint.from_model(prior, likelihood)     # a Gaussian and a LinearGaussian
    q = GaussianJoint.from_data(data, encoder)

    kl(q, p) == kl(q.x, p.x) + kl(q.z_given_x, p.z_given_x)
    kl(q, p) == kl(q.z, p.z) + kl(q.x_given_z, p.x_given_z)

Probabilistic PCA (`ppca`) is the best such model of a data set. Everything is float64 and in nats, and goes through
Cholesky factors: no matrix is inverted.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import torch
from torch import Tensor
from torch.linalg import solve_triangular

from lowerbound.checks import expect, last_axis, numbers, positive, same_length
from lowerbound.quantities import LOG_2PI, elbo, entropy, kl, kl_each, mutual_information, reconstruction

ASYMMETRY = 1e-6  # admits covariances that were computed in float32
ACTIVE = 1e-9  # nats; a direction of z that tells less than this about x is rounding noise


class Gaussian:
    r"""The normal distribution $\Normal(m, S)$ over vectors of n numbers.

    $$\log \Normal(x; m, S) = -\frac{1}{2} (x - m)^T S^{-1} (x - m) - \frac{1}{2} \log \det(2 \pi S)$$

    Args:
        mean: $m$, shape (n,), any sequence, array or tensor.
        cov: the covariance $S$, shape (n, n); or n variances, for a diagonal one; or one variance, the same for all.
            These are variances, not standard deviations.

    Attributes:
        mean: float64, shape (n,).
        cov: float64, shape (n, n).
        scale_tril: the Cholesky factor $L$ of $S = L L^T$, shape (n, n).

    Raises:
        TypeError: not numbers.
        ValueError: NaN, infinite or empty; shapes that do not fit; a covariance that is not symmetric or not positive
            definite.

    >>> Gaussian([0.0, 0.0], [[1.0, 0.6], [0.6, 1.0]]).log_prob([1.0, 1.0])
    tensor(-2.2397, dtype=torch.float64)
    """

    def __init__(self, mean: Any, cov: Any) -> None:
        self.mean = numbers(mean, "mean", dims=(1,))
        self.cov = _covariance(cov, self.mean)
        self.scale_tril = _cholesky(self.cov)

    def log_prob(self, x: Any) -> Tensor:
        r"""Log-density $\log \Normal(x; m, S)$ in nats. x has shape (..., n), the result (...)."""
        return _log_normal(_points(x, "x", self.mean) - self.mean, self.scale_tril)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        r"""Draws $m + L \varepsilon$ with $\varepsilon \sim \Normal(0, I)$, shape (n, dimension).

        Gradients reach mean and cov.

        >>> Gaussian([0.0, 0.0], 1.0).sample(3, torch.Generator().manual_seed(0)).shape
        torch.Size([3, 2])
        """
        return _draw(self.mean.expand(n, -1), self.scale_tril, generator)

    def __repr__(self) -> str:
        return f"Gaussian({len(self.mean)})"


class LinearGaussian:
    r"""The conditional $\Normal(W g + b, R)$: a normal whose mean moves linearly with the condition $g$.

    As a decoder g is z and the value is x; as an encoder it is the other way round.

    Args:
        weight: $W$, shape (n, m): n numbers in the value, m in the condition.
        bias: $b$, shape (n,).
        cov: $R$, the noise, as `Gaussian` takes it: one variance, n variances, or a matrix.

    Attributes:
        weight, bias, cov: float64, shapes (n, m), (n,), (n, n).
        scale_tril: the Cholesky factor of cov.
        given: of a part of a `GaussianJoint`, the distribution of the condition: what `kl` averages over; else None.

    Raises:
        TypeError, ValueError: as for `Gaussian`.

    >>> decoder = LinearGaussian(weight=[[1.0], [2.0]], bias=[0.0, 1.0], cov=0.5)
    >>> decoder.mean([3.0])
    tensor([3., 7.], dtype=torch.float64)
    """

    given: Gaussian | None = None

    def __init__(self, weight: Any, bias: Any, cov: Any) -> None:
        self.weight = numbers(weight, "weight", dims=(2,))
        self.bias = numbers(bias, "bias", dims=(1,), device=self.weight.device)
        same_length("bias", self.bias, "the rows of weight", len(self.weight))
        self.cov = _covariance(cov, self.bias)
        self.scale_tril = _cholesky(self.cov)

    def mean(self, g: Any) -> Tensor:
        r"""The mean $W g + b$. g has shape (..., m), the result (..., n)."""
        return _points(g, "g", self.weight[0]) @ self.weight.T + self.bias

    def at(self, g: Any) -> Gaussian:
        r"""The distribution $\Normal(W g + b, R)$ at one condition g, shape (m,)."""
        return Gaussian(self.mean(numbers(g, "g", dims=(1,), device=self.weight.device)), self.cov)

    def log_prob(self, value: Any, g: Any) -> Tensor:
        r"""Log-density $\log \Normal(v; W g + b, R)$ of a value $v$ given $g$, in nats.

        Shapes (..., n) and (..., m), the result (...).
        """
        return _log_normal(_points(value, "value", self.bias) - self.mean(g), self.scale_tril)

    def sample(self, g: Any, generator: torch.Generator | None = None) -> Tensor:
        """One draw for each condition: g has shape (..., m), the result (..., n); gradients reach the parameters.

        >>> z = torch.zeros(4, 1)
        >>> LinearGaussian([[1.0], [2.0]], [0.0, 1.0], 0.5).sample(z, torch.Generator().manual_seed(0)).shape
        torch.Size([4, 2])
        """
        return _draw(self.mean(g), self.scale_tril, generator)

    def __repr__(self) -> str:
        n, m = self.weight.shape
        return f"LinearGaussian({n} given {m})"


@dataclass(frozen=True, eq=False)
class GaussianJoint:
    r"""A joint normal distribution $p(x, z)$. Made by `from_model`, `from_data` or `ppca`.

    With $p(z) = \Normal(m, S)$ and $p(x \mid z) = \Normal(W z + b, R)$, the marginal and the posterior are

    $$p(x) = \Normal(W m + b, \; W S W^T + R)$$

    $$p(z \mid x) = \Normal(m + K (x - W m - b), \; C)$$

    $$C = (S^{-1} + W^T R^{-1} W)^{-1}, \qquad K = C W^T R^{-1}$$

    Attributes:
        x, z: the marginals, each a `Gaussian`.
        z_given_x: the conditional of z given x, a `LinearGaussian` with `given` = x.
        x_given_z: the conditional of x given z, a `LinearGaussian` with `given` = z.
        x_and_z: the joint itself as one `Gaussian`, over the numbers of x followed by those of z.

    >>> p = GaussianJoint.from_model(prior=Gaussian([0.0], 1.0), likelihood=LinearGaussian([[2.0]], [0.0], 1.0))
    >>> p.x.cov  # 2 · 1 · 2 + 1
    tensor([[5.]], dtype=torch.float64)
    >>> p.z_given_x.weight  # the mean of z given x is 2 / 5 of x
    tensor([[0.4000]], dtype=torch.float64)
    """

    x: Gaussian
    z: Gaussian
    x_given_z: LinearGaussian
    z_given_x: LinearGaussian

    @classmethod
    def from_model(cls, prior: Gaussian, likelihood: LinearGaussian) -> Self:
        r"""The model's joint $p(x, z) = p(z) \, p(x \mid z)$.

        Args:
            prior: $p(z)$, over the numbers of z.
            likelihood: the decoder $p(x \mid z)$.
        """
        x, x_given_z, z_given_x = _bayes(prior, likelihood, "prior", "likelihood")
        return cls(x, prior, x_given_z, z_given_x)

    @classmethod
    def from_data(cls, data: Gaussian, encoder: LinearGaussian) -> Self:
        r"""The encoder's joint $q(x, z) = q(x) \, q(z \mid x)$.

        Args:
            data: the data distribution $q(x)$.
            encoder: $q(z \mid x)$.
        """
        z, z_given_x, x_given_z = _bayes(data, encoder, "data", "encoder")
        return cls(data, z, x_given_z, z_given_x)

    @cached_property
    def x_and_z(self) -> Gaussian:
        """The joint as one Gaussian over x followed by z."""
        cross = self.x_given_z.weight @ self.z.cov
        cov = torch.cat([torch.cat([self.x.cov, cross], 1), torch.cat([cross.T, self.z.cov], 1)])
        return Gaussian(torch.cat([self.x.mean, self.z.mean]), cov)

    @cached_property
    def nats_per_direction(self) -> Tensor:
        r"""What x and z tell about each other, direction by direction: nats, largest first, shape (min(X, Z),).

        In units of the prior and of the noise, the weight stretches the i-th direction of z by a singular value $s_i$.
        That direction carries $\frac{1}{2} \log(1 + s_i^2)$ nats; together they are the mutual information.
        """
        decoder = self.x_given_z
        stretch = torch.linalg.svdvals(_solve(decoder.scale_tril, decoder.weight @ self.z.scale_tril))
        return 0.5 * stretch.square().log1p()

    @property
    def active_directions(self) -> int:
        r"""How many directions of z tell anything about x; the rest have collapsed: there $p(z \mid x) = p(z)$."""
        return int((self.nats_per_direction > ACTIVE).sum())


def ppca(data: Any, latent_dim: int, noise: float | None = None) -> GaussianJoint:
    r"""Probabilistic PCA: the best model of its kind, by maximum likelihood and exactly.

    $$p(z) = \Normal(0, I), \qquad p(x \mid z) = \Normal(W z + \mu, \sigma^2 I)$$

    Let $\lambda_1 \ge \lambda_2 \ge \ldots$ be the eigenvalues of the data's covariance and $u_i$ its eigenvectors.
    Then $\sigma^2$ is the mean of the eigenvalues after the first `latent_dim`, $\mu$ is the data's mean, and the
    columns of $W$ are

    $$w_i = u_i \sqrt{\lambda_i - \sigma^2}$$

    With `noise` $\sigma^2$ stays where you put it. Then only eigenvalues above it are worth a direction: the root is of
    $\max(\lambda_i - \sigma^2, 0)$, and `active_directions` of the result may be less than `latent_dim`.

    $W$ is unique but for rotations and reflections of z, if the last kept eigenvalue is larger than the next. Here its
    columns are orthogonal and the largest entry of each is positive.

    Args:
        data: shape (N, X); or a `Gaussian`, for its mean and covariance. The covariance of data divides by N, as
            maximum likelihood does (scikit-learn's PCA divides by N - 1). Constant features are welcome.
        latent_dim: the numbers of z, from 1 to X; below X if $\sigma^2$ is free.
        noise: $\sigma^2$, a variance; None to fit it.

    Raises:
        TypeError, ValueError: data that are not finite numbers; a `latent_dim` or `noise` out of range; data that fill
            no more than `latent_dim` dimensions, for which the best $\sigma^2$ would be 0 and the likelihood infinite.

    Source: Tipping & Bishop 1999, "Probabilistic principal component analysis", equations 7 and 8.

    >>> data = Gaussian([0.0, 0.0, 0.0], [5.0, 2.0, 1.0])
    >>> p = ppca(data, latent_dim=1)
    >>> p.x_given_z.cov[0, 0], p.x_given_z.weight[0]  # (2 + 1) / 2, and √(5 - 1.5)
    (tensor(1.5000, dtype=torch.float64), tensor([1.8708], dtype=torch.float64))
    >>> ppca(data, latent_dim=3, noise=1.5).active_directions  # 5 and 2 are above 1.5
    2
    """
    if isinstance(data, Gaussian):
        mean, cov = data.mean, data.cov
    else:
        x = numbers(data, "data", dims=(2,))
        mean, cov = x.mean(0), torch.atleast_2d(x.T.cov(correction=0))  # of one feature it is a number
    if noise is not None:
        positive(noise, "noise")
    features = len(mean)
    most, also = (features - 1, f" ({features} if you fix the noise)") if noise is None else (features, "")
    if isinstance(latent_dim, bool) or not isinstance(latent_dim, int) or not 1 <= latent_dim <= most:
        raise ValueError(f"latent_dim: expected 1 to {most}{also}, because x has {features} numbers, got {latent_dim}")
    eigenvalues, eigenvectors = torch.linalg.eigh(cov)
    variance = eigenvalues[:-latent_dim].mean() if noise is None else cov.new_tensor(noise)
    if noise is None and variance <= features * torch.finfo(torch.float64).eps * eigenvalues[-1]:
        raise ValueError(
            f"data: the eigenvalues after the first {latent_dim} average {variance.item():.3g}, so the best noise is 0 "
            "and the likelihood infinite: give noise=, or a smaller latent_dim"
        )
    stretch = (eigenvalues.flip(0)[:latent_dim] - variance).clamp_min(0.0).sqrt()
    weight = eigenvectors.flip(1)[:, :latent_dim] * stretch
    largest = weight.gather(0, weight.abs().argmax(0, keepdim=True))
    prior = Gaussian(torch.zeros_like(stretch), 1.0)
    return GaussianJoint.from_model(prior, LinearGaussian(weight * largest.sign(), mean, variance))


@kl.register
def _(q: Gaussian, p: Any) -> Tensor:
    expect(p, Gaussian, "p")
    same_length("p", p.mean, "the dimensions of q", len(q.mean))
    return _kl_spread(q.scale_tril, p.scale_tril) + _half_square(_solve_rows(p.scale_tril, q.mean - p.mean))


@kl.register
def _(q: LinearGaussian, p: Any) -> Tensor:
    p, given = _as_conditional(p, q), q.given
    if given is None:
        raise ValueError("q.given: kl averages over it; take q from a GaussianJoint, or use kl_each(q, p, at)")
    moves = _solve(p.scale_tril, (q.weight - p.weight) @ given.scale_tril)  # of q's mean against p's, as g varies
    return kl_each(q, p, given.mean) + _half_square(moves.flatten())


@kl.register
def _(q: GaussianJoint, p: Any) -> Tensor:
    expect(p, GaussianJoint, "p")
    same_length("p", p.x.mean, "the dimensions of x in q", len(q.x.mean))
    return kl(q.x_and_z, p.x_and_z)


@kl_each.register
def _(q: LinearGaussian, p: Any, at: Any) -> Tensor:
    p = _as_conditional(p, q)
    apart = _solve_rows(p.scale_tril, q.mean(at) - p.mean(at))
    return _kl_spread(q.scale_tril, p.scale_tril) + _half_square(apart)


@entropy.register
def _(q: Gaussian | LinearGaussian) -> Tensor:  # of the latter for every condition alike: no `given` is needed
    return 0.5 * len(q.cov) * (1 + LOG_2PI) + q.scale_tril.diagonal().log().sum()


@entropy.register
def _(q: GaussianJoint) -> Tensor:
    return entropy(q.x_and_z)


@mutual_information.register
def _(joint: GaussianJoint) -> Tensor:
    return joint.nats_per_direction.sum()


@elbo.register
def _(p: GaussianJoint, q: Any, at: Any) -> Tensor:
    return reconstruction(p, q, at) - kl_each(q, p.z, at)


@reconstruction.register
def _(p: GaussianJoint, q: Any, at: Any) -> Tensor:
    # log p(x|z) at q's mean, less what q's spread S costs: ½ trace(W S Wᵀ R⁻¹), with R the noise of the decoder
    expect(q, LinearGaussian, "q")
    if q.weight.shape != p.x_given_z.weight.T.shape:
        x, z = p.x_given_z.weight.shape
        raise ValueError(f"q: expected an encoder of {z} numbers given {x}, as p has them, got {q!r}")
    spread = _solve(p.x_given_z.scale_tril, p.x_given_z.weight @ q.scale_tril)
    return p.x_given_z.log_prob(at, q.mean(at)) - _half_square(spread.flatten())


# -- the arithmetic --------------------------------------------------------------------------------------------------


def _bayes(
    g: Gaussian, likelihood: LinearGaussian, g_name: str, name: str
) -> tuple[Gaussian, LinearGaussian, LinearGaussian]:
    """From g ~ N(m, S) and v|g ~ N(W g + b, R): the marginal of v, and both conditionals.

    v ~ N(W m + b, W S Wᵀ + R), and g|v ~ N(m + K (v - W m - b), C) with C = (S⁻¹ + Wᵀ R⁻¹ W)⁻¹ and K = C Wᵀ R⁻¹.

    With S = L Lᵀ, R = N Nᵀ, A = N⁻¹ W L and I + Aᵀ A = M Mᵀ, this C is T Tᵀ for T = L M⁻ᵀ. Nothing is subtracted, so
    C is positive definite however small the noise.
    """
    expect(g, Gaussian, g_name)
    expect(likelihood, LinearGaussian, name)
    same_length(g_name, g.mean, f"the columns of {name}.weight", likelihood.weight.shape[1])
    spread = likelihood.weight @ g.scale_tril
    v = Gaussian(likelihood.mean(g.mean), spread @ spread.T + likelihood.cov)
    a = _solve(likelihood.scale_tril, spread)
    m = torch.linalg.cholesky(torch.eye(len(g.mean)).to(a) + a.T @ a)
    root = _solve(m, g.scale_tril.T)  # Tᵀ
    precision_weighted = solve_triangular(likelihood.scale_tril.T, a, upper=True)  # R⁻¹ W L
    gain = root.T @ _solve(m, precision_weighted.T)
    g_given_v = LinearGaussian(gain, g.mean - gain @ v.mean, root.T @ root)
    v_given_g = LinearGaussian(likelihood.weight, likelihood.bias, likelihood.cov)
    g_given_v.given, v_given_g.given = v, g
    return v, v_given_g, g_given_v


def _kl_spread(q_tril: Tensor, p_tril: Tensor) -> Tensor:
    """KL(q‖p) of two normals with equal means: ½ (trace(p⁻¹ q) - n - log det(p⁻¹ q)).

    With A = Lₚ⁻¹ L_q it is ½ Σ (aᵢᵢ² - 1 - 2 log aᵢᵢ) + ½ Σ aᵢⱼ² (i > j), a sum in which no term is negative.
    """
    a = _solve(p_tril, q_tril)
    d = a.diagonal()
    return ((d - 1) * (d + 1) / 2 - d.log()).sum() + _half_square(a.tril(-1).flatten())


def _log_normal(difference: Tensor, tril: Tensor) -> Tensor:
    """log N(difference; 0, L Lᵀ), over the last dimension."""
    log_volume = tril.diagonal().log().sum() + 0.5 * len(tril) * LOG_2PI
    return -_half_square(_solve_rows(tril, difference)) - log_volume


def _draw(mean: Tensor, tril: Tensor, generator: torch.Generator | None) -> Tensor:
    return mean + torch.empty_like(mean).normal_(generator=generator) @ tril.T


def _solve(tril: Tensor, columns: Tensor) -> Tensor:
    """L⁻¹ C for a matrix C of columns."""
    return solve_triangular(tril, columns, upper=False)


def _solve_rows(tril: Tensor, rows: Tensor) -> Tensor:
    """L⁻¹ r for each row r of a tensor of shape (..., n)."""
    return _solve(tril, rows.reshape(-1, len(tril)).T).T.reshape(rows.shape)


def _half_square(vectors: Tensor) -> Tensor:
    return 0.5 * vectors.square().sum(-1)


# -- the doors -------------------------------------------------------------------------------------------------------


def _points(value: Any, name: str, like: Tensor) -> Tensor:
    """Points with as many numbers as `like`, along the last dimension."""
    points = numbers(value, name, device=like.device)
    last_axis(points, len(like), name)
    return points


def _covariance(value: Any, like: Tensor) -> Tensor:
    """A symmetric matrix from one variance, from n, or from a matrix; n is the length of `like`."""
    n = len(like)
    cov = numbers(value, "cov", dims=(0, 1, 2), device=like.device)
    if cov.dim() < 2:
        if cov.dim() == 1:
            same_length("cov", cov, "the dimensions of the mean", n)
        return cov.expand(n).diag()
    if cov.shape != (n, n):
        raise ValueError(f"cov: expected shape ({n}, {n}), ({n},) or (), got {tuple(cov.shape)}")
    asymmetry = (cov - cov.T).abs()
    if asymmetry.max() > ASYMMETRY * cov.abs().max():
        i, j = divmod(int(asymmetry.argmax()), n)
        raise ValueError(f"cov: not symmetric, {cov[i, j].item()} at [{i}, {j}] but {cov[j, i].item()} at [{j}, {i}]")
    return (cov + cov.T) / 2


def _cholesky(cov: Tensor) -> Tensor:
    """L with L Lᵀ = cov; a feature that the ones before it determine, down to rounding, counts as singular."""
    tril, failed = torch.linalg.cholesky_ex(cov)
    rounding = len(cov) * torch.finfo(cov.dtype).eps
    if failed or (tril.diagonal().square() <= rounding * cov.diagonal()).any():
        smallest = torch.linalg.eigvalsh(cov)[0].item()
        raise ValueError(f"cov: not positive definite, its smallest eigenvalue is {smallest:.3g}: add a noise floor")
    return tril


def _as_conditional(p: Any, q: LinearGaussian) -> LinearGaussian:
    """The p of KL(q‖p) for a conditional q; a marginal is a conditional that ignores its condition."""
    if isinstance(p, Gaussian):
        same_length("p", p.mean, "the dimensions of q", len(q.bias))
        return LinearGaussian(torch.zeros_like(q.weight), p.mean, p.cov)
    expect(p, LinearGaussian, "p", "a LinearGaussian or a Gaussian")
    if p.weight.shape != q.weight.shape:
        raise ValueError(f"p is {p!r}, but q is {q!r}")
    return p
