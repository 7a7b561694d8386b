"""While the weight of the KL rises the loss can rise with it, and the bound on held-out images climbs.

Kind: experiment
Break it: min(1, epoch / 10) -> 1
"""

from lowerbound import VAE, Bernoulli, digits, fit, mlp

data = digits()
for seed in (0, 1, 2, 3, 4):
    encoder, decoder = mlp(64, 64, 16, seed=seed), mlp(8, 64, 64, seed=seed + 5)
    vae = VAE(encoder, decoder, Bernoulli(), latent_dim=8)
    history = fit(
        vae,
        data.train.float(),
        epochs=15,
        beta=lambda epoch: min(1, epoch / 10),
        watch={"held out": data.held_out.float()},
        every=1,
        seed=seed,
        progress=False,
    )
    lowest = min(range(10), key=lambda epoch: history.loss[epoch])
    before, warm = history.rows[lowest], history.rows[9]
    rise = history.loss[9] - history.loss[lowest]
    climb = warm.elbo - before.elbo
    print(f"seed {seed}: from epoch {before.epoch} to 10 the loss = {rise:+.1f}")
    print(f"seed {seed}: and the bound = {climb:+.1f}")
    assert rise > 0.1, (
        f"the loss should rise while the KL is warmed up, not {rise:+.2f}"
    )
    error = before.standard_error + warm.standard_error  # the bound is sampled
    assert climb > 4 * error, f"meanwhile the bound should climb, not {climb:+.2f}"
