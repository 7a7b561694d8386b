"""The mean of k weights is right on average, its log too low on average, and in one run often too high.

Kind: computation
Break it: variance / (2 * k * evidence**2) -> variance / (2 * k)
"""

import torch
from torch.distributions import Binomial

from lowerbound import Joint, elbo

p = Joint.from_model([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
encoder = Joint.from_data([0.5, 0.5], [[0.6, 0.4], [0.3, 0.7]]).z_given_x
evidence, q = p.x.prob[0], encoder.prob[0]  # p(x) and q(z|x), for the first x
w = p.log_prob[0].exp() / q  # p(x,z) / q(z|x), for each of two z
variance = q @ w**2 - (q @ w) ** 2

error, rule = {}, {}
for k in (1, 10, 100, 1000):
    count = torch.arange(
        k + 1, dtype=torch.float64
    )  # how many of k draws are the first z
    chance = Binomial(k, q[0]).log_prob(count).exp()  # every outcome: nothing is drawn
    mean = (count * w[0] + (k - count) * w[1]) / k
    error[k] = chance @ mean.log() - evidence.log()
    rule[k] = -variance / (2 * k * evidence**2)
    too_high = chance[mean > evidence].sum()
    print(f"k {k}, average error of the log = {error[k]:.6f}")
    print(f"k {k}, by the rule = {rule[k]:.6f}")
    print(f"k {k}, probability of too high = {too_high:.2f}")
    average = chance @ mean
    assert abs(average - evidence) < 1e-12, (
        f"k {k}: the weights should average p(x) = {evidence:.3f}, not {average:.3f}"
    )
    assert error[k] < 0, (
        f"k {k}: the log should be too low on average, its error is {error[k]:.4f}"
    )
    assert too_high > 0.25, (
        f"k {k}: over a quarter of the runs should be too high, not {too_high:.2f}"
    )

short = elbo(p, encoder)[0] - evidence.log()  # with one draw it is the ELBO
assert abs(error[1] - short) < 1e-12, (
    f"one draw should be short by {-short:.3f} as the ELBO is, not by {-error[1]:.3f}"
)
assert abs(error[1000] / rule[1000] - 1) < 0.01, (
    f"at k 1000 the error should be {rule[1000]:.6f} by the rule, not {error[1000]:.6f}"
)
