"""For a beta of 1 or more, minus the loss of a beta-VAE is a bound on log p(x); below 1 it may lie above.

Kind: computation
Break it: beta * rate -> rate / beta
"""

from lowerbound import Grid, digits, kl_each, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out
q = vae.encode(x)
log_evidence = Grid(vae).log_evidence(x)  # log p(x), by adding up over z
rate, distortion = kl_each(q, vae.prior), -reconstruction(vae, q, x)
print(f"average log p(x) = {log_evidence.mean():.2f}")

room = {}  # log p(x) less minus the loss: for a bound never below 0
for beta in (0.5, 1, 4):
    minus_loss = -(distortion + beta * rate)
    room[beta] = log_evidence - minus_loss
    print(f"beta {beta:g}, average of minus the loss = {minus_loss.mean():.2f}")
    print(f"beta {beta:g}, images with it above log p(x) = {(room[beta] < 0).sum()}")

print(f"images = {len(x)}")
assert (room[1] > 0).all(), (
    f"beta 1: no image should lie above log p(x), {(room[1] <= 0).sum()} do"
)
# a bound, and a looser one
assert (room[4] >= room[1]).all(), (
    f"beta 4 should be looser for every image, for {(room[4] < room[1]).sum()} it is not"
)
assert (room[0.5] < 0).any(), (
    f"beta 0.5 should lie above log p(x) somewhere, its least room is {room[0.5].min():.2f}"
)
