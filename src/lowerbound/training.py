"""Training a VAE in a few lines."""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from lowerbound.bounds import Estimate, sampled_elbo
from lowerbound.checks import at_least, positive
from lowerbound.grid import Grid
from lowerbound.likelihoods import log_likelihood
from lowerbound.loaders import Data, batches, for_batches
from lowerbound.quantities import elbo, kl_each
from lowerbound.vae import VAE, DiagonalNormal, Encoded, pixel_rows

DRAWS = 16  # of z for each image, where the ELBO of watched data is sampled
BATCH = 4096  # images measured at a time
Beta = float | Callable[[int], float]  # the weight of the KL, or a function of the epoch
_ONE_THREADS_WORK = 10_000_000  # multiplications that a thread does in about a millisecond


class Row(NamedTuple):
    r"""What was measured on one data set after one epoch: averages over its images, in nats.

    Attributes:
        epoch: how many epochs were over.
        data: the name of the data set.
        elbo: the average $\ELBO(x)$.
        log_evidence: the average $\log p(x)$, NaN unless it was asked for.
        gap: the average $\KL(q(z \mid x) \,\|\, p(z \mid x))$, NaN unless it was asked for.
        standard_error: of `elbo` where it was sampled, 0 where it was computed.
    """

    epoch: int
    data: str
    elbo: float
    log_evidence: float
    gap: float
    standard_error: float = 0.0


@dataclass
class History:
    """What `fit` saw.

    Attributes:
        loss: the average loss of each epoch, measured on the way, in nats an image.
        rows: what `watch` asked for.
    """

    loss: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def curve(self, data: str, quantity: str) -> tuple[list[int], list[float]]:
        """Epochs and values of one quantity on one watched data set, ready to plot.

        Args:
            data: the name that the data set had in `watch`.
            quantity: "elbo", "log_evidence" or "gap".

        Raises:
            ValueError: a data set that was not watched, or another quantity.
        """
        if quantity not in ("elbo", "log_evidence", "gap"):
            raise ValueError(f"quantity: expected 'elbo', 'log_evidence' or 'gap', got {quantity!r}")
        rows = [row for row in self.rows if row.data == data]
        if not rows:
            raise ValueError(f"data: {data!r} was not watched; there are {sorted({row.data for row in self.rows})}")
        return [row.epoch for row in rows], [getattr(row, quantity) for row in rows]


def loss(vae: VAE, x: Tensor, noise: Tensor | None, beta: float = 1.0) -> Tensor:
    r"""The negative ELBO of a batch, estimated from one draw of z per image: a scalar, in nats an image.

    It is the average over the images of the following, at $z = \mu + T \varepsilon$, with $\mu$ the mean of q and $T$
    the Cholesky factor of its covariance:

    $$-\log p(x \mid z) + \beta \KL(q(z \mid x) \,\|\, p(z))$$

    Args:
        vae: the model.
        x: images, shape (n, D) or (n, ...).
        noise: $\varepsilon$, standard normal draws, shape (n, L); None decodes the mean of q instead (with beta = 0: a
            plain autoencoder).
        beta: $\beta$, the weight of the KL; 1 is the ELBO, 0 leaves the KL out.

    Source: Kingma & Welling 2014, equation 10; beta: Higgins et al. 2017.
    """
    q = vae.encode(x, training=True)
    decoded = vae.decode(q.mean if noise is None else q.at(noise), training=True)
    each = log_likelihood(vae.likelihood, pixel_rows(x), decoded)
    if beta != 0:
        each = torch.sub(each, kl_each(q, vae.prior), alpha=beta)
    return each.sum() / -len(x)


