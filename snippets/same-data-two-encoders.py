"""Another encoder makes another q(x|z) from the same data: if it ignores x, q(x|z) is q(x) for every z.

Kind: identity
Break it: blind = [[0.7, 0.3], [0.7, 0.3], [0.7, 0.3]] -> blind = [[0.7, 0.3], [0.3, 0.7], [0.7, 0.3]]
"""

from lowerbound import Joint

data = [0.5, 0.3, 0.2]  # q(x): three images
blind = [[0.7, 0.3], [0.7, 0.3], [0.7, 0.3]]  # q(z|x): the same for every image
keen = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]  # the first image has a code of its own

q_blind, q_keen = Joint.from_data(data, blind), Joint.from_data(data, keen)
for name, q in {"blind": q_blind, "keen": q_keen}.items():
    for z, row in enumerate(q.x_given_z.prob):
        print(f"{name}, q(x|z={z}) = {', '.join(f'{value:.2f}' for value in row)}")

assert (q_blind.x.prob - q_keen.x.prob).abs().max() < 1e-12  # the same data
assert (q_blind.x_given_z.prob - q_blind.x.prob).abs().max() < 1e-12  # z says nothing
assert abs(q_keen.x_given_z.prob[0, 0] - 1) < 1e-12  # z = 0 is surely the first image
