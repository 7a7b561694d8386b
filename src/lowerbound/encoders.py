"""Encoders as people have them: what their outputs mean is said once, where the VAE is made, and never guessed."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lowerbound.checks import expect, positive

READINGS: dict[str, Callable[[Tensor], Tensor]] = {  # of an encoder's second output, as log standard deviations
    "logvar": lambda second: second / 2,
    "log_std": lambda second: second,
    "std": torch.log,
    "var": lambda second: second.log() / 2,
}


def mean_and_second(output: Any, n: int, name: str) -> tuple[Tensor, Tensor]:
    """What an encoder returned for n images, if it is a pair of tensors, each of shape (n, L)."""
    if not (isinstance(output, tuple | list) and len(output) == 2 and all(isinstance(part, Tensor) for part in output)):
        found = tuple(output.shape) if isinstance(output, Tensor) else f"a {type(output).__name__}"
        advice = "name the two, as in lambda x: model(x)[1:3], or [out[name] for name in (...)] of a dict"
        raise TypeError(f"{name}: expected a pair of tensors, the mean and the second output, got {found}; {advice}")
    mean, second = output
    if mean.dim() != 2 or mean.shape != second.shape or len(mean) != n:
        shapes = f"{tuple(mean.shape)} and {tuple(second.shape)}"
        advice = "codes with more axes have to be flattened there, and unflattened where they are decoded"
        raise ValueError(f"{name}: expected two tensors of one shape, ({n}, L), got {shapes}; {advice}")
    return mean, second


class Method(nn.Module):
    """A method that encodes or decodes, as a module: for networks that are parts of one module, as in most tutorials.

    Args:
        function: the method. The module that it belongs to brings its weights; a function, such as a lambda, has none.

    >>> model = nn.Bilinear(1, 1, 1)
    >>> len(list(Method(model.forward).parameters()))
    2
    """

    def __init__(self, function: Callable[[Tensor], Any]) -> None:
        super().__init__()
        expect(function, Callable, "function", "a method that encodes or decodes")  # type: ignore[arg-type]
        self.function, self.owner = function, getattr(function, "__self__", None)

    def forward(self, batch: Tensor) -> Any:
        """What the method returns."""
        return self.function(batch)


class MeanAndSpread(nn.Module):
    r"""An encoder that returns means and something else than log standard deviations, as `VAE` reads encoders.

    Args:
        network: maps x to a pair of tensors, each of shape (n, L), or to one tensor with both side by side, (n, 2L).
        spread: what the second of the two is: "logvar", "log_std", "std" or "var".

    Raises:
        TypeError: no module; later, an output that is no pair of tensors.
        ValueError: an unknown `spread`; later, two outputs that differ in shape, or one that can't be halved.

    >>> encoder = MeanAndSpread(nn.Linear(64, 4), "logvar")  # its last two numbers are log variances
    >>> encoder(torch.ones(5, 64)).shape
    torch.Size([5, 4])
    """

    def __init__(self, network: nn.Module, spread: str) -> None:
        super().__init__()
        expect(network, nn.Module, "network", "a torch.nn.Module, such as Method(model.encode)")
        if spread not in READINGS:
            raise ValueError(f"spread: expected one of {tuple(READINGS)}, got {spread!r}")
        self.network, self.spread = network, spread

    def forward(self, x: Tensor) -> Tensor:
        """Means and log standard deviations side by side, shape (n, 2L)."""
        output: Any = self.network(x)
        if isinstance(output, Tensor) and output.dim() == 2:
            if output.shape[1] % 2:
                raise ValueError(f"network: expected a pair or one tensor of shape (n, 2L), got {tuple(output.shape)}")
            output = output.chunk(2, 1)
        mean, second = mean_and_second(output, len(x), "network")
        return torch.cat([mean, READINGS[self.spread](second)], 1)


class Divide(nn.Module):
    """A first layer that divides its inputs: for data whose likelihood needs them large, such as bytes.

    Args:
        by: the number to divide by, 255 for bytes.

    >>> encoder = nn.Sequential(Divide(255), nn.Linear(64, 4))  # sees 0 to 1, while Binomial(255) counts to 255
    """

    def __init__(self, by: float) -> None:
        super().__init__()
        positive(by, "by")
        self.by = by

    def forward(self, x: Tensor) -> Tensor:
        """x / by."""
        return x / self.by
