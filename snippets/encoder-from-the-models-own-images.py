"""Trained on the model's own images only, a new encoder does about as well on digits as the model's encoder.

Kind: experiment
Break it: dreaming = trained_digits().float() -> dreaming = digits_vae()
"""

import torch

from lowerbound import VAE, Grid, digits, digits_vae, elbo, trained_digits

vae, x = trained_digits(), digits().held_out
dreaming = trained_digits().float()  # draws the lessons
evidence = Grid(vae).log_evidence(x)


def gap(encoder):
    """The average KL(q(z|x)||p(z|x)) over held-out digits."""
    model = VAE(encoder, vae.decoder, vae.likelihood).requires_grad_(False).double()
    return (evidence - elbo(model, model.encode(x), x)).mean().item()


def trained_asleep(seed, steps=2000, batch=128):
    """Train an encoder to name the code that the model has made an image from."""
    g = torch.Generator().manual_seed(seed)
    model = digits_vae(seed=1000 + seed)  # only its encoder is used
    adam = torch.optim.Adam(model.encoder.parameters(), lr=5e-3, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for _ in range(steps):
        z = torch.randn(batch, 2, generator=g)  # a code from the prior
        black = dreaming.decode(z).sigmoid()
        image = torch.bernoulli(black, generator=g)  # an image from the decoder
        loss = -model.encode(image).log_prob(z).mean()  # -log q(z|x)
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
    return gap(model.encoder)


own, new = gap(vae.encoder), [trained_asleep(seed) for seed in range(5)]
print(f"gap of the model's own encoder = {own:.2f}")
print(f"gap of encoders that saw no digit = {min(new):.2f} to {max(new):.2f}")
assert max(new) < 1.2 * own, (
    f"the new encoders should be about as good as {own:.2f} nats; one has {max(new):.2f}"
)
