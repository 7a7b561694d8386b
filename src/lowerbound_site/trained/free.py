"""Train again two runs that had no encoder, and keep their decoders: `python -m lowerbound_site train`.

They are runs of the experiment on posteriors in training, which keeps no decoder: one smooth, one that can wind. A page
fetches them, so they are rounded as the walks are, the second layer to sixths. Beside each stand draws from p(z|x) of
one held-out digit: the places that could have made it.
"""

import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from lowerbound import VAE, Grid, digits, digits_vae
from lowerbound.likelihoods import log_likelihood_table
from lowerbound.models import recorded
from lowerbound_site.trained import experiments, walks
from lowerbound_site.trained.model import LIBRARY, fingerprint, recorded_fingerprint

RECORD = LIBRARY / "trained" / "without-encoder.safetensors"
KINDS = {"smooth": True, "winding": False}
SEED = 0
DIGIT = 1  # of those held out
DRAWS = 60
STEP = 1 / 6  # of the second layer's weights


def runs(kind: str) -> list[dict[str, Any]]:
    """The recorded rows of the five runs of a kind, in the order of their seeds."""
    way = {"smooth": KINDS[kind], "proposal": "prior"}
    rows = [row for row in recorded("posteriors-in-training") if way.items() <= row.items()]
    return sorted(rows, key=lambda row: row["seed"])


def trained(kind: str) -> VAE:
    """The run that is kept. Its steps are those of `experiments.posteriors_in_training` for this one way."""
    x, draws = digits().train, runs(kind)[SEED]["draws"]
    vae = (digits_vae(seed=SEED) if KINDS[kind] else experiments.rough_vae(SEED)).double()
    generator = torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.Adam(vae.parameters(), lr=5e-3, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, experiments.EPOCHS_WITHOUT)
    for _ in range(experiments.EPOCHS_WITHOUT):
        for batch in torch.randperm(len(x), generator=generator).split(64):
            z = torch.randn(draws, vae.prior.dim, generator=generator, dtype=torch.float64)
            table = log_likelihood_table(vae.likelihood, x[batch], vae.decode(z))
            value = math.log(draws) - table.logsumexp(1).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        schedule.step()
    return vae.requires_grad_(False)


def tensors(kind: str) -> dict[str, Tensor]:
    """A decoder, its second layer in steps of STEP; and draws from p(z|x) of the digit."""
    vae, data = trained(kind), digits()
    path = "".join(experiments.continuity_of(vae, False, data.train, data.held_out)["path"])
    differing = sum(one != other for one, other in zip(path, "".join(runs(kind)[SEED]["path"]), strict=True))
    if differing > len(path) / 100:  # another processor may round a few of them otherwise
        raise RuntimeError(f"without an encoder, {kind}: the run came out otherwise than it was recorded")
    weights = vae.decoder.state_dict()
    kept = {"weight1": weights["0.weight"].half(), "bias1": weights["0.bias"].half()}
    axis = torch.linspace(-walks.LIMIT, walks.LIMIT, 61).double()
    sums = torch.cartesian_prod(axis, axis) @ kept["weight1"].double().T + kept["bias1"].double()
    hidden = sums * sums.sigmoid() if KINDS[kind] else sums.sin()
    kept["weight2"] = walks.rounded(weights["2.weight"] / STEP, hidden).to(torch.int8)
    kept["bias2"] = weights["2.bias"].half()
    return kept | {"codes": places(kept, kind).half()}


def model(kept: dict[str, Tensor], kind: str) -> VAE:
    """The model with a decoder as it is kept."""
    vae = (digits_vae() if KINDS[kind] else experiments.rough_vae(0)).double().requires_grad_(False)
    weight1, bias1, weight2, bias2 = (kept[name].double() for name in ("weight1", "bias1", "weight2", "bias2"))
    names = ("0.weight", "0.bias", "2.weight", "2.bias")
    vae.decoder.load_state_dict(dict(zip(names, (weight1, bias1, STEP * weight2, bias2), strict=True)))
    return vae


def places(kept: dict[str, Tensor], kind: str) -> Tensor:
    """Draws from p(z|x) of the digit, on a grid as fine as the experiment's."""
    posterior = Grid(model(kept, kind), points=400, limit=5.5, refine=False).posterior(digits().held_out[[DIGIT]])
    drawn = torch.multinomial(posterior.mass[0], DRAWS, True, generator=torch.Generator().manual_seed(SEED))
    return posterior.grid.z[drawn]


def wanted() -> str:
    """The fingerprint of all that decides the record."""
    return "".join(fingerprint(Path(code)) for code in (__file__, walks.__file__, experiments.__file__))


def main() -> None:
    """Train and write, unless the record is up to date."""
    if recorded_fingerprint(RECORD) == wanted():
        print(f"{RECORD.name} is up to date")
        return
    torch.set_num_threads(1)
    both = {f"{kind}.{name}": tensor for kind in KINDS for name, tensor in tensors(kind).items()}
    save_file(both, str(RECORD), {"fingerprint": wanted()})
    print(f"{RECORD.name} recorded")
