# ---
# title: "A world with closed forms"
# description: A linear VAE reaches the exact maximum likelihood and the exact posterior, and it collapses where it should.
# ---

# %% [markdown]
# # A world with closed forms
#
# Make the decoder a straight line through the latent space, and the noise normal. Then log p(x), the true posterior
# and the best possible model are formulas. So a VAE can be held against the truth: does raising the ELBO find the best
# model? Does the encoder find the posterior? And when codes go unused, whose fault is it?
#
# It needs the library:
#
# {{ install }}

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.decomposition import PCA, FactorAnalysis

from lowerbound import (
    Gaussian,
    GaussianJoint,
    LinearGaussian,
    digits,
    elbo,
    kl_each,
    ppca,
)
from lowerbound.plots import GAP, P, Q, subplots

x = digits(binary=False).train / 16
print(
    f"images, pixels = {tuple(x.shape)}, grey values from {x.min():.0f} to {x.max():.0f}"
)

# %% [markdown]
# ## The best model, by formula
#
# The model draws $z$ from a standard normal distribution. The image is $Wz + \mu$ plus normal noise of variance
# $\sigma^2$ in every pixel. This is **probabilistic PCA**. Tipping and Bishop (1999) gave the $W$
# and $\sigma^2$ of highest likelihood as a formula in the eigenvalues of the data's covariance. `ppca` computes it.
# There is nothing to train.

# %%
best = ppca(x, latent_dim=2)
most = best.x.log_prob(x).mean().item()
print(f"highest possible average log p(x) = {most:.4f} nats")
print(f"its noise sigma^2                 = {best.x_given_z.cov[0, 0]:.5f}")

assert most > 0, "a log-density may be above zero"

# %% [markdown]
# The log-likelihood is above zero. That is no mistake: grey values are treated as continuous here, so $p(x)$ is a
# density, and a density can exceed one.
#
# ## The same model as a VAE
#
# Now forget the formula. Take a linear decoder and a linear encoder whose noise has one width for each code, and raise
# the ELBO. The encoder never sees the decoder's weights. In this world even the ELBO is a formula, so no sampling is
# needed, and the optimizer can go all the way.


# %%
def joint_and_encoder(parameters, noise):
    """The model's joint and the encoder q(z|x) that these parameters say."""
    decoder, mean, log_noise, encoder, offset, log_std = parameters
    variance = log_noise.exp() if noise is None else noise
    prior = Gaussian(torch.zeros(decoder.shape[1]), 1.0)
    p = GaussianJoint.from_model(prior, LinearGaussian(decoder, mean, variance))
    return p, LinearGaussian(encoder, offset, (2 * log_std).exp())


def train(x, latent_dim, noise=None, steps=400, seed=0):
    """Raise the average ELBO by L-BFGS, from a random start; sigma^2 is learned unless it is given."""
    generator = torch.Generator().manual_seed(seed)
    pixels = x.shape[1]

    def start(*shape):
        values = 0.1 * torch.randn(shape, generator=generator, dtype=torch.float64)
        return values.requires_grad_()

    parameters = [
        start(pixels, latent_dim),
        start(pixels),
        start(),
        start(latent_dim, pixels),
        start(latent_dim),
        start(latent_dim),
    ]
    optimizer = torch.optim.LBFGS(
        parameters,
        max_iter=steps,
        history_size=50,
        tolerance_change=1e-14,
        line_search_fn="strong_wolfe",
    )
    seen = []

    def loss():
        optimizer.zero_grad()
        p, q = joint_and_encoder(parameters, noise)
        value = -elbo(p, q, x).mean()
        value.backward()
        seen.append(-value.item())
        return value

    optimizer.step(loss)
    p, q = joint_and_encoder([parameter.detach() for parameter in parameters], noise)
    return p, q, seen


p, q, seen = train(x, latent_dim=2)
reached = elbo(p, q, x).mean().item()
print(f"ELBO at the start      = {seen[0]:.1f}")
print(f"ELBO after training    = {reached:.4f}")
print(f"highest log-likelihood = {most:.4f}")

assert reached < most + 1e-9, "no ELBO is above the highest log-likelihood"
assert most - reached < 1e-4, (
    "the ELBO of a linear VAE reaches the exact maximum likelihood"
)

