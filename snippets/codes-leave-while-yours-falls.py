"""Trained on q(x|z) against p(x|z) alone, codes end far from the prior, and leave while digits still come.

Kind: experiment
Break it: (whole(vae, z) - partner) -> (whole(vae, z))
Fold: whole
Figure: Two rows, after 40 and 100 steps: dots in a plane, then four pictures from new codes, in blue, and four
    from the data's codes, in orange. In the first row most pictures are alike, and all dots lie together. In the
    second the orange pictures are different digits, and the orange dots have begun to move away from the blue ones.
"""

from math import log

import torch

from lowerbound import VAE, Bernoulli, digits, mlp
from lowerbound.plots import P, Q, pictures, subplots

x = digits().train[:102].unique(dim=0)  # 100 images, all different


def whole(vae, z):  # the loss, with a code z of each image
    return vae.encode(x).log_prob(z) - vae.log_joint(x, z)


def codes(vae, z):  # log q(z)/p(z), where q(z) is an average over all images
    log_q = vae.encode(x).log_prob(z[..., None, :]).exp().mean(-1).log()
    return log_q - vae.prior.log_prob(z)


g = torch.Generator().manual_seed(0)
vae = VAE(mlp(64, 64, 4, seed=0), mlp(2, 64, 64, seed=5), Bernoulli()).double()
optimizer = torch.optim.Adam(vae.parameters(), lr=0.02)
noise = torch.randn(100, 100, 2, generator=torch.Generator().manual_seed(9)).double()
moments, ends = [40, 100, 250], []
figure, axes = subplots(2, 3, figsize=(4.6, 2), width_ratios=[1, 1.4, 1.4])
for step in range(251):
    if step in moments:
        with torch.no_grad():
            z = vae.encode(x).at(noise)
            partner = codes(vae, z).mean().item()
            ends.append((partner, whole(vae, z).mean().item() - partner - log(100)))
            print(f"after {step}: codes = {partner:z.0f}")
            print(f"after {step}: yours = {ends[-1][1]:z.0f}")
            if step < 250:
                plane, *others = axes[len(ends) - 1]
                lim = {"xlim": (-11, 11), "ylim": (-11, 11), "xticks": [], "yticks": []}
                plane.set(title=f"{step} steps", aspect="equal", **lim)
                for ax, at, hue in zip(others, (noise[0], z[0]), (P, Q), strict=True):
                    plane.plot(
                        *at[::5].T, "o", color=hue, markersize=1.5, markeredgewidth=0
                    )
                    pictures(
                        ax, vae.decode(at[::25]).sigmoid().reshape(4, 8, 8), 4, hue
                    )
    optimizer.zero_grad()
    z = vae.encode(x).at(torch.randn(100, 2, generator=g, dtype=x.dtype))
    partner = codes(vae, z)
    (whole(vae, z) - partner).mean().backward()
    optimizer.step()

figure.savefig("codes-leave-while-yours-falls.svg")
away, own = torch.tensor(ends).T
assert (away.diff() > 0).all(), (
    f"at each moment the codes should be farther than before, not {away}"
)
assert away[-1] > 10, f"in the end they should be far, not {away[-1]:.1f} nats away"
assert (own.diff() < 0).all(), (
    f"your comparison should fall from moment to moment, not {own}"
)
