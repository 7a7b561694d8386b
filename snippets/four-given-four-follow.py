"""Four distributions are given; the other four follow from them by adding up and dividing.

Kind: identity
Break it: joint_q / q_z -> joint_q / p_z
"""

import torch

from lowerbound import Joint

prior = torch.tensor([0.5, 0.5], dtype=torch.float64)  # p(z), chosen
decoder = torch.tensor(
    [[0.8, 0.1, 0.1], [0.1, 0.3, 0.6]], dtype=torch.float64
)  # p(x|z)
data = torch.tensor([0.4, 0.3, 0.3], dtype=torch.float64)  # q(x), the data
encoder = torch.tensor(
    [[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]], dtype=torch.float64
)  # q(z|x)

joint_p = (prior[:, None] * decoder).T  # p(x,z), x along the rows
joint_q = data[:, None] * encoder  # q(x,z)
p_x, q_z, p_z = joint_p.sum(1), joint_q.sum(0), prior
p_z_given_x = joint_p / p_x[:, None]  # the true posterior
q_x_given_z = (joint_q / q_z).T  # which image did this code come from?

p, q = Joint.from_model(prior, decoder), Joint.from_data(data, encoder)
print(f"p(x) = {[f'{v:.3f}' for v in p.x.prob]}")
print(f"q(z) = {[f'{v:.3f}' for v in q.z.prob]}")
print(f"p(z|first x) = {[f'{v:.3f}' for v in p.z_given_x.prob[0]]}")
print(f"q(x|first z) = {[f'{v:.3f}' for v in q.x_given_z.prob[0]]}")
assert torch.allclose(p.x.prob, p_x, atol=1e-15), (
    f"p(x) of the first image should be {p.x.prob[0]:.3f}, not {p_x[0]:.3f} as by hand"
)
assert torch.allclose(q.z.prob, q_z, atol=1e-15), (
    f"q(z) of the first code should be {q.z.prob[0]:.3f}, not {q_z[0]:.3f} as by hand"
)
assert torch.allclose(p.z_given_x.prob, p_z_given_x, atol=1e-15), (
    f"p(first z|first x) should be {p.z_given_x.prob[0, 0]:.3f}, not {p_z_given_x[0, 0]:.3f} as by hand"
)
assert torch.allclose(q.x_given_z.prob, q_x_given_z, atol=1e-15), (
    f"q(first x|first z) should be {q.x_given_z.prob[0, 0]:.3f}, not {q_x_given_z[0, 0]:.3f} as by hand"
)