# %%
# Figure: The ELBO against the number of evaluations. It climbs steeply and then runs
# along a dashed level line, the highest log-likelihood that any such model has.
figure, ax = subplots(figsize=(6.0, 2.8))
ax.plot(seen, color=Q, label="ELBO of the linear VAE")
ax.axhline(most, color=P, linestyle="--", label="highest log p(x), by formula")
ax.set(
    xlabel="evaluations of the loss",
    ylabel="nats per image",
    ylim=(most - 20, most + 3),
)
ax.legend(loc="lower right", frameon=False)
plt.show()

# %% [markdown]
# ## The encoder found the posterior
#
# The gap is gone, so the encoder must be very near the true posterior $p(z \mid x)$ of the decoder it was trained with.
# Bayes' rule gives that posterior as a formula. Compare the two, image by image.

# %%
gap = kl_each(q, p.z_given_x, x)
print(f"average KL(q(z|x)‖p(z|x)) < 0.0001 nats = {gap.mean().item() < 1e-4}")
print(f"largest KL(q(z|x)‖p(z|x)) < 0.01 nats   = {gap.max().item() < 0.01}")
print(
    "standard deviations of q(z|x) =",
    [round(value, 3) for value in q.cov.diagonal().sqrt().tolist()],
)

assert gap.mean() < 1e-4, "the average gap is closed"
assert gap.max() < 0.01, (
    "for every image the encoder's answer is near the true posterior"
)

# %% [markdown]
# The encoder may not tilt its ellipse. Yet it has no gap at all. The model turned its latent space until the true
# posterior stood upright: a turn costs no likelihood, and it makes the encoder's shape the right one.
#
# ## The decoder found PCA
#
# The columns of $W$ should span the same plane as the first two principal components, which scikit-learn finds by
# another route. Two planes are equal when the cosines of the angles between them are all one.

# %%
components = PCA(n_components=2).fit(x.numpy()).components_
basis, _ = np.linalg.qr(p.x_given_z.weight.numpy())
cosines = np.linalg.svd(components @ basis, compute_uv=False)
print(f"smallest cosine between the planes = {cosines.min():.6f}")

assert cosines.min() > 1 - 1e-6, "decoder and PCA span the same plane"

# %% [markdown]
# ## A noise of its own for each pixel
#
# So far one $\sigma^2$ served all pixels. Give each pixel its own, and the model is called **factor analysis**. It has more
# freedom, so its best likelihood can only be higher. But is there a best one? Some pixels never change. A narrower noise
# makes them more probable, without end. Scikit-learn fits the model, and stops at a variance of $10^{-12}$. Here each
# fitted variance is raised to a *floor*, the narrowest noise that you admit.

# %%
unseen = digits(binary=False).held_out / 16
floors = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7]
free = FactorAnalysis(n_components=2, svd_method="lapack").fit(x.numpy())
fitted = [
    GaussianJoint.from_model(
        Gaussian([0.0, 0.0], 1.0),
        LinearGaussian(
            free.components_.T, free.mean_, free.noise_variance_.clip(floor)
        ),
    )
    for floor in floors
]
training = torch.stack([model.x.log_prob(x).mean() for model in fitted])
held_out = torch.stack([model.x.log_prob(unseen).mean() for model in fitted])
for floor, model, seen_before, new in zip(
    floors, fitted, training, held_out, strict=True
):
    at_floor = model.x_given_z.cov.diagonal() < 1.001 * floor
    print(
        f"floor {floor:g}: training {seen_before:5.1f}, held out {new:5.1f} nats, "
        f"{at_floor.sum()} pixels at the floor"
    )

constant = int((x.std(0) == 0).sum())
assert (training.diff() > constant / 2 * np.log(10) - 1e-9).all(), (
    "a tenth of the noise adds at least half of log 10 for every constant pixel"
)
assert held_out.argmin() == len(floors) - 1, (
    "on unseen digits the lowest floor is the worst"
)

changes = (x.std(0) == 0) & (unseen.std(0) > 0)
lowest = torch.tensor(floors[-2:])
noise = torch.distributions.Normal(x[:, changes].mean(0), lowest.sqrt()[:, None, None])
these = noise.log_prob(unseen[:, changes]).sum(-1).mean(-1)
print(f"pixels that never change in training, but do in unseen digits: {changes.sum()}")
print(f"their part of log p(x): {these[0]:.1f}, then {these[1]:.1f} nats")
assert these.diff() < held_out[-2:].diff(), "they lose more than all pixels together"

