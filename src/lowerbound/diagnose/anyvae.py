"""What we are told of somebody's VAE, and how its networks are left as they were."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lowerbound.checks import expect
from lowerbound.encoders import READINGS, MeanAndSpread, Method, mean_and_second
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise, LearnedNoise, Likelihood
from lowerbound.vae import VAE, pixel_rows

BERNOULLIS = ("bernoulli-logits", "bernoulli-probabilities")
LIKELIHOODS = (*BERNOULLIS, "binomial-logits", "gaussian")


class NotChecked(Exception):
    """Why something can't be looked at."""


def skip_if(condition: bool, because: str) -> None:
    """Raise NotChecked where there is a reason not to look."""
    if condition:
        raise NotChecked(because)


@dataclass(frozen=True, kw_only=True)
class AnyVAE:
    r"""Anybody's VAE, with $p(z) = \Normal(0, I)$: what `diagnose` needs to know, and nothing is guessed.

    Args:
        encode: x to a pair, the mean of q(z|x) and a second output, each of shape (n, L).
        spread: what the second output is: "logvar", "log_std", "std" or "var".
        decode: z, shape (n, L), to n images.
        likelihood: what these are: "bernoulli-logits", "bernoulli-probabilities" (a sigmoid comes last),
            "binomial-logits" (of pixels that are counts) or "gaussian".
        network: the module that holds all weights; of two modules `nn.ModuleList([encoder, decoder])`.
        loss: the loss as a function of (decoded, x, mean, second output), a number.
        step: instead of that, the loss as a function of x alone, a number, as in a training step.
        draw: the draw of z as a function of (mean, second output); a `step` has its own.
        sigma: for "gaussian", the standard deviation of a pixel that you have in mind. A squared error alone has none.
        total: for "binomial-logits", the largest count of a pixel: 255 for bytes.
        beta: the weight of the KL that you have in mind.
        vae: the same as a `VAE` of this library, where it is one; `diagnose` fills it in.

    Raises:
        TypeError: no module.
        ValueError: an unknown name, no sigma or total where one is needed, both a loss and a step.

    >>> net = nn.ModuleList([nn.Linear(4, 2), nn.Linear(1, 4)])
    >>> AnyVAE(network=net, encode=lambda x: net[0](x).chunk(2, 1), spread="logvar",
    ...        decode=net[1], likelihood="bernoulli-logits").beta
    1.0
    """

    encode: Callable[[Tensor], Any]
    spread: str
    decode: Callable[[Tensor], Tensor]
    likelihood: str
    network: nn.Module
    loss: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor] | None = None
    step: Callable[[Tensor], Tensor] | None = None
    draw: Callable[[Tensor, Tensor], Tensor] | None = None
    sigma: float | None = None
    total: int | None = None
    beta: float = 1.0
    vae: VAE | None = None

    def __post_init__(self) -> None:
        for name, known in (("spread", tuple(READINGS)), ("likelihood", LIKELIHOODS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: expected one of {known}, got {getattr(self, name)!r}")
        for name, needs in (("sigma", "gaussian"), ("total", "binomial-logits")):
            if (self.likelihood == needs) != (getattr(self, name) is not None):
                raise ValueError(f"{name}: a number for {needs!r} and for no other, got {getattr(self, name)!r}")
        self.pixels()  # refuses a sigma or a total that is none
        expect(self.network, nn.Module, "network", "a torch.nn.Module")
        if self.loss is not None and self.step is not None:
            raise ValueError("loss, step: one of the two is enough, and both could disagree")

    def encoded(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What `encode` returns, if it is what it should be."""
        return mean_and_second(self.encode(x), len(x), "encode")

    def decoded(self, z: Tensor) -> Tensor:
        """What `decode` makes of codes, as rows of pixels."""
        images = self.decode(z)
        expect(images, Tensor, "decode", "images as one tensor, with one number for each pixel")
        return pixel_rows(images)

    def pixels(self) -> Likelihood:
        """The likelihood, as one of this library."""
        if self.sigma is not None:
            return GaussianNoise(self.sigma)
        return Bernoulli() if self.total is None else Binomial(self.total)

    def as_vae(self, dim: int) -> VAE:
        """The same as a `VAE` of this library: itself, or one that takes float64 to `encode` and `decode`."""
        if self.vae is not None:
            return self.vae
        like = next(self.network.parameters(), torch.empty(0))

        def decoder(z: Tensor) -> Tensor:
            decoded = self.decoded(z.to(like)).to(z.device, torch.float64)
            return torch.logit(decoded, 1e-15) if self.likelihood == "bernoulli-probabilities" else decoded

        encoder = MeanAndSpread(Method(lambda x: self.encoded(x.to(like))), self.spread)
        return VAE(encoder, Method(decoder), self.pixels(), dim)


def as_any(vae: VAE) -> AnyVAE:
    """A VAE of this library as anybody's; with a tilted q(z|x), the widths along the axes."""
    p = vae.likelihood
    if not isinstance(p, Binomial | GaussianNoise | LearnedNoise):
        raise TypeError(f"vae: diagnose knows no likelihood such as {p!r}, only those with one number for each pixel")
    said: dict[str, Any] = {"likelihood": "bernoulli-logits"}
    if not isinstance(p, Binomial):
        said = {"likelihood": "gaussian", "sigma": float(p.sigma)}
    elif p.total > 1:
        said = {"likelihood": "binomial-logits", "total": p.total}

    def encode(x: Tensor) -> tuple[Tensor, Tensor]:
        q = vae.encode(x)
        return q.mean, q.scale_tril.square().sum(-1).log() / 2

    return AnyVAE(encode=encode, spread="log_std", decode=vae.decode, network=vae, vae=vae, **said)


@contextmanager
def as_it_was(network: nn.Module) -> Iterator[None]:
    """Inside anything may happen to weights, buffers, modes and attributes; afterwards they are what they were.

    Attributes are the numbers, tensors, plain lists and plain dicts that a module holds, not what these have inside.
    """
    own = [vars(module) for module in network.modules()]
    held = [value for attributes in own for value in attributes.values()]
    dicts = [(one, dict(one)) for one in (*own, *held) if type(one) in (dict, OrderedDict)]
    lists = [(one, list(one)) for one in held if type(one) is list]
    loose = [value for value in held if isinstance(value, Tensor)]
    all_of_them = (*network.parameters(), *network.buffers(), *loose)
    tensors = [(t, t.data, t.data.clone(), t.requires_grad) for t in all_of_them]
    try:
        yield
    finally:
        for tensor, data, values, learns in tensors:
            tensor.data = data if data.equal(values) else data.copy_(values)
            tensor.requires_grad_(learns)
        for one, kept in dicts:
            one.clear()
            one.update(kept)
        for items, before in lists:
            items[:] = before
