"""With one code for each x, a batch keeps its whole KL; one latent for all x takes the share batch / data set.

Kind: identity
Break it: "one code for each x": 1.0 -> "one code for each x": B / N
"""

import torch

from lowerbound import Gaussian, GaussianJoint, LinearGaussian, elbo, kl_each
from lowerbound import reconstruction as score

N, B = 12, 3  # the data set has N numbers, a batch B
x = torch.randn(N, 1, generator=torch.Generator().manual_seed(0)).double()
prior = Gaussian([0.0], 1.0)
one = GaussianJoint.from_model(prior, LinearGaussian([[1.0]], [0.0], 0.5))
together = GaussianJoint.from_model(prior, LinearGaussian([[1.0]] * N, [0.0] * N, 0.5))

each = LinearGaussian([[0.4]], [0.1], 0.3)  # q(z|x): a z for each x
shared = LinearGaussian([[0.05] * N], [0.1], 0.1)  # q(z|all x): one z
z = shared.at(x[:, 0])
same = LinearGaussian([[0.0]], z.mean, z.cov)  # the same answer, whichever x is asked

whole = {
    "one code for each x": elbo(one, each, x).sum(),
    "one latent for all": elbo(together, shared, x.T).sum(),
}
kl_share = {"one code for each x": 1.0, "one latent for all": B / N}
estimates = {name: [] for name in whole}
for batch in x.split(B):
    for name, q in {"one code for each x": each, "one latent for all": same}.items():
        rate = kl_each(q, prior, batch)
        rate = rate.sum() if q is each else rate[0]  # one KL for each z
        loss = kl_share[name] * rate - score(one, q, batch).sum()
        estimates[name].append(-N / B * loss)

for name, values in estimates.items():
    average = sum(values) / len(values)
    print(f"{name}, ELBO of the data set = {whole[name]:.4f}")
    print(f"{name}, average of the batches = {average:.4f}")
    assert abs(average - whole[name]) < 1e-12, (
        f"{name}: the batches should average {whole[name]:.2f}, not {average:.2f}"
    )
