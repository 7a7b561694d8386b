"""Whatever `fit` can train can be measured: every function, on every kind of network, and nothing is changed by it."""

from functools import cache

import pytest
import torch
from torch import nn

import lowerbound as lb
from lowerbound.training import loss
from tests.library.near import assert_near
from tests.library.zoo import PAIRS, trained_pair

# Group normalisation of few numbers all but jumps. Here two ways to call a network are compared, warnings or not.
pytestmark = pytest.mark.filterwarnings("ignore:reconstruction:UserWarning", "ignore:grid:UserWarning")


def seed():
    return torch.Generator().manual_seed(7)


def start(x):
    return torch.randn(8, len(x), 2, generator=seed(), dtype=torch.float64)


def best(vae, q, x):
    """ELBO of what the climb finds: this is what it is after."""
    return lb.elbo(vae, lb.optimal_q(vae, q, x, steps=4), x)


def pixels(x):
    """Images as they are; but a signal, shape (n, 1, D), is to log_likelihood what x[:, None] is: rows for a table."""
    return x.flatten(1) if x.shape[1:] == (1, 16) else x


MEASURED = {  # what to call with (vae, q, x): a tensor, or several
    "VAE": lambda vae, q, x: (vae.log_likelihood(pixels(x), start(x)), vae.log_joint(pixels(x), start(x))),
    "VAE.decode": lambda vae, q, x: vae.decode(start(x)[0, 0]),
    "VAE.encode": lambda vae, q, x: tuple(vars(vae.encode(x)).values()),
    "VAE.sample": lambda vae, q, x: (vae.sample(5, seed())[0].reshape(5, -1), vae.sample(5, seed())[1]),
    "elbo": lb.elbo,
    "reconstruction": lb.reconstruction,
    "draw": lambda vae, q, x: lb.draw(vae, q, x, k=3, generator=seed()),
    "sampled_elbo": lambda vae, q, x: lb.sampled_elbo(vae, q, x, k=3, generator=seed()),
    "importance_weighted_bound": lambda vae, q, x: lb.importance_weighted_bound(
        vae, q, x, k=3, repeats=2, generator=seed()
    ),
    "mutual_information": lambda vae, q, x: lb.mutual_information(lb.EncoderJoint(q)),
    "kl": lambda vae, q, x: lb.kl(q, vae.prior),
    "kl_per_latent": lambda vae, q, x: lb.kl_per_latent(lb.DiagonalNormal(q.mean, torch.zeros_like(q.mean))),
    "for_batches": lambda vae, q, x: lb.for_batches(lambda q, x: lb.kl_each(q, vae.prior), vae, x, batch_size=7),
    "kl_each": lambda vae, q, x: lb.kl_each(q, lb.Grid(vae).posterior(x)),
    "Grid": lambda vae, q, x: (lb.Grid(vae).log_evidence(x), lb.Grid(vae).gap(q, x)),
    "Grid.posterior": lambda vae, q, x: lb.Grid(vae).posterior(x).mean,
    "optimal_q": best,
    "measure": lambda vae, q, x: torch.tensor(lb.measure(vae, x, exact=True)[2:]),
}
# What calls no network of a VAE's, or is there to change it.
WITHOUT = {
    *("Bernoulli", "Binomial", "DiagonalNormal", "digits", "digits_vae", "Distribution", "Divide"),
    *("EncoderJoint", "entropy", "estimate", "fit", "FullNormal", "Gaussian"),
    *("GaussianJoint", "GaussianNoise", "History", "Joint", "LearnedNoise", "LinearGaussian"),
    *("MeanAndSpread", "Method", "mlp", "PixelNoise", "ppca", "trained_digits"),
}


def test_every_public_function_is_called_or_calls_no_network():
    assert set(lb.__all__) == {name for name in MEASURED if name in lb.__all__} | WITHOUT


trained_pair = cache(trained_pair)


def assert_same(ours, theirs, tolerance):
    several = isinstance(ours, tuple)
    for a, b in zip(ours if several else (ours,), theirs if several else (theirs,), strict=True):
        assert_near(a.detach(), b.detach(), tolerance)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_decoder_gives_every_code_what_it_gives_it_alone(pair):
    vae, _, reference = trained_pair(pair)
    z = torch.randn(2, 3, 4, 2, generator=seed(), dtype=torch.float64)
    alone = [reference.decoder.network.eval()(code[None]).reshape(-1) for code in z.reshape(-1, 2)]
    assert_near(vae.decode(z).detach(), torch.stack(alone).reshape(2, 3, 4, -1).detach())
    assert_near(vae.decode(z[0, 0, 0]).detach(), alone[0].detach())


