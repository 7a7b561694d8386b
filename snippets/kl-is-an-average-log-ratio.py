"""A KL is an average of log ratios: single ratios may be below zero, their average under q never is.

Kind: identity
Break it: (q * (q / p).log()).sum() -> (p * (q / p).log()).sum()
"""

import torch

q = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)  # the data: zero, one, seven
p = torch.tensor([0.4, 0.3, 0.3], dtype=torch.float64)  # the model


def average_log_ratio(q, p):
    """KL(q‖p), in nats."""
    return (q * (q / p).log()).sum()


for image, ratio in zip(["zero", "one", "seven"], q / p, strict=True):
    print(f"log ratio of {image} = {ratio.log():z.3f}")

for image, own, other in zip(["zero", "one", "seven"], -q.log(), -p.log(), strict=True):
    print(f"cost of {image} under q = {own:.2f}")
    print(f"cost of {image} under p = {other:.2f}")

entropy, cross_entropy = -(q * q.log()).sum(), -(q * p.log()).sum()
print(f"entropy of q = {entropy:.2f}")
print(f"cross-entropy = {cross_entropy:.2f}")
print(f"KL(q||p) = {average_log_ratio(q, p):.3f}")
print(f"KL(p||q) = {average_log_ratio(p, q):.3f}")

generator, found = torch.Generator().manual_seed(0), []
for _ in range(1000):
    a, b = torch.rand(2, 3, generator=generator, dtype=torch.float64)
    a, b = a / a.sum(), b / b.sum()
    # log t is at most t - 1, and the average of t = b/a under a is 1.
    assert torch.all((b / a).log() <= b / a - 1), (
        f"log t should be at most t - 1, also for t = {(b / a).max():.3f}"
    )
    assert abs((a * (b / a)).sum() - 1) < 1e-12, (
        f"b/a should be 1 on average under a, not {(a * (b / a)).sum():.3f}"
    )
    found.append(average_log_ratio(a, b))

assert min(found) > 0, (
    f"no KL of {len(found)} pairs should be below 0, and one is {min(found):.3f}"
)
assert average_log_ratio(q, q) == 0, (
    f"the KL of q from itself should be 0, not {average_log_ratio(q, q):.3f}"
)
assert abs(cross_entropy - entropy - average_log_ratio(q, p)) < 1e-12, (
    f"the KL should be {cross_entropy:.2f} - {entropy:.2f}, not {average_log_ratio(q, p):.2f}"
)
