"""Even with all three, some codes are hardly used; they decode to a non-digit more often than others.

Kind: experiment
Break it: empty = log_q < log_p -> empty = log_q > log_p
"""

import math

import torch

from lowerbound import EncoderJoint, digits, digits_vae, fit

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
    no_digit = pixels_apart(torch.sigmoid(vae.decode(z)).round()) > far
    shares.append(
        [100 * v.double().mean() for v in (empty, no_digit[empty], no_digit[~empty])]
    )

names = ("prior that is empty", "empty part that is no digit", "rest that is no digit")
for name, values in zip(names, zip(*shares, strict=True), strict=True):
    print(f"share of the {name} = {min(values):.0f} to {max(values):.0f} %")

for empty, no_digit_there, no_digit_elsewhere in shares:
    assert empty > 4, f"over 4 % of the prior should be empty, not {empty:.0f} %"
    assert no_digit_there > 3 * no_digit_elsewhere, (
        f"the empty part should hold over three times the {no_digit_elsewhere:.0f} % of the rest, not {no_digit_there:.0f} %"
    )
