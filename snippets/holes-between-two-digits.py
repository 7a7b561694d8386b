"""Even with all three, some codes are hardly used; they decode to a non-digit more often than others.

Kind: experiment
Break it: empty = log_q < log_p -> empty = log_q > log_p
Figure: Two rows of eight decoded codes. Above, from the part that images use: zeros and ones. Below, from the part
    that hardly any image uses: shapes between a zero and a one.
"""

import math

import torch

from lowerbound import EncoderJoint, digits, digits_vae, fit
from lowerbound.plots import P, pictures, subplots

data = digits()
train = data.train[data.train_labels <= 1]  # zeros and ones alone
unseen = data.held_out[data.held_out_labels <= 1]
z = torch.randn(2000, 2, generator=torch.Generator().manual_seed(0)).double()


def pixels_apart(images):
    """In how many pixels each image differs from the nearest training image."""
    differing = images @ (1 - train.T) + (1 - images) @ train.T
    return differing.min(1).values


far = pixels_apart(unseen).quantile(0.95)  # few real digits are further away
shares = []
for seed in range(5):
    vae = digits_vae(seed=seed).double()
    fit(vae, train, epochs=100, seed=seed, progress=False)
    vae.requires_grad_(False)
    log_q = EncoderJoint(vae.encode(train)).z.log_prob(z)
    log_p = vae.prior.log_prob(z)
    empty = log_q < log_p - math.log(10)  # hardly any image is encoded there
    decoded = torch.sigmoid(vae.decode(z))
    missed = pixels_apart(decoded.round())
    no_digit = missed > far
    shares.append(
        [100 * v.double().mean() for v in (empty, no_digit[empty], no_digit[~empty])]
    )

figure, axes = subplots(2, 1, figsize=(4.6, 1.8))  # of the last of the five
worst = (missed * empty).argsort(descending=True)[:8]  # of the empty part
for ax, shown in zip(axes, (decoded[~empty][:8], decoded[worst]), strict=True):
    pictures(ax, shown.reshape(8, 8, 8), columns=8, colour=P)

axes[0].set_title("used by images", loc="left", fontsize=9)
axes[1].set_title("hardly used", loc="left", fontsize=9)
figure.savefig("holes-between-two-digits.svg")

names = ("prior that is empty", "empty part that is no digit", "rest that is no digit")
for name, values in zip(names, zip(*shares, strict=True), strict=True):
    print(f"share of the {name} = {min(values):.0f} to {max(values):.0f} %")

for empty, no_digit_there, no_digit_elsewhere in shares:
    assert empty > 4, f"over 4 % of the prior should be empty, not {empty:.0f} %"
    assert no_digit_there > 3 * no_digit_elsewhere, (
        f"the empty part should hold over three times the {no_digit_elsewhere:.0f} % of the rest, not {no_digit_there:.0f} %"
    )
