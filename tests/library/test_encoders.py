"""Encoders as people have them, read as what they say they are."""

import pytest
import torch
from torch import nn

import lowerbound as lb
from tests.library.near import assert_near


class Pair(nn.Module):
    """An encoder that returns a tuple: means, and widths written in one of the usual ways."""

    def __init__(self, write):
        super().__init__()
        self.mean, self.log_std, self.write = nn.Linear(6, 2), nn.Linear(6, 2), write

    def forward(self, x):
        return self.mean(x), self.write(self.log_std(x))


WRITTEN = {"logvar": lambda s: 2 * s, "log_std": lambda s: s, "std": torch.exp, "var": lambda s: (2 * s).exp()}


@pytest.mark.parametrize("spread", WRITTEN)
def test_every_spread_is_read_as_what_it_is(spread, generator):
    torch.manual_seed(0)
    x = torch.rand(5, 6, generator=generator)
    network = Pair(WRITTEN[spread])
    vae = lb.VAE(lb.MeanAndSpread(network, spread), lb.mlp(2, 8, 6), lb.Bernoulli())
    q = vae.encode(x)
    assert_near(q.mean, network.mean(x), 1e-6)
    assert_near(q.log_std, network.log_std(x), 1e-6)


def test_one_tensor_is_halved(generator):
    x = torch.rand(5, 6, generator=generator)
    network = lb.mlp(6, 4)
    q = lb.VAE(lb.MeanAndSpread(network, "logvar"), lb.mlp(2, 8, 6), lb.Bernoulli()).encode(x)
    assert_near(q.log_std, network(x)[:, 2:] / 2, 1e-6)


def test_a_tuple_encoder_without_it_is_told_what_reads_it():
    vae = lb.VAE(Pair(torch.exp), lb.mlp(2, 8, 6), lb.Bernoulli())
    with pytest.raises(TypeError, match=r"encoder: .*one tensor, got a tuple; MeanAndSpread reads a pair"):
        vae.encode(torch.zeros(3, 6))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: lb.MeanAndSpread(nn.Linear(6, 4), "sigma"), ValueError, "spread: expected one of .*'logvar'"),
        (lambda: lb.MeanAndSpread(lambda x: x, "std"), TypeError, "network: expected a torch.nn.Module"),
        (lambda: lb.MeanAndSpread(nn.Linear(6, 3), "std")(torch.zeros(2, 6)), ValueError, r"network: .*got \(2, 3\)"),
        (lambda: lb.MeanAndSpread(nn.LSTM(6, 2), "std")(torch.zeros(2, 6)), TypeError, "network: .*got a tuple"),
        (lambda: lb.Divide(0), ValueError, "by: expected a finite number above 0, got 0"),
    ],
)
def test_what_cannot_be_read_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


class Tutorial(nn.Module):
    """Both networks as methods of one module."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(6, 4), nn.Linear(2, 6)

    def encode(self, x):
        return self.first(x).chunk(2, 1)

    def decode(self, z):
        return self.last(z)


def test_methods_of_one_module_are_two_networks(generator):
    torch.manual_seed(0)
    x, model = (torch.rand(40, 6, generator=generator) < 0.3).float(), Tutorial()
    vae = lb.VAE(lb.MeanAndSpread(lb.Method(model.encode), "logvar"), lb.Method(model.decode), lb.Bernoulli())
    before = [weight.clone() for weight in model.parameters()]
    lb.fit(vae, x, epochs=3, progress=False)
    assert not any(torch.equal(*pair) for pair in zip(before, model.parameters(), strict=True))
    apart = lb.VAE(lb.MeanAndSpread(model.first, "logvar"), model.last, lb.Bernoulli())
    ours, theirs = (v.encode(x) for v in (vae, apart))
    assert_near(lb.elbo(vae, ours, x), lb.elbo(apart, theirs, x), 1e-6)
    assert_near(lb.Grid(vae).log_evidence(x), lb.Grid(apart).log_evidence(x), 1e-6)
    with pytest.raises(TypeError, match=r"network: expected .* such as Method\(model.encode\), not a method"):
        lb.MeanAndSpread(model.encode, "logvar")


def test_bytes_are_divided_inside_the_encoder_only(generator):
    x = torch.randint(0, 256, (5, 6), generator=generator).float()
    network = lb.mlp(6, 4)
    vae = lb.VAE(nn.Sequential(lb.Divide(255), network), lb.mlp(2, 8, 6), lb.Binomial(255))
    assert_near(vae.encode(x).mean, network(x / 255)[:, :2], 1e-6)
    assert lb.fit(vae, x, epochs=2, progress=False).loss[1] > 0
