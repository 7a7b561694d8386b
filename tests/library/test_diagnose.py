"""`diagnose` finds each planted mistake, by the check that should; the others and the sound ones raise no alarm."""

import copy
import html
import json
import re
import time
from pathlib import Path

import pytest
import torch
from scipy.stats import norm
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce_with_logits

import lowerbound as lb
from lowerbound.diagnose import SKIPPED, THRESHOLDS, WRONG, AnyVAE, diagnose
from lowerbound.diagnose.anyvae import as_any
from lowerbound.psis import pareto_k
from tests.library.broken import BROKEN, PLANTED, SOUND, data, each_kl, loss_of, plain, planted, right, sound, summed

QUICK = {"images": 2, "draws": 100}


@pytest.mark.parametrize("make", BROKEN, ids=lambda make: make.__name__)
def test_a_mistake_is_caught_by_its_check_and_no_other(make):
    assert diagnose(*make(), **QUICK).wrong == (BROKEN[make],)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("make", SOUND, ids=lambda make: make.__name__)
def test_a_sound_one_raises_no_alarm(make, seed):
    report = diagnose(*make(seed), **QUICK, seed=seed)
    assert report.wrong == ()


@pytest.mark.parametrize(("kind", "cost", "kl"), PLANTED)
def test_the_hidden_beta_is_found_within_a_hundredth(kind, cost, kl):
    check = diagnose(*planted(kind, cost, kl), images=1, draws=20)["beta"]
    beta = PLANTED[kind, cost, kl]
    assert check.number == pytest.approx(beta, rel=0.01)
    assert (check.verdict == WRONG) == (abs(beta - 1) > 0.02)


def test_it_says_which_factor_and_which_reduction_made_beta():
    found = {of: diagnose(*planted(*of), images=1, draws=20)["beta"].value for of in list(PLANTED)[:7]}
    assert found["cross-entropy", "sum", "mean"].endswith("cross-entropy, summed and KL, a mean over 3 latent numbers")
    assert found["cross-entropy", "mean", "sum"].endswith("cross-entropy, a mean over 64 pixels and KL, summed")
    assert found["cross-entropy", "sum", "0.1"].endswith("KL, summed, times 0.1")


def test_the_public_ones_numbers_come_out():
    """AntixK/PyTorch-VAE: 12,288 pixels, a mean over all, a weight of 0.00025: beta = 1.54. Its fix: beta = 6,144."""
    net = nn.ModuleList([nn.Linear(12288, 8), nn.Linear(4, 12288)])
    x = torch.rand(16, 12288, generator=torch.Generator().manual_seed(0))
    found = []
    for weight in (0.00025, 1.0):

        def loss(decoded, x, mu, logvar, weight=weight):
            kld = torch.mean(-0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1), dim=0)
            return nn.functional.mse_loss(decoded, x) + weight * kld

        vae = AnyVAE(
            network=net,
            encode=lambda x: net[0](x).chunk(2, 1),
            spread="logvar",
            decode=lambda z: net[1](z),
            likelihood="gaussian",
            sigma=1.0,
            loss=loss,
        )
        found.append(diagnose(vae, x, **QUICK)["beta"].number)
    assert found == pytest.approx([1.536, 6144])


def shapes():
    """The four usual shapes of code, all with a mean over the pixels, and how each is handed over."""
    net = copy.deepcopy(plain(0))

    def loss_function(recon_x, x, mu, logvar, M_N=1.0):
        kld = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1).mean()
        return {"loss": bce_with_logits(recon_x, x) + M_N * kld, "KLD": -kld.detach()}

    def forward(x):
        mu, logvar = net.encode(x)
        return net.decode(net.draw(mu, logvar)), mu, logvar

    def training_step(batch, index):
        x, _ = batch
        recon, mu, logvar = forward(x)
        return loss_function(recon, x, mu, logvar)["loss"]

    yield {"loss": lambda recon, x, mu, logvar: loss_function(recon, x, mu, logvar)["loss"]}
    yield {"loss": lambda *of: loss_function(*of)["loss"], "encode": lambda x: forward(x)[1:]}
    yield {"loss": lambda *of: loss_function(*of, M_N=1.0)["loss"], "encode": lambda x: forward(x)[1:]}
    yield {"loss": None, "draw": None, "step": lambda x: training_step((x, None), 0), "net": net, "encode": net.encode}


