"""While the weight of the KL grows in training, the loss can rise and the ELBO rise, too.

Kind: experiment
Break it: beta=epoch / 20 -> beta=1.0
"""

from lowerbound import digits, digits_vae, elbo, fit

data = digits()
x = data.held_out[:100]

losses, bounds = [], []
for seed in range(5, 10):
    vae = digits_vae(seed=seed).double()
    loss, bound = {}, {}
    for epoch in range(21):
        trained = fit(
            vae,
            data.train,
            epochs=1,
            beta=epoch / 20,  # from 0 to 1
            seed=100 * seed + epoch,
            progress=False,
        )
        loss[epoch] = trained.loss[-1]
        if epoch in (8, 20):
            bound[epoch] = elbo(vae, vae.encode(x), x).mean().item()  # weight one
    losses.append((loss[8], loss[20]))
    bounds.append((bound[8], bound[20]))

for name, found in {"loss": losses, "ELBO": bounds}.items():
    for weight, values in zip(("0.4", "1"), zip(*found, strict=True), strict=True):
        print(f"{name}, weight {weight} = {min(values):.1f} to {max(values):.1f}")

for (early, late), (lower, higher) in zip(losses, bounds, strict=True):
    assert late > early + 0.5, (
        f"the loss should rise by over 0.5 nats, not from {early:.1f} to {late:.1f}"
    )
    assert higher > lower + 0.2, (
        f"the ELBO should rise by over 0.2 nats, not from {lower:.1f} to {higher:.1f}"
    )
