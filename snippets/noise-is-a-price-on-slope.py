"""Image by image, the trained model's noise costs what slope and curvature of its decoder say, nearly.

Kind: computation
Break it: s * (1 - s) * slope.square() -> slope.square()
"""

import torch

from lowerbound import DiagonalNormal, digits, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out
q = vae.encode(x)
at_mean = vae.log_likelihood(x, q.mean)  # log p(x|z) without noise
exact = at_mean - reconstruction(vae, q, x)  # what the noise costs

h, logit = 1e-3, vae.decode(q.mean)
s = torch.sigmoid(logit)  # the probability that a pixel is 1
by_slope, by_curvature = torch.zeros(2, len(x), dtype=torch.float64)
for i in (0, 1):  # a small step ahead and one back, along each latent number
    step = h * torch.eye(2, dtype=torch.float64)[i]
    ahead, back = vae.decode(q.mean + step), vae.decode(q.mean - step)
    slope, curvature = (ahead - back) / (2 * h), (ahead - 2 * logit + back) / h**2
    half = (2 * q.log_std[:, i]).exp() / 2  # half the encoder's width squared
    by_slope += half * (s * (1 - s) * slope.square()).sum(1)
    by_curvature -= half * ((x - s) * curvature).sum(1)

both = by_slope + by_curvature
parts = {"the slope alone": by_slope, "slope and curvature": both}
print(f"what the noise costs, average = {exact.mean():.2f}")
for name, says in parts.items():
    alike = torch.corrcoef(torch.stack([exact, says]))[0, 1]
    off = (says - exact).square().mean().sqrt()
    print(f"{name}, average = {says.mean():.2f}")
    print(f"{name}, correlation = {alike:.2f}")
    print(f"{name}, typical error = {off:.2f}")

assert abs(by_slope.mean() / exact.mean() - 1) < 0.25, (
    f"on average the slope should say about {exact.mean():.2f} nats, not {by_slope.mean():.2f}"
)
bends = by_curvature.mean()
assert abs(bends) < 0.1 * exact.mean(), (
    f"on average curvature should cancel, not leave {bends:.2f} nats"
)
assert alike > 0.95, (
    f"digit by digit the correlation should be over 0.95, not {alike:.2f}"
)
assert off < exact.std() / 2, (
    f"the error should be under {exact.std() / 2:.2f}, half the spread, not {off:.2f}"
)
for name, times in {"half": 0.5, "twice": 2.0}.items():
    other = DiagonalNormal(q.mean, q.log_std + torch.tensor(times).log())
    costs = at_mean - reconstruction(vae, other, x)
    off = (times**2 * both - costs).square().mean().sqrt() / costs.mean()
    print(f"{name} the widths, typical error in % = {100 * off:.0f}")
    should = "under" if name == "half" else "over"
    assert (off < 0.05) == (should == "under"), (
        f"with {name} the widths the error should be {should} 5 %, not {100 * off:.0f}"
    )
