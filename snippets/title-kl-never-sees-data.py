"""A model can have KL(q(z|x)‖p(z|x)) = 0 for every x while its p(x) has nothing to do with the data.

Kind: computation
Break it: decoder = [[0.90, 0.05, 0.05], [0.90, 0.05, 0.05]] -> decoder = [[0.90, 0.05, 0.05], [0.05, 0.90, 0.05]]
"""

from lowerbound import Joint, kl

prior = [0.5, 0.5]
decoder = [[0.90, 0.05, 0.05], [0.90, 0.05, 0.05]]  # p(x|z): the same for both z
encoder = [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]  # q(z|x): the prior, whatever x is
p = Joint.from_model(prior, decoder)

datasets = {
    "like the decoder": [0.90, 0.05, 0.05],
    "another": [0.05, 0.90, 0.05],
    "a third": [0.0, 0.0, 1.0],
}
for name, data in datasets.items():
    q = Joint.from_data(data, encoder)
    gap = kl(q.z_given_x, p.z_given_x)  # E_q(x) KL(q(z|x)||p(z|x))
    print(f"{name}: average KL(q(z|x)||p(z|x)) = {gap:z.2f}")
    print(f"{name}: KL(q(x)||p(x)) = {kl(q.x, p.x):z.2f}")
    assert abs(gap) < 1e-12, (
        f"the gap should be 0 with data {name}, not {gap:.4f}: no data enter it"
    )

print(f"KL of the joints, for the last data = {kl(q, p):.2f}")
assert kl(q, p) > 2, (
    f"the joint KL should notice the third data with over 2 nats, not {kl(q, p):.4f}"
)
