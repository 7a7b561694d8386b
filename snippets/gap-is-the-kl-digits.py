"""For a trained VAE on 360 held-out digits, log p(x) minus the ELBO is KL(q(z|x)‖p(z|x)).

Kind: computation
Break it: other.posterior(x) -> other.posterior(1 - x)
"""

from lowerbound import Grid, digits, elbo, kl_each, trained_digits

vae = trained_digits()
x = digits().held_out  # 360 images of 64 black-or-white pixels
q = vae.encode(x)  # q(z|x): one normal distribution per image

grid = Grid(vae)  # 144 x 144 codes z, evenly spaced
log_evidence = grid.log_evidence(x)  # log p(x): p(z) p(x|z), added up over the grid
# the ELBO: E_q[log p(x|z)] by quadrature, KL to the prior by formula
bound = elbo(vae, q, x)
other = Grid(vae, points=180, limit=8)  # the same log p(x) twice would cancel unseen
kl = kl_each(q, other.posterior(x))  # KL(q(z|x)||p(z|x)): Bayes' rule on this grid

print(f"images = {len(x)}")
known = (x[:, None] == digits().train).all(2).any(1)
print(f"images that equal a training image = {known.sum()}")
print(f"average log p(x) = {log_evidence.mean():.3f}")
print(f"average ELBO = {bound.mean():.3f}")
print(f"average log p(x) - ELBO = {(log_evidence - bound).mean():.3f}")
print(f"average KL(q(z|x)||p(z|x)) = {kl.mean():.3f}")
print(f"smallest KL = {kl.min():.3f}")
print(f"largest KL = {kl.max():.3f}")
largest_error = (log_evidence - bound - kl).abs().max().item()
print(f"largest difference of the two routes < 1e-5 = {largest_error < 1e-5}")
off = grid.error(x).max()  # from a finer and wider grid
assert off < 1e-5, f"log p(x) is off by {off:.2g} nats: give the grid more points"
assert largest_error < 1e-5, (
    f"log p(x) - ELBO should be the KL for each digit, and is up to {largest_error:.5f} off"
)
