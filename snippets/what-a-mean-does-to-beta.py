"""A mean over pixels or latent numbers gives the KL another weight than 1; a sum over a batch, a growing one.

Kind: computation
Break it: "sums": (cost.sum(1).mean(), -> "sums": (cost.mean(),
Fold: any_vae, x
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from lowerbound import mlp
from lowerbound.diagnose import AnyVAE, diagnose

D, L = 64, 10  # pixels, latent numbers
x = (torch.rand(16, D, generator=torch.Generator().manual_seed(0)) < 0.3).float()


def any_vae(loss, said):  # what a loss adds up does not depend on the networks
    net = nn.ModuleList([mlp(D, 2 * L), mlp(L, D)])
    said = {"encode": lambda x: net[0](x).chunk(2, 1), "decode": net[1]} | said
    return AnyVAE(network=net, loss=loss, spread="logvar", **said)


def parts(way, decoded, x, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)  # of each image
    cost, square = bce(decoded, x, reduction="none"), (decoded - x) ** 2
    return {
        "sums": (cost.sum(1).mean(), kl.mean()),
        "mean over 64 pixels": (cost.mean(), kl.mean()),
        "mean over 10 latents": (cost.sum(1).mean(), kl.mean() / L),
        "KL summed over a batch of 8": (cost.sum(1).mean(), kl.sum()),
        "MSE, mean over 64 pixels": (square.mean(), kl.mean()),
        "MSE, kld weight 0.00025": (square.mean(), 0.00025 * kl.mean()),
    }[way]


made = {"sums": 1, "mean over 64 pixels": D, "mean over 10 latents": 1 / L}
made |= {"KL summed over a batch of 8": 8, "MSE, mean over 64 pixels": D / 2}
made |= {"MSE, kld weight 0.00025": 0.00025 * D / 2}  # 1.54 with 12,288 pixels
wrong = {}
for way, weight in made.items():
    said = {"likelihood": "bernoulli-logits"}
    if "MSE" in way:
        said = {"likelihood": "gaussian", "sigma": 1.0}
    vae = any_vae(lambda *of, way=way: sum(parts(way, *of)), said)
    report = diagnose(vae, x, images=1, draws=20)
    found, wrong[way] = report.fit.b / report.fit.a, report.wrong
    print(f"{way}, weight of the KL = {found:.4g}")
    assert abs(found / weight - 1) < 0.01, (
        f"{way}: expected {weight}, found {found:.4g}"
    )

print(f"the same with 12288 pixels = {0.00025 * 12288 / 2:.2f}")
assert wrong.pop("sums") == (), "expected nothing wrong with sums"
growing = wrong.pop("KL summed over a batch of 8")
assert growing == ("same in every batch size",), f"expected a growing weight: {growing}"
assert set(wrong.values()) == {("beta",)}, f"expected a hidden beta each: {wrong}"
