"""For the trained model, an encoder that claims too little has a large gap, and its reconstruction is worse.

Kind: computation
Break it: q.log_std + 1 -> q.log_std + 0
"""

from lowerbound import (
    DiagonalNormal,
    Grid,
    digits,
    kl_each,
    reconstruction,
    trained_digits,
)

vae = trained_digits()
x = digits().held_out[:100]  # held-out digits
q = vae.encode(x)
wide = DiagonalNormal(q.mean, q.log_std + 1)  # e times less sure of itself

grid = Grid(vae, points=200, limit=10)
log_evidence = grid.log_evidence(x)  # the decoder stays, and so does log p(x)
quality, gap = {}, {}
for name, encoder in {"trained": q, "wide": wide}.items():
    quality[name] = reconstruction(vae, encoder, x)  # E_q[log p(x|z)]
    gap[name] = log_evidence - (quality[name] - kl_each(encoder, vae.prior))
    off = (gap[name] - grid.gap(encoder, x)).abs().max()  # from the KL on a grid
    assert off < 0.01, f"two routes to the gap should agree, and are {off:.2g} apart"
    print(f"{name}, reconstruction = {quality[name].mean():.1f}")
    print(f"{name}, gap = {gap[name].mean():.1f}")

worse = (quality["wide"] < quality["trained"]).double().mean()
assert worse == 1, f"every image should be rebuilt worse, not a share of {worse:.2f}"
grown = (gap["wide"] - gap["trained"]).mean()
assert grown > 1, f"the average gap should grow by over 1 nat, not {grown:.2f}"
