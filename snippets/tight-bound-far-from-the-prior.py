"""A bound is tight where q(z|x) = p(z|x), however far that is from the prior; at the prior it is loose.

Kind: computation
Break it: likelihood=[[0.9, 0.1], [0.2, 0.8]] -> likelihood=[[0.9, 0.1], [0.9, 0.1]]
"""

from lowerbound import Joint, elbo, kl_each

prior = [0.5, 0.5]  # p(z)
p = Joint.from_model(
    prior, likelihood=[[0.9, 0.1], [0.2, 0.8]]
)  # p(x|z), a row for each z
blind = Joint.from_data(data=[0.5, 0.5], encoder=[prior, prior])  # q(z|x) = p(z)

gap, to_prior = {}, {}
for name, q in {"posterior": p.z_given_x, "prior": blind.z_given_x}.items():
    gap[name] = p.x.log_prob - elbo(p, q)  # log p(x) - ELBO(x), for each of two x
    to_prior[name] = kl_each(q, p.z)  # KL(q(z|x)||p(z))
    for x in (0, 1):
        print(f"q is the {name}, gap for image {x} = {gap[name][x]:z.3f}")
        print(
            f"q is the {name}, KL to the prior for image {x} = {to_prior[name][x]:z.3f}"
        )

least, most = to_prior["posterior"].min(), gap["posterior"].abs().max()
assert most < 1e-12, f"at the posterior the gap should be 0, not {most:.3f}"
assert least > 0.1, (
    f"at the posterior the KL to the prior should be above 0.1, not {least:.3f}"
)
least, most = gap["prior"].min(), to_prior["prior"].abs().max()
assert most < 1e-12, f"at the prior the KL to the prior should be 0, not {most:.3f}"
assert least > 0.1, f"at the prior the gap should be above 0.1, not {least:.3f}"
