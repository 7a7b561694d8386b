"""Under autocast to bfloat16 only the networks are rounded: the loss is summed as before, and trains alike.

Kind: experiment
Break it: autocast(loss, vae, x, noise) -> loss(vae.bfloat16(), x.bfloat16(), noise.bfloat16())
Fold: x, noise
"""

import torch
from torch import nn

from lowerbound import VAE, Bernoulli, digits, fit, mlp
from lowerbound.training import loss

x = digits().held_out.float().unflatten(1, (8, 8))
x = x.repeat_interleave(3, 1).repeat_interleave(3, 2)  # 24 x 24 = 576 pixels
noise = torch.randn(len(x), 8, generator=torch.Generator().manual_seed(0))


def autocast(function, *args, on=True, **settings):
    with torch.autocast("cpu", torch.bfloat16, enabled=on):
        return function(*args, **settings)


def train(seed, on):
    encoder = nn.Sequential(nn.Flatten(), mlp(576, 64, 16, seed=seed))
    vae = VAE(encoder, mlp(8, 64, 576, seed=seed + 5), Bernoulli(), latent_dim=8)
    history = autocast(fit, vae, x, epochs=10, seed=seed, progress=False, on=on)
    return vae, history.loss[-1]


apart = []
for seed in range(5):
    (_, full), (vae, half) = train(seed, on=False), train(seed, on=True)
    with torch.no_grad():
        exact = loss(vae, x, noise).item()
        rounded = autocast(loss, vae, x, noise).item()
    print(f"seed {seed}: last loss, without and with autocast = {full:.0f}, {half:.0f}")
    apart.append(abs(rounded - exact))
    assert abs(half / full - 1) < 0.01, (
        f"with autocast a loss near {full:.1f}, not {half:.1f}"
    )

print(f"largest rounding of a loss = {max(apart):.2f}")
assert max(apart) < 0.1, (
    f"rounding should cost less than 0.1 nats, not {max(apart):.2f}"
)