@pytest.mark.parametrize("measured", MEASURED)
@pytest.mark.parametrize("pair", PAIRS)
def test_every_function_measures_every_pair_of_networks(pair, measured):
    vae, x, reference = trained_pair(pair)
    ours = MEASURED[measured](vae, vae.encode(x), x)
    theirs = MEASURED[measured](reference, reference.encode(x.flatten(1)), x.flatten(1))
    assert_same(ours, theirs, 1e-6 if measured == "optimal_q" else 1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_gradients_pass_through_every_pair_of_networks(pair):
    vae, x, reference = trained_pair(pair)
    for model, images in ((vae, x), (reference, x.flatten(1))):
        model.zero_grad()
        lb.elbo(model, model.encode(images), images).sum().backward()
    for ours, theirs in zip(vae.parameters(), reference.parameters(), strict=True):
        assert_near(ours.grad, theirs.grad, 1e-9)


# -- measuring changes nothing -----------------------------------------------------------------------------------------


def everything(vae):
    """What measuring has to leave alone, in a form that can be compared."""
    weights = {name: (value.tolist(), value.requires_grad) for name, value in vae.state_dict(keep_vars=True).items()}
    gradients = [None if weight.grad is None else weight.grad.tolist() for weight in vae.parameters()]
    modes = [module.training for module in vae.modules()]
    return weights, gradients, modes, torch.get_rng_state().tolist(), torch.is_grad_enabled()


@pytest.fixture
def half_frozen():
    """A VAE in the middle of training: in training mode but for one layer, frozen in part, with gradients."""
    norm, drop = (lambda: nn.BatchNorm1d(8)), (lambda: nn.Dropout(0.5))
    encoder = nn.Sequential(nn.Linear(16, 8), norm(), drop(), nn.Linear(8, 4))
    decoder = nn.Sequential(nn.Linear(2, 8), norm(), nn.SiLU(), drop(), nn.Linear(8, 16))
    vae = lb.VAE(encoder, decoder, lb.Bernoulli()).double()
    for parameter in vae.parameters():
        nn.init.normal_(parameter, std=0.2, generator=seed())
    vae.encoder[-1].bias.data = torch.tensor([0.0, 0.0, -1.0, -1.0]).double()  # q(z|x) within the prior
    x = (torch.rand(5, 16, generator=seed()) < 0.4).double()
    loss(vae, x, None).backward()
    vae.decoder[1].eval()
    vae.decoder[0].requires_grad_(False)
    return vae, x


@pytest.mark.parametrize("mode", ["training", "eval"])
@pytest.mark.parametrize("measured", MEASURED)
def test_measuring_changes_nothing_and_is_the_same_in_every_mode(half_frozen, measured, mode):
    vae, x = half_frozen
    if mode == "eval":
        vae.eval()
    before, q = everything(vae), vae.encode(x)
    first, second = (MEASURED[measured](vae, q, x) for _ in range(2))
    assert everything(vae) == before
    assert_same(first, second, 0.0)
    vae.eval()
    assert_same(first, MEASURED[measured](vae, q, x), 0.0)


def test_an_error_on_the_way_leaves_every_mode_as_it_was(half_frozen):
    vae, x = half_frozen
    vae.decoder.append(nn.Linear(3, 3).double())
    before = everything(vae)
    with pytest.raises(RuntimeError, match="shapes"):
        lb.elbo(vae, vae.encode(x), x)
    assert everything(vae) == before


def test_an_image_is_measured_without_its_neighbours(half_frozen):
    vae, x = half_frozen
    together = lb.elbo(vae, vae.encode(x), x)
    assert_near(together[:1].detach(), lb.elbo(vae, vae.encode(x[:1]), x[:1]).detach())


def test_watching_a_training_does_not_change_it(half_frozen):
    vae, x = half_frozen
    vae.requires_grad_(True)
    start, seen = {k: v.clone() for k, v in vae.state_dict().items()}, []
    for watch in (None, {"all": x}):
        vae.load_state_dict(start)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # of dropout
            lb.fit(vae, x, epochs=3, every=1, batch_size=5, watch=watch, exact=True, progress=False)
        seen.append(everything(vae))
    assert seen[0] == seen[1]
    assert not torch.equal(vae.state_dict()["decoder.4.weight"], start["decoder.4.weight"])
    assert not torch.equal(vae.state_dict()["encoder.1.running_mean"], start["encoder.1.running_mean"]), "fit trains"


def test_in_a_training_loop_of_ones_own_the_networks_are_in_the_mode_that_they_are_in(half_frozen):
    vae, x = half_frozen
    vae.decoder[1].train()
    q = vae.encode(x, training=True)
    assert not torch.equal(q.mean, vae.encode(x, training=True).mean), "dropout"
    assert not torch.equal(vae.encoder[1].running_mean, torch.zeros(8).double()), "batch statistics"
    vae.decode(q.mean, training=True)
    assert not torch.equal(vae.decoder[1].running_mean, torch.zeros(8).double())


# -- what was measured once, and was wrong -----------------------------------------------------------------------------


def test_a_decoder_of_images_has_the_bound_of_its_rows(held_out):
    decoder = nn.Sequential(lb.mlp(2, 8, 64, seed=1), nn.Unflatten(1, (1, 8, 8)), nn.Flatten())
    vae = lb.VAE(lb.mlp(64, 8, 4), decoder, lb.Bernoulli()).double()
    right = [-44.6603, -44.2888, -44.0315, -44.5860]
    assert lb.elbo(vae, vae.encode(held_out[:4]), held_out[:4]).tolist() == pytest.approx(right, abs=1e-4)


def test_the_bound_of_a_decoder_with_batch_norm_is_the_evidence_minus_the_gap(held_out):
    norm = nn.BatchNorm1d(5)
    norm.running_mean = torch.arange(5.0)
    decoder = nn.Sequential(lb.mlp(2, 5, seed=1), norm, lb.mlp(5, 64, seed=2))
    vae, x = lb.VAE(lb.mlp(64, 8, 4), decoder, lb.Bernoulli()).double(), held_out[:5]
    right = [-73.61, -63.73, -73.87, -77.63, -67.30]
    assert lb.elbo(vae, vae.encode(x), x).tolist() == pytest.approx(right, abs=0.01)
    assert (lb.Grid(vae).log_evidence(x) - lb.Grid(vae).gap(vae.encode(x), x)).tolist() == pytest.approx(
        right, abs=0.01
    )
