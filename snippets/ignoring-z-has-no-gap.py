"""If a decoder ignores z and q(z|x) = p(z), the gap is 0; a trained model reconstructs better on average.

Kind: computation
Break it: decoder.weight.zero_() -> decoder.weight.fill_(0.5)
"""

import torch
from torch import nn

from lowerbound import VAE, Bernoulli, Grid, digits, elbo, trained_digits
from lowerbound import reconstruction as quality

data = digits()
x = data.held_out[:100]  # held-out digits

encoder = nn.Linear(64, 4, dtype=torch.float64).requires_grad_(False)
encoder.weight.zero_()  # for every image the mean 0 and the log of the standard
encoder.bias.zero_()  # deviation 0: q(z|x) is the prior
decoder = nn.Linear(2, 64, dtype=torch.float64).requires_grad_(False)
decoder.weight.zero_()  # z has no influence
frequency = (data.train.sum(0) + 0.5) / (len(data.train) + 1)
decoder.bias.copy_(frequency.logit())  # each pixel as often on as in the training data
models = {"trained": trained_digits(), "ignores z": VAE(encoder, decoder, Bernoulli())}

gaps, scores, evidence = {}, {}, {}
for name, vae in models.items():
    q = vae.encode(x)
    gaps[name] = Grid(vae).gap(q, x)  # KL(q(z|x)||p(z|x)), added up over a grid
    scores[name] = quality(vae, q, x)  # E_q[log p(x|z)]
    evidence[name] = Grid(vae).log_evidence(x)  # log p(x)
    other = evidence[name] - elbo(vae, q, x)  # the gap by another route
    off = (other - gaps[name]).abs().max()
    assert off < 1e-5, f"two routes to the gap should agree, and are {off:.2g} apart"
    print(f"{name}, average gap = {gaps[name].mean().abs():.2f}")
    print(f"{name}, average reconstruction = {scores[name].mean():.1f}")
    print(f"{name}, average log p(x) = {evidence[name].mean():.1f}")
    print(f"{name}, average -log p(x) = {-evidence[name].mean():.1f}")

largest = gaps["ignores z"].abs().max()
assert largest < 1e-9, f"without z every gap should be 0, and one is {largest:.2f}"
useful = gaps["trained"].mean()
assert useful > 0.1, f"the trained model's gap should exceed 0.1, not {useful:.2f}"
better = scores["trained"] - scores["ignores z"]
assert better.mean() > 5, (
    f"it should rebuild better by over 5 nats, not {better.mean():.1f}"
)
share = (better > 0).double().mean()
assert share > 0.9, f"and so for over 90 % of the digits, not a share of {share:.2f}"
gain = (evidence["trained"] - evidence["ignores z"]).mean()
assert gain > 1, f"its log p(x) should be over 1 nat higher, not {gain:.1f}"
