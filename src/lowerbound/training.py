"""Training a VAE in a few lines."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

import torch
from torch import Tensor
from tqdm import tqdm

from lowerbound.checks import at_least
from lowerbound.grid import Grid
from lowerbound.likelihoods import log_likelihood
from lowerbound.quantities import elbo, kl_each
from lowerbound.vae import VAE, pixel_rows

_ONE_THREADS_WORK = 10_000_000  # multiplications that a thread does in about a millisecond


class Row(NamedTuple):
    r"""What was measured on one data set after one epoch: averages over its images, in nats.

    Attributes:
        epoch: how many epochs were over.
        data: the name of the data set.
        elbo: the average $\ELBO(x)$.
        log_evidence: the average $\log p(x)$, NaN unless it was asked for.
        gap: the average $\KL(q(z \mid x) \,\|\, p(z \mid x))$, NaN unless it was asked for.
    """

    epoch: int
    data: str
    elbo: float
    log_evidence: float
    gap: float


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
    reconstruction = log_likelihood(vae.likelihood, pixel_rows(x), decoded)
    if beta == 0:
        return -reconstruction.mean()
    return -torch.sub(reconstruction, kl_each(q, vae.prior), alpha=beta).mean()


def fit(
    vae: VAE,
    x: Tensor,
    *,
    epochs: int = 100,
    batch_size: int = 64,
    learning_rate: float = 5e-3,
    beta: float = 1.0,
    sample: bool = True,
    seed: int = 0,
    watch: Mapping[str, Tensor] | None = None,
    every: int = 10,
    exact: bool = False,
    progress: bool = True,
) -> History:
    r"""Train a VAE in place, by Adam with a learning rate that falls to 0 along a cosine.

    Args:
        vae: the model; it is trained where it is, on its own device and in its own dtype.
        x: training data, shape (n, D) or (n, ...), of the VAE's dtype and device.
        epochs: passes over the data.
        batch_size: images a step.
        learning_rate: where the cosine starts.
        beta: weight of $\KL(q(z \mid x) \,\|\, p(z))$ in the loss.
        sample: draw z from $q(z \mid x)$; False decodes its mean (with beta = 0: a plain autoencoder).
        seed: of the shuffling and the noise. Torch's global random state is neither used nor changed.
        watch: named data sets on which the ELBO is recorded, every `every` epochs and after the last; by quadrature, so
            with 1 or 2 latent dimensions.
        exact: record $\log p(x)$ and the gap too, by grid (1 or 2 latent dimensions).
        progress: show a bar.

    Returns:
        The history. Nothing is saved; see `save`.

    Raises:
        TypeError, ValueError: data that do not fit the VAE or its likelihood, or settings out of range.
        FloatingPointError: the loss became infinite or NaN.
    """
    _check_settings(epochs, batch_size, learning_rate, beta, every)
    watched = {name: vae.check(data) for name, data in (watch or {}).items()}
    if watched and vae.prior.dim > 2:
        raise ValueError(
            f"watch: the ELBO is recorded by quadrature, for 1 or 2 latent dimensions and not {vae.prior.dim}; "
            "leave watch out, and call sampled_elbo after training"
        )
    vae.check(x)
    history = History()
    losses = train(vae, x, epochs, batch_size, learning_rate, beta, sample, seed)
    bar = tqdm(losses, total=epochs, disable=not progress, unit="epoch")
    for epoch, average in enumerate(bar, 1):
        history.loss.append(_finite(average, epoch, learning_rate))
        bar.set_postfix(loss=f"{average:.3f}", refresh=False)
        if epoch % every == 0 or epoch == epochs:
            history.rows += [measure(vae, data, epoch, name, exact) for name, data in watched.items()]
    return history


def train(
    vae: VAE,
    x: Tensor,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 5e-3,
    beta: float = 1.0,
    sample: bool = True,
    seed: int = 0,
) -> Iterator[float]:
    """The loop inside `fit`: trains one epoch each time that it is asked for the next average loss.

    The data are shuffled, and the noise is drawn, once an epoch: then a step has nothing to gather.
    """
    generator = torch.Generator(x.device).manual_seed(seed)
    optimizer = torch.optim.Adam(vae.parameters(), lr=learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        with _fewer_threads(vae, batch_size):
            totals = []
            order = torch.randperm(len(x), generator=generator, device=x.device)
            shape = (len(x), vae.prior.dim)
            noise = torch.randn(shape, generator=generator, dtype=x.dtype, device=x.device) if sample else None
            draws = noise.split(batch_size) if noise is not None else repeat(None)
            for batch, draw in zip(x[order].split(batch_size), draws, strict=False):
                value = loss(vae, batch, draw, beta)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                totals.append(value.detach() * len(batch))
        schedule.step()
        yield torch.stack(totals).sum().item() / len(x)


@contextlib.contextmanager
def _fewer_threads(vae: VAE, batch_size: int) -> Iterator[None]:
    """One thread for steps so small that several take longer to agree than to work; as many as before afterwards."""
    layers = [module for module in vae.modules() if next(module.parameters(recurse=False), None) is not None]
    products = batch_size * sum(parameter.numel() for parameter in vae.parameters())
    small = all(isinstance(layer, torch.nn.Linear) for layer in layers) and products < _ONE_THREADS_WORK
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if small else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.no_grad()
def measure(vae: VAE, x: Tensor, epoch: int = 0, data: str = "data", exact: bool = False) -> Row:
    r"""The averages of $\ELBO(x)$, and if asked of $\log p(x)$ and the gap, over the rows of x, in nats."""
    q = vae.encode(x)
    bound = elbo(vae, q, x).mean().item()
    if not exact:
        return Row(epoch, data, bound, math.nan, math.nan)
    evidence = Grid(vae).log_evidence(x).mean().item()
    return Row(epoch, data, bound, evidence, evidence - bound)


def _finite(value: float, epoch: int, learning_rate: float) -> float:
    if math.isfinite(value):
        return value
    raise FloatingPointError(
        f"the loss became {value} in epoch {epoch}. The likely cause: a learning rate that is too high "
        f"({learning_rate:g}; try a tenth), or data far from 0 and 1 that need scaling"
    )


def _check_settings(epochs: int, batch_size: int, learning_rate: float, beta: float, every: int) -> None:
    for name, count in (("epochs", epochs), ("batch_size", batch_size), ("every", every)):
        at_least(count, 1, name)
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"learning_rate: expected a finite number above 0, got {learning_rate!r}")
    if not (math.isfinite(beta) and beta >= 0):
        raise ValueError(f"beta: expected a finite number, 0 or above, got {beta!r}")
