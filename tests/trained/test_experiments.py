"""Recorded experiments: up to date, run again only when they must be, and measured as they say."""

import json
import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from lowerbound import (
    DiagonalNormal,
    FullNormal,
    Grid,
    digits,
    digits_vae,
    elbo,
    reconstruction,
    trained_digits,
)
from lowerbound.grid import GridPosterior
from lowerbound.models import mlp, recorded
from lowerbound_site.trained import experiments, model
from lowerbound_site.trained.model import fingerprint


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_a_record_is_up_to_date(name):
    assert experiments.recorded_fingerprint(name) == fingerprint(Path(experiments.__file__)), (
        f"src/lowerbound/trained/{name}.json was measured with other code; "
        "run: .venv/bin/python -m lowerbound_site train"
    )


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_a_record_is_small_and_has_five_seeds_of_everything(name):
    assert (experiments.RECORDS / f"{name}.json").stat().st_size < 60_000
    settings = [
        key
        for key in ("architecture", "data", "noise", "kl", "smooth", "proposal", "draws", "cells", "steps")
        if key in recorded(name)[0]
    ]
    seeds = {}
    for row in recorded(name):
        seeds.setdefault(tuple(row[key] for key in settings), []).append(row["seed"])
    assert all(found == [0, 1, 2, 3, 4] for found in seeds.values())
    expected = {
        "gap-in-training": 4,
        "continuity": 8,
        "slope-penalty": 2,
        "posteriors-in-training": 6,
        "following-the-shuffle": 6,
    }
    assert len(seeds) == expected[name]


def test_the_fingerprint_follows_the_code_and_not_the_comments(tmp_path):
    recipe = tmp_path / "recipe.py"

    def taken(text):
        recipe.write_text(text)
        return fingerprint(recipe)

    first = taken('def f():\n    """Say."""\n    return 1\n')
    assert taken('def f():\n    """Say more."""\n    return 1  # one\n') == first
    assert taken('def f():\n    """Say."""\n    return 2\n') != first
    assert model.fingerprint() != first


def one_run(seed, scale):
    return [{"seed": seed, "value": seed * scale}, {"seed": seed, "threads": torch.get_num_threads()}]


def test_an_experiment_runs_again_only_when_its_record_is_out_of_date(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "RECORDS", tmp_path)
    monkeypatch.setattr(experiments, "EXPERIMENTS", {"one": (one_run, [(3, 10), (4, 10)])})
    experiments.main()
    experiments.main()
    monkeypatch.setattr(experiments, "fingerprint", lambda *code: "other code")
    experiments.main()
    assert json.loads((tmp_path / "one.json").read_text()) == {
        "fingerprint": "other code",
        "rows": [
            {"seed": 3, "value": 30},
            {"seed": 3, "threads": 1},
            {"seed": 4, "value": 40},
            {"seed": 4, "threads": 1},
        ],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]
    assert capsys.readouterr().out.splitlines() == ["one recorded", "one is up to date", "one recorded"]


def test_what_is_measured_in_training_agrees_with_the_librarys_finer_nodes():
    vae, x = trained_digits(), digits().held_out
    found = experiments.measured(vae, x)
    bound, evidence = elbo(vae, vae.encode(x), x), Grid(vae).log_evidence(x)
    gap = evidence - bound
    assert found["elbo"] == pytest.approx(bound.mean().item(), abs=1e-3)
    assert found["log_evidence"] == pytest.approx(evidence.mean().item(), abs=1e-3)
    assert found["median_gap"] == pytest.approx(gap.quantile(0.5).item(), abs=1e-3)
    worst = gap > gap.quantile(0.9)
    assert worst.sum() == 36
    assert found["worst_tenth"] == pytest.approx((gap[worst].sum() / gap.sum()).item(), abs=1e-3)


def test_pixels_apart_is_the_distance_to_the_nearest():
    images, others = digits().held_out[:7], digits().train[:50]
    expected = [min((image - other).abs().sum().item() for other in others) for image in images]
    assert experiments.pixels_apart(images, others).tolist() == expected


def test_the_rough_decoder_changes_faster_and_its_encoder_is_the_smooth_ones():
    rough, smooth = experiments.rough_vae(0), digits_vae(seed=0)
    assert all(torch.equal(*pair) for pair in zip(rough.encoder.parameters(), smooth.encoder.parameters(), strict=True))
    z = torch.stack([torch.linspace(-1, 1, 1001), torch.zeros(1001)], 1)
    length = [vae.decode(z).diff(dim=0).abs().sum().item() for vae in (rough, smooth)]
    assert length[0] > 10 * length[1]