@pytest.mark.parametrize("shape", range(4))
def test_the_usual_shapes_of_code_are_handed_over_in_a_line(shape):
    report = diagnose(sound(**list(shapes())[shape]), data(), **QUICK)
    assert report.wrong == ("beta",)
    assert report["beta"].number == pytest.approx(64, rel=0.01)


def test_what_a_check_names_as_evidence_is_a_claim():
    root = Path(__file__).parents[2]
    source = "".join(path.read_text() for path in (root / "src/lowerbound/diagnose").glob("*.py"))
    claims = set(re.findall(r'"([a-z]+(?:-[a-z]+){2,})"', source))
    assert len(claims) > 4
    assert all((root / "snippets" / f"{name}.py").is_file() for name in claims), claims


def test_nothing_is_changed_by_looking():
    vae, x = next(make for make in BROKEN if make.__name__ == "batch_norm_left_on")()
    before = {name: value.clone() for name, value in vae.network.state_dict().items()}
    pointers = [weight.data_ptr() for weight in vae.network.parameters()]
    modes = [module.training for module in vae.network.modules()]
    vae.network.first[0].weight.requires_grad_(False)
    random = torch.get_rng_state()
    for _ in range(2):
        diagnose(vae, x, **QUICK)
        vae.network.train()
    vae.network.eval()
    diagnose(vae, x, **QUICK)
    vae.network.train()
    assert all(torch.equal(value, before[name]) for name, value in vae.network.state_dict().items())
    assert [weight.data_ptr() for weight in vae.network.parameters()] == pointers
    assert [module.training for module in vae.network.modules()] == modes
    assert [weight.requires_grad for weight in vae.network.parameters()].count(False) == 1
    assert torch.equal(random, torch.get_rng_state())


def test_the_same_report_twice():
    vae, x = SOUND[3](0)
    assert str(diagnose(vae, x, **QUICK)) == str(diagnose(vae, x, **QUICK))


def test_a_report_is_text_html_and_plain_data():
    report = diagnose(*next(iter(BROKEN))(), **QUICK)
    assert not report.ok
    assert str(report).splitlines()[0] == "wrong: beta"
    assert str(report).splitlines()[2].startswith("wrong: beta: 0.008 where 1 was meant: squared error, a mean over 64")
    assert "not checked, because" in str(report)
    shown = report._repr_html_()
    assert f'href="http://127.0.0.1:8000/ledger/#{report["beta"].claim}"' in shown
    assert html.escape(report["beta"].advice) in shown
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["ok"] is False
    assert plain["checks"][0]["number"] == pytest.approx(0.008)
    assert len(plain["images"]["elbo"]) == 2
    assert plain["loss"]["cost"] == "gaussian"
    with pytest.raises(KeyError, match="eval mode"):
        report["betta"]


def test_what_is_not_checked_says_why():
    report = diagnose(sound(loss=None, draw=None), data(), **QUICK)
    assert {
        check.name for check in report.checks if check.verdict == SKIPPED and check.advice == "no loss was given"
    } >= {
        "beta",
        "noise of the draw",
    }

    def raising(*of):
        raise AttributeError("no such thing")

    report = diagnose(sound(loss=raising), data(), **QUICK)
    assert report["beta"].advice == "the loss raised AttributeError: no such thing"
    limited = loss_of(summed, lambda mu, logvar: each_kl(mu, logvar).clamp(min=1.5).mean())
    free_bits = diagnose(sound(loss=limited), data(), **QUICK)
    assert free_bits["reconstruction in the loss"].verdict == "look"
    assert free_bits["beta"].verdict == SKIPPED


