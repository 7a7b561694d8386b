"""p(z|x) is what you count: run the model many times, keep the runs that gave this x, look at their z.

Kind: experiment
Break it: prior * decoder[:, seven] -> decoder[:, seven]
"""

import torch

prior = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)  # p(z): three codes
decoder = torch.tensor(
    [[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]], dtype=torch.float64
)  # p(x|z): a row per code; images zero, one, seven
seven = 2

posterior = prior * decoder[:, seven]
posterior = posterior / posterior.sum()  # Bayes' rule: p(z) p(x|z) / p(x)
print(f"p(z|seven) by Bayes' rule = {', '.join(f'{v:.3f}' for v in posterior)}")

off = []
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    z = torch.multinomial(prior, 200_000, replacement=True, generator=generator)
    x = torch.multinomial(decoder[z], 1, generator=generator).squeeze(1)
    kept = z[x == seven]  # the codes of the runs that gave a seven
    counted = torch.bincount(kept, minlength=3) / len(kept)
    standard_error = (posterior * (1 - posterior) / len(kept)).sqrt()
    off.append(((counted - posterior) / standard_error).abs().max())

print(f"p(z|seven) by counting, last seed = {', '.join(f'{v:.2f}' for v in counted)}")
print(f"farthest in 5 seeds < 4 standard errors = {max(off) < 4}")
assert max(off) < 4, (
    f"counting should be within 4 standard errors of the rule, not {max(off):.0f} away"
)
assert (standard_error / posterior).max() < 0.02, (
    f"a standard error should be below 2 % of its share, not {(standard_error / posterior).max():.1%}"
)
