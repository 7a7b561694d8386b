"""With a smooth decoder, noise and KL together keep the codes at the prior's scale; one or neither does not.

Kind: experiment
Break it: (noise, kl, True) -> (kl, noise, True)
"""

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds


def five(key, noise, kl):
    """One measure of the five models with a smooth decoder."""
    way = (noise, kl, True)
    return [r[key] for r in rows if (r["noise"], r["kl"], r["smooth"]) == way]


def span(values, digits):
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"


both, no_kl, no_noise = (True, True), (True, False), (False, True)
neither = False, False
print(f"spread of the codes, noise and KL = {span(five('spread', *both), 1)}")
print(f"spread of the codes, noise without KL = {span(five('spread', *no_kl), 1)}")
print(f"spread of the codes, KL without noise = {span(five('spread', *no_noise), 1)}")
print(f"spread of the codes, neither = {span(five('spread', *neither), 1)}")
print(f"width of the noise, noise and KL = {span(five('width', *both), 2)}")
print(f"width of the noise, noise without KL = {span(five('width', *no_kl), 3)}")
print(f"width, KL without noise = {span(five('width', *no_noise), 2)}")

spread = {way: five("spread", *way) for way in (both, no_kl, no_noise, neither)}
assert all(0.9 < each < 1.2 for each in spread[both]), (
    f"with noise and KL the spread should be near 1, not {span(spread[both], 2)}"
)
for way in (no_kl, neither):
    assert all(each > 4 for each in spread[way]), (
        f"without the KL the spread should be over 4, not {span(spread[way], 2)}"
    )

assert all(each < 0.6 for each in spread[no_noise]), (
    f"with the KL alone the spread should be under 0.6, not {span(spread[no_noise], 2)}"
)
assert all(abs(each - 1) < 0.01 for each in five("width", *no_noise)), (
    f"with the KL alone the width should go to 1, not {span(five('width', *no_noise), 2)}"
)
widest, narrowest = max(five("width", *no_kl)), min(five("width", *both))
assert widest < narrowest / 40, (
    f"without the KL the noise should be under {narrowest / 40:.4f} wide, not {widest:.4f}"
)