def test_what_is_measured_of_a_latent_space_of_known_shape():
    """A decoder that ignores z draws one image, and an encoder of the prior leaves nothing empty."""
    data = digits()
    vae = digits_vae(seed=0).double()
    vae.encoder = _constant(64, [0.0, 0.0, 0.0, 0.0])
    vae.decoder = _constant(2, (100 * (data.train[0] - 0.5)).tolist())
    found = experiments.continuity_of(vae, True, data.train, data.held_out)
    assert found["speed"] == found["fitted speed"] == found["holes"] == found["empty"] == 0
    one_image = (data.held_out - data.train[0]).abs().sum(1).mean().item()
    assert found["reach"] == found["fitted reach"] == found["wrong"] == pytest.approx(one_image, abs=1e-4)
    assert found["spread"] == pytest.approx(1, abs=0.05)
    assert found["path"] == ["".join(str(int(9 * pixel)) for pixel in data.train[0].tolist())] * 9
    vae.decoder = _constant(2, (100 * (0.5 - data.train[0])).tolist())
    assert experiments.continuity_of(vae, True, data.train, data.held_out)["holes"] == 1


def test_speed_is_counted_in_pixels_a_unit_of_z():
    """One pixel that goes from 0 to 1 across z1 = 0 changes by 1 on every arc that crosses it, and by 0 on others."""
    data = digits()
    vae = digits_vae(seed=0).double()
    vae.decoder = _constant(2, [-50.0] * 64)
    vae.decoder.weight.data[0, 0] = 1000.0
    vae.decoder.bias.data[0] = 0.0
    found = experiments.continuity_of(vae, True, data.train, data.held_out)["speed"]
    crossings = 0.5  # the first coordinates of two independent draws differ in sign every second time
    length = 1.9  # of a quarter turn between two draws, on average, within a tenth
    assert found == pytest.approx(crossings / length, rel=0.15)


def test_the_price_of_slope_is_what_a_little_noise_costs_a_decoder_without_curvature():
    x = digits().held_out[:20]
    vae = digits_vae(seed=0).double().requires_grad_(False)
    vae.decoder = mlp(2, 64, seed=1).double().requires_grad_(False)
    for posterior in (DiagonalNormal, FullNormal):
        numbers = torch.linspace(-1, 1, 20 * 5, dtype=torch.float64).view(20, 5)
        q = posterior.from_output(numbers if posterior is FullNormal else numbers[:, :4], 2)
        small = FullNormal(q.mean, q.scale_tril / 50)
        cost = vae.log_likelihood(x, q.mean) - reconstruction(vae, small, x)
        torch.testing.assert_close(experiments.price_of_slope(vae, small), cost, rtol=1e-3, atol=0.0)


def test_a_shuffle_moves_cells_and_its_inverse_moves_them_back():
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(2000, 2, generator=generator, dtype=torch.float64)
    order = torch.randperm(16, generator=generator)
    moved = experiments.shuffled(z, order)
    torch.testing.assert_close(experiments.shuffled(moved, order.argsort()), z)
    cells = [(4 * torch.special.ndtr(codes)).long() @ torch.tensor([4, 1]) for codes in (z, moved)]
    assert torch.equal(order[cells[0]], cells[1])
    assert (
        torch.distributions.Normal(0, 1).cdf(moved.sort(0).values) - torch.arange(2000)[:, None] / 2000
    ).abs().max() < 0.05


def test_how_far_a_posterior_is_from_a_normal():
    """A normal is 0 away; two heaps of width 0.3 at -3 and 3 are as far as their spread and log 2 say."""
    vae, x = digits_vae(seed=0).double().requires_grad_(False), digits().held_out[:3]
    vae.decoder = _constant(2, [0.0] * 64)  # the posterior is the prior
    grid = Grid(vae, points=300)
    assert experiments.apart_from_a_normal(grid, x).item() == pytest.approx(0, abs=1e-9)
    heaps = [
        FullNormal(torch.tensor([[at, 0.0]]).double(), torch.diag(torch.tensor([0.3, 1.0])).double()[None])
        for at in (-3.0, 3.0)
    ]
    log_prob = torch.stack([heap.log_prob(grid.z[:, None]).T for heap in heaps]).logsumexp(0)
    two = SimpleNamespace(z=grid.z, posterior=lambda x: GridPosterior(grid, log_prob.log_softmax(1)))
    expected = 0.5 * math.log((9 + 0.09) / 0.09) - math.log(2)
    assert experiments.apart_from_a_normal(two, x[:1]).item() == pytest.approx(expected, abs=1e-6)


def _constant(inputs, outputs):
    network = mlp(inputs, len(outputs)).double()[0]
    assert isinstance(network, nn.Linear)
    network.weight.data.zero_()
    network.bias.data = torch.tensor(outputs, dtype=torch.float64)
    return network
