"""A normal fitted to the codes afterwards repairs the reach; images still change at least 1.3 times as fast.

Kind: experiment
Break it: noise=True, kl=False, smooth=True -> noise=False, kl=True, smooth=True
"""

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds


def five(measure, **way):
    """A measure of the five models that were trained this way."""
    return [r[measure] for r in rows if way.items() <= r.items()]


def span(values, digits=1):
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


ways = {
    "noise + KL + smooth": dict(noise=True, kl=True, smooth=True),
    "noise + smooth": dict(noise=True, kl=False, smooth=True),
    "smooth": dict(noise=False, kl=False, smooth=True),
    "none": dict(noise=False, kl=False, smooth=False),
}
# measured where the codes are: with a normal of their mean and covariance
speed = {name: five("fitted speed", **way) for name, way in ways.items()}
reach = {name: five("fitted reach", **way) for name, way in ways.items()}
for name in ways:
    print(f"{name}: pixels per unit = {span(speed[name])}")
    print(f"{name}: pixels to an unseen digit = {span(reach[name])}")

for name in ("noise + smooth", "smooth"):
    assert max(reach[name]) < min(reach["noise + KL + smooth"])
    assert min(speed[name]) > 1.3 * max(speed["noise + KL + smooth"])

assert max(speed["none"]) < max(speed["smooth"])  # roughness needs a scale
spread = five("spread", **ways["none"])
print(f"none: spread of the codes = {span(spread, 2)}")
assert max(spread) < 0.5  # one is the prior's

with_kl, without, neither = (five("fitted holes", **ways[n]) for n in list(ways)[:3])
print(f"% in holes, with KL, at most = {100 * max(with_kl):.2f}")
print(f"% in holes, without KL, at least = {100 * min(without):.2f}")
print(f"% in holes, without noise and KL, at least = {100 * min(neither):.2f}")
assert min(without) > max(with_kl)
