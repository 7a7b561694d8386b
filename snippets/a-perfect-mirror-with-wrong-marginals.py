"""Encoder and decoder can undo each other exactly, agree in both conditionals, and still miss the data.

Kind: computation
Break it: prior = [0.1, 0.1, 0.8] -> prior = [0.7, 0.2, 0.1]
Figure: Two grids of three images by three codes, with a square for each pair that occurs, on the diagonal only. In
    the data's grid, orange, the first square is large, 0.7, and the last small, 0.1. In the model's, blue, the last one
    is large, 0.8, and the others are small.
"""

from matplotlib.patches import Rectangle

from lowerbound import Joint, kl, reconstruction
from lowerbound.plots import P, Q, subplots

identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
data = [0.7, 0.2, 0.1]
prior = [0.1, 0.1, 0.8]
p = Joint.from_model(prior, likelihood=identity)  # decoder: x = z
q = Joint.from_data(data, encoder=identity)  # encoder: z = x

worst = reconstruction(p, q.z_given_x).exp().min()
print(f"probability that x comes back, smallest over x = {worst:.4f}")
for image, (often, made) in enumerate(zip(q.x.prob, p.x.prob, strict=True), 1):
    print(f"image {image}: in the data = {often:.1f}")
    print(f"image {image}: made by the model = {made:.1f}")

print(f"KL(q(z|x)||p(z|x)), averaged = {kl(q.z_given_x, p.z_given_x):z.4f}")
print(f"KL(q(x|z)||p(x|z)), averaged = {kl(q.x_given_z, p.x_given_z):z.4f}")
print(f"KL(q(x)||p(x)) = {kl(q.x, p.x):.4f}")
print(f"KL of the joints = {kl(q, p):.4f}")
figure, axes = subplots(1, 2, figsize=(4.6, 2.4))
names = {"data and encoder": (q, Q), "decoder and prior": (p, P)}
for ax, (name, (joint, hue)) in zip(axes, names.items(), strict=True):
    ax.set(title=name, xlim=(-0.6, 2.6), ylim=(2.6, -0.8), aspect="equal")
    ax.set(xticks=range(3), yticks=range(3), xticklabels=["code 1", "2", "3"])
    ax.set_yticklabels(["image 1", "2", "3"])
    for n, often in enumerate(joint.x.prob.tolist()):
        side = often**0.5  # as large as the pair is probable
        ax.add_patch(Rectangle((n - side / 2, n - side / 2), side, side, color=hue))
        ax.text(n, n - side / 2 - 0.07, f"{often:.1f}", ha="center", fontsize=9)

figure.savefig("a-perfect-mirror-with-wrong-marginals.svg")
codes, images = kl(q.z_given_x, p.z_given_x), kl(q.x_given_z, p.x_given_z)
assert worst == 1, f"every image should come back, not one with probability {worst:.4f}"
assert codes == images == 0, (
    f"both conditionals should match, not be {codes:.4f} and {images:.4f} nats apart"
)
assert kl(q.x, p.x) > 1, (
    f"the data should be missed by over 1 nat, not {kl(q.x, p.x):.4f}"
)
