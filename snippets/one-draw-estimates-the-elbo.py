"""For the trained model, one draw of z an image estimates the ELBO without bias, and without log p(x).

Kind: experiment
Break it: z = q.at(noise) -> z = q.mean.expand_as(noise)
"""

import torch

from lowerbound import digits, elbo, kl_each, trained_digits

vae = trained_digits()
x = digits().held_out[:50]
q = vae.encode(x)  # the encoder's answer, one normal per image
exact = elbo(vae, q, x).mean()  # E_q[log p(x|z)] by quadrature
print(f"ELBO, exact = {exact:.2f}")

draws = 400
errors = []
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(draws, *q.mean.shape, generator=generator, dtype=torch.float64)
    z = q.at(noise)  # mean + std * noise
    # What training code computes: the decoder at one z, minus a formula of mean and std.
    one_draw = vae.log_likelihood(x, z) - kl_each(q, vae.prior)
    estimates = one_draw.mean(1)  # average over the images, one number per draw
    standard_error = estimates.std() / draws**0.5
    errors.append(((estimates.mean() - exact) / standard_error).item())
    print(
        f"seed {seed}: estimate {estimates.mean():.2f}, standard error {standard_error:.3f}"
    )

print(f"standard deviation for one image = {one_draw.std(0).mean():.1f}")
print(f"all within 4 standard errors = {max(map(abs, errors)) < 4}")
assert max(map(abs, errors)) < 4, (
    f"the mean of many draws should be the ELBO, {exact:.2f}, not {estimates.mean():.2f}"
)
assert standard_error < 0.02 * abs(exact), (
    f"the standard error should be under 2 % of {exact:.2f}, not {standard_error:.3f}"
)
