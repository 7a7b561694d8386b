"""Probabilities of independent things multiply; their logs add, and stay representable.

Kind: identity
Break it: pixel_probability.log() -> pixel_probability
Figure: Two rows of columns, one column for one pixel, two pixels, and so on up to twenty-four. In the upper row, the
    probability of so many pixels, each column is a tenth shorter than the one before. In the lower row, minus the log
    of it, the columns are a stair of equal steps.
"""

import math

import torch

from lowerbound.plots import DATA, P, subplots

pixel_probability = torch.full((64,), 0.9, dtype=torch.float64)  # one small image
log_image = pixel_probability.log().sum().item()  # in nats
print(f"probability of one image = {pixel_probability.prod():.4f}")
print(f"log-probability of one image = {log_image:.3f} nats")
assert math.isclose(log_image, math.log(0.9**64), rel_tol=1e-12), (
    f"the log of 0.9 to the power 64 should be {math.log(0.9**64):.3f}, not {log_image:.3f}"
)

so_far = pixel_probability[:24].cumprod(0)  # of the first pixel, of the first two, ...
number = range(1, 25)
figure, (products, costs) = subplots(2, 1, figsize=(4.4, 3.2), sharex=True)
products.bar(number, so_far.numpy(), color=P)
costs.bar(number, -so_far.log().numpy(), color=DATA)
products.set(title="probability of the first pixels", ylim=(0, 1))
costs.set(title="minus its log: the cost", xlabel="how many pixels", ylim=(0, 2.6))
figure.savefig("logs-add-where-products-vanish.svg")

images = 1797
log_data = images * log_image
print(f"log-probability of all images = {log_data:.0f} nats")
product = pixel_probability.repeat(images).prod().item()  # every pixel of every image
print(f"their product underflows to 0 = {product == 0.0}")
# Below the smallest number a computer can hold:
assert product == 0.0, (
    f"the product should be too small for a computer, and it is {product}"
)
