"""Training: what it reports, what it leaves alone, and what its options mean."""

import math

import pytest
import torch

import lowerbound as lb
from lowerbound.training import loss
from tests.library.linear import linear_world
from tests.library.near import assert_near


def small_vae(seed=0):
    return lb.VAE(lb.mlp(4, 8, 4, seed=seed), lb.mlp(2, 8, 4, seed=seed + 1), lb.Bernoulli())


@pytest.fixture
def x(generator):
    kind = torch.randint(2, (60, 1), generator=generator)
    return (torch.rand(60, 4, generator=generator) < torch.where(kind == 0, 0.1, 0.9)).float()


def train(vae, x, **settings):
    return lb.fit(vae, x, progress=False, **({"epochs": 5, "batch_size": 16} | settings))


def test_the_loss_falls_and_the_history_says_so(x):
    history = train(small_vae(), x, epochs=60)
    assert len(history.loss) == 60
    assert history.loss[-1] < history.loss[0] - 0.5
    assert history.rows == []


@pytest.mark.parametrize(("width", "during"), [(8, 1), (300_000, 2)])
def test_small_steps_take_one_thread_and_the_number_is_put_back(x, width, during):
    threads, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        vae = lb.VAE(lb.mlp(4, width, 4), lb.mlp(2, 8, 4), lb.Bernoulli())
        vae.encoder.register_forward_hook(lambda *_: seen.append(torch.get_num_threads()))
        train(vae, x, epochs=1, learning_rate=1e-6)
        assert set(seen) == {during}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


def test_the_same_seed_gives_the_same_weights_and_torchs_own_state_is_left_alone(x):
    state = torch.get_rng_state()
    first, second, other = small_vae(), small_vae(), small_vae()
    assert train(first, x).loss == train(second, x).loss
    train(other, x, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))


def test_one_loss_is_minus_one_draw_of_the_elbo(generator):
    vae, p, q, x = linear_world()
    noise = torch.randn(len(x), 2, generator=generator, dtype=torch.float64)
    z = vae.encode(x).at(noise)
    kl, reconstruction = lb.kl_each(q, p.z, x), p.x_given_z.log_prob(x, z)
    assert_near(loss(vae, x, noise), (kl - reconstruction).mean())
    assert_near(loss(vae, x, noise, beta=4.0), (4 * kl - reconstruction).mean())
    assert_near(loss(vae, x, noise, beta=0.0), -reconstruction.mean())
    assert_near(loss(vae, x, None), (kl - p.x_given_z.log_prob(x, q.mean(x))).mean())
    many = torch.randn(1500, len(x), 2, generator=generator, dtype=torch.float64)
    losses = lb.estimate(torch.stack([loss(vae, x, noise) for noise in many]))
    assert abs(losses.value + lb.elbo(vae, vae.encode(x), x).mean()) < 4 * losses.standard_error


def test_the_first_reported_loss_is_the_average_over_the_images(x):
    vae = small_vae()
    reported = lb.fit(vae, x, epochs=1, batch_size=7, learning_rate=1e-30, sample=False, progress=False).loss[0]
    assert reported == pytest.approx(loss(small_vae(), x, None).item(), rel=1e-6)


def test_without_noise_and_kl_it_is_a_plain_autoencoder_whose_spread_never_moves(x):
    plain, noisy = small_vae(), small_vae()
    before = plain.encoder[2].weight[2:].clone()
    train(plain, x, beta=0.0, sample=False)
    train(noisy, x, beta=0.0)
    assert torch.equal(plain.encoder[2].weight[2:], before)
    assert not torch.equal(noisy.encoder[2].weight[2:], before)


def test_beta_weighs_the_rate(x):
    rates = {}
    for beta in (0.0, 1.0, 10.0):
        vae = small_vae()
        train(vae, x, epochs=60, beta=beta)
        rates[beta] = lb.kl(vae.encode(x), vae.prior).item()
    assert rates[0.0] > 1.5 * rates[1.0] > 3 * rates[10.0]


def test_watched_data_are_measured_as_promised(x):
    vae = small_vae().double()
    x = x.double()
    history = train(vae, x, epochs=5, every=2, watch={"all": x, "few": x[:9]}, exact=True)
    assert [(row.epoch, row.data) for row in history.rows] == [(e, d) for e in (2, 4, 5) for d in ("all", "few")]
    last = history.rows[-1]
    q, grid = vae.encode(x[:9]), lb.Grid(vae)
    assert last.elbo == pytest.approx(lb.elbo(vae, q, x[:9]).mean().item())
    assert last.log_evidence == pytest.approx(grid.log_evidence(x[:9]).mean().item())
    assert last.gap == pytest.approx(grid.gap(q, x[:9]).mean().item(), abs=1e-6)
    assert history.curve("few", "gap") == ([2, 4, 5], [row.gap for row in history.rows if row.data == "few"])
    plain = train(small_vae(), x.float(), watch={"all": x.float()}).rows[-1]
    assert math.isnan(plain.gap)
    assert math.isnan(plain.log_evidence)
    assert math.isfinite(plain.elbo)


