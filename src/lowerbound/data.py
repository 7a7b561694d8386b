"""The data of the site: scikit-learn's 1,797 handwritten digits, 8x8 pixels, each pixel a count from 0 to 16."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Digits(NamedTuple):
    """The digits in two parts.

    Attributes:
        train: shape (1437, 64), float64.
        held_out: shape (360, 64), float64.
        train_labels: shape (1437,), which digit it is.
        held_out_labels: shape (360,).
    """

    train: Tensor
    held_out: Tensor
    train_labels: Tensor
    held_out_labels: Tensor


def digits(binary: bool = True) -> Digits:
    """Scikit-learn's digits, split in a fixed way into 1,437 for training and 360 held out.

    Args:
        binary: pixels as 0 or 1 (1 from a count of 8 on), for `Bernoulli()`; else counts, for `Binomial(16)`.

    Source: Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
    """
    with files("lowerbound").joinpath("digits.npz").open("rb") as packed, np.load(packed) as arrays:
        read = Digits(*(torch.from_numpy(arrays[name].astype(np.int64)) for name in Digits._fields))
    train, held_out = ((part >= 8 if binary else part).double() for part in (read.train, read.held_out))
    return read._replace(train=train, held_out=held_out)
