# ---
# title: "Three sick VAEs"
# description: Look at a symptom, guess, let diagnose look, mend one line, and look again. Three times.
# ---

# %% [markdown]
# # Three sick VAEs
#
# Here are three VAEs as people write them. Each trains without an error, and in each one line is wrong. You look at what it draws, guess, let
# `diagnose` look, mend the line, and look again. The three faults look unlike each other.
#
# The lab needs the library:
#
# {{ install }}

# %%
import textwrap

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from lowerbound import digits, mlp
from lowerbound.diagnose import AnyVAE, diagnose
from lowerbound.plots import DATA, P, Q, pictures, subplots

torch.set_num_threads(1)  # these networks are too small for more
x, unseen = digits().train.float(), digits().held_out.float()

# %% [markdown]
# ## What the three have in common
#
# The encoder gives `mu` and `logvar`, the log of the variance, for two latent numbers. The decoder gives a logit for each
# pixel. `draw` draws a code, and `loss` is the loss. This is how they should be.


# %%
def encoder_and_decoder():
    return mlp(64, 64, 4, seed=0), mlp(2, 64, 64, seed=1)


def draw(mu, logvar):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def loss(decoded, x, mu, logvar):
    bce = cross_entropy(decoded, x, reduction="none").sum(1)
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return (bce + kl).mean()


# %% [markdown]
# A patient is handed over as its parts. That is also what `diagnose` wants to have, with two names: how the encoder's
# second output is meant, and what the decoder's numbers are.


# %%
def patient(encoder, decoder, draw, loss):
    return AnyVAE(
        network=nn.ModuleList([encoder, decoder]),
        encode=lambda x: encoder(x).chunk(2, dim=1),
        spread="logvar",
        decode=decoder,
        likelihood="bernoulli-logits",
        draw=draw,
        loss=loss,
    )


def print_wrong(report):
    for name in report.wrong:
        print(textwrap.fill(str(report[name]), 80))


def train(vae, epochs=30):
    """Plain Adam, and the average loss of the last epoch."""
    torch.manual_seed(0)
    adam = torch.optim.Adam(vae.network.parameters(), lr=0.005)
    for _ in range(epochs):
        losses = []
        for batch in x[torch.randperm(len(x))].split(64):
            mu, logvar = vae.encode(batch)
            value = vae.loss(vae.decode(vae.draw(mu, logvar)), batch, mu, logvar)
            adam.zero_grad()
            value.backward()
            adam.step()
            losses.append(value.item())
    return sum(losses) / len(losses)


# %% [markdown]
# And this is how you look at one: twelve held-out digits, what comes back when they are encoded and decoded, and what the decoder makes of twelve
# draws from the prior. Beside them lie codes of held-out digits. The circle holds nearly all draws from the prior.


# %%
def look(vae, who):
    torch.manual_seed(1)
    with torch.no_grad():
        z = vae.draw(*vae.encode(unseen))
        panels = {
            ("held out", DATA): unseen[:12],
            ("comes back", Q): vae.decode(z[:12]).sigmoid(),
            ("from the prior", P): vae.decode(torch.randn(12, 2)).sigmoid(),
        }
    _, axes = subplots(2, 2, figsize=(4.6, 3.6))
    *blocks, plane = axes.flat
    for ax, ((name, colour), images) in zip(blocks, panels.items(), strict=True):
        pictures(ax, images.reshape(12, 8, 8), columns=4, colour=colour)
        ax.set_title(name, color=colour)
    turn = torch.linspace(0, 2 * torch.pi, 60)
    plane.plot(3 * turn.cos(), 3 * turn.sin(), color=P, linewidth=1)
    plane.plot(*z[:120].T, ".", color=Q, markersize=3)
    plane.set(xticks=(-3, 0, 3), yticks=(-3, 0, 3), xlabel="z₁", ylabel="z₂")
    plane.set(title="codes", aspect="equal")
    plt.show()
    print(f"{who}, spread of the codes = {z.std():.2f}; of the prior 1")
    return z.std()


# %% [markdown]
# ## The first patient
#
# It was trained with this loss.


# %%
def first_loss(decoded, x, mu, logvar):
    bce = cross_entropy(decoded, x)
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return bce + kl.mean()


first = patient(*encoder_and_decoder(), draw, first_loss)
print(f"first, last loss = {train(first):.2f}")

# %%
# Figure: Three blocks of twelve small images, and a plane with dots. The held-out digits
# differ; all that comes back is one blurred shape, and so is all that is drawn from the
# prior. The dots, codes of held-out digits, fill the circle.
spread = look(first, "first")

# %% [markdown]
# **The symptom**: all digits come back as one, and all draws are that one, too. It is the average digit. The codes lie where they should.
# The loss is small. So which of the two is silent, the encoder or the decoder? And is one of them to blame, or is it the loss?
#
# Guess before you read the report.

# %%
report = diagnose(first, unseen)
print(report)

assert report.wrong == ("latent numbers in use", "beta"), "a mean over pixels is found"

# %% [markdown]
# The worst comes first. The code is not in use: that is what you saw. The second line says why. In the loss, the KL weighs as many times
# too much as an image has pixels, and then no code is worth its cost. The third says where such a weight comes from. `cross_entropy` averages over
# all pixels, if nobody tells it not to. Everything else is fine, so nothing else has to be touched.
#
# Mend the one line, with a sum over the pixels of each image:


# %%
def mended_loss(decoded, x, mu, logvar):
    bce = cross_entropy(decoded, x, reduction="none").sum(1).mean()
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return bce + kl.mean()


