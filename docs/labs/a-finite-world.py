# ---
# title: "A finite world"
# description: Build both joints by hand, train encoder and decoder by gradient, and watch four KLs while they move.
# ---

# %% [markdown]
# # A finite world
#
# In this lab $x$ takes six values and $z$ takes three. Every distribution is a small table, every sum has a handful
# of terms, and nothing is estimated. You build the two joints by hand, train an encoder and a decoder by gradient,
# and watch what happens to the comparison that the question is about.
#
# It needs the library. In a notebook, put a `!` or a `%` in front of each line:
#
# {{ install }}

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from lowerbound import Joint, entropy, kl, kl_each, reconstruction
from lowerbound.plots import (
    DATA,
    GAP,
    MUTED,
    Q,
    stacked_nats,
    subplots,
)

# %% [markdown]
# ## The data: two habits
#
# An "image" is one of six symbols. The data prefer the first two and the last two, and show the middle ones rarely.
# This table is $q(x)$, the distribution that the data come from.

# %%
data = torch.tensor([0.30, 0.18, 0.02, 0.05, 0.15, 0.30], dtype=torch.float64)

# %% [markdown]
# ## The model's joint
#
# The model draws a code $z$ from the prior $p(z)$. Then the decoder draws an image from $p(x \mid z)$: one row for
# each code. Before training the rows are nearly even.

# %%
prior = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
generator = torch.Generator().manual_seed(0)
decoder_logits = 0.3 * torch.randn(3, 6, generator=generator).double()

p = Joint.from_model(prior, likelihood=decoder_logits.softmax(1))
print("p(x) =", [round(value, 2) for value in p.x.prob.tolist()])

# %% [markdown]
# Its other conditional is $p(z \mid x)$, the true posterior: which code did this image come from? Bayes' rule gives
# it, and no network is asked. By hand, for the first image:

# %%
by_hand = prior * decoder_logits.softmax(1)[:, 0]
by_hand = by_hand / by_hand.sum()
print("p(z | first image) =", [round(value, 3) for value in by_hand.tolist()])

assert torch.allclose(by_hand, p.z_given_x.prob[0], atol=1e-15), (
    "the library's posterior is Bayes' rule"
)

# %% [markdown]
# ## The encoder's joint
#
# The encoder starts from the data. It gets an image and answers with a distribution over codes: $q(z \mid x)$, one
# row for each image.

# %%
encoder_logits = 0.3 * torch.randn(6, 3, generator=generator).double()

q = Joint.from_data(data, encoder=encoder_logits.softmax(1))
print("q(z) =", [round(value, 2) for value in q.z.prob.tolist()])

# %% [markdown]
# ## One comparison, two ways to split it
#
# The KL divergence between the two joints is a sum of two parts, and there are two ways to cut it. Each cut has a part that
# compares marginals and a part that compares conditionals. That makes four KLs.


# %%
def four_kls(q: Joint, p: Joint) -> dict[str, float]:
    """The parts of both splits, in nats."""
    return {
        "KL(q(x)‖p(x))": kl(q.x, p.x).item(),
        "KL(q(z|x)‖p(z|x))": kl(q.z_given_x, p.z_given_x).item(),
        "KL(q(z)‖p(z))": kl(q.z, p.z).item(),
        "KL(q(x|z)‖p(x|z))": kl(q.x_given_z, p.x_given_z).item(),
    }


for name, value in four_kls(q, p).items():
    print(f"{name:18} = {value:.4f}")
print(f"KL of the joints   = {kl(q, p).item():.4f}")

images, title, codes, mirror = four_kls(q, p).values()
assert abs(kl(q, p).item() - (images + title)) < 1e-12, "the cut along x adds up"
assert abs(kl(q, p).item() - (codes + mirror)) < 1e-12, "the cut along z adds up"

