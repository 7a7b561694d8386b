"""If a decoder ignores z and q(z|x) = p(z), the gap is 0; a trained model reconstructs better on average.

Kind: computation
Break it: decoder.weight.zero_() -> decoder.weight.fill_(0.5)
Figure: Three rows of eight small pictures. The first row are handwritten digits. The second, from a trained VAE,
    resembles them. The third, from a decoder that ignores z, shows eight times the same grey blur.
"""

import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from torch import nn

from lowerbound import VAE, Bernoulli, Grid, digits, elbo, trained_digits
from lowerbound import reconstruction as quality
from lowerbound.plots import DATA, P, subplots

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

figure, axes = subplots(
    3, 8, figsize=(7.6, 3.0), subplot_kw={"xticks": [], "yticks": []}
)
rows, gaps, scores, evidence = {"digit": (x, DATA)}, {}, {}, {}
for name, vae in models.items():
    q = vae.encode(x)
    gaps[name] = Grid(vae).gap(q, x)  # KL(q(z|x)||p(z|x)), added up over a grid
    scores[name] = quality(vae, q, x)  # E_q[log p(x|z)]
    evidence[name] = Grid(vae).log_evidence(x)  # log p(x)
    other = evidence[name] - elbo(vae, q, x)  # the gap by another route
    assert (other - gaps[name]).abs().max() < 1e-5
    rows[name] = vae.decode(q.mean).sigmoid(), P
    print(f"{name}, average gap = {gaps[name].mean().abs():.2f}")
    print(f"{name}, average reconstruction = {scores[name].mean():.1f}")
    print(f"{name}, average log p(x) = {evidence[name].mean():.1f}")

for line, (name, (pictures, colour)) in zip(axes, rows.items(), strict=True):
    ink = LinearSegmentedColormap.from_list(
        name, [to_rgba(colour, 0), to_rgba(colour, 1)]
    )
    line[0].set_ylabel(name)
    for ax, picture in zip(line, pictures, strict=False):
        ax.imshow(picture.reshape(8, 8).numpy(), cmap=ink, vmin=0, vmax=1)

figure.savefig("ignoring-z-has-no-gap.svg")

assert gaps["ignores z"].abs().max() < 1e-9
assert gaps["trained"].mean() > 0.1  # the useful model has the larger gap
assert scores["trained"].mean() - scores["ignores z"].mean() > 5
assert evidence["trained"].mean() - evidence["ignores z"].mean() > 1
assert (scores["trained"] > scores["ignores z"]).double().mean() > 0.9
