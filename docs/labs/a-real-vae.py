# ---
# title: "A real VAE with its true posterior in sight"
# description: Train a VAE on digits beside its true posteriors, look at its gap and its codes, scramble it; then your own images.
# ---

# %% [markdown]
# # A real VAE with its true posterior in sight
#
# A VAE with two latent numbers is small enough to know everything about it. Both $p(x)$ and $p(z \mid x)$ can be added
# up over a grid of codes. So one can look at what is hidden in larger models: where the true posterior is while the
# encoder learns, and what the encoder makes of it.
#
# At the end it is your turn, with images of your own. The lab needs the library:
#
# {{ install }}

# %%
import copy
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from safetensors.torch import load_model, save_model
from torch import nn
from tqdm import tqdm

from lowerbound import (
    VAE,
    Bernoulli,
    Binomial,
    Divide,
    EncoderJoint,
    Grid,
    History,
    digits,
    digits_vae,
    elbo,
    fit,
    kl,
    measure,
    mlp,
    optimal_q,
)
from lowerbound.plots import GAP, P, Q, ellipse, pictures, subplots
from lowerbound.training import loss

data = digits()
images, unseen = data.train, data.held_out
print(
    f"{len(images)} images to train on, {len(unseen)} held out, {images.shape[1]} pixels"
)

# %% [markdown]
# ## Train, and look at it on the way
#
# The pixels are black or white. The encoder and the decoder have one hidden layer each. This is the whole training
# loop. Every few epochs it stops and adds up $\log p(x)$ to many digits, for images that are held out from training.

