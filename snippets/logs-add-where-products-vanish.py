"""Probabilities of independent things multiply; their logs add, and stay representable.

Kind: identity
Break it: pixel_probability.log() -> pixel_probability
"""

import math

import torch

pixel_probability = torch.full((64,), 0.9, dtype=torch.float64)  # one small image
log_image = pixel_probability.log().sum().item()  # in nats
print(f"log-probability of one image = {log_image:.3f} nats")
assert math.isclose(log_image, math.log(0.9**64), rel_tol=1e-12), (
    f"the log of 0.9 to the power 64 should be {math.log(0.9**64):.3f}, not {log_image:.3f}"
)

images = 1797
log_data = images * log_image
print(f"log-probability of all images = {log_data:.0f} nats")
product = pixel_probability.repeat(images).prod().item()  # every pixel of every image
print(f"their product underflows to 0 = {product == 0.0}")
# Below the smallest number a computer can hold:
assert product == 0.0, (
    f"the product should be too small for a computer, and it is {product}"
)
