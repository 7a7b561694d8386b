"""Trained with a penalty on slope in place of the noise, a smooth decoder becomes much the same.

Kind: experiment
Break it: r["kl"] and r["noise"] -> r["kl"] and not r["noise"]
"""

from lowerbound.models import recorded

noise = [r for r in recorded("continuity") if r["kl"] and r["noise"]]
penalty = recorded("slope-penalty")  # the KL as before, but the mean is decoded
for smooth in (True, False):
    decoder = "smooth" if smooth else "winding"
    for name, rows in (("noise", noise), ("penalty", penalty)):
        five = [r for r in rows if r["smooth"] == smooth]
        for key in ("spread", "width", "speed", "holes"):
            values = [(100 if key == "holes" else 1) * r[key] for r in five]
            digits = 1 if key == "speed" else 2
            low, high = f"{min(values):z.{digits}f}", f"{max(values):z.{digits}f}"
            print(f"{decoder}, {name}: {key} = {low} to {high}")


def mean(rows, key, smooth):
    """The average of a measure over the five models with this decoder."""
    return sum(r[key] for r in rows if r["smooth"] == smooth) / 5


for key in ("spread", "width", "speed", "reach"):  # smooth: within a fifth
    assert abs(mean(penalty, key, True) / mean(noise, key, True) - 1) < 0.2

assert all(r["holes"] < 0.01 for r in penalty if r["smooth"])
assert all(r["holes"] > 0.3 for r in penalty if not r["smooth"])  # it sees a point
