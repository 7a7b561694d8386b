"""One loss, two comparisons: its gradient moves the encoder by the gap's, the decoder by yours.

Kind: identity
Break it: yours = kl(q.x_given_z, p.x_given_z) -> yours = kl(q.z_given_x, p.z_given_x)
"""

import torch

from lowerbound import Joint, elbo, kl

generator = torch.Generator().manual_seed(0)


def scores(*shape):
    """Random numbers to be trained; softmax makes probabilities of them."""
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


errors, crossed = [], []
for _ in range(100):
    encoder, decoder = scores(6, 4), scores(4, 6)
    data, prior = scores(6).detach().softmax(0), scores(4).detach().softmax(0)
    q = Joint.from_data(data, encoder.softmax(1))
    p = Joint.from_model(prior, decoder.softmax(1))
    loss = -(q.x.prob * elbo(p, q.z_given_x)).sum()
    gap = kl(q.z_given_x, p.z_given_x)
    yours = kl(q.x_given_z, p.x_given_z)
    of_loss, of_gap, of_yours = (
        torch.autograd.grad(value, (encoder, decoder), retain_graph=True)
        for value in (loss, gap, yours)
    )
    apart = of_loss[0] - of_gap[0], of_loss[1] - of_yours[1]  # encoder, decoder
    swapped = of_loss[0] - of_yours[0], of_loss[1] - of_gap[1]
    errors.append(max(difference.abs().max().item() for difference in apart))
    crossed.append([difference.abs().max().item() for difference in swapped])

print(
    f"encoder: loss and gap, decoder: loss and yours, < 1e-12 apart = {max(errors) < 1e-12}"
)
encoders, decoders = zip(*crossed, strict=True)
print(f"encoder: loss and yours, at least = {min(encoders):.3f} apart")
print(f"decoder: loss and gap, at least = {min(decoders):.3f} apart")
assert max(errors) < 1e-12
assert min(encoders + decoders) > 0.01
