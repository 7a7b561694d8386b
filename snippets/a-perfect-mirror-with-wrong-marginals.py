"""Encoder and decoder can undo each other exactly, agree in both conditionals, and still miss the data.

Kind: computation
Break it: prior = [0.1, 0.1, 0.8] -> prior = [0.7, 0.2, 0.1]
"""

from lowerbound import Joint, kl, reconstruction

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

codes, images = kl(q.z_given_x, p.z_given_x), kl(q.x_given_z, p.x_given_z)
assert worst == 1, f"every image should come back, not one with probability {worst:.4f}"
assert codes == images == 0, (
    f"both conditionals should match, not be {codes:.4f} and {images:.4f} nats apart"
)
assert kl(q.x, p.x) > 1, (
    f"the data should be missed by over 1 nat, not {kl(q.x, p.x):.4f}"
)
