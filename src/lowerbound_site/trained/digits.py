"""Pack scikit-learn's handwritten digits for the library, in two parts: `python -m lowerbound_site train`.

The library carries them, so that a program which looks at digits need not import scikit-learn: that takes longer than
most of them run.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lowerbound

RECORD = Path(lowerbound.__file__).with_name("digits.npz")


def parts() -> dict[str, NDArray[np.uint8]]:
    """Counts and labels, by the names of the fields of `lowerbound.Digits`; every digit is held out as often."""
    counts, labels = load_digits(return_X_y=True)
    split = train_test_split(counts, labels, test_size=360, random_state=0, stratify=labels)
    names = ("train", "held_out", "train_labels", "held_out_labels")
    return {name: part.astype(np.uint8) for name, part in zip(names, split, strict=True)}


def main() -> None:
    """Write them."""
    np.savez_compressed(RECORD, **parts())  # type: ignore[arg-type]  # no array is named allow_pickle
