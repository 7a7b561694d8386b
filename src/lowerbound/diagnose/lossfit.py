r"""What a loss is made of, inferred from its values: $a \, (-\log p(x \mid z)) + b \, \KL(q(z \mid x) \,\|\, p(z))$.

The loss is a black box. It is asked for its value at many different images, codes and batch sizes, and a straight line
is laid through them: for each way to read a decoder's and an encoder's output that people use, one least squares fit.
The reading that leaves nothing over is the loss's own. The three terms of the KL get a coefficient each, so that a
wrong sign or a missing term is seen as what it is.
"""

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lowerbound.diagnose.anyvae import AnyVAE, NotChecked, as_it_was, skip_if
from lowerbound.encoders import READINGS
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise
from lowerbound.vae import pixel_rows

ROWS = 16  # values of the loss in a fit with 5 unknowns
EXPLAINED = 1e-3  # of the spread of the values: what a reading may leave over
SHAKEN = 0.3  # how far the encoder's weights are moved so that codes differ: times their size, and this / 6 beside

MEAN = "the mean"
DRAWN = (*READINGS, MEAN)  # how a step may draw z
FORMS = {  # of a KL that is none, and what it is
    "sigma": "it has sigma where sigma^2 belongs",
    "reversed": "it is KL(p(z)‖q(z|x)), the arguments exchanged",
    "log squared": "it has (log sigma)^2 where log(sigma^2) belongs",
}


@dataclass(frozen=True)
class Fit:
    r"""A loss as $a$ times a cost of the pixels, plus three terms for each latent number, each with a weight.

    $$\frac{c_1}{2} \mu_l^2 + \frac{c_2}{2} \sigma_l^2 - c_3 \log \sigma_l$$

    The right KL has three equal weights. All are for sums over pixels and latent numbers, averaged over a batch.

    Attributes:
        cost: what it charges for pixels: a likelihood, or an absolute error.
        read: which of `READINGS` its KL has, or of `FORMS`.
        drawn: which of `READINGS` its draw of z has, or "the mean"; None where the draw is not part of the loss.
        a: coefficient of the cost.
        terms: $c_1, c_2, c_3$; 0 where it is less than a millionth of a, which is rounding.
        left: what the fit leaves over, as a share of the spread of the values.
    """

    cost: str
    read: str
    drawn: str | None
    a: float
    terms: tuple[float, float, float]
    left: float

    @property
    def explains(self) -> bool:
        """Whether the loss has this form at all."""
        return self.left < EXPLAINED

    @property
    def b(self) -> float:
        """Coefficient of the KL."""
        return sum(self.terms) / 3

    @property
    def beta(self) -> float:
        """Weight of the KL where the cost has the weight 1."""
        return self.b / self.a

    @property
    def whole(self) -> bool:
        """Whether the three terms are those of one KL."""
        return max(abs(c - self.b) for c in self.terms) <= 0.01 * max(map(abs, self.terms))


def fit_of(model: AnyVAE, x: Tensor, batch: int, generator: torch.Generator, pixels: int | None = None) -> Fit:
    """The reading that explains the loss in batches of this size: what was said if that does, else the best.

    With `pixels` the loss is asked about so many of each image, which a step can't be.
    """
    skip_if(model.vae is not None, "the loss of fit is -log p(x|z) + beta KL, with the beta that you passed")
    skip_if(model.loss is None and model.step is None, "no loss was given")
    answers, ask = [], partial(_of_loss, pixels=pixels) if model.step is None else _of_step
    where = "" if pixels is None else " on a part of each image"
    try:
        for _ in range(ROWS):
            some = x[torch.randint(len(x), (batch,), generator=generator)]
            with as_it_was(model.network):  # a counter that the loss moves too
                answers.append(ask(model, some, generator))
    except Exception as error:  # whatever a user's own function may raise
        raise NotChecked(f"the loss raised{where} {type(error).__name__}: {error}") from error
    values, rows, mu, second, decoded = (torch.stack(of_all).double().cpu() for of_all in zip(*answers, strict=True))
    if not values.isfinite().all():
        raise NotChecked(f"the loss is NaN or infinite{where} at a sound {model.spread}, which you said comes second")
    terms, fits = _terms(mu, second, model.spread), []
    for drawn, images in zip(DRAWN if model.step else (None,), decoded.unbind(1), strict=True):
        for (cost, charged), read in product(_costs(rows, images, model), terms):
            features = torch.cat([charged[:, None], terms[read]], 1)
            if features.isfinite().all():
                fits.append(Fit(cost, read, drawn, *_least_squares(values, features)))

    def rank(fit: Fit) -> tuple[bool, int, float]:
        unlike = (fit.cost != model.likelihood) + (fit.read != model.spread) + (fit.drawn not in (None, model.spread))
        return not fit.explains, unlike if fit.explains else 0, fit.left

    return min(fits, key=rank)


