"""What takes a VAE works where its parameters are: on a GPU it gives what it gives on the processor."""

import copy
from functools import cache

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import lowerbound as lb
from lowerbound.diagnose import diagnose
from tests.library import test_zoo as zoo
from tests.library.broken import BROKEN, SOUND
from tests.library.near import assert_near
from tests.library.test_diagnose import QUICK
from tests.library.zoo import PAIRS, trained_pair

if not torch.cuda.is_available():
    pytest.skip("torch sees no GPU here; where it does: pytest tests/library/test_gpu.py", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore:reconstruction:UserWarning", "ignore:grid:UserWarning")
# A GPU's generator draws other numbers from the same seed: these are compared in their averages, below.
DRAWS = {"VAE.sample", "draw", "sampled_elbo", "importance_weighted_bound"}


@cache
def on_both(pair):
    (vae, x, _), (there, _, _) = trained_pair(pair), trained_pair(pair)
    return vae, x, there.cuda(), x.cuda()


def near(pair):
    """How far the two may be apart: torch's weight normalisation rounds to float32 on a GPU."""
    return 1e-6 if pair == "weight norm" else 1e-9


def measured(name, vae, x):
    found = zoo.MEASURED[name](vae, vae.encode(x), x)
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("name", sorted(set(zoo.MEASURED) - DRAWS))
@pytest.mark.parametrize("pair", PAIRS)
def test_every_function_gives_there_what_it_gives_here(pair, name, monkeypatch):
    monkeypatch.setattr(zoo, "start", lambda x, start=zoo.start: start(x).to(x.device))
    vae, x, there, x_there = on_both(pair)
    for ours, theirs in zip(measured(name, there, x_there), measured(name, vae, x), strict=True):
        assert_near(ours.detach().cpu(), theirs.detach(), 1e-6 if name == "optimal_q" else near(pair))


@pytest.mark.parametrize("pair", PAIRS)
def test_gradients_reach_the_weights_there(pair):
    vae, x, there, x_there = on_both(pair)
    for model, images in ((vae, x), (there, x_there)):
        model.zero_grad()
        lb.elbo(model, model.encode(images), images).sum().backward()
    for ours, theirs in zip(there.parameters(), vae.parameters(), strict=True):
        assert_near(ours.grad.cpu(), theirs.grad, near(pair))


@pytest.mark.parametrize("pair", PAIRS)
def test_what_draws_agrees_within_its_standard_error(pair):
    _, _, vae, x = on_both(pair)
    q, generator = vae.encode(x), torch.Generator("cuda").manual_seed(0)
    sampled = lb.sampled_elbo(vae, q, x, k=2000, generator=generator)
    off = (sampled.value - lb.elbo(vae, q, x)) / sampled.standard_error
    assert off.abs().max() < 5
    bound = lb.importance_weighted_bound(vae, q, x, k=500, repeats=4, generator=generator)
    evidence = lb.Grid(vae).log_evidence(x)
    assert (bound.value.cpu() - evidence).abs().max() < 0.5
    images, codes = vae.sample(5, generator)
    assert images.is_cuda
    assert codes.is_cuda
    assert all(part.is_cuda for part in lb.draw(vae, q, x, k=3, generator=generator))


@pytest.mark.parametrize("data", ["a tensor there", "a loader of the processor's"])
@pytest.mark.parametrize("likelihood", [lb.Bernoulli(), lb.LearnedNoise(0.1), lb.PixelNoise(0.1)], ids=repr)
def test_training_there_reaches_what_it_reaches_here(likelihood, data):
    digits = lb.digits()
    x, held_out = digits.train.float(), digits.held_out.float()
    reached = []
    for device in ("cpu", "cuda"):
        vae = lb.VAE(
            lb.mlp(64, 32, 4, seed=0), lb.mlp(2, 32, 64 * likelihood.outputs, seed=1), copy.deepcopy(likelihood)
        ).to(device)
        loader = data == "a loader of the processor's"
        given = DataLoader(TensorDataset(x), 64, shuffle=True) if loader else x.to(device)
        lb.fit(vae, given, epochs=30, watch={"held out": held_out.to(device)}, progress=False)
        reached.append(lb.measure(vae, held_out.to(device)).elbo)
    assert abs(reached[0] - reached[1]) < 1.0


def on_the_gpu(vae, x):
    (vae if isinstance(vae, lb.VAE) else vae.network).cuda()
    return vae, x.cuda()


@pytest.mark.parametrize("make", BROKEN, ids=lambda make: make.__name__)
def test_a_mistake_is_caught_there_by_its_check_and_no_other(make):
    assert diagnose(*on_the_gpu(*make()), **QUICK).wrong == (BROKEN[make],)


@pytest.mark.parametrize("make", SOUND, ids=lambda make: make.__name__)
def test_a_sound_one_raises_no_alarm_there(make):
    assert diagnose(*on_the_gpu(*make(0)), **QUICK).wrong == ()
