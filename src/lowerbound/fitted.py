r"""Linear-Gaussian models that fit a data set best, by maximum likelihood: probabilistic PCA and factor analysis."""

import warnings
from typing import Any

import torch
from torch import Tensor

from lowerbound.checks import positive
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian, moments

FACTOR_ANALYSIS = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-14, "gtol": 1e-8}  # when its search ends


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
    mean, cov = moments(data)
    if noise is not None:
        positive(noise, "noise")
    most = len(mean) - 1 if noise is None else len(mean)
    also = f" ({len(mean)} if you fix the noise)" if noise is None else ""
    _check_latent_dim(latent_dim, most, len(mean), also)
    eigenvalues = torch.linalg.eigvalsh(cov)
    variance = eigenvalues[:-latent_dim].mean() if noise is None else cov.new_tensor(noise)
    if noise is None and variance <= len(mean) * torch.finfo(torch.float64).eps * eigenvalues[-1]:
        raise ValueError(
            f"data: the eigenvalues after the first {latent_dim} average {variance.item():.3g}, so the best noise is 0 "
            "and the likelihood infinite: give noise=, or a smaller latent_dim"
        )
    return _best_given_noise(mean, cov, variance.expand(len(mean)), latent_dim)


def factor_analysis(data: Any, latent_dim: int, floor: float) -> GaussianJoint:
    r"""Factor analysis: probabilistic PCA, but with a noise variance of its own for each feature.

    $$p(z) = \Normal(0, I), \qquad p(x \mid z) = \Normal(W z + \mu, \operatorname{diag}(r_1, \ldots, r_X))$$

    Let $R$ be that diagonal matrix, and $S$ the data's covariance. For a given $R$ the best $W$ has a formula: with the
    eigenvalues $\lambda_i$ and the eigenvectors $u_i$ of $R^{-1/2} S R^{-1/2}$, its columns are

    $$w_i = R^{1/2} u_i \sqrt{\max(\lambda_i - 1, 0)}$$

    The best $R$ has none. It is sought by L-BFGS-B (scipy), which knows bounds, from one start: what it finds is as a
    rule a local maximum of the likelihood. A RuntimeWarning says when it ended early.

    Args:
        data: shape (N, X); or a `Gaussian`, for its mean and covariance.
        latent_dim: the numbers of z, from 1 to X - 1.
        floor: the smallest variance that you admit. Without one there may be no best model: as the noise of a constant
            feature, or of two that are equal, goes to 0, the likelihood grows without bound.

    Raises:
        TypeError, ValueError: data that are not finite numbers; a `latent_dim` or `floor` out of range.

    Source: Jöreskog 1967, "Some contributions to maximum likelihood factor analysis".

    >>> data = Gaussian([0.0, 0.0, 0.0], [[3.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 5.0]])
    >>> factor_analysis(data, latent_dim=1, floor=0.01).x_given_z.cov.diagonal()  # W is (1, 1, 1)
    tensor([2.0000, 1.0000, 4.0000], dtype=torch.float64)
    """
    from scipy.optimize import minimize  # as long as importing torch takes: only who fits pays for it

    mean, cov = moments(data)
    _check_latent_dim(latent_dim, len(mean) - 1, len(mean))
    positive(floor, "floor")
    scale = cov.diagonal().clamp_min(floor)  # the noise is at most all of a feature's variance

    def cost(share: Any) -> tuple[float, Any]:
        """Minus the average log p(x) with the best W, up to a constant, and its gradient."""
        noise = torch.from_numpy(share).requires_grad_()
        root = (noise * scale).sqrt()
        eigenvalues = torch.linalg.eigvalsh(cov / (root[:, None] * root))
        used = eigenvalues[-latent_dim:].clamp_min(1.0)  # a direction with less is worth nothing
        value = root.log().sum() + 0.5 * (eigenvalues.sum() + (used.log() + 1 - used).sum())
        (gradient,) = torch.autograd.grad(value, noise)
        return value.item(), gradient.numpy()

    bounds = [(low, 1.0) for low in (floor / scale).tolist()]
    start = torch.full_like(mean, 0.5).clamp_min(floor / scale).numpy()
    found = minimize(cost, start, jac=True, bounds=bounds, method="L-BFGS-B", options=FACTOR_ANALYSIS)
    if found.status == 1:  # a limit of FACTOR_ANALYSIS; a line search that finds nothing better is an end, too
        message = f"data: the search ended before it converged ({found.message}); standardise the data, or raise floor"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return _best_given_noise(mean, cov, torch.from_numpy(found.x) * scale, latent_dim)


def _best_given_noise(mean: Tensor, cov: Tensor, noise: Tensor, latent_dim: int) -> GaussianJoint:
    """The model of highest likelihood with these noise variances, one for each feature."""
    root = noise.sqrt()
    eigenvalues, eigenvectors = torch.linalg.eigh(cov / (root[:, None] * root))
    stretch = (eigenvalues.flip(0)[:latent_dim] - 1).clamp_min(0.0).sqrt()
    weight = root[:, None] * eigenvectors.flip(1)[:, :latent_dim] * stretch
    largest = weight.gather(0, weight.abs().argmax(0, keepdim=True))
    prior = Gaussian(torch.zeros_like(stretch), 1.0)
    return GaussianJoint.from_model(prior, LinearGaussian(weight * largest.sign(), mean, noise))


def _check_latent_dim(latent_dim: int, most: int, features: int, also: str = "") -> None:
    if isinstance(latent_dim, bool) or not isinstance(latent_dim, int) or not 1 <= latent_dim <= most:
        raise ValueError(f"latent_dim: expected 1 to {most}{also}, because x has {features} numbers, got {latent_dim}")
