"""A good or a bad reconstruction, a small or a large gap: all four combinations exist.

Kind: experiment
Break it: "narrow encoder": (vae, narrow) -> "narrow encoder": (vae, q)
"""

import copy

from lowerbound import DiagonalNormal, Grid, digits, digits_vae, fit, kl_each
from lowerbound import reconstruction as quality

data = digits()
x = data.held_out[:25]  # digits held out from training

results = {}
for seed in range(5):
    vae = digits_vae(seed=seed).double()
    fit(vae, data.train, epochs=10, batch_size=128, seed=seed, progress=False)
    vae.requires_grad_(False)
    q = vae.encode(x)
    blind = copy.deepcopy(vae)
    blind.decoder[0].weight.zero_()  # the same decoder with z disconnected
    narrow = DiagonalNormal(q.mean, q.log_std - 3)  # 20 times too sure of itself
    corners = {
        "trained": (vae, q),
        "narrow encoder": (vae, narrow),
        "ignores z": (blind, DiagonalNormal(0 * q.mean, 0 * q.log_std)),  # q = prior
        "codes swapped": (vae, DiagonalNormal(q.mean.roll(1, 0), q.log_std.roll(1, 0))),
    }
    for name, (model, encoded) in corners.items():
        good = quality(model, encoded, x).mean().item()  # E_q[log p(x|z)]
        log_evidence = Grid(model, points=90, limit=6).log_evidence(x).mean().item()
        elbo = good - kl_each(encoded, model.prior).mean().item()
        results.setdefault(name, []).append((good, log_evidence - elbo))

for name, pairs in results.items():
    good, gap = zip(*pairs, strict=True)
    print(f"{name}, reconstruction = {min(good):.0f} to {max(good):.0f}")
    print(f"{name}, smallest gap = {min(gap):z.1f}")
    print(f"{name}, largest gap = {max(gap):z.1f}")

for name, good, small in (
    ("trained", True, True),
    ("narrow encoder", True, False),
    ("ignores z", False, True),
    ("codes swapped", False, False),
):
    for r, gap in results[name]:
        assert (r > -23) == good, (
            f"{name}: the reconstruction should be {'above' if good else 'below'} -23, not {r:.1f}"
        )
        assert (gap < 1) == small, (
            f"{name}: the gap should be {'below' if small else 'above'} 1 nat, not {gap:.2f}"
        )
