"""KL(q(x|z)||p(x|z)) is the reconstruction loss plus what z tells about x, less a constant: no prior is in it.

Kind: identity
Break it: mutual_information(q) - entropy(q.x) -> kl(q.z_given_x, p.z) - entropy(q.x)
Fold: generator, random_table
"""

import torch

from lowerbound import Joint, entropy, kl, mutual_information, reconstruction

generator = torch.Generator().manual_seed(0)


def random_table(rows, columns):
    """Random probabilities, each row adding up to 1."""
    weights = torch.rand(rows, columns, generator=generator, dtype=torch.float64)
    return weights / weights.sum(1, keepdim=True)


def compare(encoder, prior):
    """Your comparison; the reconstruction loss; the rest."""
    q, p = Joint.from_data(data, encoder), Joint.from_model(prior, decoder)
    cross_entropy = -(q.x.prob * reconstruction(p, q.z_given_x)).sum()  # E[-log p(x|z)]
    rest = mutual_information(q) - entropy(q.x)  # I(x;z) - H(q(x))
    return kl(q.x_given_z, p.x_given_z), cross_entropy, rest


data, decoder = random_table(1, 4)[0], random_table(4, 4)
blurred, sharp = random_table(4, 4), torch.eye(4, dtype=torch.float64)[[2, 0, 3, 1]]
for name, encoder in {"blurred": blurred, "sharp": sharp}.items():
    for _ in range(20):  # any prior will do: none is asked for
        compared, loss, rest = compare(encoder, prior=random_table(1, 4)[0])
        off = compared - loss - rest
        assert abs(off) < 1e-12, (
            f"{compared:.4f} nats should be {loss:.4f} + {rest:.4f}, not {off:.4f} off"
        )
    print(f"{name} encoder: KL(q(x|z)||p(x|z)) = {compared:.4f}")
    print(f"{name} encoder: reconstruction loss = {loss:.4f}")
    print(f"{name} encoder: I(x;z) - H(q(x)) = {rest:z.4f}")

# Sharp: z tells which x it was. What is left is the loss of the plain autoencoder.
assert abs(rest) < 1e-12, f"sharp: expected I(x;z) = H(q(x)), not {rest:.2f} nats off"
