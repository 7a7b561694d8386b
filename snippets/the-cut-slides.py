"""What the first piece of the loss loses from one cut to the other, the second gains, code by code.

Kind: computation
Break it: other.posterior(x) -> other.posterior(1 - x)
"""

from lowerbound import Grid, digits, kl_each, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out[[304]]  # one nine
q = vae.encode(x)
grid, other = Grid(vae), Grid(vae, points=180, limit=8)

surprise = -grid.log_evidence(x).item()  # -log p(x)
gap = kl_each(q, other.posterior(x)).item()  # KL(q(z|x)||p(z|x)), not by the loss
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

z = q.mean  # one code: how much more probable is x with it, and it with x?
image = vae.log_likelihood(x, z).item() + surprise  # log p(x|z) / p(x)
joint = vae.log_joint(x, z).item() + surprise  # log p(z|x), by Bayes' rule
code = joint - vae.prior.log_prob(z).item()  # log p(z|x) / p(z)
assert abs(image - code) < 1e-9, (
    f"the code should gain {image:.2f} by the image, not {code:.2f}"
)
