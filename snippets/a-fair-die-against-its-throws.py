"""A fair die is some nats away from a file of six of its throws, and less from a longer file.

Kind: computation
Break it: files = torch.cartesian_prod(*[torch.arange(6)] * 6) -> files = torch.cartesian_prod(*[torch.arange(6)] * 5)
"""

import torch

# All files of six throws, one as probable as another; q(x) is a row for each file.
files = torch.cartesian_prod(*[torch.arange(6)] * 6)
shares = torch.nn.functional.one_hot(files).double().mean(1)
away = torch.xlogy(shares, 6 * shares).sum(1)  # KL(q(x)||p(x)), where p(x) = 1/6
print(f"six throws, average KL = {away.mean():.2f}")
none_missing = (shares > 0).all(1).double().mean()
print(f"share of files of six throws with all six faces = {none_missing:.3f}")

# The same average face by face, for files of any length: each face comes k times.
average = {}
for throws in (6, 60, 600):
    k = torch.arange(throws + 1, dtype=torch.float64)
    chance = torch.distributions.Binomial(throws, torch.tensor(1 / 6, dtype=k.dtype))
    average[throws] = 6 * (
        chance.log_prob(k).exp() @ torch.xlogy(k / throws, 6 * k / throws)
    )
    print(f"{throws} throws, average KL by faces = {average[throws]:.3f}")

for before, after in ((6, 60), (60, 600)):
    less, more = average[after], average[before]
    assert less < more / 5, (
        f"a file ten times as long should leave under a fifth of {more:.3f} nats, not {less:.3f}"
    )

apart = (average[6] - away.mean()).abs()
assert apart < 1e-9, f"both ways should agree, and are {apart:.3f} nats apart"
