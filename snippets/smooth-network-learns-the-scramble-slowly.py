"""A smooth network learns the shuffled decoder too, but slowly: the finer the cells, the more steps it takes.

Kind: experiment
Break it: order[cell[..., 0] * 16 + cell[..., 1]] -> cell[..., 0] * 16 + cell[..., 1]
"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.special import ndtr, ndtri

from lowerbound import mlp, trained_digits
from lowerbound.models import recorded

rows = recorded("following-the-shuffle")  # 4 x 4 and 16 x 16 cells, five seeds each
error = {}
for k in (4, 16):
    for steps in (100, 1000, 10_000):
        five = [r["error"] for r in rows if (r["cells"], r["steps"]) == (k, steps)]
        error[k, steps] = five
        print(f"K {k}, {steps} steps = {min(five):.1f} to {max(five):.1f}")

for k in (4, 16):
    for few, more in ((100, 1000), (1000, 10_000)):
        assert max(error[k, more]) < min(error[k, few]), (
            f"K {k}: {more} steps should leave under {min(error[k, few]):.1f}, not {max(error[k, more]):.1f}"
        )

for n in (100, 1000, 10_000):
    assert max(error[4, n]) < min(error[16, n]), (
        f"{n} steps: K 4 should be below all of K 16, {min(error[16, n]):.1f}, not {max(error[4, n]):.1f}"
    )


def shuffle(z, order):
    """Move each of 16 x 16 cells, which hold equal shares of the prior, to a new place."""
    u = 16 * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * 16 + cell[..., 1]]
    return ndtri((torch.stack([new // 16, new % 16], -1) + u - cell) / 16)


# one of the recorded runs again: 16 x 16 cells, 100 steps, from the first seed
generator, decoder = torch.Generator().manual_seed(0), trained_digits().decoder
order, network = torch.randperm(256, generator=generator), mlp(2, 128, 128, 64).double()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-2, fused=True)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 100)
for codes in [128] * 100 + [4000]:  # the last are for the test
    z = torch.randn(codes, 2, generator=generator, dtype=torch.float64).clamp(-4, 4)
    logits = decoder(shuffle(z, order))
    loss = cross_entropy(network(z), logits.sigmoid())
    if codes == 128:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

again = 64 * (loss - cross_entropy(logits, logits.sigmoid())).item()
print(f"K 16, 100 steps, one run again = {again:.1f}")
image = decoder(z).sigmoid()
average = image.mean(0).logit(1e-6).expand_as(image)
ignorant = 64 * (cross_entropy(average, image) - cross_entropy(decoder(z), image))
print(f"for comparison, always the average image = {ignorant:.1f}")
assert abs(again / error[16, 100][0] - 1) < 0.01, (
    f"run again, the error should be the record's {error[16, 100][0]:.1f}, not {again:.1f}"
)
