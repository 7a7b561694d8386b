"""Cross-entropy on grey is no log-probability; times 16, on counts, it is minus one, plus a term of the data.

Kind: computation
Break it: ways[k] * exp(-16 -> ways[k] * exp(-1
"""

from math import comb, exp, log

from scipy.integrate import quad


def cross_entropy(x, p):
    return -x * log(p) - (1 - x) * log(1 - p)


for p in (0.05, 0.3, 0.7, 0.95):  # the decoder's output for this pixel
    black_or_white = exp(-cross_entropy(0, p)) + exp(-cross_entropy(1, p))
    area, _ = quad(lambda x, p=p: exp(-cross_entropy(x, p)), 0, 1)
    formula = (1 - 2 * p) / log((1 - p) / p)
    ways = [comb(16, k) for k in range(17)]  # of the data alone: training never sees it
    counts = sum(ways[k] * exp(-16 * cross_entropy(k / 16, p)) for k in range(17))
    print(f"output {p:g}, black or white, sum = {black_or_white:.3f}")
    print(f"output {p:g}, grey, area = {area:.3f}")
    print(f"output {p:g}, counts out of 16, sum = {counts:.3f}")
    assert abs(black_or_white - 1) < 1e-12, (
        f"black and white should sum to 1, not {black_or_white:.3f}"
    )
    assert abs(area - formula) < 1e-9, (
        f"the area should be {formula:.3f} by the formula, not {area:.3f}"
    )
    assert area < 0.5, f"the area under grey should be below one half, not {area:.3f}"
    assert abs(counts - 1) < 1e-12, (
        f"the counts out of 16 should sum to 1, not {counts:.3f}"
    )
