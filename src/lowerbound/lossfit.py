r"""What a loss is made of, inferred from its values: $a \, (-\log p(x \mid z)) + b \, \KL(q(z \mid x) \,\|\, p(z))$.

The loss is a black box. It is asked for its value at many different images, codes and batch sizes, and a straight line
is laid through them: for each way to read a decoder's and an encoder's output that people use, one least squares fit.
The reading that leaves nothing over is the loss's own. The three terms of the KL get a coefficient each, so that a
wrong sign or a missing term is seen as what it is.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.overrides import TorchFunctionMode

from lowerbound.encoders import READINGS

ROWS = 16  # values of the loss in a fit with 5 unknowns
EXPLAINED = 1e-3  # of the spread of the values: what a reading may leave over
SHAKEN = 0.3  # how far the encoder's weights are moved so that codes differ: times their size, and this / 6 beside

MEAN = "the mean"
FORMS = {  # of a KL that is none, and what it is
    "reversed": "it is KL(p(z)‖q(z|x)), the arguments exchanged",
    "log squared": "it has (log sigma)^2 where log(sigma^2) belongs",
}


def _probabilities(p: Tensor, x: Tensor) -> Tensor:
    within = torch.where((p >= 0) & (p <= 1), p, math.nan)
    return -(x * within.log().clamp(min=-100) + (1 - x) * (1 - within).log().clamp(min=-100)).sum(1)


COSTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # -log p(x|z) for each image, but for what z does not move
    "bernoulli-logits": lambda d, x: binary_cross_entropy_with_logits(d, x, reduction="none").sum(1),
    "bernoulli-probabilities": _probabilities,
    "gaussian": lambda d, x: (d - x).square().sum(1),
    "absolute error": lambda d, x: (d - x).abs().sum(1),
}


@dataclass(frozen=True)
class Fit:
    r"""A loss as $a$ times a cost of the pixels, plus three terms for each latent number, each with a weight.

    $$\frac{c_1}{2} \mu_l^2 + \frac{c_2}{2} \sigma_l^2 - c_3 \log \sigma_l$$

    The right KL has three equal weights. All are for sums over pixels and latent numbers, averaged over a batch.

    Attributes:
        cost: which of `COSTS` it charges for pixels.
        read: which of `READINGS` its KL has, or of `FORMS`.
        drawn: which of `READINGS` its draw of z has, or "the mean"; None where the draw is not part of the loss.
        a: coefficient of the cost.
        terms: $c_1, c_2, c_3$.
        left: what the fit leaves over, as a share of the spread of the values.
    """

    cost: str
    read: str
    drawn: str | None
    a: float
    terms: tuple[float, float, float]
    left: float

    @property
    def b(self) -> float:
        """Coefficient of the KL."""
        return sum(self.terms) / 3

    @property
    def whole(self) -> bool:
        """Whether the three terms are those of one KL."""
        largest = max(map(abs, self.terms))
        return largest < 1e-6 * abs(self.a) or max(abs(c - self.b) for c in self.terms) < 0.01 * largest


class Candidate(NamedTuple):
    """One way to read the outputs."""

    cost: str
    read: str
    drawn: str | None


def infer(
    values: Tensor, costs: dict[tuple[str, str | None], Tensor], terms: dict[str, Tensor], said: Candidate
) -> Fit:
    """The reading that explains the values: what was said if that does, else the best."""
    fits = [
        _fit(values, cost, terms[read], Candidate(kind, read, drawn))
        for (kind, drawn), cost in costs.items()
        for read in terms
        if cost.isfinite().all() and terms[read].isfinite().all()
    ]
    if not fits:
        raise ValueError("no reading of the outputs gives finite numbers")
    explaining = [fit for fit in fits if fit.left < EXPLAINED]

    def unlike(fit: Fit) -> tuple[int, float]:
        return sum((fit.cost != said.cost, fit.read != said.read, fit.drawn != said.drawn)), fit.left

    return min(explaining, key=unlike) if explaining else min(fits, key=lambda fit: fit.left)


def _fit(values: Tensor, cost: Tensor, terms: Tensor, candidate: Candidate) -> Fit:
    features = torch.cat([cost[:, None], terms], 1)
    centred, spread = features - features.mean(0), features.std(0).clamp(min=1e-300)
    y = values - values.mean()
    weight = torch.linalg.lstsq(centred / spread, y[:, None], driver="gelsd").solution[:, 0]
    left = (y - centred / spread @ weight).norm() / y.norm().clamp(min=1e-300)
    a, *three = (weight / spread).tolist()
    return Fit(*candidate, a=a, terms=(three[0], three[1], three[2]), left=left.item())


def of_function(model: Any, x: Tensor, batch: int, generator: torch.Generator, pixels: int | None = None) -> Fit:
    """The fit of `model.loss`, at codes, widths and images chosen here; of the first few pixels only, if asked."""
    said = Candidate(model.likelihood, model.spread, None)
    latent = model.encode(x[:1])[0].shape[1]
    values: list[Tensor] = []
    costs: dict[tuple[str, str | None], list[Tensor]] = {(kind, None): [] for kind in COSTS}
    terms: dict[str, list[Tensor]] = {read: [] for read in (*READINGS, *FORMS)}
    for _ in range(ROWS):
        some = x[torch.randint(len(x), (batch,), generator=generator)]
        mu, z, noise = (torch.randn(batch, latent, generator=generator).to(some) for _ in range(3))
        second = _written(0.4 * noise - 0.3, model.spread)
        decoded = model.decode(z)
        if pixels is not None:
            decoded, some = decoded.flatten(1)[:, :pixels], some.flatten(1)[:, :pixels]
        values.append(_scalar(model.loss(decoded, some, mu, second)))
        for kind, _ in costs:
            costs[kind, None].append(COSTS[kind](decoded.flatten(1).double(), some.flatten(1).double()).mean())
        _add_terms(terms, mu, second, model.spread)
    return infer(torch.stack(values), _stacked(costs), _stacked(terms), said)


def of_step(model: Any, x: Tensor, batch: int, generator: torch.Generator, network: nn.Module) -> Fit:
    """The fit of `model.step`, whose draws are held at 1 and at -1 standard deviations in turn.

    The average of the two is exact for what a draw's KL has in it, squares of the noise. Codes vary because the weights
    of the encoder are moved, and put back.
    """
    said = Candidate(model.likelihood, model.spread, model.spread)
    values: list[Tensor] = []
    costs: dict[tuple[str, str | None], list[Tensor]]
    costs = {(kind, drawn): [] for kind in COSTS for drawn in (*READINGS, MEAN)}
    terms: dict[str, list[Tensor]] = {read: [] for read in (*READINGS, *FORMS)}
    weights = encoder_weights(model, x[:1], network)
    for _ in range(ROWS):
        some = x[torch.randint(len(x), (batch,), generator=generator)]
        with shaken(weights, generator):
            values.append(torch.stack([_held(model.step, some, noise) for noise in (1.0, -1.0)]).mean())
            mu, second = model.encode(some)[:2]
            widths = [READINGS[drawn](second).exp() if drawn != MEAN else 0 * mu for drawn in (*READINGS, MEAN)]
            codes = torch.cat([mu + sign * std for std in widths for sign in (1, -1)])
            decoded, rows = model.decode(codes).flatten(1).double(), some.flatten(1).double()
            for kind in COSTS:
                each = COSTS[kind](decoded, rows.repeat(2 * len(widths), 1)).reshape(len(widths), -1).mean(1)
                for drawn, value in zip((*READINGS, MEAN), each, strict=True):
                    costs[kind, drawn].append(value)
        _add_terms(terms, mu, second, model.spread)
    return infer(torch.stack(values), _stacked(costs), _stacked(terms), said)


def drawn_width(draw: Callable[[Tensor, Tensor], Tensor], mu: Tensor, second: Tensor) -> Tensor:
    """By how much a user's draw of z moves when its noise goes from 0 to 1: the standard deviation that it uses."""
    with _Noise(1.0):
        above = draw(mu, second)
    with _Noise(0.0):
        return above - draw(mu, second)


