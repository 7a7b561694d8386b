"""Training in the browser is training in torch: same weights, batches and noise give the same loss, gradient, steps.

And what is measured on the way is what the library measures.
"""

import functools
import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
from scipy import stats
from torch import Tensor, nn

import lowerbound as lb
from lowerbound.training import loss
from lowerbound.vae import VAE
from lowerbound_site.trained.experiments import Sine
from tests.library.near import assert_near

from .modules import Modules, survivors

# Steep decoders are tried on purpose, and the library says that its quadrature of them may be off.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:(reconstruction|grid):UserWarning")]

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"silu": nn.SiLU, "tanh": nn.Tanh, "relu": nn.ReLU, "sine": Sine}
LOAD = """
const [{Vae, Training, descend}, {Random}, {measure, encodeAll, look}, {moveTiles, teach}] = await Promise.all(
  ["train", "random", "measure", "scramble"].map(name => at(`maths/${name}.js`)));
const given = JSON.parse(states);
const vae = given.shape && new Vae(given.shape, Float64Array.from(given.weights));
const x = Float64Array.from(given.x ?? []);
"""


def run(modules: Modules, body: str, given: Any) -> Any:
    """As `Modules.run`, by way of JSON: ten times as fast for long lists, and a NaN comes back as None."""
    return json.loads(
        modules.run(f"{LOAD} return JSON.stringify(await (async () => {{ {body} }})())", json.dumps(given))
    )


def network(sizes: list[int], activation: str, seed: int) -> nn.Sequential:
    return lb.mlp(*sizes, seed=seed, activation=ACTIVATIONS[activation])  # type: ignore[arg-type]


def build(hidden: list[int], encoder: str, decoder: str, seed: int, scale: float = 1.0) -> tuple[VAE, dict[str, Any]]:
    """A VAE of these shapes, and what the browser has to be given to hold the same."""
    networks = network([64, *hidden, 4], encoder, 2 * seed), network([2, *reversed(hidden), 64], decoder, 2 * seed + 1)
    vae = lb.VAE(*networks, lb.Bernoulli()).double()
    for weights in vae.parameters():
        weights.data.mul_(scale)
    shape = {"pixels": 64, "latent": 2, "hidden": hidden, "encoder": encoder, "decoder": decoder}
    return vae, {"shape": shape, "weights": flat(vae).tolist()}


def flat(vae: VAE, gradient: bool = False) -> Tensor:
    parameters = [*vae.encoder.parameters(), *vae.decoder.parameters()]
    if gradient:
        return torch.cat([torch.zeros_like(p).flatten() if p.grad is None else p.grad.flatten() for p in parameters])
    return torch.cat([p.detach().clone().flatten() for p in parameters])


LATE = """
const {Worker} = globalThis;
globalThis.Worker = class { postMessage({say, number}) { sent.push([say, number]); } };
const sent = [], heard = [];
const {Trainer} = await at("controls/trainer.js");
const note = ({say, heard: number}) => heard.push([say, number]);
const trainer = new Trainer({frame: note, rested: note});
globalThis.Worker = Worker;
const answer = (say, number) => trainer.worker.onmessage({data: {say, heard: number}});
for (const what of ["begin", "run"]) trainer.say(what);
answer("frame", 1);
trainer.say("halt");
answer("frame", 2);
answer("rested", 2);  // the run was over as the page said halt: it will rest once more
answer("rested", 3);
trainer.say("begin");
answer("frame", 3);  // of the run before
answer("frame", 4);
return {sent, heard};
"""


def test_what_was_on_its_way_from_another_run_is_not_heard(modules: Modules) -> None:
    found = modules.run(LATE, None)
    assert found["sent"] == [["begin", 1], ["run", 2], ["halt", 3], ["begin", 4]]
    assert found["heard"] == [["frame", 1], ["frame", 2], ["rested", 3], ["frame", 4]]


# -- steps -----------------------------------------------------------------------------------------------------------

# Batches and noise come from the test: `Training` asks these, where it asks its generator otherwise.
STEPS = """
const replay = { permutation: () => given.orders.shift(), normals: into => (into.set(given.noises.shift()), into) };
const training = new Training(vae, x, given.settings, replay);
const losses = [];
let gradient;
while (losses.length < given.steps) {
  const {loss, reconstruction, kl} = training.step();
  losses.push([loss, reconstruction + given.settings.beta * kl]);
  gradient ??= [...training.gradient];
}
return {losses, gradient, weights: [...vae.weights]};
"""


