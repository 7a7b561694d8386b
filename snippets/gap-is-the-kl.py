"""For any encoder, log p(x) minus the ELBO is exactly KL(q(z|x)‖p(z|x)).

Kind: identity
Break it: p.z_given_x.log_prob -> p.z.log_prob
Fold: random_table
"""

import torch

from lowerbound import Joint

generator = torch.Generator().manual_seed(0)


def random_table(rows: int, columns: int) -> torch.Tensor:
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


images, codes, errors = 5, 3, []
for _ in range(100):
    prior, decoder = random_table(1, codes)[0], random_table(codes, images)
    p = Joint.from_model(prior, decoder)
    q = random_table(images, codes)  # q(z|x): one row per x, drawn without a look at p
    elbo = (q * (p.log_prob - q.log())).sum(1)  # E_q[log p(x,z) - log q(z|x)]
    kl = (q * (q.log() - p.z_given_x.log_prob)).sum(1)  # E_q[log q(z|x) - log p(z|x)]
    log_evidence = p.x.log_prob  # log p(x)
    errors.append((log_evidence - elbo - kl).abs().max().item())

print("The last of 100 models, and the first of its x:")
print(f"log p(x) = {log_evidence[0]:.4f}")
print(f"ELBO = {elbo[0]:.4f}")
print(f"KL(q(z|x)||p(z|x)) = {kl[0]:.4f}")
print(f"largest error over {100 * images} cases < 1e-12 = {max(errors) < 1e-12}")
assert max(errors) < 1e-12, (
    f"log p(x) - ELBO should be the KL each time, and is up to {max(errors):.2f} off"
)
