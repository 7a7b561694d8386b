"""Long sums in bounded memory: block by block, and without keeping any block's graph for the gradient."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

BLOCK = 2**22  # numbers held at once in a blocked sum: 32 MiB of float64


def blocks(n: int, numbers_a_row: int) -> list[slice]:
    """n rows in slices, so that a slice of rows with so many numbers each stays within BLOCK numbers."""
    step = max(1, BLOCK // numbers_a_row)
    return [slice(start, start + step) for start in range(0, n, step)]


def in_blocks(
    function: Callable[..., Tensor],
    cut: Sequence[Tensor],
    numbers_a_row: int,
    *,
    whole: Iterable[Tensor] = (),
    network: nn.Module | None = None,
    dim: int = 0,
) -> Tensor:
    """`function(*cut, *whole)`, computed for a few rows of the tensors in `cut` at a time and joined along `dim`.

    Gradients reach `cut`, `whole` and the parameters of `network`, and nothing else that the function may use. Where
    there are several blocks their graphs are not kept: the backward pass computes each block again. (So there are no
    second derivatives then; torch says so.)

    Args:
        function: of rows of the tensors in `cut`, and of `whole`; what it returns has an axis `dim` for the rows.
        cut: tensors with as many rows each.
        numbers_a_row: how many numbers the function holds at once for each row.
        whole: tensors that every block needs whole.
        network: the network that the function calls.
        dim: the axis of the result that runs over the rows.
    """
    parts, whole = blocks(len(cut[0]), numbers_a_row), tuple(whole)
    if len(parts) <= 1:
        return function(*cut, *whole)
    weights = () if network is None else tuple(network.parameters())
    tensors = (*cut, *whole, *weights)
    joined: Tensor = _InBlocks.apply(function, parts, dim, len(cut), len(whole), *tensors)  # type: ignore[no-untyped-call]
    return joined


class _InBlocks(torch.autograd.Function):
    """All blocks as one step of the graph."""

    @staticmethod
    def forward(
        ctx: Any, function: Callable[..., Tensor], parts: list[slice], dim: int, cut: int, whole: int, *tensors: Tensor
    ) -> Tensor:
        inputs, ctx.weights = tensors[: cut + whole], tensors[cut + whole :]
        ctx.save_for_backward(*tensors)  # the weights too: torch then refuses a gradient after they have changed
        ctx.function, ctx.parts, ctx.dim, ctx.cut = function, parts, dim, cut
        joined = None
        for part in parts:
            block = function(*_rows(inputs, part, cut))
            if joined is None:
                joined = block.new_empty(*block.shape[:dim], len(tensors[0]), *block.shape[dim + 1 :])
            _along(joined, part, dim).copy_(block)  # a list of blocks, small and long-lived, would scatter the heap
        assert joined is not None
        return joined

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        needed = ctx.needs_input_grad[5:]
        inputs = ctx.saved_tensors[: len(needed) - len(ctx.weights)]
        totals = [torch.zeros_like(t) if need else None for t, need in zip(ctx.saved_tensors, needed, strict=True)]
        for part in ctx.parts:
            leaves = [t.detach().requires_grad_(n) for t, n in zip(_rows(inputs, part, ctx.cut), needed, strict=False)]
            with torch.enable_grad():
                block = ctx.function(*leaves)
            wanted = [t for t, need in zip((*leaves, *ctx.weights), needed, strict=True) if need]
            found = torch.autograd.grad(block, wanted, _along(gradient, part, ctx.dim), allow_unused=True)
            sums = [total for total in _rows(totals, part, ctx.cut) if total is not None]
            for total, more in zip(sums, found, strict=True):
                if more is not None:
                    total += more
        return None, None, None, None, None, *totals


def _rows(tensors: Sequence[Any], part: slice, cut: int) -> list[Any]:
    """The tensors, with only some rows of the first few."""
    return [t if i >= cut or t is None else t[part] for i, t in enumerate(tensors)]


def _along(tensor: Tensor, part: slice, dim: int) -> Tensor:
    return tensor[(*[slice(None)] * dim, part)]
