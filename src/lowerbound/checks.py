"""The checks at the library's doors: an error names the argument, shows what came and says what is expected."""

import math
from numbers import Integral, Real
from types import UnionType
from typing import Any

import numpy as np
import torch
from torch import Tensor


def real(value: Any, name: str, device: torch.device | None = None) -> Tensor:
    """`value` as a float64 tensor of any shape. A tensor is taken as it is, anything else is copied.

    Raises:
        TypeError: not real numbers.
    """
    try:
        tensor = value if isinstance(value, Tensor) else torch.as_tensor(np.array(value, order="C"), device=device)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name}: expected numbers, got {value!r} ({error})") from None
    if tensor.is_complex() or tensor.dtype == torch.bool:
        raise TypeError(f"{name}: expected real numbers, got {tensor.dtype}")
    return tensor.to(torch.float64)


def numbers(value: Any, name: str, dims: tuple[int, ...] = (), device: torch.device | None = None) -> Tensor:
    """`value` as a finite float64 tensor, with one of these numbers of dimensions where any are named.

    Raises:
        TypeError: not real numbers.
        ValueError: NaN or infinite, empty, the wrong shape, or a tensor on another device.

    >>> numbers([1, 2], "mean", dims=(1,))
    tensor([1., 2.], dtype=torch.float64)
    """
    tensor = real(value, name, device)
    if device is not None and tensor.device != device:
        raise ValueError(f"{name}: on {tensor.device}, but the other parameters are on {device}")
    if tensor.numel() == 0 or (dims and tensor.dim() not in dims):
        expected = f" in {' or '.join(map(str, dims))} dimension(s)" if dims else ""
        raise ValueError(f"{name}: expected numbers{expected}, not empty, got shape {tuple(tensor.shape)}")
    finite(tensor, name)
    return tensor


def finite(tensor: Tensor, name: str) -> None:
    """Raise ValueError unless every entry is finite."""
    if not torch.stack(tensor.detach().aminmax()).isfinite().all():  # without a copy; NaN is both least and greatest
        cell = (~tensor.isfinite()).nonzero()[0].tolist()
        raise ValueError(f"{name}{cell or ''}: expected finite numbers, found {tensor[tuple(cell)].item()}")


def at_least(count: object, least: int, name: str) -> None:
    """Raise ValueError unless `count` is a whole number of at least `least`."""
    if isinstance(count, bool) or not isinstance(count, Integral) or count < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {count!r}")


def positive(value: object, name: str) -> None:
    """Raise ValueError unless `value` is a finite number above 0."""
    if not (isinstance(value, Real) and 0 < float(value) < math.inf):
        raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")


def last_axis(tensor: Tensor, length: int, name: str) -> None:
    """Raise ValueError unless the last axis has this length: one of length 1 would broadcast without a word."""
    if tensor.dim() == 0 or tensor.shape[-1] != length:
        raise ValueError(f"{name}: expected shape (..., {length}), got {tuple(tensor.shape)}")


def expect(value: object, kind: type | UnionType, name: str, what: str = "") -> None:
    """Raise TypeError unless `value` is of this kind; `what` says in words which that is."""
    if not isinstance(value, kind):
        what = what or f"a {getattr(kind, '__name__', kind)}"
        raise TypeError(f"{name}: expected {what}, not a {type(value).__name__}")


def same_length(name: str, tensor: Tensor, other: str, length: int) -> None:
    """Raise ValueError unless there are as many numbers as in the other thing."""
    if len(tensor) != length:
        raise ValueError(f"{name}: {len(tensor)} values, but {other} number {length}")