# %%
# Figure: Two bars of the same length, one above the other. The upper is cut into the KL
# of q(x) and p(x) and the KL of q(z|x) and p(z|x). The lower is cut elsewhere, into the
# KL of q(z) and p(z) and the KL of q(x|z) and p(x|z).
names = ["q(x), p(x)", "q(z|x), p(z|x)", "q(z), p(z)", "q(x|z), p(x|z)"]
parts = dict(zip(names, four_kls(q, p).values(), strict=True))
bars = {
    "cut along x": {name: parts[name] for name in names[:2]},
    "cut along z": {name: parts[name] for name in names[2:]},
}
figure, ax = subplots(figsize=(6.4, 2.2))
stacked_nats(ax, bars, dict(zip(names, (DATA, GAP, MUTED, Q), strict=True)))
plt.show()

# %% [markdown]
# The second line is the comparison of the title. The last one is its mirror image, which the asker proposes to look
# at.
#
# ## Train both by gradient
#
# The loss is the negative ELBO, averaged over the data. Here it is computed exactly. It differs from the KL of the
# joints by the entropy of the data, which no step can change. So one may watch either.


# %%
def train(
    encoder_logits,
    decoder_logits,
    train_encoder=True,
    train_decoder=True,
    steps=200,
    beta=1.0,
    watch=True,
):
    """Plain Adam on the exact loss; returns the last joints, and what was seen at every step if asked to watch."""
    encoder_logits = encoder_logits.clone().requires_grad_(train_encoder)
    decoder_logits = decoder_logits.clone().requires_grad_(train_decoder)
    moved = [
        logits for logits in (encoder_logits, decoder_logits) if logits.requires_grad
    ]
    optimizer = torch.optim.Adam(moved, lr=0.1)
    seen = []
    for _ in range(steps):
        p = Joint.from_model(prior, decoder_logits.softmax(1))
        q = Joint.from_data(data, encoder_logits.softmax(1))
        # -ELBO = distortion + rate; the last section weighs the rate by beta
        rate, distortion = kl_each(q.z_given_x, p.z), -reconstruction(p, q.z_given_x)
        loss = (data * (distortion + beta * rate)).sum()
        if watch:
            with torch.no_grad():
                seen.append(
                    four_kls(q, p) | {"loss": loss.item(), "joints": kl(q, p).item()}
                )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Joint(q.prob.detach()), Joint(p.prob.detach()), seen


q_end, p_end, seen = train(encoder_logits, decoder_logits)
print(
    f"loss            = {seen[0]['loss']:.4f} at first, {seen[-1]['loss']:.4f} in the end"
)
print(f"entropy of data = {entropy(q_end.x).item():.4f}")
print(
    f"KL of joints    = {seen[0]['joints']:.4f} at first, {seen[-1]['joints']:.4f} in the end"
)

assert all(
    abs(s["loss"] - s["joints"] - entropy(q_end.x).item()) < 1e-12 for s in seen
), "at every step the loss is the KL of the joints plus the entropy of the data"
assert seen[-1]["joints"] < 0.001 < seen[0]["joints"], (
    "training brings the joints together"
)

# %%
# Figure: Four curves of nats against the training step on a logarithmic scale. KL of
# q(x) and p(x) starts highest and all four fall to nearly nothing, none of them
# steadily.
curves = {
    "KL(q(x)‖p(x))": (DATA, "-"),
    "KL(q(z|x)‖p(z|x))": (GAP, "-"),
    "KL(q(z)‖p(z))": (MUTED, "--"),
    "KL(q(x|z)‖p(x|z))": (MUTED, "-."),
}


def draw(ax, seen, title):
    for name, (colour, dashes) in curves.items():
        ax.plot(
            [max(s[name], 1e-6) for s in seen],
            color=colour,
            linestyle=dashes,
            label=name,
        )
    ax.set(xlabel="step", ylabel="nats", yscale="log", title=title)


figure, ax = subplots(figsize=(6.4, 3.4))
draw(ax, seen, "Encoder and decoder move")
ax.legend(fontsize=8, frameon=False)
plt.show()

# %% [markdown]
# ## Move one of the two
#
# Now train only the encoder, with the decoder frozen as it began. Then the model's $p(x)$ can't change, and neither
# can $p(z \mid x)$: both belong to the model. All that the encoder can do is to close the gap.