def fit(
    vae: VAE,
    x: Data,
    *,
    epochs: int = 100,
    batch_size: int = 64,
    learning_rate: float = 5e-3,
    beta: Beta = 1.0,
    sample: bool = True,
    seed: int = 0,
    watch: Mapping[str, Data] | None = None,
    every: int = 10,
    exact: bool = False,
    progress: bool = True,
) -> History:
    r"""Train a VAE in place, by Adam with a learning rate that falls to 0 along a cosine.

    Args:
        vae: the model; it is trained where it is, on its own device and in its own dtype.
        x: training data, shape (n, D) or (n, ...), of the VAE's dtype and device; or a `Dataset` or a `DataLoader` of
            such images, or of tuples whose first item is one.
        epochs: passes over the data.
        batch_size: images a step; a `DataLoader` has its own.
        learning_rate: where the cosine starts.
        beta: weight of $\KL(q(z \mid x) \,\|\, p(z))$ in the loss; or a function of the epoch, 1 for the first, for a
            weight that rises: `lambda epoch: min(1, epoch / 20)`.
        sample: draw z from $q(z \mid x)$; False decodes its mean (with beta = 0: a plain autoencoder).
        seed: of the shuffling and the noise. Torch's global random state is neither used nor changed, but by layers
            that draw, such as dropout. (A `DataLoader` of yours shuffles as you made it; for every pass it takes a
            number from its generator, or from the global one if it has none.)
        watch: named data sets on which the ELBO is recorded, every `every` epochs and after the last: by quadrature
            with 1 or 2 latent dimensions, beyond that from 16 draws of z for each image, with a standard error.
        exact: record $\log p(x)$ and the gap too, by grid (1 or 2 latent dimensions).
        progress: show a bar.

    Returns:
        The history. Nothing is saved; safetensors saves a VAE as any module of torch.

    Raises:
        TypeError, ValueError: data that do not fit the VAE or its likelihood, or settings out of range.
        FloatingPointError: the loss became infinite or NaN. The message says when, and what it was before; if the first
            loss is none already, nothing was trained yet.
    """
    for name, count in (("epochs", epochs), ("batch_size", batch_size), ("every", every)):
        at_least(count, 1, name)
    positive(learning_rate, "learning_rate")
    if exact and vae.prior.dim > 2:
        raise ValueError(f"exact: for 1 or 2 latent dimensions and not {vae.prior.dim}; see importance_weighted_bound")
    if not callable(beta):
        _weight(beta, 1)
    for data in (x, *(watch or {}).values()):  # before the bar is shown
        if not isinstance(data, Dataset | DataLoader):
            vae.check(data)
    history = History()
    losses = train(vae, x, epochs, batch_size, learning_rate, beta, sample, seed)
    bar = tqdm(losses, total=epochs, disable=not progress, unit="epoch")
    for epoch, average in enumerate(bar, 1):
        history.loss.append(average)
        bar.set_postfix(loss=f"{average:.3f}", refresh=False)
        if epoch % every == 0 or epoch == epochs:
            history.rows += [measure(vae, data, epoch, name, exact) for name, data in (watch or {}).items()]
    return history


def train(
    vae: VAE, x: Data, epochs: int, batch_size: int, learning_rate: float, beta: Beta, sample: bool, seed: int
) -> Iterator[float]:
    """The loop inside `fit`: trains one epoch each time that it is asked for the next average loss.

    A tensor is shuffled, and the noise is drawn, once an epoch: then a step has nothing to gather.
    """
    like = next(vae.parameters())
    generator = torch.Generator(like.device).manual_seed(seed)
    optimizer, rate = _Adam(vae.parameters()), learning_rate
    small = _is_small(vae, batch_size)
    for epoch in range(1, epochs + 1):
        weight = _weight(beta, epoch)
        losses: list[Tensor] = []
        sizes: list[int] = []
        with _one_thread() if small else contextlib.nullcontext():
            for batch, noise in _steps(vae, x, batch_size, generator, like, sample):
                optimizer.zero_grad()
                torch.clear_autocast_cache()  # rounded weights: of the step before, or of what was measured in between
                value = loss(vae, batch, noise, weight)
                if epoch == 1 and not losses:
                    _explain_first(vae, batch, value)
                value.backward()
                optimizer.step(rate)
                losses.append(value.detach())
                sizes.append(len(batch))
        torch.clear_autocast_cache()
        rate *= (1 + math.cos(math.pi * epoch / epochs)) / (1 + math.cos(math.pi * (epoch - 1) / epochs))
        yield _average(torch.stack(losses), sizes, epoch, learning_rate)


# What torch.optim.Adam takes where nothing is said.
_OF_ADAM: Any = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False, "maximize": False}


class _Adam:
    """`torch.optim.Adam` by the function that it calls: its `step` looks all up anew, an eighth of a small step."""

    def __init__(self, weights: Iterable[Tensor]) -> None:
        self.states = [
            (weight, torch.zeros_like(weight), torch.zeros_like(weight), torch.zeros((), device=weight.device))
            for weight in weights
        ]

    def zero_grad(self) -> None:
        for weight, *_ in self.states:
            weight.grad = None

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        moved = [state for state in self.states if state[0].grad is not None]  # the others are frozen, or unused
        weights, averages, squares, steps = map(list, zip(*moved, strict=True))
        gradients = [weight.grad for weight in weights]
        adam(weights, gradients, averages, squares, [], steps, fused=True, lr=learning_rate, **_OF_ADAM)


