"""Probabilities of independent things multiply; their logs add, and stay representable.

Kind: identity
Break it: pixel_probability.log() -> pixel_probability
"""

import math

import torch

pixel_probability = torch.full((64,), 0.9, dtype=torch.float64)  # one small image
log_image = pixel_probability.log().sum().item()  # in nats
print(f"log-probability of one image = {log_image:.3f} nats")
assert math.isclose(log_image, math.log(0.9**64), rel_tol=1e-12)

images = 1797
log_data = images * log_image
print(f"log-probability of all images = {log_data:.0f} nats")
product = pixel_probability.repeat(images).prod().item()  # every pixel of every image
print(f"their product underflows to 0 = {product == 0.0}")
assert product == 0.0  # below the smallest number a computer can hold
