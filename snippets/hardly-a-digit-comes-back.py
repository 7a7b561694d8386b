"""The gap is small, and yet hardly any unseen digit comes back from a code on the map.

Kind: computation
Break it: on = vae.decode(z) > 0 -> on = x > 0
"""

import torch

from lowerbound import Grid, digits, elbo, trained_digits

vae, x = trained_digits(), digits().held_out


def wrong(z):
    """For each digit and each code: the pixels of x that are not the likelier ones."""
    on = vae.decode(z) > 0  # the likelier value of each pixel
    return (x[:, None] != on).sum(2)


q = vae.encode(x)
middle = wrong(q.mean).diagonal()  # each digit from its own code
axis = 0.1 * torch.arange(-35, 36, dtype=torch.float64)
best = wrong(torch.cartesian_prod(axis, axis)).amin(1)  # of the whole map
gap = (Grid(vae).log_evidence(x) - elbo(vae, q, x)).mean().item()
for place, pixels in {"encoder's middle": middle, "best place": best}.items():
    print(f"{place}: digits that come back = {(pixels == 0).sum()}")
    print(f"{place}: pixels wrong, average = {pixels.double().mean():.1f}")

print(f"digits = {len(x)}")
print(f"average gap = {gap:.2f}")

assert gap < 0.5, f"the average gap should be below half a nat, not {gap:.2f}"
few = 0.05 * len(x)
assert (middle == 0).sum() <= (best == 0).sum() < few, (
    f"fewer than {few:.0f} digits should come back from the best place, and no more "
    f"from the encoder's middle, not {(best == 0).sum()} and {(middle == 0).sum()}"
)
assert best.double().mean() > 4, (
    f"over four pixels should stay wrong on average, not {best.double().mean():.1f}"
)
