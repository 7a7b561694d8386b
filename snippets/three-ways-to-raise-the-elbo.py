"""With the encoder held still, a decoder step that raises the ELBO may raise the gap, or lower log p(x).

Kind: computation
Break it: elbo(p, encoder, x) -> elbo(p, p.z_given_x, x)
Figure: Two panels over the decoder's weight. Above, the encoder is held at a poor guess: the dashed
    orange ELBO lies below the blue log p(x) everywhere, the magenta band between them first widens and then
    narrows, and the ELBO still climbs where log p(x) already falls. Below, the encoder is exact at
    one weight, marked by a dot: there the ELBO touches log p(x), and climbs only where log p(x) climbs.
"""

import torch

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, elbo, kl_each
from lowerbound.plots import GAP, INK, P, Q, subplots

x = [[-1.0], [1.0]]  # the data: two numbers
poor = LinearGaussian([[0.3]], [0.0], 0.1)  # q(z|x): mean 0.3x, variance 0.1


def model(weight: float) -> GaussianJoint:
    """p(z) normal with variance 1, p(x|z) normal with mean weight z, variance 0.2."""
    prior = Gaussian([0.0], 1.0)
    return GaussianJoint.from_model(prior, LinearGaussian([[weight]], [0.0], 0.2))


def averages(weight: float, encoder: LinearGaussian) -> torch.Tensor:
    """Over the data: log p(x), the ELBO, and KL(q(z|x)||p(z|x)), by three formulas."""
    p = model(weight)
    gap = kl_each(encoder, p.z_given_x, x)
    return torch.stack([p.x.log_prob(x), elbo(p, encoder, x), gap]).mean(1)


weights = torch.linspace(0.0, 1.6, 49).tolist()
figure, axes = subplots(nrows=2, figsize=(4.6, 5.0), sharex=True)
for ax, encoder in zip(axes, (poor, model(0.6).z_given_x), strict=True):
    evidence, bound, _ = torch.stack([averages(w, encoder) for w in weights], 1)
    ax.plot(weights, evidence, color=P, label="log p(x)")
    ax.plot(weights, bound, "--", color=Q, label="ELBO")
    ax.fill_between(weights, bound, evidence, color=GAP, alpha=0.2, lw=0, label="gap")
    ax.set(ylabel="nats, average", ylim=(-4, -1))

axes[0].set(title="encoder held at a poor guess")
axes[1].set(title="encoder exact at the dot", xlabel="weight of the decoder")
axes[1].plot(0.6, averages(0.6, model(0.6).z_given_x)[0], "o", color=INK)
axes[0].legend(loc="lower right", frameon=False)
figure.savefig("three-ways-to-raise-the-elbo.svg")

stops = torch.stack([averages(w, poor) for w in (0.1, 0.6, 0.9, 1.5)])
for step, change in zip(("first", "second", "third"), stops.diff(dim=0), strict=True):
    for name, value in zip(("log p(x)", "ELBO", "gap"), change, strict=True):
        print(f"{step} step, {name} = {value:+.2f}")

log_p, elbo_change, gap_change = stops.diff(dim=0).T
assert (elbo_change > 0).all(), (
    f"every step should raise the ELBO, and one changes it by {elbo_change.min():+.2f}"
)
assert gap_change[0] > 0.3, (
    f"the first step should raise the gap by over 0.3, not {gap_change[0]:+.2f}"
)
assert log_p[2] < -0.1, (
    f"the third step should lower log p(x) by over 0.1, not {log_p[2]:+.2f}"
)
off = (log_p - elbo_change - gap_change).abs().max()
assert off < 1e-12, f"log p(x) should change as ELBO + gap do, not {off:.2f} off"
