"""Measured where the codes are, leaving out the noise alone changes little; leaving out the KL changes more.

Kind: experiment
Break it: five("fitted speed", **way) -> five("speed", **way)
"""

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds


def five(measure, **way):
    """A measure of the five models that were trained this way."""
    return [r[measure] for r in rows if way.items() <= r.items()]


def span(values, digits=1):
    return f"{min(values):z.{digits}f} to {max(values):z.{digits}f}"


ways = {
    "noise + KL + smooth": dict(noise=True, kl=True, smooth=True),
    "KL + smooth": dict(noise=False, kl=True, smooth=True),
    "noise + smooth": dict(noise=True, kl=False, smooth=True),
    "smooth": dict(noise=False, kl=False, smooth=True),
    "none": dict(noise=False, kl=False, smooth=False),
}
# measured with a normal of the codes' mean and covariance in the prior's place
speed = {name: five("fitted speed", **way) for name, way in ways.items()}
reach = {name: five("fitted reach", **way) for name, way in ways.items()}
holes = {name: five("fitted holes", **way) for name, way in ways.items()}
for name in ways:
    print(f"{name}: pixels per unit = {span(speed[name])}")
    print(f"{name}: pixels to an unseen digit = {span(reach[name])}")
    empty = [round(2000 * share) for share in holes[name]]  # of 2000 draws
    print(f"{name}: % in holes = {min(empty) // 20} to {-(-max(empty) // 20)}")

spread = five("spread", **ways["none"])
print(f"none: spread of the codes = {span(spread, 2)}")

whole = "noise + KL + smooth"
for name in ("noise + smooth", "smooth"):
    assert max(reach[name]) < min(reach[whole]), (
        f"{name}: unseen digits should be nearer than {min(reach[whole]):.1f} pixels, not {max(reach[name]):.1f}"
    )
    assert min(speed[name]) > max(speed["KL + smooth"]), (
        f"{name}: images should change faster than {max(speed['KL + smooth']):.1f}, not {min(speed[name]):.1f}"
    )

most = {name: max(values) for name, values in speed.items()}
assert max(speed["KL + smooth"]) < 1.3 * max(speed[whole]), (
    f"without noise images should change about {most[whole]:.1f} a unit, not {most['KL + smooth']:.1f}"
)
assert max(holes["KL + smooth"]) < 0.02, (
    f"without noise under 2 % should be holes, not {100 * max(holes['KL + smooth']):.0f} %"
)
# roughness needs a scale
assert max(speed["none"]) < 1.2 * max(speed["smooth"]), (
    f"a winding decoder should change about {most['smooth']:.1f} a unit, not {most['none']:.1f}"
)
assert max(spread) < 0.5, (
    f"its codes should lie within half the prior's spread, not {max(spread):.2f}"
)
