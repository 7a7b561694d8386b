"""Trained with a mean over pixels, a VAE uses no code, and one call says why; with the sum it passes every check.

Kind: experiment
Break it: bce.mean() if averaged -> bce.sum(1).mean() if averaged
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from lowerbound import digits, mlp
from lowerbound.diagnose import AnyVAE, diagnose

data = digits()


class Model(nn.Module):
    def __init__(self, seed, averaged):
        super().__init__()
        self.encoder, self.averaged = mlp(64, 32, 10, seed=seed), averaged
        self.decode = mlp(5, 32, 64, seed=seed)

    def encode(self, x):
        return self.encoder(x).chunk(2, dim=1)  # mu, logvar

    def draw(self, mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def loss(self, recon, x, mu, logvar):
        bce = cross_entropy(recon, x, reduction="none")
        kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
        return (bce.mean() if self.averaged else bce.sum(1).mean()) + kl.mean()


said = {"spread": "logvar", "likelihood": "bernoulli-logits"}
reports = {True: [], False: []}
for seed in range(5):
    for averaged, found in reports.items():
        torch.manual_seed(seed)
        model, x = Model(seed, averaged), data.train.float()
        adam = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(80):
            code = model.encode(x)
            adam.zero_grad()
            model.loss(model.decode(model.draw(*code)), x, *code).backward()
            adam.step()
        parts = {
            name: getattr(model, name) for name in ("encode", "decode", "draw", "loss")
        }
        mine = AnyVAE(network=model, **parts, **said)
        found.append(diagnose(mine, data.held_out.float(), images=1, draws=20))

used = [int(report["latent numbers in use"].number) for report in reports[True]]
print(f"mean, beta = {reports[True][0]['beta'].value}")
print(f"mean, latent numbers in use, of 5 = {used}")
print(f"sum, beta = {reports[False][0]['beta'].value}")
both = {"beta", "latent numbers in use"}
assert [set(report.wrong) for report in reports[True]] == [both] * 5, "expected both"
assert [report.wrong for report in reports[False]] == [()] * 5, (
    "expected no fault with sums"
)