def test_a_loss_that_cannot_be_asked_is_no_all_clear():
    """Each of these came back as "nothing is wrong": an error in it was a reason not to look."""

    def mistyped(*of):
        return right(*of) + y  # noqa: F821

    for loss, said in {
        mistyped: "NameError: name 'y' is not defined",
        lambda *of: {"loss": right(*of)}: "TypeError: expected a tensor with one number, got dict",
        lambda *of: (right(*of), 0): "TypeError: expected a tensor with one number, got tuple",
        lambda *of: right(*of).item(): "TypeError: expected a tensor with one number, got float",
        lambda *of: right(*of).expand(8): "TypeError: expected a tensor with one number, got shape (8,)",
    }.items():
        report = diagnose(sound(loss=loss), data(), **QUICK)
        assert report.wrong == ("loss gives a number",)
        assert report["loss gives a number"].value == f"the loss raised {said}"
    report = diagnose(sound(loss=None), data(), **QUICK)
    assert str(report).splitlines()[0].startswith("nothing is wrong; look at: loss gives a number")
    exchanged = diagnose(sound(loss=lambda decoded, x, *of: right(x, decoded, *of)), data(), **QUICK)
    assert "look at: reconstruction in the loss" in str(exchanged).splitlines()[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("spread", ["logvar", "log_std"])
def test_a_width_said_to_be_a_logarithm_that_the_loss_takes_the_logarithm_of(spread):
    def of_std(decoded, x, mu, std):
        return summed(decoded, x) + (0.5 * (mu.square() + std.square() - 1) - std.log()).sum(1).mean()

    report = diagnose(sound(spread=spread, loss=of_std, draw=None), data(), **QUICK)
    assert report.wrong == ("loss gives a number",)
    assert report["loss gives a number"].value.startswith("the loss is NaN or infinite at a sound")


def test_sigma_where_its_square_belongs_is_named():
    def of_std(decoded, x, mu, logvar):
        return summed(decoded, x) + 0.5 * (mu.square() + (logvar / 2).exp() - 1 - logvar).sum(1).mean()

    report = diagnose(sound(loss=of_std), data(), **QUICK)
    assert report.wrong == ("sign and form of the KL",)
    assert report["sign and form of the KL"].value == "it has sigma where sigma^2 belongs"


@pytest.mark.parametrize(
    ("weight", "mean", "advice"),
    [
        (0.1, False, "Take the factor out; if"),
        (1.0, True, "Sum over pixels and over latent numbers; if"),
        (0.3, True, "Sum over pixels and over latent numbers and take the factor out; if"),
    ],
)
def test_the_advice_on_beta_is_on_what_made_it(weight, mean, advice):
    def loss(decoded, x, mu, logvar):
        return summed(decoded, x) / (64 if mean else 1) + weight * each_kl(mu, logvar).mean()

    assert advice in str(diagnose(sound(loss=loss), data(), **QUICK)["beta"])


def test_counts_have_a_binomial_with_its_coefficients_or_without():
    counts, net = lb.digits(binary=False).held_out[:128].float(), copy.deepcopy(plain(0))

    def report(cost, x=counts):
        def loss(decoded, x, mu, logvar):
            return (cost(decoded, x).sum(1) + each_kl(mu, logvar)).mean()

        parts = {"net": net, "encode": lambda x: net.encode(x / 16), "likelihood": "binomial-logits", "total": 16}
        return diagnose(sound(loss=loss, **parts), x, **QUICK)

    def once(decoded, x):
        return bce_with_logits(decoded, x / 16, reduction="none")

    without = report(lambda decoded, x: 16 * once(decoded, x))
    with_them = report(lambda decoded, x: -torch.distributions.Binomial(16, logits=decoded).log_prob(x))
    for found in (without, with_them):
        assert found.wrong == ()
        assert found["beta"].number == pytest.approx(1, rel=0.01)
        assert found["reconstruction in the loss"].value == "binomial-logits, times 1"
    x, g = counts[:2], torch.Generator().manual_seed(0)
    mu, logvar = net.encode(x / 16)
    z = mu + (logvar / 2).exp() * torch.randn(4000, *mu.shape, generator=g)
    log_likelihood = torch.distributions.Binomial(16, logits=net.decode(z.flatten(0, 1))).log_prob(x.repeat(4000, 1))
    elbo = log_likelihood.sum(1).view(4000, 2).mean(0) - each_kl(mu, logvar)
    assert ((without.images.elbo - elbo).abs() < 4 * without.images.elbo_error).all()
    assert report(once).wrong == ("beta",)
    assert report(once)["beta"].number == pytest.approx(16, rel=0.01)
    assert "Count the cross-entropy 16 times" in str(report(once)["beta"])
    meant = str(report(lambda decoded, x: once(decoded, x) / 64)["beta"])
    assert "counted once, a mean over 64 pixels" in meant
    assert "and count the cross-entropy 16 times" in meant
    assert "likelihood fits the data" in report(once, counts / 16).wrong


def test_images_come_as_one_tensor():
    with pytest.raises(TypeError, match="x: expected images as one tensor, not a DataLoader"):
        diagnose(sound(), torch.utils.data.DataLoader(data()))


def test_what_was_left_in_training_mode_is_said_and_the_rest_is_looked_at():
    vae, x = next(make for make in BROKEN if make.__name__ == "batch_norm_left_on")()
    report = diagnose(vae, x, **QUICK)
    assert report.wrong == ("eval mode",)
    assert report["beta"].verdict != SKIPPED
    assert report.images is not None


def test_a_loss_of_fixed_shapes_is_not_checked_for_other_sizes():
    vae = sound(loss=lambda d, x, mu, v: right(d.view(-1, 64), x.view(-1, 64), mu, v))
    assert diagnose(vae, data(), **QUICK)["same in every image size"].verdict == SKIPPED
    by_hand = sound(loss=lambda d, x, mu, v: 64 * right(d, x, mu, v) / d.shape[1])
    assert diagnose(by_hand, data(), **QUICK)["same in every image size"].verdict == "fine"
    vae, x = planted("cross-entropy", "mean times 784", "sum")
    assert diagnose(vae, x, **QUICK)["same in every image size"].verdict == "look"


def test_each_image_is_measured_as_the_library_measures_it():
    vae, x = lb.trained_digits(), lb.digits().held_out[:20]
    images = diagnose(vae, x, images=5, draws=400).images
    q = vae.encode(x[:5])
    assert torch.allclose(images.elbo, lb.elbo(vae, q, x[:5]))
    assert torch.allclose(images.gap, lb.Grid(vae).gap(q, x[:5]))
    evidence = images.elbo + images.gap
    assert (images.bound > images.elbo - 3 * images.bound_error).all()
    assert (images.bound < evidence + 3 * images.bound_error).all()
    other = AnyVAE(
        network=vae,
        encode=lambda x: (vae.encode(x).mean, 2 * vae.encode(x).log_std),
        spread="logvar",
        decode=lambda z: vae.decode(z).sigmoid(),
        likelihood="bernoulli-probabilities",
    )
    theirs = diagnose(other, x, images=5, draws=400).images
    assert torch.allclose(theirs.elbo, images.elbo, atol=1e-6)
    assert torch.allclose(theirs.gap, images.gap, atol=1e-4)


def test_a_tilted_posterior_has_its_widths_along_the_axes():
    vae = lb.digits_vae(hidden=16, posterior=lb.FullNormal).double()
    lb.fit(vae, lb.digits().train[:512], epochs=4, progress=False)
    report = diagnose(vae, lb.digits().held_out[:32], **QUICK)
    assert report.ok, str(report)


def test_every_threshold_says_where_it_comes_from():
    assert all(source for _, source in THRESHOLDS.values())


def test_pixels_that_are_off_or_on_are_not_taken_for_counts():
    assert as_any(lb.trained_digits()).likelihood == "bernoulli-logits"


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"spread": "sigma"}, ValueError, "spread.*logvar"),
        ({"likelihood": "mse"}, ValueError, "likelihood.*gaussian"),
        ({"likelihood": "gaussian"}, ValueError, "sigma"),
        ({"sigma": 1.0}, ValueError, "sigma"),
        ({"likelihood": "binomial-logits"}, ValueError, "total"),
        ({"likelihood": "binomial-logits", "total": 0}, ValueError, "total"),
        ({"network": None}, TypeError, "network"),
        ({"step": right}, ValueError, "one of the two"),
    ],
)
def test_what_is_not_said_is_asked_for(changed, error, message):
    with pytest.raises(error, match=message):
        sound(**changed)