@functools.cache
def steps_in_torch(number: int, steps: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """One run with settings at random: what the browser is given, and what torch makes of it."""
    draw = random.Random(number)
    hidden = draw.choice([[16], [32], [13], [12, 7]]) if number > 3 else [[64], [128], [32, 32], [8]][number]
    encoder, decoder = (draw.choice(list(ACTIVATIONS)) for _ in range(2))
    settings = {
        "beta": draw.choice([0.0, 0.1, 1.0, 20.0]),
        "noise": draw.random() < 0.7,
        "train": draw.choice(["both", "both", "encoder", "decoder"]),
        "batchSize": draw.choice([6, 17, 64]),
        "rate": draw.choice([1e-4, 5e-3, 2e-2]),
        "epochs": draw.choice([30, 60]),
    }
    vae, given = build(hidden, encoder, decoder, seed=number)
    generator = torch.Generator().manual_seed(number)
    x = lb.digits().train[torch.randperm(1437, generator=generator)[:90]]
    trained = {"both": vae, "encoder": vae.encoder, "decoder": vae.decoder}[settings["train"]]
    optimizer = torch.optim.Adam(trained.parameters(), lr=settings["rate"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings["epochs"])
    orders, noises, losses, gradient = [], [], [], None
    while len(losses) < steps:
        orders.append(torch.randperm(len(x), generator=generator))
        for batch in orders[-1].split(settings["batchSize"])[: steps - len(losses)]:
            noise = torch.randn(len(batch), 2, generator=generator, dtype=torch.float64)
            value = loss(vae, x[batch], noise if settings["noise"] else None, settings["beta"])
            vae.zero_grad()
            value.backward()
            gradient = flat(vae, gradient=True) if gradient is None else gradient
            optimizer.step()
            losses.append(value.item())
            if settings["noise"]:
                noises.append(noise.flatten().tolist())
        schedule.step()
    given |= {"x": x.int().flatten().tolist(), "settings": settings, "steps": steps}
    given |= {"orders": [order.tolist() for order in orders], "noises": noises}
    return given, {"losses": losses, "gradient": gradient, "weights": flat(vae)}


def check_steps(modules: Modules, number: int, steps: int) -> None:
    given, expected = steps_in_torch(number, steps)
    found = run(modules, STEPS, given)
    losses, same = zip(*found["losses"], strict=True)
    assert_near(losses[0], expected["losses"][0], 1e-10)
    assert_near(found["gradient"], expected["gradient"], 1e-10)
    assert_near(losses, expected["losses"], 1e-8)
    assert_near(same, expected["losses"], 1e-8)  # of the parts that are reported
    assert_near(found["weights"], expected["weights"], 1e-8)


DESCENT = """
const gradient = new Float64Array(vae.weights.length);
const noise = Float64Array.from(given.noise);
const loss = descend(vae, x, given.n, noise, given.part, given.length, gradient);
return {loss, weights: [...vae.weights]};
"""


def check_descent(modules: Modules) -> None:
    """A step of one network, of a length, down torch's gradient; the other network is held."""
    for part in ("encoder", "decoder"):
        vae, given = build([16], "silu", "silu", seed=4)
        x, noise = lb.digits().train[:70], torch.randn(70, 2, generator=torch.Generator().manual_seed(1)).double()
        value = loss(vae, x, noise)
        weights = list(getattr(vae, part).parameters())
        slopes = torch.autograd.grad(value, weights)
        length = torch.cat([slope.flatten() for slope in slopes]).norm()
        for weight, slope in zip(weights, slopes, strict=True):
            weight.data -= 0.3 * slope / length
        given |= {"x": x.int().flatten().tolist(), "n": 70, "noise": noise.flatten().tolist()}
        found = run(modules, DESCENT, given | {"part": part, "length": 0.3})
        assert_near(found["loss"], value.detach(), 1e-10)
        assert_near(found["weights"], flat(vae), 1e-10)


def test_a_step_down_the_whole_gradient_is_torchs(modules: Modules) -> None:
    check_descent(modules)


@pytest.mark.parametrize("number", range(24))
def test_loss_and_gradient_are_torchs(number: int, modules: Modules) -> None:
    check_steps(modules, number, steps=1)


@pytest.mark.parametrize("number", range(8))
def test_a_hundred_steps_are_torchs(number: int, modules: Modules) -> None:
    check_steps(modules, number, steps=100)


# -- measures --------------------------------------------------------------------------------------------------------

MEASURE = """
const {mean, std} = encodeAll(vae, x, given.n);
return {...await measure(vae, x, given.n, given.grid), codes: [...mean, ...std]};
"""


def check_measures(modules: Modules, number: int, scale: float = 3.0, limit: float = 5.0) -> dict[str, Any]:
    """Same nodes, same formula: where the browser widened its grid, the library is told to look from there."""
    draw = random.Random(number)
    hidden = draw.choice([[16], [32], [12, 7]])
    vae, given = build(hidden, "silu", draw.choice(["silu", "tanh"]), seed=number, scale=scale)
    x = lb.digits().held_out[number : number + 5]
    grid = {"points": 40, "limit": limit}
    found: dict[str, Any] = run(modules, MEASURE, given | {"x": x.int().flatten().tolist(), "n": len(x), "grid": grid})
    with torch.no_grad():
        q = vae.encode(x)
        evidence = lb.Grid(vae, points=found["points"], limit=found["limit"], refine=False).log_evidence(x).mean()
        assert_near(found["codes"], torch.cat([q.mean.flatten(), q.log_std.exp().flatten()]), 1e-11)
        assert_near(found["loss"], -lb.elbo(vae, q, x).mean(), 1e-9)
        assert_near(found["kl"], lb.kl_each(q, vae.prior).mean(), 1e-9)
        assert_near(found["surprise"], -evidence, 1e-9)
        assert_near(found["gap"], evidence - lb.elbo(vae, q, x).mean(), 1e-9)
        finest = lb.Grid(vae, points=240, limit=8.0, refine=False).log_evidence(x).mean()
        assert not found["exact"] or (evidence - finest).abs() < 0.005  # half of the last digit that is shown
    return found


@pytest.mark.parametrize("number", range(5))
def test_measures_are_the_librarys(number: int, modules: Modules) -> None:
    check_measures(modules, number)


def test_a_grid_that_sees_too_little_grows(modules: Modules) -> None:
    steep, narrow = check_measures(modules, 0, scale=8.0), check_measures(modules, 0, limit=2.0)
    assert steep["points"] > 40
    assert narrow["limit"] > 2


LOOK = """
const {q, posterior, gap} = look(vae, x);
return {q: [...q.mean, ...q.std], ...posterior, logMass: [...posterior.logMass], gap};
"""


def check_look(modules: Modules) -> None:
    """One image's answer, its island on the grid that drew closer, and its gap."""
    points, weights = lb.vae.even_quadrature(2, torch.zeros(1, dtype=torch.float64), 0.75)
    for number, scale in ((0, 1.0), (1, 3.0), (2, 6.0), (3, 3.0), (4, 4.0), (5, 2.0)):
        vae, given = build([[16], [9, 7]][number % 2], "silu", "silu", seed=number, scale=scale)
        x = lb.digits().held_out[[number]]
        found = run(modules, LOOK, given | {"x": x.int().flatten().tolist()})
        assert found["points"] == 40
        axes = [found["limit"] * torch.linspace(-1, 1, 40, dtype=torch.float64) + middle for middle in found["center"]]
        z = torch.cartesian_prod(*axes)
        with torch.no_grad():
            q = vae.encode(x)
            joint = vae.log_likelihood(x, z) + vae.prior.log_prob(z) + 2 * math.log(2 * found["limit"] / 39)
            codes = q.mean + q.log_std.exp() * points
            loss = lb.kl_each(q, vae.prior) - (weights[0] * vae.log_likelihood(x, codes)).sum()
            evidence = joint.logsumexp(0)
            whole = lb.Grid(vae, points=240, limit=6.0, refine=False).log_evidence(x)
        assert_near(found["q"], torch.cat([q.mean.flatten(), q.log_std.exp().flatten()]), 1e-11)
        assert_near(found["logEvidence"], evidence, 1e-9)
        assert_near(found["logMass"], joint - evidence, 1e-8)
        assert_near([found["gap"]], loss + evidence, 1e-9)
        assert abs(found["logEvidence"] - whole) < 1e-3  # nothing that counts lies outside
        inside = (joint - joint.max() > -16).reshape(40, 40).nonzero()
        assert (inside.max(0).values - inside.min(0).values).max() > 0.5 * 40  # and it fills its grid


def test_a_look_at_one_image_is_the_librarys(modules: Modules) -> None:
    check_look(modules)


# -- chance ----------------------------------------------------------------------------------------------------------


def sfc32(seed: int, stream: int, count: int) -> list[int]:
    """The generator by its definition (PractRand's sfc32, after 16 rounds), with Python's integers."""
    word = 2**32 - 1
    a, b, c, counter = seed, stream, 0, 1
    drawn = []
    for _ in range(16 + count):
        total = (a + b + counter) & word
        counter += 1
        a, b = b ^ (b >> 9), (c + (c << 3)) & word
        c = (((c << 21) & word | c >> 11) + total) & word
        drawn.append(total)
    return drawn[16:]


def check_chance(modules: Modules) -> None:
    given = {"seed": 7, "stream": 3, "count": 4000}
    found = run(
        modules,
        """
        const make = () => new Random(given.seed, given.stream);
        const [uniform, order] = [make(), make()];
        const normal = make().normals(new Float64Array(given.count));
        const orders = Array.from({length: given.count}, () => order.permutation(4).join(""));
        return {uniform: Array.from({length: given.count}, () => uniform.uniform()), normal: [...normal], orders};
        """,
        given,
    )
    bits = sfc32(7, 3, 2 * given["count"])
    pairs = zip(bits[::2], bits[1::2], strict=True)
    assert found["uniform"] == [((high >> 6) * 2**26 + (low >> 6) + 0.5) / 2**52 for high, low in pairs]
    assert stats.kstest(found["normal"], "norm").pvalue > 1e-3
    assert abs(stats.pearsonr(found["normal"][::2], found["normal"][1::2]).statistic) < 4 / 2000**0.5
    counts = [found["orders"].count(order) for order in set(found["orders"])]
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > 1e-3


def check_first_weights(modules: Modules) -> None:
    """Uniform, and as wide as those of `lowerbound.mlp`, layer by layer; sines begin 30 times as large."""
    for decoder, times in (("silu", 1.0), ("sine", 30.0)):
        vae, given = build([40], "silu", decoder, seed=0)
        drawn = run(modules, "return [...Vae.untrained(given.shape, new Random(5)).weights]", given)
        parts = torch.tensor(drawn).split([p.numel() for p in [*vae.encoder.parameters(), *vae.decoder.parameters()]])
        bounds = [64**-0.5] * 2 + [40**-0.5] * 2 + [times * 2**-0.5] * 2 + [40**-0.5] * 2
        for part, bound in zip(parts, bounds, strict=True):
            assert stats.kstest((part / bound).numpy(), "uniform", (-1, 2)).pvalue > 1e-3


def test_chance_is_the_published_generator_and_has_its_distributions(modules: Modules) -> None:
    check_chance(modules)


def test_first_weights_are_distributed_as_the_librarys(modules: Modules) -> None:
    check_first_weights(modules)


# -- the scrambled start ---------------------------------------------------------------------------------------------

SCRAMBLED = """
const gradient = new Float64Array(vae.weights.length);
const z = moveTiles(Float64Array.from(given.z), given.order);
return {z: [...z], loss: teach(vae, x, given.n, z, gradient), gradient: [...gradient]};
"""


def check_scramble(modules: Modules) -> None:
    vae, given = build([16], "silu", "tanh", seed=3)
    generator = torch.Generator().manual_seed(0)
    x = lb.digits().train[:50]
    z = 1.5 * torch.randn(50, 2, generator=generator, dtype=torch.float64)
    order = torch.randperm(16, generator=generator)
    cell = (z + 2).floor().long().clamp(0, 3)
    to = order[cell[:, 0] * 4 + cell[:, 1]]
    moved = torch.stack([to // 4, to % 4], 1) + z - cell
    moved = torch.where((z.abs() < 2).all(1, keepdim=True), moved, z)
    value = -(vae.encode(x).log_prob(moved) + vae.log_likelihood(x, moved)).mean()
    value.backward()
    given |= {"x": x.int().flatten().tolist(), "n": 50, "z": z.flatten().tolist(), "order": order.tolist()}
    found = run(modules, SCRAMBLED, given)
    assert_near(found["z"], moved.flatten())
    assert_near(found["loss"], value.detach(), 1e-10)
    assert_near(found["gradient"], flat(vae, gradient=True), 1e-10)


def test_the_scrambled_start_moves_tiles_and_follows_torchs_gradient(modules: Modules) -> None:
    check_scramble(modules)


# -- mutants ---------------------------------------------------------------------------------------------------------

CHANGES = [
    ("maths/network.js", "gate + value * (1 - gate)", "gate + value * (1 + gate)"),
    ("maths/network.js", "slope: (a, value) => 1 - value * value", "slope: (a, value) => 1 - value"),
    ("maths/network.js", "slope: (a) => (a > 0 ? 1 : 0)", "slope: (a) => (a < 0 ? 1 : 0)"),
    ("maths/network.js", "slope: Math.cos", "slope: Math.sin"),
    ("maths/network.js", "bound = 1 / Math.sqrt(sizes[layer - 1])", "bound = 1 / Math.sqrt(sizes[layer])"),
    ("maths/product.js", "Math.min(o + 1, tall - 1)", "o + 1"),
    ("maths/product.js", "c += s * one", "c += q * one"),
    ("maths/product.js", "d1 += t * other", "d1 += s * other"),
    ("maths/network.js", "bias[o] += s + t + u + v", "bias[o] += s + t + u"),
    ("maths/network.js", "into.fill(0, start, start + wide)", ""),
    ("maths/network.js", "below[i] *= slope(sums[i], values[i])", "below[i] *= slope(values[i], sums[i])"),
    ("maths/train.js", "ofDraw = noise ? slope *", "ofDraw = noise ? -slope *"),
    ("maths/train.js", "Math.log1p(small) - x[i] * a", "Math.log1p(small) + x[i] * a"),
    ("maths/train.js", "(a < 0 ? small : 1)", "(a > 0 ? small : 1)"),
    ("maths/train.js", "(beta * (variance - 1)) / n", "(variance - 1) / n"),
    ("maths/train.js", "0.5 * (mean * mean + variance - 1) - logStd", "0.5 * (mean * mean + variance - 1) + logStd"),
    ("maths/train.js", "1 - keepMean ** steps", "1 - keepMean"),
    ("maths/train.js", "1 / Math.sqrt(1 - keepSquare ** steps)", "1"),
    ("maths/train.js", "Math.cos((Math.PI * epoch) / epochs)", "Math.cos((Math.PI * epoch) / (2 * epochs))"),
    ("maths/train.js", 'settings.train === "decoder" ? vae.split : 0', "0"),
    ("maths/train.js", "part[i] = 30 * weight", "part[i] = weight"),
    ("maths/train.js", 'part === "encoder" ? [0, vae.split]', 'part === "decoder" ? [0, vae.split]'),
    ("maths/train.js", "(length * gradient[i]) / slope", "length * gradient[i]"),
    ("maths/measure.js", "k % 2 ? m2 + s2 * e", "k % 2 ? m2 + s1 * e"),
    ("maths/measure.js", "-likelihood(x, logits", "likelihood(x, logits"),
    ("maths/measure.js", "gap: loss + truth.logEvidence", "gap: loss - truth.logEvidence"),
    ("maths/measure.js", "std[r * latent + l] = Math.exp(", "std[r * latent + l] = Math.abs("),
    ("maths/measure.js", "limit *= wider", "limit *= 1"),
    ("maths/measure.js", "reconstruction + kl + posterior.logEvidence", "reconstruction - kl + posterior.logEvidence"),
    ("maths/measure.js", "QUICK.limit, 40)", "QUICK.limit, 30)"),
    ("maths/measure.js", "q.mean, q.std, QUICK.spacing", "q.mean, q.std, 1"),
    ("maths/measure.js", "(widest / 2 + 2) * grid.spacing", "(widest / 4) * grid.spacing"),
    ("maths/measure.js", "grid.center[l] + (grid.axis", "-(grid.axis"),
    ("maths/measure.js", "widest > 0.6 * points", "widest > 0.1 * points"),
    ("maths/measure.js", "- NOTHING;", "- 1;"),
    ("maths/random.js", "(this.#c << 21)", "(this.#c << 20)"),
    ("maths/random.js", "Math.sqrt((-2 * Math.log(square)) / square)", "Math.sqrt(-Math.log(square) / square)"),
    ("maths/random.js", "Math.floor(this.uniform() * (i + 1))", "Math.floor(this.uniform() * i)"),
    ("maths/scramble.js", "(Math.floor(to / TILES) - row)", "((to % TILES) - row)"),
    ("maths/scramble.js", "(1 - noise * noise) / n", "(1 + noise * noise) / n"),
]


def check_some_steps(modules: Modules) -> None:
    check_first_weights(modules)
    check_descent(modules)
    for number in (9, 16, 31, 7):  # together they hold every activation, what learns, and a beta that is not 1
        check_steps(modules, number, steps=20)


def check_what_is_measured(modules: Modules) -> None:
    test_a_grid_that_sees_too_little_grows(modules)
    check_look(modules)


CHECKS: dict[str, Callable[[Modules], None]] = {
    "maths/network.js": check_some_steps,
    "maths/product.js": check_some_steps,
    "maths/train.js": check_some_steps,
    "maths/measure.js": check_what_is_measured,
    "maths/random.js": check_chance,
    "maths/scramble.js": check_scramble,
}


@pytest.mark.more
@pytest.mark.parametrize("module", CHECKS)
def test_every_change_is_noticed(module: str, modules: Modules) -> None:
    changes = [change for change in CHANGES if change[0] == module]
    assert survivors(modules, CHECKS[module], changes) == []