def responds(step: Callable[[Tensor], Any], x: Tensor) -> bool:
    """Whether a step draws noise at all."""
    return not torch.equal(_held(step, x, 1.0), _held(step, x, 0.3))


def encoder_weights(model: Any, x: Tensor, network: nn.Module) -> list[nn.Parameter]:
    """The parameters of the network that what `encode` returns depends on."""
    weights = list(network.parameters())
    frozen = [weight for weight in weights if not weight.requires_grad]
    for weight in frozen:
        weight.requires_grad_(True)
    try:
        with torch.enable_grad():
            mu, second = model.encode(x)[:2]
            found = torch.autograd.grad(mu.sum() + second.sum(), weights, allow_unused=True)
    finally:
        for weight in frozen:
            weight.requires_grad_(False)
    return [weight for weight, gradient in zip(weights, found, strict=True) if gradient is not None]


@contextmanager
def shaken(weights: list[nn.Parameter], generator: torch.Generator) -> Iterator[None]:
    """Inside, the weights are others, near these."""
    before = [weight.data for weight in weights]
    for weight, old in zip(weights, before, strict=True):
        noise = [torch.randn(old.shape, generator=generator).to(old) for _ in range(2)]
        weight.data = old * (1 + SHAKEN * noise[0]) + SHAKEN / 6 * noise[1]
    try:
        yield
    finally:
        for weight, old in zip(weights, before, strict=True):
            weight.data = old


