"""A prior fitted to the codes afterwards does not make up for a KL left out: images change half as fast again.

Kind: experiment
Break it: r["kl"] == kl and r["smooth"] -> r["kl"] != kl and r["smooth"]
"""

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds


def fitted(measure, kl):
    """Measured where the codes are: with a normal of their mean and covariance."""
    runs = [r for r in rows if r["noise"] and r["kl"] == kl and r["smooth"]]
    return [r[f"fitted {measure}"] for r in runs]


with_kl, without = fitted("speed", True), fitted("speed", False)
print(f"pixels per unit, with KL = {min(with_kl):.1f} to {max(with_kl):.1f}")
print(f"pixels per unit, without KL = {min(without):.1f} to {max(without):.1f}")
assert min(without) > 1.4 * max(with_kl)

with_kl, without = fitted("holes", True), fitted("holes", False)
print(f"% in holes, with KL, at most = {100 * max(with_kl):.2f}")
print(f"% in holes, without KL, at least = {100 * min(without):.2f}")
assert min(without) > max(with_kl)
