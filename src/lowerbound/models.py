"""Networks for the digits, saving and loading, and what the site's snippets share: a trained model, records."""

import json
import math
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load as load_tensors
from safetensors.torch import load_model, save_model
from torch import nn

from lowerbound.checks import at_least
from lowerbound.likelihoods import Bernoulli, Likelihood
from lowerbound.vae import VAE, DiagonalNormal, Encoded


def mlp(*sizes: int, seed: int = 0, activation: type[nn.Module] = nn.SiLU) -> nn.Sequential:
    r"""A fully connected network with the given layer sizes, smooth by default.

    The weights come from a generator of their own. As torch's are, they are uniform between $-1 / \sqrt{n}$ and
    $1 / \sqrt{n}$, with $n$ the inputs of a layer. The global random state is neither used nor changed.

    Raises:
        ValueError: fewer than two sizes, or one that is no whole number above 0.

    >>> mlp(2, 128, 64)
    Sequential(
      (0): Linear(in_features=2, out_features=128, bias=True)
      (1): SiLU()
      (2): Linear(in_features=128, out_features=64, bias=True)
    )
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected two or more, such as mlp(64, 128, 4), got {sizes}")
    for size in sizes:
        at_least(size, 1, "sizes")
    generator = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(inputs), 1 / math.sqrt(inputs), generator=generator)
        layers += [layer, activation()]
    return nn.Sequential(*layers[:-1])


def digits_vae(
    likelihood: Likelihood | None = None, hidden: int = 128, seed: int = 0, posterior: type[Encoded] = DiagonalNormal
) -> VAE:
    r"""A VAE for 8x8 images with a 2-D latent space, untrained: 64-hidden-2 and back, with SiLU between.

    Smooth activations matter: they are what lets a grid over z add up $\log p(x)$ to many digits.

    Args:
        likelihood: `Bernoulli()` unless given.
        hidden: width of the one hidden layer of each network.
        seed: of the initial weights.
        posterior: `DiagonalNormal` or `FullNormal`.
    """
    outputs = 4 if posterior is DiagonalNormal else 5
    encoder, decoder = mlp(64, hidden, outputs, seed=2 * seed), mlp(2, hidden, 64, seed=2 * seed + 1)
    return VAE(encoder, decoder, likelihood or Bernoulli(), 2, posterior)


def trained_digits() -> VAE:
    """The trained model that the site's snippets share, in float64: a Bernoulli VAE on the binarised digits."""
    vae = digits_vae()
    recorded = load_tensors(files("lowerbound").joinpath("trained/digits.safetensors").read_bytes())
    vae.load_state_dict(recorded)
    return vae.double().eval().requires_grad_(False)


def recorded(name: str) -> list[dict[str, Any]]:
    """What a longer experiment of the site measured: one row for each run, with its settings and its results.

    Raises:
        ValueError: no experiment of this name is recorded; the message lists those that are.
    """
    folder = files("lowerbound").joinpath("trained")
    record = folder.joinpath(f"{name}.json")
    if not record.is_file():
        known = sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json"))
        raise ValueError(f"name: no experiment {name!r} is recorded; there are {known}")
    return json.loads(record.read_text(encoding="utf-8"))["rows"]


KIND = "lowerbound.vae"  # the note that says what the weights belong to; no keyword argument can have this name


def save(vae: VAE, path: str | Path, **metadata: Any) -> None:
    """Write the weights to a new safetensors file, with notes of your own beside them.

    The file says too which likelihood, which family of posteriors and how many latent dimensions they belong to.

    Raises:
        FileExistsError: there is a file already; it is left as it is.
    """
    if Path(path).exists():
        raise FileExistsError(f"path: {path} exists already; choose another name or delete it")
    notes = metadata | {KIND: _kind(vae)}
    save_model(vae, str(path), {key: json.dumps(value) for key, value in notes.items()})


def load(vae: VAE, path: str | Path) -> dict[str, Any]:
    """Read weights that `save` wrote into a VAE of the same kind and shape; returns the notes saved with them.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the weights belong to another likelihood, posterior or latent dimension. (A file that does not say
            what its weights belong to is taken at its word.)
        RuntimeError: the networks have other shapes.
    """
    with safe_open(str(path), framework="pt") as file:
        noted = (file.metadata() or {}).items()
    weights, kind = vae.state_dict(), _kind(vae)
    notes = {key: json.loads(value) for key, value in noted if key not in weights}  # those name weights used twice
    for name, saved in notes.pop(KIND, kind).items():
        if saved != kind[name]:
            raise ValueError(f"vae: its {name} is {kind[name]}, but the weights in {path} belong to {saved}")
    load_model(vae, path)
    return notes


def _kind(vae: VAE) -> dict[str, Any]:
    """What a VAE is beside its networks."""
    likelihood = re.sub(" at 0x[0-9a-f]+", "", repr(vae.likelihood))  # where a class has no repr of its own
    return {"likelihood": likelihood, "posterior": vae.posterior.__name__, "latent_dim": vae.prior.dim}
