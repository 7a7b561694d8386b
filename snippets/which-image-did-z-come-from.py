"""A softmax of log q(z|x) says how probably z came from each image; its top 50 hold it as often as promised.

Kind: experiment
Break it: log_q.softmax(1) -> log_q.exp()
"""

import torch

from lowerbound import digits, trained_digits

images = digits().train  # the data q(x): 1,437 images, each as likely as any other
q = trained_digits().encode(images)  # q(z|x), one normal for each of them

draws = 2000
errors = []
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    source = torch.randint(len(images), (draws,), generator=generator)  # x of the data
    noise = torch.randn(draws, 2, generator=generator, dtype=torch.float64)
    z = q.mean[source] + q.log_std[source].exp() * noise  # z from q(z|x)
    log_q = q.log_prob(z[:, None, :])  # log q(z|x) of every z with every image
    x_given_z = log_q.softmax(1)  # q(x|z), by Bayes' rule
    guess = x_given_z.topk(50).indices  # for each z its 50 likeliest sources
    promised = x_given_z.gather(1, guess).sum(1).mean()
    kept = (guess == source[:, None]).any(1).double()
    standard_error = kept.std() / draws**0.5
    errors.append(((kept.mean() - promised) / standard_error).item())
    print(f"seed {seed}, promised = {promised:.0%}")
    print(f"seed {seed}, kept = {kept.mean():.0%}")

print(f"promised by a blind guess = {50 / len(images):.1%}")
print(f"all within 4 standard errors = {max(map(abs, errors)) < 4}")
assert max(map(abs, errors)) < 4
assert standard_error < 0.02 * kept.mean()
