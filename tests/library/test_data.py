"""The digits that the library carries are scikit-learn's."""

import pytest
import torch
from sklearn.datasets import load_digits

import lowerbound as lb
from lowerbound_site.trained import digits as packing


def test_every_digit_of_scikit_learn_is_there_once_with_its_label():
    counts, labels = load_digits(return_X_y=True)
    ours = lb.digits(binary=False)
    together = torch.cat([ours.train, ours.held_out]), torch.cat([ours.train_labels, ours.held_out_labels])
    theirs = sorted((*image, label) for image, label in zip(counts.tolist(), labels.tolist(), strict=True))
    assert sorted((*image, label) for image, label in zip(*(t.tolist() for t in together), strict=True)) == theirs


def test_the_split_is_the_recorded_recipes():
    ours = lb.digits(binary=False)
    for name, part in packing.parts().items():
        assert getattr(ours, name).tolist() == part.tolist()


@pytest.mark.parametrize("binary", [True, False])
def test_pixels_are_bits_or_counts_in_float64(binary):
    x = lb.digits(binary)
    assert x.train.dtype == x.held_out.dtype == torch.float64
    assert x.train_labels.dtype == x.held_out_labels.dtype == torch.int64
    assert set(x.train.unique().tolist()) == set(range(2 if binary else 17))
    assert torch.equal(lb.digits().held_out, (lb.digits(binary=False).held_out >= 8).double())
