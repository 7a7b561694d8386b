"""An expectation is what the mean over many draws comes close to, and the standard error says how close.

Kind: experiment
Break it: prob * value -> value / 3
"""

import torch

prob = torch.tensor([0.4, 0.3, 0.3], dtype=torch.float64)
value = torch.tensor([0.0, 1.0, 7.0], dtype=torch.float64)
expectation = (prob * value).sum().item()  # E[value]: add up probability times value
print(f"expectation = {expectation:.2f}")

off = []
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    draws = torch.multinomial(prob, 100_000, replacement=True, generator=generator)
    mean = value[draws].mean()
    standard_error = value[draws].std() / 100_000**0.5
    off.append(((mean - expectation) / standard_error).item())

print(f"standard error of a mean = {standard_error:.3f}")
print(f"largest distance in 5 seeds < 4 standard errors = {max(map(abs, off)) < 4}")
assert max(map(abs, off)) < 4
assert standard_error < 0.02 * expectation
