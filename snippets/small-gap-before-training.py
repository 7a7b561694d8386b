"""Before any training the gap may be small or large; either way the model is hardly better than a coin.

Kind: experiment
Break it: evidence - elbo( -> evidence + elbo(
"""

import math

import torch
from torch import nn

from lowerbound import VAE, Bernoulli, Grid, digits, elbo, mlp

x = digits().held_out[:50]
coin = -64 * math.log(2)  # log p(x) when each of 64 pixels is an even chance


def untrained(hidden, activation, seed, he):
    """Torch's own first weights, or those of He et al. (2015): larger, no biases."""
    encoder = mlp(64, *hidden, 4, seed=2 * seed, activation=activation)
    decoder = mlp(2, *hidden, 64, seed=2 * seed + 1, activation=activation)
    vae = VAE(encoder, decoder, Bernoulli()).double().requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for weight in vae.parameters() if he else []:
        if weight.dim() == 2:
            nn.init.kaiming_normal_(weight, generator=generator)
        else:
            nn.init.zeros_(weight)
    return vae


evidences = []
for weights, he in (("torch's own", False), ("He's", True)):
    gaps = []
    for hidden, activation in (([128], nn.SiLU), ([128, 128], nn.Tanh)):
        for seed in range(5):
            vae = untrained(hidden, activation, seed, he)
            evidence = Grid(vae).log_evidence(x)
            gaps.append((evidence - elbo(vae, vae.encode(x), x)).mean())
            evidences.append(evidence.mean())
    print(f"gap with {weights} first weights, from = {min(gaps):.1f}")
    print(f"gap with {weights} first weights, to = {max(gaps):.1f}")
    assert min(gaps) > 1 if he else max(gaps) < 0.5
print(f"best log p(x) of the 20 networks = {max(evidences):.1f}")
print(f"log p(x) of a coin = {coin:.1f}")
assert max(evidences) < coin + 3
