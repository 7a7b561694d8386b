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

other_data = (q_blind.x.prob - q_keen.x.prob).abs().max()
told = (q_blind.x_given_z.prob - q_blind.x.prob).abs().max()
first = q_keen.x_given_z.prob[0, 0]
assert other_data < 1e-12, f"the data should be the same, not {other_data:.2f} apart"
assert told < 1e-12, (
    f"a blind code should leave q(x|z) = q(x), not change it by {told:.2f}"
)
assert abs(first - 1) < 1e-12, (
    f"z = 0 should surely be the first image, not with probability {first:.2f}"
)
