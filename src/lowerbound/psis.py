r"""How heavy the tail of importance weights is: the shape $\hat k$ of a generalised Pareto distribution fitted to it.

Weights whose tail has the shape $k$ have finite moments up to order $1 / k$: a variance below 1/2, a mean below 1.

Source: the fit is Zhang & Stephens 2009, A new and efficient estimation method for the generalized Pareto
distribution; its use on weights, with a weak prior towards 1/2, is Vehtari et al. 2024, Pareto smoothed importance
sampling; as a diagnostic of a q(z|x), Yao et al. 2018, Yes, but did it work?
"""

import math

import numpy as np
from torch import Tensor

FEWEST = 5  # weights in a tail
ALIKE = 1e-9  # nats between the least and the largest weight: there is no tail
PRIOR = 10  # as many weights as a shape of 1/2 is worth


def pareto_k(log_weights: Tensor) -> float:
    r"""$\hat k$ of one image's weights, from their logarithms, shape (k,).

    It looks at the largest $\min(k / 5, 3 \sqrt k)$ of them. Infinite where fewer than 5 stand out,
    and minus infinity where all weights are alike.

    It sees where q is too *narrow*: there are z that q hardly visits and that weigh much. A q that is too wide has few
    such z, a good $\hat k$, and a gap all the same.

    >>> import torch
    >>> round(pareto_k(-torch.arange(1.0, 1001.0).log()), 2)  # the r-th weight is 1/r: a tail with k = 1
    0.87
    """
    log_weight = np.sort(log_weights.detach().double().cpu().numpy())
    log_weight -= log_weight[-1]
    if log_weight[0] > -ALIKE:
        return -math.inf
    size = math.ceil(min(len(log_weight) / 5, 3 * math.sqrt(len(log_weight))))
    cut = max(log_weight[-size - 1], math.log(np.finfo(float).tiny))
    tail = np.exp(log_weight[log_weight > cut]) - math.exp(cut)
    return _shape(tail) if len(tail) >= FEWEST and tail[-1] > 0 else math.inf


def _shape(excess: np.ndarray) -> float:
    """The shape of a generalised Pareto distribution, for sorted excesses above 0: a posterior mean over a grid."""
    n = len(excess)
    points = 30 + math.isqrt(n)
    rate = 1 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))
    rate = rate / (3 * excess[int(n / 4 + 0.5) - 1]) + 1 / excess[-1]
    shape = np.log1p(-rate[:, None] * excess).mean(1)
    log_likelihood = n * (np.log(-rate / shape) - shape - 1)
    weight = 1 / np.exp(log_likelihood - log_likelihood[:, None]).sum(1)
    weight[weight < 10 * np.finfo(float).eps] = 0
    found = np.log1p(-(rate @ weight / weight.sum()) * excess).mean()
    return float((n * found + PRIOR * 0.5) / (n + PRIOR))
