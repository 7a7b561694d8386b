"""One normal fitted to the codes afterwards does not replace the KL: images change at least 1.3 times as fast.

Kind: experiment
Break it: noise=True, kl=False, smooth=True -> noise=False, kl=True, smooth=True
"""

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds


def fitted(measure, **way):
    """Measured where the codes are: with a normal of their mean and covariance."""
    return [r[f"fitted {measure}"] for r in rows if way.items() <= r.items()]


ways = {
    "noise + KL + smooth": dict(noise=True, kl=True, smooth=True),
    "noise + smooth": dict(noise=True, kl=False, smooth=True),
    "smooth": dict(noise=False, kl=False, smooth=True),
    "none": dict(noise=False, kl=False, smooth=False),
}
speed = {name: fitted("speed", **way) for name, way in ways.items()}
for name, five in speed.items():
    print(f"{name}: pixels per unit = {min(five):.1f} to {max(five):.1f}")
for name in ("noise + smooth", "smooth"):
    assert min(speed[name]) > 1.3 * max(speed["noise + KL + smooth"])
assert max(speed["none"]) < max(speed["smooth"])  # roughness needs a scale
spread = [r["spread"] for r in rows if ways["none"].items() <= r.items()]
print(f"none: spread of the codes = {min(spread):.2f} to {max(spread):.2f}")
assert max(spread) < 0.5  # one is the prior's

with_kl, without, neither = (fitted("holes", **ways[n]) for n in list(ways)[:3])
print(f"% in holes, with KL, at most = {100 * max(with_kl):.2f}")
print(f"% in holes, without KL, at least = {100 * min(without):.2f}")
print(f"% in holes, without noise and KL, at least = {100 * min(neither):.2f}")
assert min(without) > max(with_kl)
