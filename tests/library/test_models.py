"""Recorded models, and the data they were trained on."""

import pytest
import torch

import lowerbound as lb
from lowerbound_site.trained.model import fingerprint, recorded_fingerprint


def test_the_recorded_model_is_what_the_code_would_train():
    assert recorded_fingerprint() == fingerprint(), "run: .venv/bin/python -m lowerbound_site train"


def test_the_recorded_model_is_trained_and_still(trained, held_out):
    assert all(weight.dtype == torch.float64 and not weight.requires_grad for weight in trained.parameters())
    assert not trained.training
    assert -21.0 < lb.Grid(trained).log_evidence(held_out).mean() < -19.5


def test_the_weights_come_from_the_seed_alone():
    state = torch.get_rng_state()
    first, second, other = lb.digits_vae(seed=1), lb.digits_vae(seed=1), lb.digits_vae(seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first.encoder[0].weight, second.encoder[0].weight)
    assert not torch.equal(first.encoder[0].weight, other.encoder[0].weight)
    assert not torch.equal(first.encoder[0].weight[:2, :2], first.decoder[0].weight[:2, :2])
    assert first.encoder[0].weight.abs().max() <= 1 / 8
    assert first.encoder[0].weight.std().item() == pytest.approx(1 / 8 / 3**0.5, rel=0.03)


@pytest.mark.parametrize("posterior", [lb.DiagonalNormal, lb.FullNormal])
@pytest.mark.parametrize("likelihood", [None, lb.Binomial(16)])
def test_the_digits_vae_takes_digits(posterior, likelihood):
    x = lb.digits(binary=likelihood is None).held_out[:3].float()
    vae = lb.digits_vae(likelihood, hidden=16, posterior=posterior)
    assert isinstance(vae.likelihood, lb.Bernoulli if likelihood is None else lb.Binomial)
    assert isinstance(vae.encode(vae.check(x)), posterior)
    assert lb.elbo(vae, vae.encode(x), x).shape == (3,)


def test_the_digits_are_split_in_a_fixed_way():
    binary, counts = lb.digits(), lb.digits(binary=False)
    assert binary.train.shape == (1437, 64)
    assert binary.held_out.shape == (360, 64)
    assert torch.equal(binary.train, (counts.train >= 8).double())
    assert torch.equal(binary.held_out, (counts.held_out >= 8).double())
    assert counts.train.sum() + counts.held_out.sum() == 561718
    assert (counts.held_out.sum(), binary.held_out.sum()) == (112350, 7452)
    assert torch.bincount(binary.held_out_labels).tolist() == [36, 36, 35, 37, 36, 37, 36, 36, 35, 36]
    assert torch.bincount(binary.train_labels).sum() == 1437
    assert binary.held_out_labels[:8].tolist() == [7, 6, 3, 7, 7, 3, 2, 8]
