"""If the encoder never uses a code, a decoder step may ruin that code: the ELBO rises and log p(x) falls.

Kind: computation
Break it: encoder = [[1.0, 0.0], [1.0, 0.0]] -> encoder = [[0.5, 0.5], [0.5, 0.5]]
"""

from lowerbound import Joint, elbo, kl

data, prior = [0.5, 0.5], [0.5, 0.5]  # two images, two codes
encoder = [[1.0, 0.0], [1.0, 0.0]]  # q(z|x): the first code, whatever the image
q = Joint.from_data(data, encoder)

steps = {
    "before": [[0.60, 0.40], [0.40, 0.60]],  # p(x|z): a row for each code
    "after": [[0.50, 0.50], [0.99, 0.01]],  # the second row is ruined
}
bound, evidence = {}, {}
for name, decoder in steps.items():
    p = Joint.from_model(prior, decoder)
    bound[name] = (q.x.prob * elbo(p, q.z_given_x)).sum()
    evidence[name] = (q.x.prob * p.x.log_prob).sum()
    gap = kl(q.z_given_x, p.z_given_x)
    print(f"{name}: average ELBO = {bound[name]:.3f}")
    print(f"{name}: average log p(x) = {evidence[name]:.3f}")
    print(f"{name}: gap = {gap:.3f}")
    assert abs(evidence[name] - gap - bound[name]) < 1e-12, (
        f"log p(x) - gap should be the ELBO, {bound[name]:.3f}, not {evidence[name] - gap:.3f}"
    )

assert bound["after"] > bound["before"], (
    f"the ELBO should rise, and goes from {bound['before']:.3f} to {bound['after']:.3f}"
)
assert evidence["after"] < evidence["before"], (
    f"log p(x) should fall, and goes from {evidence['before']:.3f} to {evidence['after']:.3f}"
)