def test_functions_of_another_shape_are_refused():
    with pytest.raises(TypeError, match="pair"):
        diagnose(sound(encode=lambda x: x), data())
    with pytest.raises(ValueError, match=r"\(128, L\)"):
        diagnose(sound(encode=lambda x: (x, x[:, :1])), data())
    with pytest.raises(ValueError, match="its images have"):
        diagnose(sound(decode=lambda z: z), data())
    with pytest.raises(ValueError, match="8 images"):
        diagnose(sound(), data()[:7])


def test_functions_of_another_shape_are_told_what_to_do():
    """Shapes of code that people hand over as they are: each error names what to write in its place."""
    net, x = plain(0), data()
    with pytest.raises(TypeError, match=r"encode: .* got a dict; name the two"):
        diagnose(sound(encode=lambda x: dict(zip(("mu", "logvar"), net.encode(x), strict=True))), x)
    with pytest.raises(TypeError, match=r"encode: .* got a tuple; name the two"):
        diagnose(sound(encode=lambda x: (x, *net.encode(x))), x)
    with pytest.raises(ValueError, match=r"encode: .*\(128, 3, 1, 1\); codes with more axes have to be flattened"):
        diagnose(sound(encode=lambda x: [part[:, :, None, None] for part in net.encode(x)]), x)
    with pytest.raises(TypeError, match=r"decode: expected images as one tensor.* not a tuple"):
        diagnose(sound(decode=lambda z: (net.decode(z), net.decode(z))), x)
    with pytest.raises(ValueError, match=r"x has \(128, 64\); .*no classes or variances"):
        diagnose(sound(decode=lambda z: net.decode(z).repeat(1, 17)), x)
    with pytest.raises(ValueError, match="sigma: expected a finite number above 0, got tensor"):
        sound(likelihood="gaussian", sigma=torch.ones(1))
    with pytest.raises(TypeError, match="vae: diagnose knows no likelihood such as PixelNoise"):
        diagnose(lb.VAE(lb.mlp(64, 4), lb.mlp(2, 128), lb.PixelNoise(0.1)), x)


