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
        for key, digits in {"spread": 1, "width": 2, "speed": 0}.items():
            values = [r[key] for r in five]
            ends = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
            print(f"{decoder}, {name}: {key} = {' to '.join(dict.fromkeys(ends))}")
        empty = [round(2000 * r["holes"]) for r in five]  # of 2000 draws
        ends = f"{min(empty) // 20}", f"{-(-max(empty) // 20)}"  # per cent
        print(f"{decoder}, {name}: holes = {' to '.join(dict.fromkeys(ends))}")


def mean(rows, key, smooth):
    """The average of a measure over the five models with this decoder."""
    return sum(r[key] for r in rows if r["smooth"] == smooth) / 5


for key in ("spread", "width", "speed", "reach"):  # smooth: within a fifth
    ours, theirs = mean(penalty, key, True), mean(noise, key, True)
    assert abs(ours / theirs - 1) < 0.2, (
        f"smooth: with noise the {key} is {theirs:.2f}, with the penalty it should be close, not {ours:.2f}"
    )

smooth, winding = (
    [r["holes"] for r in penalty if r["smooth"] == s] for s in (True, False)
)
assert all(share < 0.01 for share in smooth), (
    f"smooth: under 1 % should be holes in each run, not {100 * max(smooth):.0f} %"
)
assert all(share > 0.3 for share in winding), (
    f"winding: over 30 % should be holes in each run, not {100 * min(winding):.0f} %"
)
