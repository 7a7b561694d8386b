"""Sums in blocks: the same values and gradients as in one go, and nothing kept for the gradient but what went in."""

import subprocess
import sys

import pytest
import torch

import lowerbound as lb
from lowerbound.memory import in_blocks
from tests.library.near import assert_near


def seed():
    return torch.Generator().manual_seed(3)


@pytest.fixture
def world():
    """A freshly made VAE, whose weights ask for gradients, and data."""
    vae = lb.VAE(lb.mlp(6, 5, 4), lb.mlp(2, 5, 6, seed=1), lb.Bernoulli()).double()
    return vae, (torch.rand(9, 6, generator=seed()) < 0.5).double()


FUNCTIONS = {
    "encode": lambda vae, q, x: vae.encode(x).mean,
    "elbo": lb.elbo,
    "reconstruction": lb.reconstruction,
    "draw": lambda vae, q, x: lb.draw(vae, q, x, k=6, generator=seed()).log_weight,
    "sampled_elbo": lambda vae, q, x: lb.sampled_elbo(vae, q, x, k=6, generator=seed()).value,
    "mutual_information": lambda vae, q, x: lb.mutual_information(lb.EncoderJoint(q)),
    "kl": lambda vae, q, x: lb.kl(lb.EncoderJoint(q).z, vae.prior),
    "x_given_z": lambda vae, q, x: lb.EncoderJoint(q).x_given_z(q.mean).square(),
}


@pytest.mark.parametrize("block", [1, 100, 2000])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_blocks_change_neither_values_nor_gradients(world, function, block, monkeypatch):
    vae, x = world
    found = []
    if function in ("mutual_information", "kl"):
        block *= 1000  # their sums have thousands of points
    if function in ("elbo", "reconstruction"):
        block *= 500  # theirs have hundreds for each image
    for size in (2**22, block):
        monkeypatch.setattr("lowerbound.memory.BLOCK", size)
        vae.zero_grad()
        value = FUNCTIONS[function](vae, vae.encode(x), x)
        value.sum().backward()
        found.append((value.detach(), [weight.grad for weight in vae.parameters() if weight.grad is not None]))
    (value, gradients), (blocked, again) = found
    assert_near(blocked, value)
    assert gradients
    for ours, theirs in zip(again, gradients, strict=True):
        assert_near(ours, theirs)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_kept_for_the_gradient_but_what_went_in(world, function, monkeypatch):
    """The numbers that the graph holds grow with the rows of x and q, not with pixels times nodes or draws."""
    vae, x = world
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    q, kept = vae.encode(x), {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes() // tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        value = FUNCTIONS[function](vae, q, x)
    assert value.requires_grad
    weights = sum(weight.numel() for weight in vae.parameters())
    points = 0 if function not in ("mutual_information", "kl") else 40_000  # the grid over z, and log q(z) on it
    assert sum(kept.values()) <= weights + x.numel() + 30 * 6 * len(x) + points


def test_a_gradient_after_the_weights_have_changed_is_refused(world, monkeypatch):
    vae, x = world
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    bound = lb.elbo(vae, vae.encode(x), x).sum()
    with torch.no_grad():
        vae.decoder[0].weight.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        bound.backward()


def test_second_derivatives_of_several_blocks_are_right(monkeypatch):
    monkeypatch.setattr("lowerbound.memory.BLOCK", 1)
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (slope,) = torch.autograd.grad(in_blocks(lambda x: x**3, [x], 1).square().sum(), x, create_graph=True)
    slope.sum().backward()
    assert_near(x.grad, 30 * x.detach() ** 4)  # of x^6


PROGRAM = """
import sys, resource, torch, lowerbound as lb
vae = lb.VAE(lb.mlp(784, 400, 20), lb.mlp(10, 400, 784, seed=1), lb.Bernoulli(), 10)
for rows in (500, 3000):
    x = torch.zeros(rows, 784)
    x[:, ::3] = 1
    lb.fit(vae, x[:256], epochs=1, progress=False)
    q = vae.encode(x)
    lb.importance_weighted_bound(vae, q, x, k=2, repeats=2)
    lb.sampled_elbo(vae, q, x, k=4).value.mean().backward()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage")
def test_more_images_take_hardly_more_memory_than_they_are():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    few, many = map(float, done.stdout.split())
    assert many - few < 60, "in MB; the images are 8 of them, and with every graph kept it would be several hundred"
