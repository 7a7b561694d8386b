"""On digits, training only the encoder leaves log p(x) alone, and training only the decoder can ruin it.

Kind: experiment
Break it: vae.decoder.requires_grad_(part == "decoder") -> vae.decoder.requires_grad_(True)
"""

from lowerbound import digits, digits_vae, fit, measure, trained_digits

data = digits()
x = data.held_out[:25]  # digits held out from training

changes = {"encoder": [], "decoder": []}
for seed in range(1, 6):
    for part, found in changes.items():
        vae = trained_digits()  # a good decoder, and
        vae.encoder = digits_vae(seed=seed).encoder.double()  # an untrained encoder
        vae.encoder.requires_grad_(part == "encoder")
        vae.decoder.requires_grad_(part == "decoder")
        before = measure(vae, x, exact=True)
        fit(vae, data.train, epochs=2, seed=seed, progress=False)
        after = measure(vae, x, exact=True)
        rise = after.elbo - before.elbo, after.log_evidence - before.log_evidence
        found.append(rise)

for part, found in changes.items():
    elbo, evidence = zip(*found, strict=True)
    print(f"{part}, smallest change of the ELBO = {min(elbo):+.0f}")
    print(f"{part}, largest change of the ELBO = {max(elbo):+.0f}")
    print(f"{part}, smallest change of log p(x) = {min(evidence):+z.1f}")
    print(f"{part}, largest change of log p(x) = {max(evidence):+z.1f}")

for part, found in changes.items():
    for elbo, evidence in found:
        assert elbo > 5, f"{part}: the ELBO should rise by over 5 nats, not {elbo:.1f}"
        fits = evidence == 0 if part == "encoder" else evidence < -1
        assert fits, (
            f"log p(x) should stay (encoder) or fall by over 1 nat (decoder); {part}: {evidence:+.1f}"
        )
