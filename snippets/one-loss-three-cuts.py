"""On digits one average loss is cut three ways: as computed, with the gap, and with q(x|z) against p(x|z).

Kind: computation
Break it: kl(together.z, vae.prior) -> kl(q, vae.prior).mean()
"""

import math

import torch

from lowerbound import (
    EncoderJoint,
    Grid,
    digits,
    elbo,
    kl,
    kl_each,
    reconstruction,
    trained_digits,
)

vae = trained_digits()
x = digits().held_out.unique(dim=0)  # q(x): each image equally likely
q, grid = vae.encode(x), Grid(vae)
loss = -elbo(vae, q, x).mean()

cost = -reconstruction(vae, q, x).mean()
computed = {
    "reconstruction cost": cost,
    "KL to the prior": kl_each(q, vae.prior).mean(),
}

evidence, gap = grid.log_evidence(x).mean(), grid.gap(q, x).mean()
by_image = {"-log p(x)": -evidence, "gap": gap}

together = EncoderJoint(q)
q_x = together.x_given_z(grid.z)  # which image did each z come from?
doubt = torch.special.entr(q_x).sum(1)  # the entropy of q(x|z), for each z
q_z = together.z.log_prob(grid.z).exp() * grid.spacing**2
by_code = {
    "entropy of the data": torch.tensor(math.log(len(x))),
    "KL(q(z)||p(z))": kl(together.z, vae.prior),
    "KL(q(x|z)||p(x|z))": cost - (q_z * doubt).sum(),
}

print(f"images = {len(x)}\nloss = {loss:.2f}")
for cut in computed, by_image, by_code:
    for piece, nats in cut.items():
        print(f"{piece} = {nats:.2f}")
    apart = abs(sum(cut.values()) - loss)
    assert apart < 1e-5, (
        f"{' + '.join(cut)} should be the loss, {loss:.2f} nats, and is {apart:.2g} off"
    )
