"""An expectation is what the mean over many draws comes close to, and the standard error says how close.

Kind: experiment
Break it: prob * value -> value / 3
Figure: Three panels, one above the other, for ten, a hundred and ten thousand draws. In each, three outlines of
    columns at the values 0, 1 and 7, filled up to the share of the draws: badly at first, in the end exactly. A dot
    with a bar, the mean and its standard error, comes closer to a dashed line, and the bar becomes shorter.
"""

import torch

from lowerbound.plots import DATA, INK, MUTED, subplots

prob = torch.tensor([0.4, 0.3, 0.3], dtype=torch.float64)
value = torch.tensor([0.0, 1.0, 7.0], dtype=torch.float64)
expectation = (prob * value).sum().item()  # E[value]: add up probability times value
print(f"expectation = {expectation:.2f}")


def mean_and_error(values):
    """The mean of the draws, and its standard error."""
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


off = []
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    draws = torch.multinomial(prob, 100_000, replacement=True, generator=generator)
    mean, standard_error = mean_and_error(value[draws])
    off.append(abs(mean - expectation) / standard_error)

figure, axes = subplots(3, 1, figsize=(4.5, 4.4), sharex=True, sharey=True)
for ax, n in zip(axes, (10, 100, 10_000), strict=True):
    share = draws[:n].bincount(minlength=3) / n
    ax.bar(value.numpy(), share.numpy(), 0.7, color=DATA, alpha=0.5)
    ax.bar(value.numpy(), prob.numpy(), 0.7, fill=False, edgecolor=INK)
    ax.axvline(expectation, color=MUTED, linestyle="--")
    middle, error = mean_and_error(value[draws[:n]])
    ax.errorbar(middle, 0.5, xerr=error, fmt="o", capsize=3, color=INK)
    ax.set(title=f"{n:,} draws", xticks=value, ylim=(0, 0.6), ylabel="share")

figure.savefig("expectation-is-a-mean.svg")

print(f"standard error of a mean = {standard_error:.3f}")
print(f"largest distance in 5 seeds < 4 standard errors = {max(off) < 4}")
assert max(off) < 4, (
    f"means should be within 4 standard errors of the expectation, not {max(off):.0f} away"
)
assert standard_error < 0.02 * expectation, (
    f"{standard_error:.3f} should be less than 2 % of {expectation:.2f}"
)