# %%
# Figure: Two curves against the floor of the noise, which falls from left to right.
# On training digits log p(x) climbs all the way. On held-out digits it climbs with it
# at first, falls a little, and at the lowest floor drops far below where it began.
figure, ax = subplots(figsize=(6.0, 2.8))
ax.plot(floors, training, "o-", color=P, label="training digits")
ax.plot(floors, held_out, "s--", color=Q, label="held-out digits")
ax.set(xscale="log", xlabel="floor of the noise variance", ylabel="log p(x), nats")
ax.invert_xaxis()
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# On the training digits every lower floor is better. There is no best model, only a floor that somebody chose. A network
# that learns the noise of each pixel walks down the same slope. On digits it has not seen, the walk ends badly: what never
# changed in training does change in some new image, and there the narrow noise makes it all but impossible.
#
# ## Collapse in its exact form
#
# Back to one noise for all pixels. A common loss is the summed squared error plus the KL. That is minus an ELBO, up to a constant,
# with $\sigma^2$ fixed at one half. What does the best such model look like, with six latent numbers? The formula says: a direction is worth using only where
# the data vary more than the noise does.

# %%
# Figure: Bars for the first ten eigenvalues of the digits' covariance, falling from
# left to right. A dashed line at the fixed noise variance crosses between the third
# and the fourth bar.
eigenvalues = torch.linalg.eigvalsh(x.T.cov(correction=0)).flip(0)
figure, ax = subplots(figsize=(6.0, 2.8))
ax.bar(range(1, 11), eigenvalues[:10], color=P, width=0.6)
ax.axhline(0.5, color=GAP, linestyle="--", label="fixed noise variance")
ax.set(xlabel="direction", ylabel="variance of the data", xticks=range(1, 11))
ax.legend(frameon=False)
plt.show()

# %%
fixed = ppca(x, latent_dim=6, noise=0.5)
print(f"latent numbers                     = {fixed.x_given_z.weight.shape[1]}")
print(f"directions that the best model uses = {fixed.active_directions}")

assert fixed.active_directions == int((eigenvalues > 0.5).sum()) == 3, (
    "used are the directions that vary more than the noise"
)

# %% [markdown]
# No encoder took part in this. The best model itself, the one of highest likelihood, leaves three of its six
# directions unused. Now the VAE:

# %%
p_fixed, q_fixed, _ = train(x, latent_dim=6, noise=0.5, steps=200)
means, variances = q_fixed.mean(x), q_fixed.cov.diagonal()
rates = 0.5 * (means.square().mean(0) + variances - 1 - variances.log())
print(
    "KL of each code, nats =",
    [f"{value:.3f}" for value in sorted(rates.tolist(), reverse=True)],
)
print(f"average ELBO                       = {elbo(p_fixed, q_fixed, x).mean():.4f}")
print(f"highest log-likelihood, by formula = {fixed.x.log_prob(x).mean():.4f}")

assert (rates > 0.01).sum() == fixed.active_directions, (
    "the VAE uses as many codes as the best model uses directions"
)
assert abs(elbo(p_fixed, q_fixed, x).mean() - fixed.x.log_prob(x).mean()) < 1e-3, (
    "its ELBO is the highest likelihood, so nothing was lost by raising a bound"
)

# %% [markdown]
# The unused codes have $q(z \mid x) = p(z)$, and that is no failure of the encoder: there the true posterior is the
# prior. Here collapse is not the ELBO's fault. It is what the likelihood asks for when the noise is fixed too high. Lucas and
# others (2019) show that in this model the ELBO adds no bad local maxima of its own.
#
# ## What this does not show
#
# With a network in the decoder the posterior is no normal distribution, and a gap remains. Codes can collapse there for
# other reasons too. And the formula needs normal noise: on counts or on black and white pixels there is none.
#
# ## Try it
#
# - Put the noise to a tenth. How many codes are used now?
# - Start with another seed. Which of the numbers change, and why not the others?
# - Turn $W$ by an angle, and let the encoder follow. The likelihood stays. What happens to the ELBO?
#
# The next lab has [a real VAE, with its true posterior in sight](/labs/a-real-vae.py).