def test_a_step_is_torchs_adam_and_the_learning_rate_falls_as_torchs_cosine(x):
    """To the last bit: what is left out of torch's loop is what it looks up, not what it computes."""
    ours, theirs = small_vae(), small_vae()
    train(ours, x, epochs=4, batch_size=60, learning_rate=0.01, seed=3)
    generator = torch.Generator().manual_seed(3)
    adam = torch.optim.Adam(theirs.parameters(), lr=0.01, fused=True)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(adam, 4)
    for _ in range(4):
        batch = x[torch.randperm(60, generator=generator)]
        adam.zero_grad()
        loss(theirs, batch, torch.randn(60, 2, generator=generator)).backward()
        adam.step()
        cosine.step()
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_a_frozen_weight_stays_where_it_is(x):
    vae = small_vae()
    vae.decoder[0].requires_grad_(False)
    frozen, free = vae.decoder[0].weight.clone(), vae.decoder[-1].weight.clone()
    train(vae, x, epochs=1)
    assert torch.equal(vae.decoder[0].weight, frozen)
    assert not torch.equal(vae.decoder[-1].weight, free)


def test_a_first_loss_that_is_no_number_says_what_is_large_before_anything_is_trained():
    vae = lb.VAE(lb.mlp(4, 8, 4), lb.mlp(2, 8, 4, seed=1), lb.GaussianNoise(1e-3))
    before = [parameter.clone() for parameter in vae.parameters()]
    with pytest.raises(FloatingPointError, match=r"first loss is nan, .* step: the encoder's means from .*Divide"):
        lb.fit(vae, 1e18 * torch.ones(8, 4), progress=False)
    assert all(torch.equal(a, b) for a, b in zip(before, vae.parameters(), strict=True))


def test_a_loss_that_stops_being_a_number_says_when_and_what_it_was(x):
    with pytest.raises(FloatingPointError, match=r"became (nan|inf) at step \d+ of epoch \d+, after .*1e\+30"):
        train(small_vae(), x, epochs=4, batch_size=10, learning_rate=1e30)


def test_a_schedule_of_beta_is_the_weight_of_each_epoch(x):
    seen = []

    def rising(epoch):
        seen.append(epoch)
        return min(1.0, epoch / 2)

    scheduled, by_hand = small_vae(), small_vae()
    losses = train(scheduled, x, epochs=3, beta=rising).loss
    assert seen == [1, 2, 3]
    noise_free = [train(by_hand, x, epochs=3, beta=0.5).loss[0]]
    assert losses[0] == pytest.approx(noise_free[0])
    assert losses[1] > train(small_vae(), x, epochs=3, beta=0.5).loss[1]
    with pytest.raises(ValueError, match="beta: expected a finite number, 0 or above, got -1"):
        train(small_vae(), x, epochs=3, beta=lambda epoch: -1)


def test_beyond_two_latent_numbers_the_watched_bound_is_sampled_with_its_error(x):
    vae = lb.VAE(lb.mlp(4, 8, 6), lb.mlp(3, 8, 4, seed=1), lb.Bernoulli(), 3)
    rows = train(vae, x, epochs=4, every=2, watch={"all": x}).rows
    assert [row.epoch for row in rows] == [2, 4]
    q = vae.encode(x)
    many = lb.sampled_elbo(vae, q, x, k=4000, generator=torch.Generator().manual_seed(5)).value.mean().item()
    assert 0 < rows[-1].standard_error < 0.1
    assert abs(rows[-1].elbo - many) < 5 * rows[-1].standard_error
    with pytest.raises(ValueError, match=r"exact: .*not 3.*importance_weighted_bound"):
        train(vae, x, watch={"all": x}, exact=True)


@pytest.mark.parametrize("posterior", [lb.DiagonalNormal, lb.FullNormal])
def test_under_autocast_only_the_networks_are_rounded(x, posterior):
    """The sum over 64 x 12 pixels in bfloat16 would be off by nats."""
    wide = torch.cat([x] * 16, 1)
    vae = lb.VAE(lb.mlp(64, 8, 5 if posterior is lb.FullNormal else 4), lb.mlp(2, 8, 64), lb.Bernoulli(), 2, posterior)
    noise = torch.randn(len(wide), 2, generator=torch.Generator().manual_seed(0))
    exact = loss(vae, wide, noise)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = loss(vae, wide, noise)
    assert rounded.dtype == torch.float32
    assert rounded.item() == pytest.approx(exact.item(), abs=0.1)
    assert rounded.item() != exact.item()


def test_under_autocast_every_step_and_every_measurement_sees_the_weights_as_they_are(x):
    """Autocast keeps rounded copies of weights: of the first step, or, if something was measured, without gradient."""
    histories = []
    for rounded in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=rounded):
            vae = lb.VAE(lb.mlp(4, 8, 6), lb.mlp(3, 8, 4, seed=1), lb.Bernoulli(), 3)
            histories.append(train(vae, x, epochs=40, watch={"all": x}, every=1))
            train(vae, x, epochs=1)  # whose last learning rate is not 0
            after = lb.measure(vae, x).elbo
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert lb.measure(vae, x).elbo == after
    exact, rounded = histories
    assert exact.loss[-1] < exact.loss[0] - 0.3
    assert rounded.loss == pytest.approx(exact.loss, abs=0.05)
    assert rounded.curve("all", "elbo")[1] == pytest.approx(exact.curve("all", "elbo")[1], abs=0.05)


def test_the_progress_bar_shows_the_loss_and_can_be_silenced(x, capsys):
    lb.fit(small_vae(), x, epochs=2)
    assert "loss=" in capsys.readouterr().err
    lb.fit(small_vae(), x, epochs=2, progress=False)
    assert capsys.readouterr().err == ""


def test_a_full_covariance_trains_too(x):
    vae = lb.VAE(lb.mlp(4, 8, 5), lb.mlp(2, 8, 4, seed=1), lb.Bernoulli(), posterior=lb.FullNormal)
    history = train(vae, x, epochs=60)
    assert history.loss[-1] < history.loss[0] - 0.5
    assert vae.encode(x).scale_tril[:, 1, 0].abs().max() > 1e-3
