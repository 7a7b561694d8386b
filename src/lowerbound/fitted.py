r"""The linear-Gaussian model that fits a data set best, by maximum likelihood: probabilistic PCA."""

from typing import Any

import torch

from lowerbound.checks import positive
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian, moments


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