def test_a_counter_in_a_loss_is_left_where_it_was():
    vae, x = next(make for make in BROKEN if make.__name__ == "warm_up_by_a_counter")()
    calls = vae.network.calls
    report = diagnose(vae, x, **QUICK)
    assert vae.network.calls == calls
    assert report["beta"].number == pytest.approx((calls + 1) / 500, rel=0.01)
    del vae.network.calls  # a fresh one counts in its class until it is called
    report = diagnose(vae, x, **QUICK)
    assert "calls" not in vars(vae.network)
    assert report["beta"].number == pytest.approx(1 / 500, rel=0.01)


class Frozen(dict):
    """As diffusers keeps the settings of its models."""

    def update(self, *_):
        raise TypeError("frozen")


def test_what_a_loss_keeps_in_its_module_is_left_as_it_was():
    vae = sound()
    net, bce = vae.network, vae.loss
    net.steps, net.losses, net.seen = torch.zeros(1), [0.0], {}
    net.config, net.wide = Frozen(sigma=1), torch.zeros(1).expand(5)  # neither can be written to

    def loss(*given):
        net.steps += 1
        net.losses.append(1.0)
        net.seen["last"] = given
        return bce(*given)

    steps = net.steps
    diagnose(sound(net=net, loss=loss), data(), **QUICK)
    assert net.steps is steps
    assert steps.item() == 0
    assert (net.losses, net.seen, net.config) == ([0.0], {}, {"sigma": 1})
    assert next(net.parameters()).dtype == torch.float32