class _Noise(TorchFunctionMode):
    """Inside, whatever torch draws from a normal lies so many standard deviations above its mean."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.height = height

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        drawn = func(*args, **(kwargs or {}))
        if func in (torch.randn, torch.randn_like):
            return torch.full_like(drawn, self.height)
        if func in (torch.Tensor.normal_, torch.normal):
            given = dict(zip(("mean", "std"), args[1:] if func is torch.Tensor.normal_ else args, strict=False))
            given |= {name: value for name, value in (kwargs or {}).items() if name in ("mean", "std")}
            at = given.get("mean", 0.0) + self.height * given.get("std", 1.0)
            return drawn.copy_(at) if isinstance(at, Tensor) else drawn.fill_(at)
        return drawn


def _held(step: Callable[[Tensor], Any], x: Tensor, noise: float) -> Tensor:
    """A step's value with the noise held, and whatever else it draws the same every time."""
    with torch.random.fork_rng(devices=[]), _Noise(noise):
        torch.manual_seed(0)
        return _scalar(step(x))


def _scalar(value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.numel() != 1:
        found = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(f"loss: expected a tensor with one number, got {found}")
    return value.detach().double().cpu().reshape(())


def _written(log_std: Tensor, spread: str) -> Tensor:
    """Log standard deviations as an encoder's second output."""
    return {"logvar": 2 * log_std, "log_std": log_std, "std": log_std.exp(), "var": (2 * log_std).exp()}[spread]


def _add_terms(terms: dict[str, list[Tensor]], mu: Tensor, second: Tensor, said: str) -> None:
    mu, second = mu.double(), second.double()
    for read in READINGS:
        log_std = READINGS[read](second)
        terms[read].append(_means(mu.square() / 2, (2 * log_std).exp() / 2, -log_std))
    log_std = READINGS[said](second)
    variance = (2 * log_std).exp()
    terms["reversed"].append(_means(mu.square() / variance / 2, 1 / variance / 2, log_std))
    terms["log squared"].append(_means(mu.square() / 2, variance / 2, log_std.square() / 2))


def _means(*terms: Tensor) -> Tensor:
    return torch.stack([term.flatten(1).sum(1).mean().cpu() for term in terms])


def _stacked(lists: dict[Any, list[Tensor]]) -> dict[Any, Tensor]:
    return {key: torch.stack([value.cpu() for value in values]) for key, values in lists.items()}