def _least_squares(y: Tensor, features: Tensor) -> tuple[float, tuple[float, float, float], float]:
    """The weight of the cost, those of the three terms, and what is left of y, as a share of its spread."""
    y, centred, spread = y - y.mean(), features - features.mean(0), features.std(0).clamp(min=1e-300)
    weight = torch.linalg.lstsq(centred / spread, y[:, None], driver="gelsd").solution[:, 0]
    left = (y - centred / spread @ weight).norm() / y.norm().clamp(min=1e-300)
    a, *terms = (weight / spread).tolist()
    c1, c2, c3 = (0.0 if abs(c) < 1e-6 * abs(a) else c for c in terms)
    return a, (c1, c2, c3), left.item()


# -- what a loss may be made of ----------------------------------------------------------------------------------------


def _costs(x: Tensor, decoded: Tensor, model: AnyVAE) -> list[tuple[str, Tensor]]:
    r"""What a loss may charge in each batch: an average of $-\log p(x \mid z)$, but for what z does not move.

    Shapes: x and what is decoded (ROWS, n, D), each cost (ROWS,).
    """
    log_p, log_not = (p.log().clamp(min=-100) for p in (decoded, 1 - decoded))  # NaN where p is no probability
    costs = [
        ("bernoulli-logits", -Bernoulli().log_prob(x, decoded)),
        ("bernoulli-probabilities", -(x * log_p + (1 - x) * log_not).sum(-1)),
        ("gaussian", -GaussianNoise(model.sigma or 1.0).log_prob(x, decoded)),
        ("absolute error", (x - decoded).abs().sum(-1)),
    ]
    if model.total is not None:  # with its coefficients, or without: they don't depend on z
        counts = Binomial(model.total)
        whole = -counts.log_prob(x, decoded)
        costs += [("binomial-logits", whole), ("binomial-logits", whole + counts.base(x))]
    return [(kind, cost.mean(1)) for kind, cost in costs]


def _terms(mu: Tensor, second: Tensor, said: str) -> dict[str, Tensor]:
    """The three terms of the KL, shapes (ROWS, 3), for each reading of the second output and each of `FORMS`."""
    log_stds = {read: reading(second) for read, reading in READINGS.items()}
    terms = {read: (mu.square() / 2, (2 * log_std).exp() / 2, -log_std) for read, log_std in log_stds.items()}
    half, half_variance, minus = terms[said]
    terms["sigma"] = (half, (2 * half_variance).sqrt() / 2, minus)
    terms["reversed"] = (half / (2 * half_variance), 1 / (4 * half_variance), -minus)
    terms["log squared"] = (half, half_variance, minus.square() / 2)
    return {read: torch.stack([term.sum(-1).mean(1) for term in three], 1) for read, three in terms.items()}


# -- asking for a value ------------------------------------------------------------------------------------------------


