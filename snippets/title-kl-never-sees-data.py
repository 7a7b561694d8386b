"""A model can have KL(q(z|x)‖p(z|x)) = 0 for every x while its p(x) has nothing to do with the data.

Kind: identity
Break it: decoder = [[0.90, 0.05, 0.05], [0.90, 0.05, 0.05]] -> decoder = [[0.90, 0.05, 0.05], [0.05, 0.90, 0.05]]
"""

from lowerbound import Joint, kl, kl_each

prior = [0.5, 0.5]
decoder = [[0.90, 0.05, 0.05], [0.90, 0.05, 0.05]]  # p(x|z): the same for both z
encoder = [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]  # q(z|x): the prior, whatever x is
p = Joint.from_model(prior, decoder)

for data in ([0.90, 0.05, 0.05], [0.05, 0.90, 0.05], [0.0, 0.0, 1.0]):
    q = Joint.from_data(data, encoder)
    title = kl(q.z_given_x, p.z_given_x)
    print(f"data {data}:")
    print(f"  average KL(q(z|x)‖p(z|x)) {title:.4f}, KL(q(x)‖p(x)) {kl(q.x, p.x):.4f}")
    assert title == 0

worst = kl_each(q.z_given_x, p.z_given_x)
print(f"KL of the joints, for the last data = {kl(q, p):.4f}")
assert kl(q, p) > 2
