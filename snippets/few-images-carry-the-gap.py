"""After training the average gap on held-out digits is above the median one: few images carry much of it.

Kind: experiment
Break it: run[quantity][-1] -> run[quantity][0]
"""

import torch

from lowerbound.models import recorded

for name in ("one SiLU layer", "two tanh layers"):
    rows = recorded("gap-in-training")  # a row: one run, watched on one set of images
    runs = [r for r in rows if r["architecture"] == name and r["data"] == "held out"]
    evidence, elbo, median, worst = (
        torch.tensor([run[quantity][-1] for run in runs])
        for quantity in ("log_evidence", "elbo", "median_gap", "worst_tenth")
    )
    average = evidence - elbo
    print(f"{name}, average gap = {average.min():.1f} to {average.max():.1f}")
    print(f"{name}, gap in the middle = {median.min():.1f} to {median.max():.1f}")
    print(f"{name}, share of the worst tenth = {worst.min():.0%} to {worst.max():.0%}")
    assert len(runs) == 5, f"five runs were recorded, not {len(runs)}"
    ratio = (median / average).max()
    assert ratio < 0.8, (
        f"the median should be below 80 % of the average, not at {ratio:.0%}"
    )
    assert worst.min() > 1 / 3, (
        f"the worst tenth should have a third of all, not {worst.min():.0%}"
    )
    assert worst.max() < 2 / 3, (
        f"the worst tenth should have under two thirds, not {worst.max():.0%}"
    )
