"""The loss moves the encoder as KL(q(z|x)||p(z|x)) alone does, and the decoder as KL(q(x|z)||p(x|z)) does.

Kind: identity
Break it: images = kl(q.x_given_z, p.x_given_z) -> images = kl(q.z_given_x, p.z_given_x)
Fold: generator, scores
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
    codes = kl(q.z_given_x, p.z_given_x)  # the gap
    images = kl(q.x_given_z, p.x_given_z)  # your comparison
    of_loss, of_codes, of_images = (
        torch.autograd.grad(value, (encoder, decoder), retain_graph=True)
        for value in (loss, codes, images)
    )
    apart = of_loss[0] - of_codes[0], of_loss[1] - of_images[1]  # encoder, decoder
    swapped = of_loss[0] - of_images[0], of_loss[1] - of_codes[1]
    errors.append(max(difference.abs().max().item() for difference in apart))
    crossed.append([difference.abs().max().item() for difference in swapped])

print(f"each gradient is its comparison's, error < 1e-12 = {max(errors) < 1e-12}")
encoders, decoders = zip(*crossed, strict=True)
print(f"encoder: loss and KL(q(x|z)||p(x|z)), at least = {min(encoders):.3f} apart")
print(f"decoder: loss and KL(q(z|x)||p(z|x)), at least = {min(decoders):.3f} apart")
assert max(errors) < 1e-12, (
    f"each network should have its comparison's gradient, not one {max(errors):.2f} off"
)
assert min(encoders + decoders) > 1e-6, (  # far more than what counts as equal
    f"crossed over, gradients should differ, not by {min(encoders + decoders):.1e} only"
)