def test_a_weight_of_a_thousand_in_float32_does_not_depend_on_the_batch():
    """AntixK/PyTorch-VAE, beta_vae.py: its C is a tensor of one number in float32, and rounds the loss."""

    def loss(decoded, x, mu, logvar):
        return nn.functional.mse_loss(decoded, x) + 1000 * (each_kl(mu, logvar).mean() - torch.tensor([0.1])).abs()

    vae = sound(likelihood="gaussian", sigma=0.3, loss=loss)
    assert diagnose(vae, data("grey"), **QUICK).wrong == ("beta",)


def test_a_squared_error_without_its_sigma_is_told_to_divide():
    vae, x = next(make for make in BROKEN if make.__name__ == "squared_error_without_sigma")()
    said = str(diagnose(vae, x, **QUICK)["beta"])
    assert "squared error, summed and KL, summed" in said
    assert "Divide the squared error by 2 sigma^2; if" in said
    assert "sigma = 0.7071 in place of 0.3" in said


def test_the_size_of_mnist_takes_seconds():
    """784-400-20, as in pytorch/examples."""
    torch.manual_seed(0)
    net = tutorial_of_mnist()
    x = (torch.rand(256, 784) < 0.2).float()
    vae = AnyVAE(
        network=net,
        encode=lambda x: net[0](x).chunk(2, 1),
        spread="logvar",
        decode=net[1],
        likelihood="bernoulli-logits",
        loss=right,
    )
    start = time.perf_counter()
    report = diagnose(vae, x)
    assert time.perf_counter() - start < 10
    assert report["beta"].number == pytest.approx(1.0)


def tutorial_of_mnist():
    encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 40))
    return nn.ModuleList([encoder, nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))])


# -- Pareto k-hat ------------------------------------------------------------------------------------------------------

# What psislw of ArviZ 0.20.0 gives for weights N(z; 0, 1) / N(z; 0, s^2) at n quantiles of N(0, s^2), no two of them
# alike.
ARVIZ = {
    (1000, 0.3): 0.777860660993974,
    (1000, 0.6): 0.5752940966467057,
    (1000, 0.9): 0.23567486948908387,
    (1000, 1.2): -1.5803991467992289,
    (1000, 2.0): -1.5752033406856008,
    (200, 0.3): 0.7187829201090637,
    (200, 0.6): 0.5552443294916332,
    (200, 0.9): 0.2807286957488582,
    (200, 1.2): -1.3454884818416042,
    (200, 2.0): -1.3236141723899777,
}


@pytest.mark.parametrize(("n", "std"), ARVIZ)
def test_k_hat_is_the_one_of_arviz(n, std):
    z = std * torch.from_numpy(norm.ppf((torch.arange(n) + 0.3).numpy() / n))
    log_weight = -0.5 * z**2 + 0.5 * (z / std) ** 2
    assert pareto_k(log_weight) == pytest.approx(ARVIZ[n, std], abs=1e-6)


def test_weights_that_are_alike_have_no_tail():
    assert pareto_k(torch.zeros(100)) == -float("inf")


def test_k_hat_sees_a_q_that_is_too_narrow_and_not_one_that_is_too_wide():
    vae, x = lb.trained_digits(), lb.digits().held_out[:20]
    q = vae.encode(x)
    mean_k, gap = {}, {}
    for factor in (0.25, 1.0, 4.0):
        wider = lb.DiagonalNormal(q.mean, q.log_std + torch.tensor(factor).log())
        weights = lb.draw(vae, wider, x, k=1000, generator=torch.Generator().manual_seed(0)).log_weight
        mean_k[factor] = sum(map(pareto_k, weights.T)) / len(x)
        gap[factor] = lb.Grid(vae).gap(wider, x).mean()
    assert mean_k[0.25] > 0.8
    assert max(mean_k[1.0], mean_k[4.0]) < 0.5
    assert gap[4.0] > gap[0.25] > gap[1.0]
