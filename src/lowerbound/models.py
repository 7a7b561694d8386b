"""Networks for the digits, and what the site's snippets share: a trained model, records."""

import json
import math
from importlib.resources import files
from itertools import pairwise
from typing import Any

import torch
from safetensors.torch import load
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
    recorded = load(files("lowerbound").joinpath("trained/digits.safetensors").read_bytes())
    vae.load_state_dict(recorded)
    return vae.double().eval().requires_grad_(False)


def recorded(name: str) -> list[dict[str, Any]]:
    """What a longer experiment of the site measured: one row for each run, with its settings and its results."""
    record = files("lowerbound").joinpath(f"trained/{name}.json")
    return json.loads(record.read_text(encoding="utf-8"))["rows"]
