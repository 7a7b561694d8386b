"""Three checks without the truth in sight find three faults, one of which no picture shows.

Kind: computation
Break it: "too sure": (mu, std / 20, decode) -> "too sure": (mu, std, decode)
Fold: vae, given, train, usual, nearest
Figure: Four models, of each six images decoded from draws of the prior, and six from draws of the encoder. Model 1:
    strokes from the prior, digits from the encoder. Model 2: digits on both sides. Model 3: twelve times one blur.
    Model 4: digits on both sides.
"""

from math import log

import torch
from torch.distributions import Normal

from lowerbound import Bernoulli, digits, trained_digits
from lowerbound.plots import P, Q, pictures, subplots

vae, x, train = trained_digits(), digits().held_out[:100], digits().train
given = vae.encode(x)
mu, std, decode = given.mean, given.log_std.exp(), vae.decode
usual = train.mean(0).clamp(0.001, 0.999).logit()  # how often each pixel is on


def nearest(logits):  # by how many pixels each picture misses a training digit
    return torch.cdist(logits.sigmoid().round(), train, p=1).amin(1)


models = {
    "codes elsewhere": (mu + 4, std, lambda z: decode(z - 4)),
    "too sure": (mu, std / 20, decode),
    "silent": (0 * mu, std / std, lambda z: usual.expand(*z.shape[:-1], 64)),
    "healthy": (mu, std, decode),
}
k, bounds, noise = 1000, {}, torch.Generator().manual_seed(0)
far, *many = torch.randn(k + 1, 100, 2, generator=noise).double()
seen = x.expand(k, *x.shape)
figure, axes = subplots(4, 2, figsize=(4.8, 3.6))
for row, (name, (mean, width, decoder)) in zip(axes, models.items(), strict=True):
    kl = (0.5 * (mean**2 + width**2 - 1) - width.log()).mean(0)
    rows = {P: decoder(far), Q: decoder(mean + width * many[0])}  # prior's, encoder's
    prior_off, encoder_off = (nearest(drawn).mean() for drawn in rows.values())
    z = mean + width * torch.stack(many)
    log_ratio = Normal(0.0, 1.0).log_prob(z) - Normal(mean, width).log_prob(z)
    log_weight = log_ratio.sum(-1) + Bernoulli().log_prob(seen, decoder(z))
    bounds[name] = (log_weight.logsumexp(0) - log(k)).mean()
    lost = bounds[name] - log_weight.mean()
    nats = " and ".join(f"{each:z.1f}" for each in kl)
    print(f"{name}: KL of each number = {nats}")
    print(f"{name}: prior's draws, pixels to a digit = {prior_off:.1f}")
    print(f"{name}: bound less ELBO = {lost:z.1f}\n{name}: bound = {bounds[name]:.1f}")
    for ax, (colour, drawn) in zip(row, rows.items(), strict=True):
        pictures(ax, drawn[:6].sigmoid().reshape(6, 8, 8), columns=6, colour=colour)
    row[0].set_title(f"model {len(bounds)}", loc="left")
    assert (kl.max() < 0.01) == (name == "silent"), (
        f"{name}: the largest KL of a latent number is {kl.max():.2f} nats"
    )
    assert (prior_off > encoder_off + 2) == (name == "codes elsewhere"), (
        f"{name}: the prior's draws miss digits by {prior_off:.1f} pixels, the encoder's by {encoder_off:.1f}"
    )
    assert (lost > 1) == (name in ("codes elsewhere", "too sure")), (
        f"{name}: from ELBO to bound there are {lost:z.1f} nats; only two sick models should have more than 1"
    )

assert bounds["too sure"] < bounds["healthy"] - 2, (
    f"beside the same decoder the bound should be over 2 nats lower, not {bounds['too sure']:.1f} and {bounds['healthy']:.1f}"
)
axes[3, 0].text(0, 15, "new: decoded from the prior", color=P)
axes[3, 1].text(0, 15, "decoded from the encoder", color=Q)
figure.savefig("three-checks-three-faults.svg")
