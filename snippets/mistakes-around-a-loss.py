"""Networks and data spoil a right loss in eight ways; each is found by its check, and the unspoilt VAE passes.

Kind: computation
Break it: encode(255 * x) -> encode(1 * x)
Fold: encode, loss, said
"""

from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from lowerbound import digits, trained_digits
from lowerbound.diagnose import AnyVAE, diagnose

vae, x, grey = trained_digits(), digits().held_out, digits(binary=False).held_out / 16
dropout, batch_norm = nn.Dropout(0.2), nn.BatchNorm1d(64).double()  # in training mode


def encode(x):
    q = vae.encode(x)
    return q.mean, 2 * q.log_std  # mu, logvar


def loss(d, x, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (bce(d, x, reduction="none").sum(1) + kl).mean()


said = {"network": nn.ModuleList([vae.eval(), dropout, batch_norm]), "loss": loss}
said |= {"spread": "logvar", "likelihood": "bernoulli-logits"}
said |= {"encode": encode, "decode": vae.decode}
blank = {"encode": lambda x: encode(0 * x)}
deaf = {"decode": lambda z: vae.decode(0 * z)}
ways = {  # what is changed, the images, and the check that should object
    "nothing": ({}, x, None),
    "dropout left on": ({"encode": lambda x: encode(dropout(x))}, x, "eval mode"),
    "batch norm left on": ({"encode": lambda x: encode(batch_norm(x))}, x, "eval mode"),
    "bytes": ({"encode": lambda x: encode(255 * x)}, x, "widths far from overflow"),
    "log of a width below 0": ({"spread": "std"}, x, "numbers are finite"),
    "grey images, BCE": ({}, grey, "likelihood fits the data"),
    "x is lost": (blank, x, "encoder listens to x"),
    "z is lost": (deaf, x, "decoder listens to z"),
    "collapse": (blank | deaf, x, "latent numbers in use"),
}
for name, (change, images, check) in ways.items():
    report = diagnose(AnyVAE(**said | change), images, images=1, draws=20)
    print(f"{name} -> {check or 'ok'}")
    found = [check] if check else []
    assert list(report.wrong) == found, f"{name}: expected {found}, got {report.wrong}"

assert len(ways) == 9, f"expected a sound VAE and eight others, got {len(ways)}"
