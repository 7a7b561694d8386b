"""Recorded models, saving and loading, and the data they were trained on."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import lowerbound as lb
from lowerbound_site.trained.model import fingerprint, recorded_fingerprint


def test_the_recorded_model_is_what_the_code_would_train():
    assert recorded_fingerprint() == fingerprint(), "run: .venv/bin/python -m lowerbound_site train"


def test_the_recorded_model_is_trained_and_still(trained, held_out):
    assert all(weight.dtype == torch.float64 and not weight.requires_grad for weight in trained.parameters())
    assert not trained.training
    assert -21.0 < lb.Grid(trained).log_evidence(held_out).mean() < -19.5


def test_what_was_saved_comes_back_with_its_notes(tmp_path):
    path = tmp_path / "model.safetensors"
    saved, loaded = lb.digits_vae(seed=3), lb.digits_vae(seed=4)
    lb.save(saved, path, epochs=7, note="gap 0.3", nested={"a": [1, 2]})
    assert lb.load(loaded, path) == {"epochs": 7, "note": "gap 0.3", "nested": {"a": [1, 2]}}
    assert all(torch.equal(a, b) for a, b in zip(saved.parameters(), loaded.parameters(), strict=True))


def test_weights_do_not_go_into_a_vae_that_means_something_else_by_them(tmp_path):
    path, networks = tmp_path / "model.safetensors", (lb.mlp(3, 5), lb.mlp(2, 3))
    saved = lb.VAE(*networks, lb.GaussianNoise(np.float32(0.5)), posterior=lb.FullNormal)
    lb.save(saved, path)
    lb.load(lb.VAE(*networks, lb.GaussianNoise(0.5), posterior=lb.FullNormal), path)
    wide = lb.VAE(lb.mlp(3, 9), lb.mlp(3, 3), lb.GaussianNoise(0.5), 3, posterior=lb.FullNormal)
    for other, message in (
        (lb.VAE(*networks, lb.GaussianNoise(0.25), posterior=lb.FullNormal), r"likelihood is .*0\.25.* to .*0\.5"),
        (lb.VAE(*networks, lb.Bernoulli(), posterior=lb.FullNormal), "likelihood is Bernoulli.* to GaussianNoise"),
        (lb.VAE(*networks, lb.GaussianNoise(0.5)), "posterior is DiagonalNormal, .* belong to FullNormal"),
        (wide, "latent_dim is 3, .* belong to 2"),
    ):
        before = other.encoder[0].weight.clone()
        with pytest.raises(ValueError, match=f"vae: its {message}"):
            lb.load(other, path)
        assert torch.equal(other.encoder[0].weight, before)


def test_a_file_that_does_not_say_what_its_weights_belong_to_is_read(tmp_path):
    path, saved, loaded = tmp_path / "old.safetensors", lb.digits_vae(seed=3), lb.digits_vae(seed=4)
    save_file(saved.state_dict(), path, {"epochs": "7"})
    assert lb.load(loaded, path) == {"epochs": 7}
    assert torch.equal(loaded.encoder[0].weight, saved.encoder[0].weight)


def test_weights_that_are_used_twice_or_lie_scattered_are_saved_too(tmp_path):
    path = tmp_path / "model.safetensors"

    def tied(seed):
        vae = lb.VAE(lb.mlp(4, 2, 4, seed=seed), lb.mlp(2, 4, seed=seed), lb.Bernoulli())
        vae.decoder[0].weight = vae.encoder[2].weight
        vae.encoder[0].weight.data = vae.encoder[0].weight.data.t().contiguous().t()
        return vae

    saved, loaded, x = tied(0), tied(1), torch.eye(4)
    lb.save(saved, path, epochs=7)
    assert lb.load(loaded, path) == {"epochs": 7}
    assert loaded.decoder[0].weight is loaded.encoder[2].weight
    assert torch.equal(lb.elbo(loaded, loaded.encode(x), x), lb.elbo(saved, saved.encode(x), x))


def test_saving_never_overwrites(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"path: .*model\.safetensors exists"):
        lb.save(lb.digits_vae(), path)
    assert path.read_bytes() == b"mine"


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
