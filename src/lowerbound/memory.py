"""Long sums in bounded memory: block by block, and without keeping any block's graph for the gradient."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

BLOCK = 2**22  # numbers held at once in a blocked sum: 32 MiB of float64


def rows_a_block(held: int) -> int:
    """How many rows with so many numbers each stay within BLOCK numbers; 1 at least."""
    return max(1, BLOCK // held)


def in_blocks(
    function: Callable[..., Tensor], cut: Sequence[Tensor], held: int, network: nn.Module | None = None, dim: int = 0
) -> Tensor:
    """`function(*cut)`, computed for a few rows of the tensors in `cut` at a time and joined along `dim`.

    Gradients reach all that the function uses. Where there are several blocks their graphs are not kept: the backward
    pass computes each block again (torch's checkpoint).

    Args:
        function: of rows of the tensors in `cut`; what it returns has an axis `dim` for the rows.
        cut: tensors with as many rows each.
        held: how many numbers the function holds at once for each row.
        network: the network that the function calls. A gradient after its weights have changed is refused.
        dim: the axis of the result that runs over the rows.
    """
    step = rows_a_block(held)
    if len(cut[0]) <= step:
        return function(*cut)
    weights = () if network is None else tuple(network.parameters())
    versions = [weight._version for weight in weights]

    def of_block(*rows: Tensor) -> Tensor:
        if [weight._version for weight in weights] != versions:
            raise RuntimeError("a weight was modified by an inplace operation: compute again before the gradient")
        return function(*rows)

    blocks = zip(*(tensor.split(step) for tensor in cut), strict=True)
    found = [checkpoint(of_block, *rows, use_reentrant=False, preserve_rng_state=False) for rows in blocks]
    return torch.cat(found, dim)
