"""Before any training the gap may be small or large; either way the model is hardly better than a coin.

Kind: experiment
Break it: nn.init.kaiming_normal_(weight, generator=generator) -> weight.zero_()
"""

import warnings

import torch
from torch import nn

from lowerbound import VAE, Bernoulli, Grid, digits, kl_each, mlp, reconstruction

x = digits().held_out[:10]
coin = -64 * torch.tensor(2.0).log().item()  # log p(x) of 64 fair coins


def untrained(hidden, activation, seed, he):
    """Torch's own initial weights, or those of He et al. (2015): larger, no biases."""
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


evidences, told = [], {}
for weights, he in (("torch's own", False), ("He's", True)):
    gaps, told[he], rebuilt, varies = [], [], [], []  # rebuilt: E_q[log p(x|z)]
    for hidden, activation in (([128], nn.SiLU), ([128, 128], nn.Tanh)):
        for seed in range(5):
            vae = untrained(hidden, activation, seed, he)
            grid = Grid(vae, points=72)
            evidence, posterior = grid.log_evidence(x), grid.posterior(x)
            log_ratio = posterior.log_prob - vae.prior.log_prob(grid.z)
            told[he].append((posterior.mass * log_ratio).sum(1).mean())
            with warnings.catch_warnings(action="ignore"):  # off by hundredths of a nat
                rebuilt.append(reconstruction(vae, q := vae.encode(x), x).mean())
            gaps.append((evidence + kl_each(q, vae.prior)).mean() - rebuilt[-1])
            share = vae.prior.log_prob(grid.z).softmax(0)  # of each code, in the prior
            shown = vae.decode(grid.z).sigmoid()  # the picture of each code
            varies.append((share @ (shown - share @ shown) ** 2).sqrt().mean())
            evidences.append(evidence.mean())
    print(f"gap with {weights} initial weights, from = {min(gaps):.1f}")
    print(f"gap with {weights} initial weights, to = {max(gaps):.1f}")
    print(f"KL(p(z|x)||p(z)), {weights} = {min(told[he]):.1f} to {max(told[he]):.1f}")
    print(f"reconstruction with {weights} = {min(rebuilt):.1f} to {max(rebuilt):.1f}")
    print(f"a pixel varies, {weights} = {min(varies):.2f} to {max(varies):.2f}")
    assert max(rebuilt + evidences) < coin + 3, (
        f"untrained, none should be much better than a coin's {coin:.1f} nats; one has {max(rebuilt + evidences):.1f}"
    )
    assert min(gaps) > 1 if he else max(gaps) < 1, (
        f"with {weights} weights all gaps should be {'above' if he else 'below'} 1 nat, not {min(gaps):z.1f} to {max(gaps):z.1f}"
    )

print(f"best log p(x) of the 20 networks = {max(evidences):.1f}")
print(f"log p(x) of a coin = {coin:.1f}")
assert max(told[False]) < min(told[True]), (
    f"larger weights should make an image say more of its code, not only {min(told[True]):.1f} nats"
)
