"""On digits, training only the encoder leaves log p(x) alone, and training only the decoder can ruin it.

Kind: experiment
Break it: vae.decoder.requires_grad_(part == "decoder") -> vae.decoder.requires_grad_(True)
Figure: Two panels over training epochs, in nats an image. On the left, where only the encoder is trained, the
    blue line of log p(x) is flat and the dashed orange ELBO climbs towards it. On the right, where only the
    decoder is trained, the ELBO climbs as well, but log p(x) falls to meet it.
"""

from lowerbound import digits, digits_vae, fit, measure, trained_digits
from lowerbound.plots import subplots, training_curves

data = digits()
x = data.held_out[:25]  # digits held out from training

changes = {"encoder": [], "decoder": []}
figure, axes = subplots(ncols=2, figsize=(7.6, 3.4), sharey=True)
for seed in range(1, 6):
    for part, ax in zip(changes, axes, strict=True):
        vae = trained_digits()  # a good decoder, and
        vae.encoder = digits_vae(seed=seed).encoder.double()  # an untrained encoder
        vae.encoder.requires_grad_(part == "encoder")
        vae.decoder.requires_grad_(part == "decoder")
        before = measure(vae, x, 0, "x", exact=True)
        settings = {"watch": {"x": x}, "exact": True, "progress": False}
        every = 1 if seed == 1 else 2  # the first is drawn
        history = fit(vae, data.train, epochs=2, seed=seed, every=every, **settings)
        history.rows.insert(0, before)
        after = history.rows[-1]
        changes[part].append(
            (after.elbo - before.elbo, after.log_evidence - before.log_evidence)
        )
        if seed == 1:
            training_curves(ax, history, "x").set_title(f"training only the {part}")
            ax.set_xticks(range(3))

figure.savefig("encoder-steps-and-decoder-steps-digits.svg")

for part, (elbo, evidence) in {
    k: zip(*v, strict=True) for k, v in changes.items()
}.items():
    print(f"{part}, smallest change of the ELBO = {min(elbo):+.0f}")
    print(f"{part}, largest change of the ELBO = {max(elbo):+.0f}")
    print(f"{part}, smallest change of log p(x) = {min(evidence):+z.1f}")
    print(f"{part}, largest change of log p(x) = {max(evidence):+z.1f}")

assert all(elbo > 5 for part in changes.values() for elbo, _ in part)
assert all(evidence == 0 for _, evidence in changes["encoder"])
assert all(evidence < -1 for _, evidence in changes["decoder"])