# %%
# Figure: Left, only the encoder moves: the KL of q(z|x) and p(z|x) falls to nothing,
# the KL of q(x) and p(x) is a level line. Right, only the decoder moves: both change
# and neither of the two ends at nothing.
q_alone, p_frozen, encoder_alone = train(
    encoder_logits, decoder_logits, train_decoder=False
)
q_frozen, p_alone, decoder_alone = train(
    encoder_logits, decoder_logits, train_encoder=False
)

figure, (left, right) = subplots(1, 2, figsize=(7.6, 3.2), sharey=True)
draw(left, encoder_alone, "Only the encoder moves")
draw(right, decoder_alone, "Only the decoder moves")
right.set_ylabel("")
right.legend(fontsize=8, frameon=False, loc="center right", bbox_to_anchor=(1, 0.3))
plt.show()

# %%
x_part, gap_part = "KL(q(x)‖p(x))", "KL(q(z|x)‖p(z|x))"
first, last = encoder_alone[0], encoder_alone[-1]
print("only the encoder moves:")
for name in (x_part, gap_part):
    print(f"  {name:18} {first[name]:.4f} -> {last[name]:.4f}")

assert abs(last[x_part] - first[x_part]) < 1e-12, (
    "an encoder can't change the model's images"
)
assert last[gap_part] < 1e-4, "alone, the encoder finds the true posterior"

# %% [markdown]
# This is why a small gap alone proves nothing: the gap is closed, and the model is as poor as before.
#
# With the encoder frozen, the decoder is asked for something else. Look at what it reaches.

# %%
mirror_part = "KL(q(x|z)‖p(x|z))"
first, last = decoder_alone[0], decoder_alone[-1]
print("only the decoder moves:")
for name in (x_part, gap_part, mirror_part):
    print(f"  {name:18} {first[name]:.4f} -> {last[name]:.4f}")

assert last[mirror_part] < 1e-4, (
    "alone, the decoder finds q(x|z): the mirror image goes to zero"
)
assert abs(last["joints"] - kl(q_frozen.z, p_alone.z).item()) < 1e-4, (
    "what is left is KL(q(z)‖p(z))"
)

# %% [markdown]
# So each network has a comparison of its own. With the decoder frozen, the encoder's target is $p(z \mid x)$. With the
# encoder frozen, the decoder's target is $q(x \mid z)$, and the mirror image that the asker proposes goes to zero. Both
# are parts of the same loss. What is left in the end is $\operatorname{KL}(q(z) \,\|\, p(z))$, which belongs to the
# encoder and the prior.
#
# ## Different ends, all of them right
#
# Training again from another start ends elsewhere: another assignment of codes to images, the same $p(x)$.

# %%
# Figure: Two tables as grids of squares, q(z|x) after training from two starts. Rows are
# the six images, columns the three codes; the stronger the colour, the more probable the
# code. The strong colours stand elsewhere in the two tables.
other = torch.Generator().manual_seed(3)
encoder_start, decoder_start = (
    torch.randn(6, 3, generator=other).double(),
    torch.randn(3, 6, generator=other).double(),
)
q_second, p_second, _ = train(encoder_start, decoder_start, steps=400, watch=False)
q_first, p_first, _ = train(encoder_logits, decoder_logits, steps=400, watch=False)

shades = LinearSegmentedColormap.from_list(
    "orange", [(*to_rgb(Q), 0.0), (*to_rgb(Q), 1.0)]
)
figure, axes = subplots(1, 2, figsize=(4.4, 3.4), sharey=True)
for ax, joint, title in zip(
    axes, (q_first, q_second), ("first start", "second start"), strict=True
):
    ax.imshow(
        joint.z_given_x.prob.numpy(), cmap=shades, vmin=0, vmax=1, interpolation="none"
    )
    ax.set(xlabel="code z", xticks=range(3), yticks=range(6), title=f"q(z|x), {title}")
axes[0].set_ylabel("image x")
plt.show()

