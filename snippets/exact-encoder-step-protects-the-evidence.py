"""After an exact encoder step, a decoder step that raises the average ELBO raises the average log p(x).

Kind: identity
Break it: old.z_given_x.prob -> random_table(5, 3)
Fold: random_table
"""

import torch

from lowerbound import Joint, elbo

generator = torch.Generator().manual_seed(0)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


margins = []
for _ in range(200):
    data = random_table(1, 5)[0]  # q(x)
    prior = random_table(1, 3)[0]
    decoder, other = random_table(3, 5), random_table(3, 5)
    old = Joint.from_model(prior, decoder)
    new = Joint.from_model(prior, 0.9 * decoder + 0.1 * other)  # a small decoder step
    q = Joint.from_data(data, old.z_given_x.prob)  # exact for the old decoder
    elbo_rise = data @ (elbo(new, q.z_given_x) - elbo(old, q.z_given_x))
    evidence_rise = data @ (new.x.log_prob - old.x.log_prob)
    if elbo_rise > 0:
        margins.append((evidence_rise - elbo_rise).item())

print("decoder steps tried = 200")
print(f"decoder steps that raised the ELBO = {len(margins)}")
print(f"log p(x) rose by at least as much in each = {min(margins) > -1e-12}")
assert len(margins) > 50, f"over 50 steps should raise the ELBO, not {len(margins)}"
assert min(margins) > -1e-12, (
    f"log p(x) should rise at least as much as the ELBO, and once falls {-min(margins):.2f} short"
)
