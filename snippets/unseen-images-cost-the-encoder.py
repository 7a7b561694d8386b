"""With the trained decoder held still, an encoder that also trains on held-out digits loses less on these.

Kind: experiment
Break it: torch.cat([train, held_out]) -> train
Fold: gap
"""

from copy import deepcopy

import torch

from lowerbound import Grid, digits, elbo, fit, trained_digits

train, held_out = digits().train, digits().held_out
vae = trained_digits()  # its decoder, and so log p(x) and p(z|x), stays as it is
x = held_out[::3]  # enough of them to measure with
evidence = Grid(vae).log_evidence(x)


def gap(model):
    return (evidence - elbo(model, model.encode(x), x)).mean().item()


lessons = {
    "the training digits": train,
    "these and the held-out": torch.cat([train, held_out]),
}
gaps = {}
for lesson, images in lessons.items():
    gaps[lesson] = []
    for seed in range(5):
        model = deepcopy(vae).float()
        model.encoder.requires_grad_(True)  # only the encoder learns
        epochs = 43200 // len(images)  # 30 or 24: as many images seen either way
        settings = dict(learning_rate=2e-3, seed=seed, progress=False)
        fit(model, images.float(), epochs=epochs, **settings)
        gaps[lesson].append(gap(model.double()))

print(f"gap before = {gap(vae):.3f}")
for lesson, five in gaps.items():
    print(f"gap after more lessons with {lesson} = {min(five):.3f} to {max(five):.3f}")

without, with_them = gaps.values()
closed = [100 - 100 * b / a for a, b in zip(without, with_them, strict=True)]
print(f"closed by the held-out digits = {min(closed):.0f} % to {max(closed):.0f} %")
assert max(with_them) < min(without), (
    f"trained on these digits too, every gap should be below {min(without):.3f} nats; one is {max(with_them):.3f}"
)
