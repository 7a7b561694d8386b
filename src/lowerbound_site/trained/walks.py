"""Train again the four runs that a page walks through, and keep their decoders: `python -m lowerbound_site train`.

They are runs of the experiment on continuity: with noise, KL and a smooth decoder, and with one of the three left out.
A page has to fetch them, so the second layer's weights are rounded to sixteenths, which fit in a byte. What a weight
loses goes into those that come after it: so the pictures change much less than if each were rounded by itself.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from lowerbound.data import digits
from lowerbound.models import digits_vae, recorded
from lowerbound.training import fit
from lowerbound_site.trained import experiments
from lowerbound_site.trained.model import LIBRARY, fingerprint, recorded_fingerprint

RECORD = LIBRARY / "trained" / "walks.safetensors"
SEED = 3  # the fourth run of each kind
KINDS = {
    "nothing": (True, True, True),
    "noise": (False, True, True),
    "kl": (True, False, True),
    "smooth": (True, True, False),
}
STEP = 1 / 16
LIMIT = 4  # of the map on which the pictures should stay as they are


def run(left: str) -> dict[str, Any]:
    """The recorded row of a run."""
    way = dict(zip(("noise", "kl", "smooth"), KINDS[left], strict=True))
    return next(row for row in recorded("continuity") if way.items() <= row.items() and row["seed"] == SEED)


def tensors(left: str) -> dict[str, Tensor]:
    """A decoder, its second layer in steps of STEP; and where the encoder puts the held-out digits."""
    noise, kl, smooth = KINDS[left]
    data = digits()
    vae = (digits_vae(seed=SEED) if smooth else experiments.rough_vae(SEED)).double()
    fit(vae, data.train, epochs=experiments.EPOCHS_WITHOUT, beta=float(kl), sample=noise, seed=SEED, progress=False)
    vae.requires_grad_(False)
    path = "".join(experiments.continuity_of(vae, noise, data.train, data.held_out)["path"])
    differing = sum(one != other for one, other in zip(path, "".join(run(left)["path"]), strict=True))
    if differing > len(path) / 100:  # another processor may round a few of them otherwise
        raise RuntimeError(f"left out: {left}; the run came out otherwise than it was recorded")
    weights = vae.decoder.state_dict()
    first, second = weights["0.weight"], weights["2.weight"]
    bias1, bias2 = weights["0.bias"].half(), weights["2.bias"].half()
    axis = torch.linspace(-LIMIT, LIMIT, 61).double()
    sums = torch.cartesian_prod(axis, axis) @ first.half().double().T + bias1.double()
    hidden = sums * sums.sigmoid() if smooth else sums.sin()
    return {
        "weight1": first.half(),
        "bias1": bias1,
        "weight2": rounded(second / STEP, hidden).to(torch.int8),
        "bias2": bias2,
        "codes": vae.encode(data.held_out).mean.half(),
    }


def rounded(weight: Tensor, hidden: Tensor) -> Tensor:
    """Whole numbers that give nearly the outputs of `weight`, column by column, for these hidden layers.

    (Frantar et al. 2023, *GPTQ*; it is Babai's nearest plane.)
    """
    weight, whole = weight.clone(), torch.zeros_like(weight)
    square = hidden.T @ hidden / len(hidden) + 1e-4 * torch.eye(len(weight.T), dtype=weight.dtype)
    upper = torch.linalg.cholesky(square.inverse(), upper=True)
    for i in range(len(weight.T)):
        whole[:, i] = weight[:, i].round()
        weight[:, i:] -= torch.outer(weight[:, i] - whole[:, i], upper[i, i:] / upper[i, i])
    return whole


def wanted() -> str:
    """The fingerprint of all that decides the record."""
    return fingerprint(Path(__file__)) + fingerprint(Path(experiments.__file__))


def main() -> None:
    """Train and write, unless the record is up to date."""
    if recorded_fingerprint(RECORD) == wanted():
        print(f"{RECORD.name} is up to date")
        return
    torch.set_num_threads(1)
    all_of_them = {f"{left}.{name}": tensor for left in KINDS for name, tensor in tensors(left).items()}
    save_file(all_of_them, str(RECORD), {"fingerprint": wanted()})
    print(f"{RECORD.name} recorded")


def decoded(weights: dict[str, Tensor], left: str, z: Tensor) -> Tensor:
    """What a recorded decoder shows at z."""
    weight1, bias1, weight2, bias2 = (
        weights[f"{left}.{name}"].double() for name in ("weight1", "bias1", "weight2", "bias2")
    )
    sums = z @ weight1.T + bias1
    hidden = sums * sums.sigmoid() if KINDS[left][2] else sums.sin()
    return (hidden @ (STEP * weight2).T + bias2).sigmoid()