healthy = patient(*encoder_and_decoder(), draw, mended_loss)
last_healthy = train(healthy)
print(f"first, mended, last loss = {last_healthy:.2f}")

# %%
# Figure: The same layout. Now what comes back resembles each digit, blurred, and the
# draws from the prior are different digits. The dots fill the circle.
spread = look(healthy, "first, mended")

# %%
report = diagnose(healthy, unseen)
elbo = report.images.elbo.mean()
print(f"first, nothing is wrong any more: {report.ok}")
print(f"ELBO = {elbo:.1f} nats, of some held-out digits")

assert report.ok, "with the sum nothing is wrong"

# %% [markdown]
# The loss is far higher now, and the model far better. They are two different losses, so their values say nothing about each other. Keep this
# one's in mind: the other patients have the same loss.
#
# ## The second patient
#
# The loss is right. This is how it draws.


# %%
def second_draw(mu, logvar):
    return mu + logvar * torch.randn_like(mu)


second = patient(*encoder_and_decoder(), second_draw, loss)
last_second = train(second)
print(f"second, last loss = {last_second:.2f}, of the healthy one {last_healthy:.2f}")

assert last_second < last_healthy, "the sick one has the better loss"

# %%
# Figure: The same layout. What comes back resembles each digit, and is less blurred. The
# draws from the prior are sharp, too. But the dots keep to the middle of the circle.
narrow = look(second, "second")

assert narrow < 0.7 * spread, "its codes keep to the middle"

# %% [markdown]
# **The symptom**: its loss is the best, and its digits come back well. Whoever looks at these two only would choose this model. But look at the plane. The
# codes keep to the middle, and the prior draws mostly from where no digit lies. Why would a loss that holds the KL let this pass?

# %%
report = diagnose(second, unseen)
print_wrong(report)
print(f"\nELBO = {report.images.elbo.mean():.1f} nats")

assert report.wrong == ("noise of the draw",), "the width of the draw is found"
assert report.images.elbo.mean() < elbo - 10, "its ELBO is far worse than its loss says"

# %% [markdown]
# The draw takes the log of the variance for a width. The KL takes it for what it is. So the encoder may say “a variance of one”, whose
# log is zero: to the KL that is the prior's own width and costs nothing, and to the draw it is no noise at all. It is an autoencoder, and
# its loss is no bound. The report's ELBO is that of the two networks with the widths that the encoder *says*.
#
# The line to mend is the width, `torch.exp(0.5 * logvar)`. Start and seed are those of the healthy one, so that one comes out again:

# %%
# Figure: The same layout. What comes back is a little more blurred, the draws from
# the prior are digits again, and the dots fill the circle.
mended = patient(*encoder_and_decoder(), draw, loss)
print(f"second, mended, last loss = {train(mended):.2f}")
_ = look(mended, "second, mended")

# %%
report = diagnose(mended, unseen)
print(f"second, nothing is wrong any more: {report.ok}")
print(f"ELBO = {report.images.elbo.mean():.1f} nats")

assert report.ok, "with the right width nothing is wrong"

# %% [markdown]
# ## The third patient
#
# Loss and draw are right. The decoder ends like this.

# %%
encoder, decoder = encoder_and_decoder()
third = patient(encoder, nn.Sequential(decoder, nn.Sigmoid()), draw, loss)
print(f"third, last loss = {train(third):.2f}, of the healthy one {last_healthy:.2f}")

# %%
# Figure: The same layout. Everything that comes back, and everything from the prior, is grey: no
# pixel is white, the strokes are only a little darker than the ground.
_ = look(third, "third")

# %% [markdown]
# **The symptom**: everything is grey. Strokes can be made out, but no pixel is off, and the loss ends about twice as high as it could. Is the code unused? Are
# the networks too small? Look once more at what the decoder ends with, and at what the loss expects.

# %%
report = diagnose(third, unseen)
print_wrong(report)

assert report.wrong == ("sigmoid once",), "the second sigmoid is found"

# %% [markdown]
# The loss takes logits, and takes their sigmoid by itself. The sigmoid of a number between zero and one lies between a half and three quarters. So no pixel
# can be off. Leave the decoder's sigmoid out:

# %%
mended = patient(*encoder_and_decoder(), draw, loss)
print(f"third, mended, last loss = {train(mended):.2f}")
report = diagnose(mended, unseen)
print(f"third, nothing is wrong any more: {report.ok}")

assert report.ok, "with one sigmoid nothing is wrong"

# %% [markdown]
# ## What you have seen
#
# | you see | the loss | the report says | the line |
# | --- | --- | --- | --- |
# | one average for all | small, and of another kind | latent numbers in use, beta | a mean over pixels |
# | good copies, codes in the middle | better than it can be | noise of the draw | a log variance as a width |
# | grey | high | sigmoid once | two sigmoids |
#
# In none of the three did the loss alone give the fault away, and in the second it praised it. More symptoms are on
# [What is wrong with my VAE?](/what-is-wrong.md), and [your own networks](/your-own-networks.md) can be handed over as these were.
#
# ## What this does not show
#
# - Each patient had one fault. With two at once, mend the worst and look again.
# - It is one training run each. `diagnose` looks at the loss and the networks as they are, so the seed hardly matters to it; how the pictures look may change.
# - A sound report does not say that the model is good.
#
# ## Try it
#
# - Give the first patient a weight of the KL that makes up for the mean. What does the report say about the size of the image?
# - Let the decoder ignore its code: `lambda z: decoder(0 * z)`. Before you look: which picture will come back, and which of the first patient's lines return?
# - Take the sign of the KL for the other one. How far does the loss fall?
