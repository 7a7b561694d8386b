"""The data of the site: scikit-learn's 1,797 handwritten digits, 8x8 pixels, each pixel a count from 0 to 16."""

from typing import NamedTuple

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
    """Scikit-learn's bundled digits, split in a fixed way into 1,437 for training and 360 held out.

    Args:
        binary: pixels as 0 or 1 (1 from a count of 8 on), for `Bernoulli()`; else counts, for `Binomial(16)`.

    Source: Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
    """
    from sklearn.datasets import load_digits  # half a second: only who asks for the digits pays for it
    from sklearn.model_selection import train_test_split

    counts, labels = load_digits(return_X_y=True)
    values = (counts >= 8).astype(float) if binary else counts
    parts = train_test_split(values, labels, test_size=360, random_state=0, stratify=labels)
    return Digits(*(torch.from_numpy(part) for part in parts))
