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
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


both, no_kl, no_noise = (True, True), (True, False), (False, True)
neither = False, False
print(f"spread of the codes, noise and KL = {span(five('spread', *both), 2)}")
print(f"spread of the codes, noise without KL = {span(five('spread', *no_kl), 2)}")
print(f"spread of the codes, KL without noise = {span(five('spread', *no_noise), 2)}")
print(f"spread of the codes, neither = {span(five('spread', *neither), 2)}")
print(f"width of the noise, noise and KL = {span(five('width', *both), 2)}")
print(f"width of the noise, noise without KL = {span(five('width', *no_kl), 3)}")

assert all(0.9 < spread < 1.2 for spread in five("spread", *both))
assert all(spread > 4 for way in (no_kl, neither) for spread in five("spread", *way))
assert all(spread < 0.6 for spread in five("spread", *no_noise))
assert max(five("width", *no_kl)) < min(five("width", *both)) / 40
