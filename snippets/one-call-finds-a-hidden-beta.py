"""Trained with a mean over pixels, a VAE uses no code, and one call says why; with the sum it passes.

Kind: experiment
Break it: bce.mean() if averaged -> bce.sum(1).mean() if averaged
Fold: train, draw, used, wrong
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from lowerbound import digits, mlp
from lowerbound.diagnose import AnyVAE, diagnose


def draw(mu, logvar):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def loss_function(recon, x, mu, logvar, averaged):
    bce = cross_entropy(recon, x, reduction="none")
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return (bce.mean() if averaged else bce.sum(1).mean()) + kl.mean()


def handed_over(encoder, decoder, averaged):
    return AnyVAE(
        network=nn.ModuleList([encoder, decoder]),  # all weights
        encode=lambda x: encoder(x).chunk(2, dim=1),  # mu and a second output, which is
        spread="logvar",
        decode=decoder,  # its images are
        likelihood="bernoulli-logits",
        draw=draw,
        loss=lambda *of: loss_function(*of, averaged=averaged),
    )


def train(mine, x):
    adam = torch.optim.Adam(mine.network.parameters(), lr=0.01)
    for _ in range(80):
        code = mine.encode(x)
        adam.zero_grad()
        mine.loss(mine.decode(draw(*code)), x, *code).backward()
        adam.step()


reports = {True: [], False: []}
for seed in range(5):
    for averaged, found in reports.items():
        with torch.random.fork_rng():  # afterwards your random state is as it was
            torch.manual_seed(seed)
            encoder, decoder = mlp(64, 32, 10, seed=seed), mlp(5, 32, 64, seed=seed)
            mine = handed_over(encoder, decoder, averaged)
            train(mine, digits().train.float())
            found.append(diagnose(mine, digits().held_out.float(), images=1, draws=20))

used = [int(r["latent numbers in use"].number) for r in reports[True]]
print(f"mean, beta = {reports[True][0]['beta'].value}")
print(f"mean, latent numbers in use, of 5 = {used}")
print(f"sum, beta = {reports[False][0]['beta'].value}")
wrong = {name: [list(r.wrong) for r in found] for name, found in reports.items()}
both = [["latent numbers in use", "beta"]] * 5
assert wrong[True] == both, f"mean: expected {both}, got {wrong[True]}"
assert wrong[False] == [[]] * 5, f"sum: expected no fault, got {wrong[False]}"
