"""A softmax of log q(z|x) says which images z may have come from, and drawn codes come from them as often.

Kind: experiment
Break it: log_q.softmax(1) -> log_q.exp()
Fold: drawn
"""

import torch

from lowerbound import digits, trained_digits

images = digits().train  # the data q(x): 1,437 images, each as likely as any other
q = trained_digits().encode(images)  # q(z|x), one normal for each of them

draws = 2000


def drawn(seed):
    """Images of the data, and a code from the encoder's answer to each."""
    g = torch.Generator().manual_seed(seed)
    source = torch.randint(len(images), (draws,), generator=g)
    noise = torch.randn(draws, 2, generator=g, dtype=torch.float64)
    return source, q.mean[source] + q.log_std[source].exp() * noise


promises, shares, errors = [], [], []
for seed in range(5):
    source, z = drawn(seed)
    log_q = q.log_prob(z[:, None, :])  # log q(z|x) of every z with every image
    x_given_z = log_q.softmax(1)  # q(x|z), by Bayes' rule
    guess = x_given_z.topk(50).indices  # for each z its 50 likeliest sources
    promises.append(x_given_z.gather(1, guess).sum(1).mean())
    kept = (guess == source[:, None]).any(1).double()
    shares.append(kept.mean())
    standard_error = kept.std() / draws**0.5
    errors.append((shares[-1] - promises[-1]).abs() / standard_error)

print(f"promised = {min(promises):.0%} to {max(promises):.0%}")
print(f"kept = {min(shares):.0%} to {max(shares):.0%}")
print(f"promised by a blind guess = {50 / len(images):.1%}")
print(f"all within 4 standard errors = {max(errors) < 4}")
off, unsure = max(errors), standard_error / shares[-1]
assert off < 4, f"promises should be kept within 4 standard errors, not {off:.0f}"
assert unsure < 0.02, (
    f"a standard error of 2 % is enough to judge by, {unsure:.0%} is not"
)
