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

by_hand = {"p(x)": p_x, "q(z)": q_z, "p(z|x)": p_z_given_x, "q(x|z)": q_x_given_z}
found = [p.x, q.z, p.z_given_x, q.x_given_z]
for (name, expected), by_library in zip(by_hand.items(), found, strict=True):
    off = (by_library.prob - expected).abs().max()
    assert off < 1e-12, (
        f"{name} by hand and by library should agree, not differ by {off:.3f}"
    )
