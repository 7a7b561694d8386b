"""The reconstruction cost is as far below -log p(x) as the KL to the prior is above the gap, for any code.

Kind: computation
Break it: other.posterior(x) -> other.posterior(1 - x)
"""

from lowerbound import Grid, digits, kl_each, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out[[304]]  # one nine
q = vae.encode(x)
grid, other = Grid(vae), Grid(vae, points=180, limit=8)
p, z = other.posterior(x), other.z  # p(z|x), at the codes of another grid

surprise = -grid.log_evidence(x).item()  # -log p(x)
gap = kl_each(q, p).item()  # KL(q(z|x)||p(z|x)), not by the loss
cost = -reconstruction(vae, q, x).item()  # -log p(x|z), averaged over q
charge = kl_each(q, vae.prior).item()  # KL(q(z|x)||p(z))

left, gained = surprise - cost, charge - gap
print(f"-log p(x) = {surprise:.2f}")
print(f"gap = {gap:.2f}")
print(f"reconstruction cost = {cost:.2f}")
print(f"KL to the prior = {charge:.2f}")
print(f"leaves the first piece = {left:.2f}")
print(f"the second gains = {gained:.2f}")
assert abs(left - gained) < 1e-5, (
    f"the second piece should gain {left:.2f}, what the first loses, not {gained:.2f}"
)

held = p.mass[0] > 1e-12  # every code that has any weight
image = vae.log_likelihood(x, z) + surprise  # log p(x|z) / p(x): x gains by the code
code = p.log_prob[0] - vae.prior.log_prob(z)  # log p(z|x) / p(z): the code gains by x
off = (image - code)[held].abs().max()
best = p.mass[0].argmax()  # the most probable code for the image, as an example
print(f"most probable code: p(x|z)/p(x) = {image[best].exp():.1f}")
print(f"most probable code: p(z|x)/p(z) = {code[best].exp():.1f}")
print(f"most probable code: log of either = {code[best]:.2f}")
assert off < 1e-5, f"both should gain the same, and are up to {off:.2g} apart"
