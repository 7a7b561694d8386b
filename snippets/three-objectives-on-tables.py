"""Trained alone, each conditional comparison reaches 0 and leaves the marginals apart; the joint KL fits all.

Kind: experiment
Break it: [0, 1] -> [1]
Fold: parts, train, span
"""

import torch


def parts(data, prior, encoder, decoder):
    """For each start, the KL of: the x marginals, z given x, the z marginals, x given z; and I(x;z)."""
    q = data.log()[:, None] + encoder.log_softmax(2)  # q(x) q(z|x)
    p = prior.log() + decoder.log_softmax(2).mT  # p(z) p(x|z)
    apart = q.logsumexp(2, True) + q.logsumexp(1, True)  # q(x) q(z), for I(x;z)
    pairs = [(q, p), (q, apart), *[(q.logsumexp(n), p.logsumexp(n)) for n in (2, 1)]]
    joint, told, x, z = [(a.exp() * (a - b)).flatten(1).sum(1) for a, b in pairs]
    return torch.stack([x, joint - x, z, joint - z, told])


def train(trained, X, Z):
    """All parts before and after training both tables, from six starts."""
    g, f64 = torch.Generator().manual_seed(0), torch.float64
    tables = [2 * torch.randn(6, *s, generator=g, dtype=f64) for s in ((X, Z), (Z, X))]
    data, prior = [torch.arange(n, 0, -1, dtype=f64) * 2 / (n * n + n) for n in (X, Z)]
    optimizer = torch.optim.Adam([t.requires_grad_() for t in tables], lr=0.1)
    measured = []
    for _ in range(300):
        measured.append(parts(data, prior, *tables))
        optimizer.zero_grad()
        measured[-1][trained].sum().backward()
        optimizer.step()
    return torch.stack([measured[0], measured[-1]]).detach()


def span(values):
    return f"{values.min():.2f} to {values.max():.2f}"


objectives = {"the joints": [0, 1], "q(z|x), p(z|x)": [1], "q(x|z), p(x|z)": [3]}
runs = [torch.cat([train(o, 6, 4), train(o, 4, 6)], 2) for o in objectives.values()]
(before, joint), (_, gap), (_, compared) = runs
print(f"trained on q(z|x), p(z|x): KL(q(x)||p(x)) = {span(gap[0])}")
print(f"trained on q(z|x), p(z|x): runs away from the data = {(gap > before)[0].sum()}")
print(f"trained on q(x|z), p(x|z): KL(q(x)||p(x)) = {span(compared[0])}")
print(f"trained on q(x|z), p(x|z): KL(q(z)||p(z)) = {span(compared[2])}")
print(f"trained on q(x|z), p(x|z): I(x;z) = {span(compared[4])}")

left = [joint[:4].max(), gap[1].max(), compared[3].max()]
apart = min(gap[0].min(), compared[2].min())
follows = min((gap[0] - gap[2]).min(), (compared[2] - compared[0]).min())
assert max(left) < 5e-4, (
    f"each part that was trained for should end near 0; one ends at {max(left):.2f} nats"
)
assert apart > 5e-3, (
    f"trained alone, either should leave its partner above 0, not at {apart:.3f}"
)
assert follows > 0, (
    f"its partner should stay the larger marginal, not {-follows:.3f} nats below"
)
