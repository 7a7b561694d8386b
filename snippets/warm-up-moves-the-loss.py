"""While the weight of the KL grows in training, the loss can rise and the ELBO rise, too.

Kind: experiment
Break it: beta=lambda epoch: epoch / 20 -> beta=1.0
"""

from lowerbound import digits, digits_vae, fit

data = digits()
watched = {"held out": data.held_out[:100]}

losses, bounds = [], []
for seed in range(5, 10):
    history = fit(
        digits_vae(seed=seed).double(),
        data.train,
        epochs=20,
        beta=lambda epoch: epoch / 20,  # the weight: from near 0 to 1
        watch=watched,
        every=8,
        seed=seed,
        progress=False,
    )
    epochs, elbo = history.curve("held out", "elbo")  # always with weight 1
    assert (epochs[0], epochs[-1]) == (8, 20), f"expected epochs 8 to 20, got {epochs}"
    losses.append((history.loss[8 - 1], history.loss[20 - 1]))
    bounds.append((elbo[0], elbo[-1]))

for name, found in {"loss": losses, "ELBO": bounds}.items():
    for weight, values in zip(("0.4", "1"), zip(*found, strict=True), strict=True):
        print(f"{name}, weight {weight} = {min(values):.1f} to {max(values):.1f}")

for (early, late), (lower, higher) in zip(losses, bounds, strict=True):
    assert late > early + 0.2, (
        f"the loss should rise by over 0.2 nats, not from {early:.1f} to {late:.1f}"
    )
    assert higher > lower + 0.2, (
        f"the ELBO should rise by over 0.2 nats, not from {lower:.1f} to {higher:.1f}"
    )