def _steps(
    vae: VAE, x: Data, batch_size: int, generator: torch.Generator, like: Tensor, sample: bool
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Batches of one epoch, each with its noise."""

    def noise(n: int) -> Tensor:
        return torch.randn((n, vae.prior.dim), generator=generator, dtype=like.dtype, device=like.device)

    if isinstance(x, Dataset | DataLoader):
        yield from ((batch, noise(len(batch)) if sample else None) for batch in batches(vae, x, batch_size, generator))
        return
    order = torch.randperm(len(x), generator=generator, device=x.device)
    draws = noise(len(x)).split(batch_size) if sample else repeat(None)
    yield from zip(x.index_select(0, order).split(batch_size), draws, strict=False)


def _is_small(vae: VAE, batch_size: int) -> bool:
    """Whether a step is so small that several threads take longer to agree than to work."""
    layers = [module for module in vae.modules() if next(module.parameters(recurse=False), None) is not None]
    products = batch_size * sum(parameter.numel() for parameter in vae.parameters())
    return all(isinstance(layer, torch.nn.Linear) for layer in layers) and products < _ONE_THREADS_WORK


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """One thread inside, as many as before afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.no_grad()
def measure(vae: VAE, x: Data, epoch: int = 0, data: str = "data", exact: bool = False) -> Row:
    r"""The averages of $\ELBO(x)$, and if asked of $\log p(x)$ and the gap, over the images, in nats.

    The ELBO is computed by quadrature with 1 or 2 latent dimensions, and sampled beyond, always with the same seed: so
    a curve of them does not jump where the model does not.

    Args:
        vae: the model.
        x: images, shape (n, D) or (n, ...), or a `Dataset` or a `DataLoader` of them.
        epoch: noted in the row.
        data: noted too, as the name of x.
        exact: $\log p(x)$ and the gap too, by grid (1 or 2 latent dimensions).
    """
    generator = torch.Generator(next(vae.parameters(), torch.empty(0)).device).manual_seed(0)

    def bounds(q: Encoded, x: Tensor) -> Estimate:
        if vae.prior.dim > 2:
            return sampled_elbo(vae, q, x, k=DRAWS, generator=generator)
        bound = elbo(vae, q, x)
        return Estimate(bound, torch.zeros_like(bound))

    bound, error = for_batches(bounds, vae, x, BATCH)
    row = Row(epoch, data, bound.mean().item(), math.nan, math.nan, error.square().sum().sqrt().item() / len(error))
    if not exact:
        return row
    grid = Grid(vae)
    evidence = for_batches(lambda _, x: grid.log_evidence(x), vae, x, BATCH).mean().item()
    return row._replace(log_evidence=evidence, gap=evidence - row.elbo)


def _weight(beta: Beta, epoch: int) -> float:
    weight = beta(epoch) if callable(beta) else beta
    if not (math.isfinite(weight) and weight >= 0):
        raise ValueError(f"beta: expected a finite number, 0 or above, got {weight!r}")
    return weight


def _average(losses: Tensor, sizes: list[int], epoch: int, learning_rate: float) -> float:
    """The average loss of an epoch, weighed by the size of the batches; or an error that says what came before."""
    finite = losses.isfinite()
    if finite.all():
        return (losses * torch.tensor(sizes).to(losses)).sum().item() / sum(sizes)
    step = int((~finite).nonzero()[0])
    before = ", ".join(map("{:.4g}".format, losses[max(0, step - 3) : step].tolist())) or "those of earlier epochs"
    raise FloatingPointError(
        f"the loss became {losses[step].item()} at step {step + 1} of epoch {epoch}, after {before}. If it had grown "
        f"before: a learning rate that is too high ({learning_rate:g}; try a tenth). If it came at once: a batch with "
        "pixels far from the others, or widths of q(z|x) that overflow (keep the encoder's log std within -10 and 10). "
        "The weights are no numbers any more: train a new VAE, or load what was saved"
    )


def _explain_first(vae: VAE, batch: Tensor, value: Tensor) -> None:
    """Raise where the first loss of all is no number: nothing has been trained yet, so what is wrong can be named."""
    if value.isfinite():
        return
    with torch.no_grad():
        q = vae.encode(batch)
        log_std = q.log_std if isinstance(q, DiagonalNormal) else q.scale_tril.diagonal(dim1=-2, dim2=-1).log()
        log_p = log_likelihood(vae.likelihood, pixel_rows(batch), vae.decode(q.mean))
    said = {"the encoder's means": q.mean, "its log standard deviations": log_std, "log p(x|z) at the means": log_p}
    ranges = "; ".join(f"{name} from {part.min().item():.3g} to {part.max().item():.3g}" for name, part in said.items())
    raise FloatingPointError(
        f"the first loss is {value.item()}, before any step: {ranges}. What is large or no number there is the cause: "
        "networks whose outputs start large (Divide, inside the encoder, scales the data), or weights that are NaN"
    )
