"""Six common mistakes in a loss: each is found by the check that should find it; the right loss passes all.

Kind: computation
Break it: mu**2 + logvar.exp() - 1 - logvar -> mu**2 + logvar.exp() - 1 + logvar
Fold: encode, said
"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import mse_loss

from lowerbound import digits, trained_digits
from lowerbound.diagnose import AnyVAE, diagnose

vae, x, noise = trained_digits(), digits().held_out, torch.randn_like


def encode(x):
    q = vae.encode(x)
    return q.mean, 2 * q.log_std  # mu, logvar


def loss(d, x, mu, logvar, sign=1, cost=bce):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (cost(d, x, reduction="none").sum(1) + sign * kl).mean()


said = {"network": vae, "encode": encode, "decode": vae.decode, "loss": loss}
said |= {"spread": "logvar", "likelihood": "bernoulli-logits"}
FORM, COST = "sign and form of the KL", "reconstruction in the loss"
READ, DRAW = "width is read as it is", "noise of the draw"
changed = {  # what is written, and the check that should object
    "all right": ({"draw": lambda mu, v: mu + (v / 2).exp() * noise(mu)}, None),
    "- KL": ({"loss": lambda *a: loss(*a, sign=-1)}, FORM),
    "mse_loss": ({"loss": lambda *a: loss(*a, cost=mse_loss)}, COST),
    "sigmoid twice": ({"decode": lambda z: vae.decode(z).sigmoid()}, "sigmoid once"),
    "2 * logvar": ({"loss": lambda d, x, mu, v: loss(d, x, mu, 2 * v)}, READ),
    "exp(logvar) * noise": ({"draw": lambda mu, v: mu + v.exp() * noise(mu)}, DRAW),
    "no noise": ({"draw": lambda mu, v: mu}, DRAW),
}
for name, (change, check) in changed.items():
    report = diagnose(AnyVAE(**said | change), x, images=1, draws=20)
    print(f"{name} -> {check}: {report[check].value}" if check else f"{name} -> ok")
    found = [check] if check else []
    assert list(report.wrong) == found, f"{name}: expected {found}, got {report.wrong}"

assert len(changed) == 7, f"expected a right loss and six others, got {len(changed)}"
