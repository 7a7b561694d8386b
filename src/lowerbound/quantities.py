"""The quantities every world knows by the same name; each world registers its own way to compute them.

All logarithms are natural: every quantity is in nats.
"""

import math
from functools import singledispatch
from typing import Any

from torch import Tensor

LOG_2PI = math.log(2 * math.pi)  # in every normal density and entropy


def _unknown(quantity: str, first: object) -> TypeError:
    return TypeError(
        f"{quantity}: the first argument is a {type(first).__name__}; expected a distribution of this library, "
        "for example Joint, Joint.x, Joint.z_given_x, or their Gaussian counterparts"
    )


@singledispatch
def kl(q: Any, p: Any) -> Tensor:
    r"""Kullback-Leibler divergence of $q$ from $p$, in nats.

    $$\KL(q \,\|\, p) = \E_q[\log q - \log p]$$

    Of two conditionals it is the average under q's marginal, $\E_{q(x)} \KL(q(z \mid x) \,\|\, p(z \mid x))$. Where
    q's marginal is 0 the conditional is undefined and does not count. A conditional against a marginal,
    `kl(q.z_given_x, p.z)`, is the average $\E_{q(x)} \KL(q(z \mid x) \,\|\, p(z))$.

    It is infinite where q has mass and p has none.

    Returns:
        A scalar, never below 0 but for rounding.

    Raises:
        TypeError: q and p are not of the same kind.
        ValueError: their sizes differ.

    Source: Kullback & Leibler 1951; the chain rule for conditionals is Cover & Thomas, Elements of Information
    Theory, theorem 2.5.3.
    """
    raise _unknown("kl(q, p)", q)


@singledispatch
def kl_each(q: Any, p: Any, *at: Tensor) -> Tensor:
    r"""$\KL(q(z \mid x) \,\|\, p(z \mid x))$ for each x, in nats: the values that `kl` averages.

    Of conditionals given z, it is $\KL(q(x \mid z) \,\|\, p(x \mid z))$ for each z.

    For tables: one value per row, NaN where q's marginal is 0 and its conditional undefined. For Gaussian
    conditionals: one value per point of `at`, shape (n, dimension). For a VAE: one value per row of what `encode`
    returned, against the prior or a posterior from `Grid`.

    Raises:
        TypeError, ValueError: as for `kl`; also points `at` that do not fit.
    """
    raise _unknown("kl_each(q, p)", q)


@singledispatch
def entropy(q: Any) -> Tensor:
    r"""Entropy $\H(q) = -\E_q[\log q]$, in nats.

    Of a conditional it is the average over its condition, $\H(z \mid x) = \E_{q(x)} \H(q(z \mid x))$.
    For densities this is the differential entropy, which can be negative. Of what a VAE's `encode` returned it is one
    value per row, shape (n,).

    Raises:
        TypeError: q is no distribution of this library.
    """
    raise _unknown("entropy(q)", q)


@singledispatch
def mutual_information(joint: Any) -> Tensor:
    r"""Mutual information of x and z, in nats.

    Under a joint $q(x, z)$ it is $\I(x; z) = \KL(q(x, z) \,\|\, q(x) \, q(z))$; under the model's likewise.

    Raises:
        TypeError: not a joint of this library.
    """
    raise _unknown("mutual_information(joint)", joint)


@singledispatch
def elbo(p: Any, q: Any, *at: Tensor) -> Tensor:
    r"""Evidence lower bound for each x, in nats.

    $$\ELBO(x) = \E_{q(z \mid x)}[\log p(x, z) - \log q(z \mid x)]$$

    It is $\log p(x) - \KL(q(z \mid x) \,\|\, p(z \mid x))$, and also the reconstruction term minus
    $\KL(q(z \mid x) \,\|\, p(z))$.

    Args:
        p: the model's joint.
        q: the encoder $q(z \mid x)$, a conditional.
        at: for worlds with infinitely many x, the points, shape (n, dimension).

    Returns:
        One value per x, shape (n,). For tables, NaN where q's marginal is 0 and its conditional undefined.

    Raises:
        TypeError: p, q and the points are not of the same world.
        ValueError: their sizes differ, or x does not fit the likelihood.

    Source: Jordan et al. 1999; Kingma & Welling 2014, equations 1 to 3.
    """
    raise _unknown("elbo(p, q)", p)


@singledispatch
def reconstruction(p: Any, q: Any, *at: Tensor) -> Tensor:
    r"""Reconstruction term $\E_{q(z \mid x)}[\log p(x \mid z)]$ for each x, in nats. Minus this is the distortion.

    Arguments, shapes and errors as for `elbo`.
    """
    raise _unknown("reconstruction(p, q)", p)
