"""Leave out noise, KL or the smooth decoder, one or more of them, and speed or reach gets worse.

Kind: experiment
Break it: whole = (True, True, True) -> whole = (True, False, True)
"""

from itertools import product

from lowerbound.models import recorded

rows = recorded("continuity")  # 40 trained models: 8 ways, 5 seeds
ways = list(product((True, False), repeat=3))  # noise, KL, smooth decoder
whole = (True, True, True)


def name(way):
    ingredients = zip(("noise", "KL", "smooth"), way, strict=True)
    return " + ".join(word for word, used in ingredients if used) or "none"


best = {}
for way in sorted(ways, key=lambda way: way != whole):
    runs = [r for r in rows if (r["noise"], r["kl"], r["smooth"]) == way]
    runs.sort(key=lambda r: r["holes"])
    values = {key: sorted(r[key] for r in runs) for key in ("speed", "reach")}
    best = best or values
    spans = {key: f"{v[0]:.1f} to {v[-1]:.1f}" for key, v in values.items()}
    fewest, most = (round(2000 * r["holes"]) for r in (runs[0], runs[-1]))  # draws
    spans["holes"] = f"{fewest // 20} to {-(-most // 20)} %" if most else "0 %"
    for key, span in spans.items():
        print(f"{name(way)}: {key} = {span}")
    _, kl, smooth = way
    worse = "reach" if smooth and not kl else "speed"
    assert way == whole or min(values[worse]) > max(best[worse]), (
        f"{name(way)}: {worse} should be above {max(best[worse]):.1f} in all runs, not {min(values[worse]):.1f}"
    )
