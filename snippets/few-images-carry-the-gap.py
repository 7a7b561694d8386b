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
    assert len(runs) == 5
    assert (median < 0.8 * average).all()
    assert (worst > 0.3).all()