# %%
epochs, every = 60, 5
watched = unseen[:90]
vae = digits_vae(seed=0).double()
optimizer = torch.optim.Adam(vae.parameters(), lr=5e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
generator = torch.Generator().manual_seed(0)

history = History(rows=[measure(vae, watched, 0, "held out", exact=True)])
snapshots = {0: copy.deepcopy(vae).requires_grad_(False)}
for epoch in tqdm(range(1, epochs + 1), unit="epoch"):
    for batch in torch.randperm(len(images), generator=generator).split(64):
        noise = torch.randn(len(batch), 2, generator=generator, dtype=torch.float64)
        value = loss(vae, images[batch], noise)  # minus the ELBO, from one draw of z
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    schedule.step()
    if epoch % every == 0:
        history.rows.append(measure(vae, watched, epoch, "held out", exact=True))
    if epoch in (10, epochs):
        snapshots[epoch] = copy.deepcopy(vae).requires_grad_(False)
vae.requires_grad_(False)

first, last = history.rows[0], history.rows[-1]
print("held out, nats per image  before    after")
for name in ("log_evidence", "elbo", "gap"):
    print(f"{name:22} {getattr(first, name):9.2f} {getattr(last, name):8.2f}")

assert all(row.gap > 0 for row in history.rows), "at no time is the ELBO above log p(x)"
assert last.log_evidence > first.log_evidence + 10, "the model has learned"

# %%
# Figure: log p(x) and the ELBO on held-out digits against the epoch. They come from far
# below and climb together, ever more slowly. The band between them, the gap, does not
# close.
figure, ax = subplots(figsize=(6.4, 3.2))
epochs_seen, evidence = history.curve("held out", "log_evidence")
_, bound = history.curve("held out", "elbo")
ax.plot(epochs_seen, evidence, color=P, label="log p(x)")
ax.plot(epochs_seen, bound, "--", color=Q, label="ELBO")
ax.fill_between(
    epochs_seen, bound, evidence, color=GAP, alpha=0.25, linewidth=0, label="gap"
)
ax.set(xlabel="epoch", ylabel="nats per image")
ax.set_ylim(last.elbo - 2.5, last.log_evidence + 0.5)  # without the start, far below
ax.legend(loc="lower right", frameon=False)
plt.show()

# %%
gaps = [row.gap for row in history.rows]
print("gap on the way:", [round(gap, 1) for gap in gaps])

assert max(gaps) > gaps[0] + 0.1, (
    "training does not only close the gap: on the way it grew"
)
assert gaps[-1] > gaps[0], "and in the end it is larger than before training"

# %% [markdown]
# Before training the gap was small, although nothing was learned. With torch's small first weights the
# decoder hardly listens to $z$, so the true posterior is nearly the prior, and this encoder's answer was near it. The gap says how close the encoder is to the posterior.
# It does not say how good the model is. [Question 7](/questions/early-in-training.md) follows it over five seeds.
#
# ## The truth beside the encoder
#
# One held-out digit, the one whose posterior is most tilted in the end, at three times in training. The shaded area is the true posterior, by Bayes' rule: in each point
# $p(z) \, p(x \mid z)$, in steps of a tenth of its highest value. The ellipses are the encoder's answer: half of its
# probability is inside the dashed one, nearly all inside the other.


# %%
# Figure: Three panels for one digit. Before training its posterior is a wide round cloud
# and the ellipses are wide too. Later the posterior is smaller and no longer round; in
# the end it is tilted. The ellipses have moved over it and shrunk with it, but stay
# upright.

# From nothing to one colour, so that the figure follows the page's light or dark scheme.
shades = LinearSegmentedColormap.from_list(
    "shades", [(*to_rgb(P), 0.0), (*to_rgb(P), 1.0)]
)


def posterior_picture(ax, model, x, centre, half, points):
    """Draw p(z|x) of one image in a square around a centre."""
    steps = torch.linspace(-half, half, points, dtype=torch.float64)
    z = centre + torch.cartesian_prod(steps, steps).flip(1)  # z₁ along the rows
    density = model.log_joint(x, z).softmax(0)
    tenths = (10 * density / density.max()).round().reshape(points, points)
    (left, low), (right, high) = (centre - half).tolist(), (centre + half).tolist()
    extent = (left, right, low, high)
    ax.imshow(tenths, cmap=shades, extent=extent, origin="lower", interpolation="none")


cov = Grid(vae).posterior(watched).cov
tilt = cov[:, 0, 1] / cov.diagonal(dim1=1, dim2=2).prod(1).sqrt()
x = watched[tilt.abs().argmax()][None]  # the digit whose posterior ends most tilted
figure, axes = subplots(1, 3, figsize=(7.6, 2.9))
for ax, (epoch, model) in zip(axes, snapshots.items(), strict=True):
    truth = Grid(model).posterior(x)
    half = 3.2 * truth.cov[0].diagonal().max().sqrt()
    posterior_picture(ax, model, x, truth.mean[0], half, points=48)
    ellipse(ax, model.encode(x), linewidth=1.2)
    ax.locator_params(nbins=3)
    ax.set(title=f"after {epoch} epochs")
plt.show()

# %% [markdown]
# The target moves. The true posterior belongs to the decoder, and changes whenever the decoder does. Mind the axes:
# each panel has its own.
#
# ## The latent space
#
# Left: where the encoder puts the held-out digits. Right: what the decoder makes of codes from a regular grid over the
# same region.

# %%
# Figure: Left, the numerals of held-out digits at the mean of their codes; equal
# numerals lie together in patches. Right, small images decoded from a grid of codes;
# neighbours look alike and digits change gradually.
reach, side = 2.6, 8
axis = torch.linspace(-reach, reach, side, dtype=torch.float64)
codes = torch.cartesian_prod(axis.flip(0), axis).flip(1)  # rows from the top down
tiles = vae.likelihood.mean(vae.decode(codes)).reshape(-1, 8, 8)

figure, (left, right) = subplots(1, 2, figsize=(8.4, 4.2))
means, labels = vae.encode(unseen).mean, data.held_out_labels
for (z1, z2), label in zip(means[:80].tolist(), labels[:80].tolist(), strict=True):
    left.text(z1, z2, label, fontsize=8, ha="center", va="center", clip_on=True)
left.set(xlim=(-reach, reach), ylim=(-reach, reach), title="codes of held-out digits")
left.set(xlabel="z₁", ylabel="z₂", aspect="equal")
pictures(right, (4 * tiles).round() / 4, columns=side)  # five greys will do
right.set_title("decoded from a grid of codes")
plt.show()

# %% [markdown]
# ## Holes, and the way from one digit to another
#
# The encoder's codes all together make $q(z)$: draw an image, draw its code. The loss pulls $q(z)$ toward the prior, and
# most of the prior is in use. But is each code from the prior a good one? Call it a **hole** if the image decoded from it
# is unlike every image of the data: further from all of them than nineteen in twenty of the held-out digits are.


# %%
def pixels_apart(some, others):
    """In how many pixels each image differs from the nearest of the others."""
    differing = some @ (1 - others.T) + (1 - some) @ others.T
    return differing.amin(1)


together = EncoderJoint(vae.encode(images)).z
draws = torch.randn(4000, 2, generator=generator, dtype=torch.float64)
unused = together.log_prob(draws) < vae.prior.log_prob(draws) - np.log(10)
decoded = vae.likelihood.mean(vae.decode(draws)).round()
hole = pixels_apart(decoded, images) > pixels_apart(unseen, images).quantile(0.95)
print(f"KL(q(z)‖p(z)) = {kl(together, vae.prior):.2f} nats")
print(f"share of the prior where q(z) < p(z) / 10 = {unused.double().mean():.3f}")
print(f"share of the prior that decodes to a hole = {hole.double().mean():.3f}")

assert unused.double().mean() < 0.1, "nearly all of the prior is in use"
assert hole.double().mean() < 0.05, (
    "and hardly a code from it decodes to something strange"
)

# %% [markdown]
# Two numbers for all the digits make a crowded space, with hardly a place left over. It need not be so:
# [question 12](/questions/why-is-latent-space-continuous.md) takes away the noise, the KL or the smooth decoder,
# and in some of these cases holes appear.
#
# Now walk from a zero to a four in a straight line, in small steps, and decode what is on the way.

# %%
# Figure: Nine small images in a row, from a zero to a four; each differs a little
# from the one before.
start, end = (means[labels == digit][0] for digit in (0, 4))
steps = torch.linspace(0, 1, 65, dtype=torch.float64)[:, None]
path = vae.likelihood.mean(vae.decode(start + steps * (end - start)))
figure, ax = subplots(figsize=(7.2, 1.1))
pictures(ax, path[::8].reshape(-1, 8, 8), columns=9)
plt.show()

# %%
change = path.diff(dim=0).abs().sum(1)
print(f"pixels that change from end to end   = {(path[-1] - path[0]).abs().sum():.1f}")
print(f"most that change in one of {len(change)} steps = {change.max():.1f}")

assert change.max() < 2, "no step of the walk is a jump"

# %% [markdown]
# No step is a jump. That alone does not make every image on the way a digit.
#
# ## Scramble it
#
# Turn the latent space like a whirl: every code keeps its distance from the middle, and the further out it lies, the
# further it is turned. A standard normal distribution looks the same after that. So the model with the whirl before
# its decoder has exactly the same $p(x)$, for every image.


# %%
class Whirl(nn.Module):
    """Turn z about the origin by an angle that grows with its distance."""

    def __init__(self, turn: float) -> None:
        super().__init__()
        self.turn = turn

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        angle = self.turn * z.norm(dim=-1)
        cos, sin = angle.cos(), angle.sin()
        rotation = torch.stack([cos, -sin, sin, cos], -1).unflatten(-1, (2, 2))
        return (rotation @ z[..., None]).squeeze(-1)


some = unseen[:40]
scrambled = VAE(nn.Identity(), nn.Sequential(Whirl(2.0), vae.decoder), Bernoulli())
plain_grid, scrambled_grid = Grid(vae, points=300), Grid(scrambled, points=300)
evidence = plain_grid.log_evidence(some)
moved = (scrambled_grid.log_evidence(some) - evidence).abs().max().item()
print(f"largest change of log p(x) < 0.001 = {moved < 1e-3}")

assert moved < 1e-3, "scrambling the latent space costs nothing in log p(x)"

# %% [markdown]
# What does it cost the encoder? Give both models the best they can hope for: for each image by itself, the best upright
# ellipse, found by climbing the ELBO. In the scrambled space the climb starts where the whirl has put the code.

# %%
with torch.no_grad():
    q = vae.encode(some)
    q_best = optimal_q(vae, q, some)
    unwhirl = Whirl(-2.0)
    q_moved = type(q)(unwhirl(q_best.mean), q_best.log_std - 0.5)
    q_scrambled = optimal_q(scrambled, q_moved, some)
    plain_gap = (evidence - elbo(vae, q_best, some)).mean().item()
    scrambled_gap = (evidence - elbo(scrambled, q_scrambled, some)).mean().item()
print(f"average gap of the best ellipse, as trained = {plain_gap:.2f} nats")
print(f"average gap of the best ellipse, scrambled  = {scrambled_gap:.2f} nats")

assert scrambled_gap > plain_gap + 0.3, (
    "a q restricted to one upright ellipse pays for the scramble"
)

# %%
# Figure: One digit's true posterior. Left as trained: a compact blob, and an ellipse
# that covers it. Right scrambled: the same probability drawn out into a curved band,
# and a smaller ellipse that covers a part of it.
row = int(
    (
        (evidence - elbo(scrambled, q_scrambled, some))
        - (evidence - elbo(vae, q_best, some))
    ).argmax()
)
figure, (left, right) = subplots(1, 2, figsize=(7.2, 3.6))
for ax, model, grid, best, title in (
    (left, vae, plain_grid, q_best, "as trained"),
    (right, scrambled, scrambled_grid, q_scrambled, "scrambled"),
):
    truth = grid.posterior(some[row : row + 1])
    half = 2.6 * truth.cov[0].diagonal().max().sqrt()
    posterior_picture(ax, model, some[row : row + 1], truth.mean[0], half, points=112)
    ellipse(ax, best, row)
    ax.set_title(title)
plt.show()

# %% [markdown]
# The asker's thought was right in this: nothing in $p(x)$ forbids a scrambled space. What makes it cost something is the
# encoder. It may answer with one simple shape only, and pays for every posterior that is not of that shape.
# [Question 13](/questions/could-it-be-scrambled.md) has the whole argument.
#
# ## Now your own data
#
# `train_on` takes any array of images, black and white (zeros and ones) or counts (whole numbers), of any size. Replace
# `yours` by an array of your own. Here it holds the digits again, as the counts from which the black and white ones were
# made.


# %%
def train_on(yours, total=None, hidden=128, epochs=20):
    """A VAE with two latent numbers, trained on images: an array of shape (n, ...).

    total is the largest count that a pixel can have; without it, the largest one found.
    """
    array = np.asarray(yours)
    if array.ndim < 2 or array.dtype.kind not in "biuf":
        raise TypeError(
            f"yours: expected numbers of shape (n, ...), got {array.dtype} of shape {array.shape}"
        )
    x = torch.from_numpy(array.reshape(len(array), -1).astype(float))
    total = total or max(1, int(x.nan_to_num().max()))
    pixels = x.shape[1]
    vae = VAE(
        nn.Sequential(Divide(total), mlp(pixels, hidden, 4, seed=0)),
        mlp(2, hidden, pixels, seed=1),
        Bernoulli() if total == 1 else Binomial(total),
    ).double()
    history = fit(vae, x, epochs=epochs)
    return vae.requires_grad_(False), x, history


yours = digits(binary=False).train.reshape(-1, 8, 8).numpy()
your_vae, x, your_history = train_on(yours)
print(f"likelihood: {your_vae.likelihood}")
print(
    f"loss, nats per image: {your_history.loss[0]:.0f} in the first epoch, {your_history.loss[-1]:.0f} in the last"
)

assert your_history.loss[-1] < your_history.loss[0], "the loss fell"

# %%
sample = x[:100]
result = measure(your_vae, sample, exact=True)
print(
    f"log p(x) = {result.log_evidence:.1f}, ELBO = {result.elbo:.1f}, gap = {result.gap:.1f} nats"
)

assert result.gap > 0, "for counts, too, the ELBO is below log p(x)"

# %% [markdown]
# What was trained can be kept: safetensors writes the weights of any torch module, and puts them into networks of the
# same shape. Take a folder of your own, and they stay.

# %%
with tempfile.TemporaryDirectory() as folder:
    save_model(your_vae, f"{folder}/mine.safetensors")
    again, *_ = train_on(yours, epochs=1)
    load_model(again, f"{folder}/mine.safetensors")

assert measure(again, sample, exact=True) == result, "the same weights measure the same"

# %% [markdown]
# What does not fit is refused, before any training. Grey values between zero and one are the usual case: many programs
# put them into a binary cross-entropy all the same, which is no likelihood then. Make them counts, or round them.

# %%
for what, wrong in {
    "grey values": yours / 16,
    "negative numbers": yours - 1.0,
    "a missing value": np.where(yours == 16, np.nan, yours),
    "words": np.array([["zero", "one"]]),
}.items():
    try:
        train_on(wrong)
    except (TypeError, ValueError) as error:
        print(f"{what}: {error}")
    else:
        raise AssertionError(f"{what} was accepted")

# %% [markdown]
# MNIST and its relatives are in torchvision, as bytes: `train_on(MNIST(folder, download=True).data >= 128)`. For more than two latent
# numbers a grid is out of reach. There `importance_weighted_bound` lies on average below $\log p(x)$, and the nearer to it the more
# draws it gets.
#
# ## What this does not show
#
# - All numbers here are of one training run. The pages of the questions hold over several.
# - Two latent numbers are few. With more the same identities hold, but nobody can look at the posterior.
# - The best ellipse was found by climbing from one start. There could be a better one elsewhere.
#
# ## Try it
#
# - Give the encoder an ellipse that can tilt: `digits_vae(posterior=FullNormal)`. Which gap closes?
# - Train for more epochs. Does the gap on held-out digits shrink or grow? And on the training images?
# - Make the whirl stronger. When does the grid become too coarse, and how can you tell?
