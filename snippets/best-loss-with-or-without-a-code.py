"""Two models reach the best loss there is, both with gap 0: one reconstructs perfectly, the other not at all.

Kind: computation
Break it: decoders = {"copies": torch.eye(4) -> decoders = {"copies": torch.full((4, 4), 0.25)
"""

import torch

from lowerbound import Joint, elbo, entropy, kl, mutual_information, reconstruction

data = torch.tensor([0.4, 0.3, 0.2, 0.1])  # q(x), and here also the prior p(z)
decoders = {"copies": torch.eye(4), "ignores z": data.expand(4, 4)}  # p(x|z)
encoders = {"copies": torch.eye(4), "ignores z": data.expand(4, 4)}  # q(z|x)

quality, rate, told = {}, {}, {}
for name in decoders:
    p = Joint.from_model(prior=data, likelihood=decoders[name])
    q = Joint.from_data(data=data, encoder=encoders[name])
    gap = kl(q.z_given_x, p.z_given_x)
    loss = -(q.x.prob @ elbo(p, q.z_given_x))
    quality[name] = q.x.prob @ reconstruction(p, q.z_given_x)  # E_q[log p(x|z)]
    rate[name] = kl(q.z_given_x, p.z)  # KL(q(z|x)||p(z)), averaged
    told[name] = mutual_information(q)  # what z tells about x
    print(f"{name}, gap = {gap:z.3f}")
    print(f"{name}, loss = {loss:z.3f}")
    print(f"{name}, reconstruction = {quality[name]:z.3f}")
    print(f"{name}, KL to the prior = {rate[name]:z.3f}")
    print(f"{name}, what z tells about x = {told[name]:z.3f}")
    assert gap.abs() < 1e-12
    assert abs(loss - (rate[name] - quality[name])) < 1e-12  # minus the ELBO
    assert kl(q, p).abs() < 1e-12  # nothing is left to improve:
    assert abs(loss - entropy(q.x)) < 1e-12  # no loss can be below H(q(x))

assert quality["copies"].abs() < 1e-12  # each x with certainty
assert (told["copies"] - entropy(q.x)).abs() < 1e-12  # z tells everything
assert (quality["ignores z"] + entropy(q.x)).abs() < 1e-12  # as good as a blind guess
assert told["ignores z"].abs() < 1e-12  # z tells nothing