def _of_loss(model: AnyVAE, x: Tensor, generator: torch.Generator, pixels: int | None) -> tuple[Tensor, ...]:
    """The value of `model.loss`, at codes and widths chosen here; of whole images, or of their first pixels.

    Returns:
        The value; x as rows of pixels, shape (n, D); mu and the second output, (n, L); decoded, (1, n, D).
    """
    assert model.loss is not None
    latent = model.encode(x[:1])[0].shape[1]
    mu, z, noise = (torch.randn(len(x), latent, generator=generator).to(x) for _ in range(3))
    log_std = 0.4 * noise - 0.3
    written = {"logvar": 2 * log_std, "log_std": log_std, "std": log_std.exp(), "var": (2 * log_std).exp()}
    decoded, second = model.decode(z), written[model.spread]
    if pixels is not None:
        decoded, x = (pixel_rows(images)[:, :pixels].contiguous() for images in (decoded, x))
    return _number(model.loss(decoded, x, mu, second)), pixel_rows(x), mu, second, pixel_rows(decoded)[None]


def _of_step(model: AnyVAE, x: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The value of `model.step`, whose draws are held at 1 and at -1 standard deviations in turn.

    The average of the two is exact for what a draw's KL has in it, squares of the noise. Codes vary because the weights
    of the encoder are moved; `fit_of` puts them back.

    Returns:
        As `_of_loss`, with 2 rows of pixels for each x, and what is decoded for each of `DRAWN`, shape (5, 2n, D).
    """
    for weight in _encoder_weights(model, x[:1]):
        times, beside = (torch.randn(weight.shape, generator=generator).to(weight) for _ in range(2))
        weight.mul_(1 + SHAKEN * times).add_(SHAKEN / 6 * beside)
    value = torch.stack([_held(model.step, x, noise) for noise in (1.0, -1.0)]).mean()
    mu, second = model.encoded(x)
    widths = [reading(second).exp() for reading in READINGS.values()] + [torch.zeros_like(mu)]
    decoded = torch.stack([model.decoded(torch.cat([mu + std, mu - std])) for std in widths])
    return value, pixel_rows(x).repeat(2, 1), mu, second, decoded


def _encoder_weights(model: AnyVAE, x: Tensor) -> list[nn.Parameter]:
    """The parameters of the network that what `encode` returns depends on."""
    weights = list(model.network.requires_grad_(True).parameters())  # frozen ones too: `as_it_was` freezes them again
    with torch.enable_grad():
        mu, second = model.encoded(x)
        found = torch.autograd.grad(mu.sum() + second.sum(), weights, allow_unused=True)
    return [weight for weight, gradient in zip(weights, found, strict=True) if gradient is not None]


def draws_in_training(model: AnyVAE, x: Tensor) -> bool:
    """Whether the step draws noise in training mode; the network is left in eval mode."""
    model.network.train()
    moves = not torch.equal(_held(model.step, x, 1.0), _held(model.step, x, 0.3))
    model.network.eval()
    return moves


# Torch's draws from a normal, and which of their arguments are its mean and its standard deviation.
_NORMAL = {torch.randn: slice(0), torch.randn_like: slice(0), torch.normal: slice(2), torch.Tensor.normal_: slice(1, 3)}


class Noise(TorchFunctionMode):
    """Inside, whatever torch draws from a normal lies so many standard deviations above its mean."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.height = height

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        drawn = func(*args, **kwargs)
        if func not in _NORMAL:
            return drawn
        given = dict(zip(("mean", "std"), args[_NORMAL[func]], strict=False)) | kwargs
        return drawn.zero_().add_(given.get("mean", 0.0) + self.height * given.get("std", 1.0))


def _held(step: Any, x: Tensor, noise: float) -> Tensor:
    """A step's value with the noise held, and whatever else it draws the same every time."""
    with torch.random.fork_rng(devices=[]), Noise(noise):
        torch.manual_seed(0)
        return _number(step(x))


def _number(value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.numel() != 1:
        found = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(f"expected a tensor with one number, got {found}")
    return value.detach().double().cpu().reshape(())
