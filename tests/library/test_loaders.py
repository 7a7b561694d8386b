"""Data in batches: a loader trains and is measured as the tensor of the same images is."""

import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

import lowerbound as lb
from lowerbound.bounds import Estimate
from tests.library.near import assert_near


@pytest.fixture
def images(generator):
    return (torch.rand(50, 6, generator=generator) < 0.4).float()


def small_vae(latent=2):
    return lb.VAE(lb.mlp(6, 8, 2 * latent), lb.mlp(latent, 8, 6, seed=1), lb.Bernoulli(), latent)


def labelled(images):
    return TensorDataset(images, torch.arange(len(images)))


def test_a_dataset_trains_as_a_loader_of_ones_own_does(images):
    own = DataLoader(labelled(images), 16, shuffle=True, generator=torch.Generator().manual_seed(0))
    for data in (labelled(images), own):
        history = lb.fit(small_vae(), data, epochs=30, batch_size=16, progress=False)
        assert history.loss[-1] < history.loss[0] - 0.1


def test_one_batch_of_a_dataset_is_the_step_that_a_tensor_makes(images):
    losses = [
        lb.fit(small_vae(), data, epochs=1, batch_size=50, sample=False, progress=False).loss[0]
        for data in (images, labelled(images))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_a_dataset_leaves_the_global_random_state_alone(images):
    before = torch.random.get_rng_state()
    lb.fit(small_vae(), labelled(images), epochs=2, progress=False)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("latent", [2, 3])
def test_a_loader_is_measured_as_its_tensor(images, latent):
    vae = small_vae(latent)
    loader = DataLoader(labelled(images), batch_size=50)
    ours, tensors = lb.measure(vae, loader), lb.measure(vae, images)
    assert ours.elbo == pytest.approx(tensors.elbo, rel=1e-6)
    assert ours.standard_error == pytest.approx(tensors.standard_error, rel=1e-6)
    assert (ours.standard_error > 0) == (latent > 2)


def test_values_come_in_the_order_of_the_loader(images):
    vae = small_vae().double()
    x = images.double()
    loader = DataLoader(TensorDataset(x), batch_size=7)
    assert_near(lb.for_batches(lambda q, x: lb.elbo(vae, q, x), vae, loader), lb.elbo(vae, vae.encode(x), x), 1e-12)
    bound = lb.for_batches(lambda q, x: lb.importance_weighted_bound(vae, q, x, k=3, repeats=4), vae, loader)
    assert isinstance(bound, Estimate)
    assert bound.value.shape == bound.standard_error.shape == (50,)


class Stream(IterableDataset):
    def __iter__(self):
        return iter(torch.zeros(4, 6))


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (TensorDataset(torch.full((4, 6), 0.5)), ValueError, "x: Bernoulli data.*0.5"),
        (TensorDataset(torch.zeros(4, 6).long()), TypeError, "x: expected a floating-point tensor, got torch.int64"),
        (DataLoader(TensorDataset(torch.zeros(3, 6)), batch_size=4, drop_last=True), ValueError, "the loader gave no"),
        ([1, 2], TypeError, "x: expected a floating-point tensor, got list"),
    ],
    ids=["grey", "integers", "nothing", "list"],
)
def test_data_that_do_not_fit_are_refused_at_the_door(data, error, message):
    with pytest.raises(error, match=message):
        lb.fit(small_vae(), data, epochs=1, progress=False)


@pytest.mark.parametrize("data", [Stream(), DataLoader(Stream(), batch_size=2)])
def test_a_stream_is_taken_in_its_own_order(data):
    assert lb.fit(small_vae(), data, epochs=2, progress=False).loss[1] > 0
