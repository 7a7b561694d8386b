"""Data that come in batches: torch's `Dataset` and `DataLoader` in place of one tensor."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset

from lowerbound.vae import VAE, Encoded

Data = Tensor | Dataset[Any] | DataLoader[Any]


def batches(vae: VAE, data: Data, batch_size: int, generator: torch.Generator | None = None) -> Iterator[Tensor]:
    """The data in checked batches, on the VAE's device.

    A `Dataset` is shuffled if there is a generator (and it is no stream), a tensor is not. A `DataLoader` has its own
    order and its own size of batches. Of an item that is a tuple, such as (image, label), the first counts.
    """
    if not isinstance(data, Dataset | DataLoader):
        yield from vae.check(data).split(batch_size)
        return
    shuffle = generator is not None and not isinstance(data, IterableDataset)
    loader = data if isinstance(data, DataLoader) else DataLoader(data, batch_size, shuffle, generator=generator)
    device = next(vae.parameters(), torch.empty(0)).device
    empty = True
    for batch in loader:
        first = batch[0] if isinstance(batch, tuple | list) and batch else batch
        yield vae.check(first.to(device) if isinstance(first, Tensor) else first)
        empty = False
    if empty:
        raise ValueError("x: the loader gave no batch; one that is an iterator has nothing left for a second pass")


def for_batches(function: Callable[[Encoded, Tensor], Any], vae: VAE, data: Data, batch_size: int = 256) -> Any:
    r"""What `function(q, x)` returns for all data, computed batch by batch: for data that come from a `DataLoader`.

    Args:
        function: of the encoder's $q(z \mid x)$ and x of a batch; it returns a tensor with one value for each row, or a
            named tuple of such tensors, as the library's bounds do.
        vae: the model, whose encoder gives q.
        data: a tensor, a `Dataset` or a `DataLoader`, in whose order the values come; of an item that is a tuple, such
            as (image, label), the first counts.
        batch_size: images at a time; a loader has its own.

    Returns:
        What the function returned, joined along the rows.

    Raises:
        TypeError, ValueError: as for `VAE.check`; also a loader that gives nothing.

    >>> from lowerbound import Bernoulli, mlp, sampled_elbo
    >>> vae, images = VAE(mlp(64, 8, 6), mlp(3, 8, 64), Bernoulli(), 3), torch.ones(10, 64)
    >>> loader = DataLoader(torch.utils.data.TensorDataset(images), batch_size=4)
    >>> for_batches(lambda q, x: sampled_elbo(vae, q, x, k=5), vae, loader).value.shape
    torch.Size([10])
    """
    found = [function(vae.encode(x), x) for x in batches(vae, data, batch_size)]
    if isinstance(found[0], tuple):
        return type(found[0])(*(torch.cat(parts) for parts in zip(*found, strict=True)))
    return torch.cat(found)
