"""On real digits, three routes to the KL of the joints meet: the loss, the split by x and the split by z.

Kind: computation
Break it: vae.decode(z) -> vae.decode(-z)
Figure: Two bars of equal length, about fourteen nats. Cut by image, nearly all of it is the images' part, and the gap
    is a thin end. Cut by code, a thin end is the codes' part, and nearly all of it compares q(x|z) with p(x|z). Below,
    about as long, the images' part where the VAE itself made the images.
"""

import math

import torch

from lowerbound import Grid, digits, elbo, trained_digits
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.plots import DATA, GAP, P, Q, stacked_nats, subplots

vae = trained_digits()
x = digits().held_out.unique(dim=0)  # q(x): each image equally likely
q, grid = vae.encode(x), Grid(vae)
log_data = -math.log(len(x))

from_loss = (log_data - elbo(vae, q, x)).mean()  # E_q(x)[log q(x) - ELBO(x)]
of_x = (log_data - grid.log_evidence(x)).mean()  # KL(q(x)||p(x))
gap = grid.gap(q, x).mean()  # E_q(x) KL(q(z|x)||p(z|x))

of_z = compared = 0.0
for part in torch.arange(len(grid.z)).split(4096):  # add up over z
    z, cell = grid.z[part], grid.spacing**2
    log_joint = log_data + q.log_prob(z[:, None, :])  # log q(x,z), a row for each z
    log_q_z = log_joint.logsumexp(1)  # q(z), the sum over all images
    log_q_x = log_joint - log_q_z[:, None]  # q(x|z): which image did z come from?
    log_p_x = log_likelihood_table(vae.likelihood, x, vae.decode(z)).T  # p(x|z)
    kl_each_z = (log_q_x.exp() * (log_q_x - log_p_x)).sum(1)
    of_z += cell * (log_q_z.exp() * (log_q_z - vae.prior.log_prob(z))).sum()
    compared += cell * (log_q_z.exp() * kl_each_z).sum()

own_files = []  # q(x) now: a file of the model's own images, a world in which it is perfect
for seed in range(5):
    own = vae.sample(len(x), torch.Generator().manual_seed(seed))[0].unique(dim=0)
    own_files.append((-math.log(len(own)) - grid.log_evidence(own)).mean())

bars = {"by image": {"images": of_x, "gap": gap}}
bars["by code"] = {"your comparison": compared, "codes": of_z}
bars["own images"] = {"images": sum(own_files) / 5}
colours = {"images": P, "gap": GAP, "your comparison": DATA, "codes": Q}
figure, ax = subplots(figsize=(4.4, 2.3))
stacked_nats(ax, bars, colours)
figure.savefig("two-splits-on-digits.svg")
print(f"from the loss = {from_loss:.2f}")
print(f"KL(q(x)||p(x)) = {of_x:.2f}")
print(f"average KL(q(z|x)||p(z|x)) = {gap:.2f}")
print(f"split by x, sum = {of_x + gap:.2f}")
print(f"KL(q(z)||p(z)) = {of_z:.2f}")
print(f"average KL(q(x|z)||p(x|z)) = {compared:.2f}")
print(f"split by z, sum = {of_z + compared:.2f}")
apart = max(abs(of_x + gap - from_loss), abs(of_z + compared - from_loss))
print(f"the three routes are less than 1e-6 apart = {apart < 1e-6}")
print(f"its own images, five files = {min(own_files):.1f} to {max(own_files):.1f}")
assert apart < 1e-6, f"the three routes should meet, not be {apart:.2f} nats apart"
assert min(own_files) > 0.9 * of_x, (
    f"even its own images should leave it some {of_x:.1f} nats, not {min(own_files):.1f}"
)
