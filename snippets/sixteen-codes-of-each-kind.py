"""With sixteen codes, log p(x) from the prior is off by nats, the reconstruction from the encoder by tenths.

Kind: experiment
Break it: q.at(noise) -> 4 * noise
Fold: vae, x, q
Figure: A handwritten three, twice. Beside it sixteen pictures decoded from codes of the prior, digits of all kinds. And
    sixteen decoded from codes of the encoder, nearly all of them threes.
"""

from math import log

import torch

from lowerbound import Grid, digits, reconstruction, trained_digits
from lowerbound.plots import DATA, P, Q, pictures, subplots

vae, x = trained_digits(), digits().held_out[[351]]
q = vae.encode(x)
truth = {
    "prior": Grid(vae).log_evidence(x),  # the log of an average
    "encoder": reconstruction(vae, q, x),  # an average of logs
}
generator = torch.Generator().manual_seed(0)
noise = torch.randn(16, 1000, 2, generator=generator).double()  # a thousand tries
codes = {"prior": noise, "encoder": q.at(noise)}

figure, axes = subplots(2, 2, figsize=(4.6, 2.4), width_ratios=(2, 8))
off = {}
for row, (name, z), colour in zip(axes, codes.items(), (P, Q), strict=True):
    logs = vae.log_likelihood(x, z.reshape(16000, 1, 2)).view(16, 1000)  # log p(x|z)
    found = logs.logsumexp(0) - log(16) if name == "prior" else logs.mean(0)
    off[name] = (found - truth[name]).abs().median()
    print(f"{name}, half of the tries are off by more than = {off[name]:.1f}")
    first = vae.decode(z[:, 0]).sigmoid().reshape(16, 8, 8)
    pictures(row[0], x.view(1, 8, 8), columns=1, colour=DATA)
    pictures(row[1], first, columns=8, colour=colour)
    row[1].set_title(f"codes from the {name}, decoded", loc="left", fontsize=9)

figure.savefig("sixteen-codes-of-each-kind.svg")
assert off["prior"] > 1, (
    f"from the prior the usual error should exceed a nat, not be {off['prior']:.1f}"
)
assert off["encoder"] < 0.5, (
    f"from the encoder the usual error should stay below 0.5 nats, not be {off['encoder']:.1f}"
)