# %%
print("p(x), first start  =", [round(value, 3) for value in p_first.x.prob.tolist()])
print("p(x), second start =", [round(value, 3) for value in p_second.x.prob.tolist()])
apart = (q_first.z_given_x.prob - q_second.z_given_x.prob).abs().max().item()
print(f"largest difference of the two encoders = {apart:.2f}")

assert (p_first.x.prob - data).abs().max() < 0.001, (
    "the first model gives the data's distribution"
)
assert (p_second.x.prob - data).abs().max() < 0.001, "and so does the second"
assert apart > 0.3, "although their codes mean different things"

# %% [markdown]
# Both models give the data's own distribution, and in both the encoder knows the true posterior. Nothing in the
# comparison says which code belongs to which image. More about that in
# [question 13](/questions/could-it-be-scrambled.md).
#
# ## Weigh the KL
#
# The loss has two parts with names of their own. The **rate** is the average of $\KL(q(z \mid x) \,\|\, p(z))$: how much
# the code says, above what the prior says. The **distortion** is the average of $-\log p(x \mid z)$ over the encoder's
# codes: how badly the image comes back. A common change is to multiply the rate by a number, beta. Train with
# several.

# %%
# Figure: Dots for five values of beta, the rate to the right and the distortion
# upwards, and a dashed line that falls from the left to the right. Beta one and above
# lie on the line, at its left end. Small betas lie to the right, a little above it.
points = {}
for beta in (0.25, 0.5, 1.0, 2.0, 4.0):
    q_beta, p_beta, _ = train(
        encoder_logits, decoder_logits, steps=300, beta=beta, watch=False
    )
    rate = kl(q_beta.z_given_x, p_beta.z)  # averaged over the data
    distortion = -(data @ reconstruction(p_beta, q_beta.z_given_x))
    points[beta] = rate.item(), distortion.item()

least = entropy(q_end.x).item()  # distortion + rate is never less
rates, distortions = zip(*points.values(), strict=True)
figure, ax = subplots(figsize=(6.4, 3.4))
ax.plot(rates, distortions, "o", color=Q)
for beta, label in ((0.5, "beta 0.25 and 0.5"), (1.0, "beta 1, 2 and 4")):
    ax.annotate(label, points[beta], xytext=(6, 4), textcoords="offset points")
ends = [0.0, max(rates)]
below = [least - rate for rate in ends]
ax.plot(ends, below, "--", color=DATA, label="entropy of the data")
ax.legend(frameon=False)
ax.set(xlabel="rate (nats)", ylabel="distortion (nats)")
plt.show()

# %%
for beta, (rate, distortion) in points.items():
    print(f"beta {beta:<4} rate {rate:.3f}  distortion {distortion:.3f}")
    above = rate + distortion - entropy(q_end.x).item()
    assert above > -1e-12, "no model gets below the line"
    assert (above < 1e-3) == (beta >= 1), "a small weight ends above it"

assert points[0.25][0] > 1, "a small weight buys a high rate"
assert points[4.0][0] < 1e-3, "a large weight lets the code say nothing"

# %% [markdown]
# The line is the entropy of the data. Distortion plus rate is minus the average ELBO, and that is never below the
# entropy. On the line $p(x)$ equals the data. Yet its places are different models: far to the left the code says
# nothing. The ELBO, which is beta one, does not choose between these places; it only asks for the line. A smaller beta
# does choose: the code says a lot, the images come back better, and the model is off the line, so its $p(x)$ or its gap is
# worse.
#
# ## What this does not show
#
# Everything here can be added up, so nobody would need an encoder: Bayes' rule gives $p(z \mid x)$ at once. The
# encoder earns its place where the sum over $z$ is out of reach. And this decoder can be any table. A network can't,
# and then neither part need reach zero.
#
# ## Try it
#
# - Freeze the encoder at a table whose rows are all the prior. What does the decoder learn, and what is each KL then?
# - Give $z$ only two values. The best decoder can still make $p(x)$ equal the data. Why?
# - Give the data a zero. Which KLs stay finite?
#
# The next lab has [continuous x and z, and still closed forms](/labs/closed-forms.py).
