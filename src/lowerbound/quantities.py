"""The quantities every world knows by the same name; each world registers its own way to compute them.

All logarithms are natural: every quantity is in nats.
"""

from functools import singledispatch
from typing import Any

from torch import Tensor


def _unknown(quantity: str, first: object) -> TypeError:
    return TypeError(
        f"{quantity}: the first argument is a {type(first).__name__}; expected a distribution of this library, "
        "for example Joint, Joint.x, Joint.z_given_x, or their Gaussian counterparts"
    )


@singledispatch
def kl(q: Any, p: Any) -> Tensor:
    """Kullback-Leibler divergence KL(q‖p) = E_q[log q - log p], in nats.

    Of two conditionals it is the average under q's marginal, KL = E_q(x) KL(q(z|x)‖p(z|x)): where q's marginal is 0
    the conditional is undefined and does not count. A conditional against a marginal, `kl(q.z_given_x, p.z)`, is the
    average E_q(x) KL(q(z|x)‖p(z)).

    It is infinite where q has mass and p has none; `outside_support(q, p)` says where that is.

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
    """KL(q(·|x)‖p(·|x)) for each x (or each z), in nats: the values that `kl` averages.

    For tables: one value per row, NaN where q's marginal is 0 and its conditional undefined. For Gaussian
    conditionals: one value per point of `at`, shape (n, dimension).
    """
    raise _unknown("kl_each(q, p)", q)


@singledispatch
def entropy(q: Any) -> Tensor:
    """Entropy H(q) = -E_q[log q], in nats.

    Of a conditional it is the average over its condition, H(z|x) = E_q(x) H(q(z|x)).
    For densities this is the differential entropy, which can be negative.
    """
    raise _unknown("entropy(q)", q)


@singledispatch
def mutual_information(joint: Any) -> Tensor:
    """Mutual information I(x;z) = KL(joint(x,z)‖joint(x) joint(z)), in nats."""
    raise _unknown("mutual_information(joint)", joint)


@singledispatch
def elbo(p: Any, q: Any, *at: Tensor) -> Tensor:
    """Evidence lower bound ELBO(x) = E_q(z|x)[log p(x,z) - log q(z|x)] for each x, in nats.

    It is log p(x) - KL(q(z|x)‖p(z|x)), and also `reconstruction(p, q)` - KL(q(z|x)‖p(z)).

    Args:
        p: the model's joint.
        q: the encoder q(z|x), a conditional.
        at: for worlds with infinitely many x, the points, shape (n, dimension).

    Returns:
        One value per x, shape (n,). For tables, NaN where q's marginal is 0 and its conditional undefined.

    Source: Jordan et al. 1999; Kingma & Welling 2014, equations 1 to 3.
    """
    raise _unknown("elbo(p, q)", p)


@singledispatch
def reconstruction(p: Any, q: Any, *at: Tensor) -> Tensor:
    """Reconstruction term E_q(z|x)[log p(x|z)] for each x, in nats. Minus this is the distortion.

    Arguments and shapes as for `elbo`.
    """
    raise _unknown("reconstruction(p, q)", p)
