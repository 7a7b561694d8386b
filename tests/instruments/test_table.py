"""The table's instruments in the browser against the library: what they show, in random states, to 1e-9."""

import functools
import math
import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

from lowerbound import VAE, Distribution, Grid, Joint, digits, kl, kl_each, trained_digits
from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder, schema
from lowerbound_site.trained.instrument_data import chosen

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

EXACT = 1e-9
States = list[dict[str, Any]]
Shown = dict[str, float]


def close(found: object, expected: object, within: float = EXACT) -> None:
    """Equal where infinite or undefined, and as near as that elsewhere."""
    a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        same = (a == b) | (abs(a - b) <= within) | (np.isnan(a) & np.isnan(b))
    assert a.shape == b.shape
    assert same.all(), (found, expected)


# -- the mathematics: any tables, with zeros and with next to nothing in a cell ----------------------------------------


def random_rows(generator: np.random.Generator, rows: int, columns: int) -> list[list[float]]:
    weights = generator.random((rows, columns)) ** generator.choice([1, 8])
    weights[generator.random((rows, columns)) < generator.choice([0, 0.35])] = 0
    weights[generator.random((rows, columns)) < 0.05] = 1e-13
    weights[weights.sum(1) == 0, generator.integers(columns)] = 1
    normalised: list[list[float]] = (weights / weights.sum(1, keepdims=True)).tolist()
    return normalised


@functools.cache
def random_tables(count: int) -> States:
    generator = np.random.default_rng(20)
    shapes = [(3, 2), (2, 2), (4, 3)]
    return [
        {
            "prior": random_rows(generator, 1, codes)[0],
            "decoder": random_rows(generator, codes, images),
            "data": random_rows(generator, 1, images)[0],
            "encoder": random_rows(generator, images, codes),
        }
        for images, codes in (shapes[n % 3] for n in range(count))
    ]


TABLES = """
const t = await at("maths/table.js");
const { cells } = await at("maths/square.js");
return states.map(({ prior, decoder, data, encoder }) => {
  const [p, q] = [t.fromModel(prior, decoder), t.fromData(data, encoder)];
  return {
    p, q, px: t.marginalX(p), qz: t.marginalZ(q), pzx: t.zGivenX(p), qxz: t.xGivenZ(q), parts: t.parts(q, p),
    gaps: t.klEach(t.zGivenX(q), t.zGivenX(p)),
    image: t.slots(q, p, "image"), code: t.slots(q, p, "code"),
    cells: [0, 0.3, 1].map(turn => cells(q, turn)),
  };
});
"""


def defined(conditional: Any) -> Tensor:
    """A conditional with NaN where its condition is impossible."""
    undefined = (conditional.given.prob == 0)[:, None]
    table: Tensor = conditional.prob.masked_fill(undefined, math.nan)
    return table


def check_tables(modules: Modules, count: int = 60) -> None:
    states = random_tables(count)
    for state, found in zip(states, modules.run(TABLES, states), strict=True):
        p = Joint.from_model(state["prior"], state["decoder"])
        q = Joint.from_data(state["data"], state["encoder"])
        close(found["p"], p.prob)
        close(found["q"], q.prob)
        close(found["px"], p.x.prob)
        close(found["qz"], q.z.prob)
        close(found["pzx"], defined(p.z_given_x))
        close(found["qxz"], defined(q.x_given_z))
        close(found["gaps"], kl_each(q.z_given_x, p.z_given_x))
        check_parts(found["parts"], p, q)
        check_slots(found, q, p)
        check_cells(found["cells"], q)


def check_parts(parts: Shown, p: Joint, q: Joint) -> None:
    assert min(parts.values()) > -EXACT
    close(parts["joint"], kl(q, p))
    close(parts["images"], kl(q.x, p.x))
    close(parts["gap"], kl(q.z_given_x, p.z_given_x))
    close(parts["codes"], kl(q.z, p.z))
    close(parts["yours"], kl(q.x_given_z, p.x_given_z))


def check_slots(found: dict[str, Any], q: Joint, p: Joint) -> None:
    """Slot by slot, and added up: the same wholes either way, and the parts of the KL."""
    parts = found["parts"]
    for by, conditional, marginal in (("image", "gap", "images"), ("code", "yours", "codes")):
        slots = {name: torch.tensor(table, dtype=torch.float64) for name, table in found[by].items()}
        log_ratio = (q.log_prob - p.log_prob).masked_fill(q.prob == 0, 0.0)
        close(slots["whole"], torch.where(log_ratio == 0, 0.0, q.prob * log_ratio))
        close(slots["whole"].sum(), parts["joint"])
        close(slots["marginal"].sum(), parts[marginal])
        close(slots["conditional"].sum(), parts[conditional])
        close(slots["marginal"] + slots["conditional"], slots["whole"])


def check_cells(cells: list[Any], q: Joint) -> None:
    """Every cell keeps its area, whichever way the square is cut; and at both ends the cells lie side by side."""
    for turn in cells:
        close([[cell["width"] * cell["height"] for cell in row] for row in turn], q.prob)
    tops = q.x.prob.cumsum(0) - q.x.prob
    close([[cell["top"] for cell in row] for row in cells[0]], tops[:, None].expand_as(q.prob))
    lefts = q.z.prob.cumsum(0) - q.z.prob
    close([[cell["left"] for cell in row] for row in cells[2]], lefts.expand_as(q.prob))


def test_tables(modules: Modules, states: int) -> None:
    check_tables(modules, states)


# -- training: the slopes of the three objectives ----------------------------------------------------------------------

OBJECTIVES: dict[str, tuple[str | None, Callable[[Joint, Joint], Tensor]]] = {
    "joints": (None, kl),
    "gap": ("images", lambda q, p: kl(q.z_given_x, p.z_given_x)),
    "yours": ("codes", lambda q, p: kl(q.x_given_z, p.x_given_z)),
}


def check_slopes(modules: Modules, count: int = 30) -> None:
    generator = torch.Generator().manual_seed(3)

    def scores(*shape: int) -> Tensor:
        return 2 * torch.randn(shape, generator=generator, dtype=torch.float64)

    names = ("data", "prior", "encoderScores", "decoderScores")
    for without, objective in OBJECTIVES.values():
        tables = [(scores(3).softmax(0), scores(2).softmax(0), scores(3, 2), scores(2, 3)) for _ in range(count)]
        found = modules.run(
            "const t = await at('maths/table.js'); "
            "return states[0].map(state => [t.slopes(state, states[1]), t.step(state, states[1], 0.5)])",
            [[dict(zip(names, [t.tolist() for t in four], strict=True)) for four in tables], without],
        )
        for (data, prior, encoder, decoder), (slopes, moved) in zip(tables, found, strict=True):
            encoder.requires_grad_()
            decoder.requires_grad_()
            q, p = Joint.from_data(data, encoder.softmax(1)), Joint.from_model(prior, decoder.softmax(1))
            expected = torch.autograd.grad(objective(q, p), (encoder, decoder))
            close(slopes["encoder"], expected[0])
            close(slopes["decoder"], expected[1])
            close(moved["encoderScores"], encoder.detach() - 0.5 * expected[0])
            close(moved["decoderScores"], decoder.detach() - 0.5 * expected[1])


def test_slopes(modules: Modules, states: int) -> None:
    check_slopes(modules, 350 * states // 1000)


# -- a normal beside two humps -----------------------------------------------------------------------------------------

NODES = torch.linspace(-14, 14, 4001, dtype=torch.float64)
FIT = """
const n = await at("maths/normal-fit.js");
return states.map(humps => {
  const [pick, cover] = [n.pick(humps), n.cover(humps)];
  return [pick, n.klToHumps(pick, humps), cover, n.klFromHumps(humps, cover), n.klFromHumps(humps, pick)];
});
"""
NEAR = [(0, 0), (0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)]


def fine_kl(bells: list[tuple[float, float]], humps: dict[str, Any], to_humps: bool) -> Tensor:
    """KL of each normal (mean, width) to or from the humps, on a fine grid."""
    share = torch.tensor([humps["share"], 1 - humps["share"]], dtype=torch.float64)
    places = torch.tensor(humps["places"], dtype=torch.float64)
    p = MixtureSameFamily(Categorical(share), Normal(places, humps["width"])).log_prob(NODES)
    bell = torch.tensor(bells, dtype=torch.float64)
    q = Normal(bell[:, :1], bell[:, 1:]).log_prob(NODES)
    first, second = (q, p) if to_humps else (p, q)
    return torch.trapezoid(first.exp() * (first - second), NODES)


def check_fit(modules: Modules, count: int = 40) -> None:
    generator = np.random.default_rng(5)
    states = [
        {"places": generator.uniform(-4, 4, 2).round(2).tolist(), "share": generator.random(), "width": 0.7}
        for _ in range(count)
    ]
    for state, share in zip(states, (0.0, 1.0, 0.5, 0.6), strict=False):  # both ends, a tie, and where the page starts
        state.update(places=[-2, 2], share=share)
    for humps, (pick, least, cover, least_cover, from_pick) in zip(states, modules.run(FIT, states), strict=True):
        around = [[(bell["mean"] + m, bell["width"] * math.exp(w)) for m, w in NEAR] for bell in (pick, cover)]
        others = [(place, 0.7) for place in humps["places"]] + [(0.0, 1.0), (cover["mean"], cover["width"])]
        values = fine_kl(around[0] + others, humps, to_humps=True)
        close(least, values[0], 1e-4)  # two decimals are shown
        assert values.min() > values[0] - 1e-5, humps  # no other is better
        values = fine_kl([*around[1], (pick["mean"], pick["width"])], humps, to_humps=False)
        close(least_cover, values[0], 1e-6)
        close(from_pick, values[-1], 1e-6)
        assert values.min() > values[0] - 1e-9, humps


def test_fit(modules: Modules, states: int) -> None:
    check_fit(modules, states)


# -- what the instruments show -----------------------------------------------------------------------------------------

IMAGES, CODES = ["zero", "one", "seven"], ["round", "straight"]
PRIMER = torch.tensor([[0.38, 0.02], [0.02, 0.28], [0.10, 0.20]], dtype=torch.float64)
DECODER, ENCODER = [[0.76, 0.04, 0.2], [0.04, 0.56, 0.4]], [[0.9, 0.1], [0.2, 0.8], [0.76, 0.24]]
PRIOR, DATA = [0.5, 0.5], [0.2, 0.3, 0.5]


def random_states(name: str, count: int, seed: int = 0) -> States:
    """States as a reader may reach them: every value on its steps, the ends more often than their share."""
    generator = np.random.default_rng(seed)

    def value(kind: Any) -> Any:
        if "of" in kind:
            return kind["of"][generator.integers(len(kind["of"]))]
        steps = round((kind["to"] - kind["from"]) / kind["step"])
        at = generator.choice([0, steps, *generator.integers(0, steps + 1, 8)])
        return round(kind["from"] + int(at) * kind["step"], 6)

    return [{key: value(kind) for key, kind in schema(name).items()} for _ in range(count)]


def shown(modules: Modules, name: str, states: States) -> list[Shown]:
    found: list[Shown] = modules.run(f"const m = await at('{name}.js'); return states.map(m.measure)", states)
    return found


def undefined_as_nan(conditional: Any, row: int, column: int) -> float:
    return float(defined(conditional)[row, column])


def expected_two_cuts(state: dict[str, Any]) -> Shown:
    x, z = IMAGES.index(state["image"]), CODES.index(state["code"])
    rest = 1 - state["sevens"]
    shares = torch.tensor([[rest * 4 / 7], [rest * 3 / 7], [state["sevens"]]], dtype=torch.float64)
    p = Joint(PRIMER / PRIMER.sum(1, keepdim=True) * shares)
    return {
        "p(x, z)": p.prob[x, z].item(),
        "p(z)": p.z.prob[z].item(),
        "p(x|z)": undefined_as_nan(p.x_given_z, z, x),
        "p(x)": p.x.prob[x].item(),
        "p(z|x)": undefined_as_nan(p.z_given_x, x, z),
    }


def expected_three_bars(state: dict[str, Any]) -> Shown:
    low, high = sorted([state["first"], state["second"]])
    q, p = Distribution(DATA), Distribution([low, high - low, 1 - high])
    pieces = q.prob * (q.log_prob - p.log_prob)
    return {**{f"piece of {image}": pieces[x].item() for x, image in enumerate(IMAGES)}, "KL(q||p)": kl(q, p).item()}


def expected_other_data(state: dict[str, Any]) -> Shown:
    low, high = sorted([state["first"], state["second"]])
    p = Joint.from_model(PRIOR, DECODER)
    q = Joint.from_data([low, high - low, 1 - high], ENCODER)
    return {"KL(q(x)||p(x))": kl(q.x, p.x).item(), "gap": kl(q.z_given_x, p.z_given_x).item()}


def all_parts(q: Joint, p: Joint) -> Shown:
    return {
        "KL(q(x,z)||p(x,z))": kl(q, p).item(),
        "KL(q(x)||p(x))": kl(q.x, p.x).item(),
        "gap": kl(q.z_given_x, p.z_given_x).item(),
        "KL(q(z)||p(z))": kl(q.z, p.z).item(),
        "yours": kl(q.x_given_z, p.x_given_z).item(),
    }


def expected_strip(_state: dict[str, Any]) -> Shown:
    return all_parts(Joint.from_data(DATA, ENCODER), Joint.from_model(PRIOR, DECODER))


def expected_line_up_decoder(state: dict[str, Any]) -> Shown:
    borders = [sorted([state[f"{code}1"], state[f"{code}2"]]) for code in CODES]
    decoder = [[low, high - low, 1 - high] for low, high in borders]
    return all_parts(Joint.from_data(DATA, ENCODER), Joint.from_model(PRIOR, decoder))


def expected_line_up_encoder(state: dict[str, Any]) -> Shown:
    encoder = [[state[image], 1 - state[image]] for image in IMAGES]
    return all_parts(Joint.from_data(DATA, encoder), Joint.from_model(PRIOR, DECODER))


def expected_mirror(state: dict[str, Any]) -> Shown:
    first = state["first"]
    second = max(state["second"], first + 0.05)  # the first border pushes the second along
    p = Joint.from_model([first, second - first, 1 - second], torch.eye(3))
    q = Joint.from_data([0.7, 0.2, 0.1], torch.eye(3))
    assert (p.x_given_z.prob == q.x_given_z.prob).all()
    assert (p.z_given_x.prob == q.z_given_x.prob).all()
    return all_parts(q, p)


def expected_eight_names(state: dict[str, Any]) -> Shown:
    x, z = IMAGES.index("seven"), CODES.index("round")
    seven, sevens = state["decoderSeven"], state["dataSeven"]
    decoder = [[0.76 / 0.8 * (1 - seven), 0.04 / 0.8 * (1 - seven), seven], DECODER[1]]
    encoder = [*ENCODER[:2], [state["encoderRound"], 1 - state["encoderRound"]]]
    p = Joint.from_model([state["priorRound"], 1 - state["priorRound"]], decoder)
    q = Joint.from_data([0.4 * (1 - sevens), 0.6 * (1 - sevens), sevens], encoder)
    return {
        "p(z)": p.z.prob[z].item(),
        "p(x|z)": decoder[z][x],
        "p(x)": p.x.prob[x].item(),
        "p(z|x)": undefined_as_nan(p.z_given_x, x, z),
        "q(x)": q.x.prob[x].item(),
        "q(z|x)": encoder[x][z],
        "q(z)": q.z.prob[z].item(),
        "q(x|z)": undefined_as_nan(q.x_given_z, z, x),
    }


ENCODERS = {"table": ENCODER, "ignores": [[0.7, 0.3]] * 3, "apart": [[1, 0], [0, 1], [0, 1]]}


def expected_read_the_column(state: dict[str, Any]) -> Shown:
    q, z = Joint.from_data(DATA, ENCODERS[state["encoder"]]), CODES.index(state["code"])
    column = {f"q({image}|z)": q.x_given_z.prob[z, x].item() for x, image in enumerate(IMAGES)}
    return {"q(z)": q.z.prob[z].item(), **column}


MODEL, ENCODED = PRIMER.tolist(), [[0.18, 0.02], [0.06, 0.24], [0.38, 0.12]]  # each ball's own pairs
PAIRS = {
    "same": (MODEL, MODEL),
    "own": (MODEL, ENCODED),
    "groups": ([[0.4, 0], [0, 0.3], [0, 0.3]], [[0.2, 0], [0, 0.4], [0, 0.4]]),
    "bridge": ([[0.395, 0.005], [0, 0.3], [0, 0.3]], [[0.195, 0.005], [0, 0.4], [0, 0.4]]),
}


def expected_bouncing(state: dict[str, Any]) -> Shown:
    shown = {}
    balls = zip(("blue", "orange"), PAIRS[state["pairs"]], (0, 2), (0, 1000), strict=True)
    for ball, pairs, x, later in balls:
        p, seed, been, crossed = Joint(pairs), state["seed"] + later, [0, 0, 0], 0
        ends = [torch.cumsum(table, 1).tolist() for table in (p.z_given_x.prob, p.x_given_z.prob)]
        for _ in range(state["rounds"]):
            before = x
            for table in ends:  # to a code, and on to an image
                seed = seed * 48271 % (2**31 - 1)
                x = bisect_right(table[x], seed / (2**31 - 1))
            been[x] += 1
            crossed += (before == 0) != (x == 0)
        shown |= {f"{ball} at {image}": float(count) for image, count in zip(IMAGES, been, strict=True)}
        shown[f"{ball} crossed"] = float(crossed)
    return shown


def made(first: list[float], second: list[list[float]], count: int, seed: int) -> list[tuple[int, int]]:
    """Pairs of a value and, by its row, another."""
    pairs, at = [], seed * 1000003
    ends, next_ends = list(accumulate(first)), [list(accumulate(rules)) for rules in second]

    def drawn(rules: list[float]) -> int:
        nonlocal at
        at = at * 48271 % (2**31 - 1)
        return bisect_right(rules, at / (2**31 - 1))

    for _ in range(count):
        one = drawn(ends)
        pairs.append((one, drawn(next_ends[one])))
    return pairs


def expected_two_machines(state: dict[str, Any]) -> Shown:
    turned = made(PRIOR, DECODER, state["pairs"], state["seed"])
    pairs = {"p": [(x, z) for z, x in turned], "q": made(DATA, ENCODER, state["pairs"], state["seed"] + 1000)}
    places = [(f"{image}, {code}", (x, z)) for x, image in enumerate(IMAGES) for z, code in enumerate(CODES)]
    return {f"{family}: {name}": float(of.count(place)) for family, of in pairs.items() for name, place in places}


def expected_coins(state: dict[str, Any]) -> Shown:
    drawn = torch.tensor([x for _, x in made(PRIOR, DECODER, state["draws"], state["seed"])])
    paid = torch.tensor([0.0, 1.0, 7.0], dtype=torch.float64)[drawn]
    shares = {f"share of {image}": (drawn == x).double().mean().item() for x, image in enumerate(IMAGES)}
    error = paid.std().item() / len(paid) ** 0.5 if len(paid) > 1 else math.nan
    return {**shares, "mean": paid.mean().item(), "standard error": error}


def expected_one_more_pixel(state: dict[str, Any]) -> Shown:
    pixels = torch.full((state["pixels"],), state["each"], dtype=torch.float64)
    return {"probability": pixels.prod().item(), "cost": -pixels.log().sum().item()}


def expected_noisy_six(state: dict[str, Any]) -> Shown:
    sigma = (10 ** state["weight"] / 2) ** 0.5
    noise = Normal(torch.tensor(0.0, dtype=torch.float64), sigma)
    return {"sigma": sigma, "share of pixels across the middle": noise.cdf(torch.tensor(-0.5)).item()}


def test_the_noisy_six_is_the_digit_of_its_claim() -> None:
    source = (folder(ROOT) / "noisy-six.js").read_text()
    (six,) = re.findall(r'fromHex\("(\w{16})"\)', source)
    assert [int(bit) for bit in f"{int(six, 16):064b}"] == digits().held_out[81].int().tolist()


def test_the_mean_of_many_draws_is_where_the_picture_says() -> None:
    """Between two and three coins, from whatever seed, as soon as the question is judged; and the columns near."""
    expected = torch.tensor([*PRIMER.sum(1), 2.4], dtype=torch.float64)
    for seed in range(1, 101):
        for draws in (1000, 2000):
            found = torch.tensor(list(expected_coins({"draws": draws, "seed": seed}).values()), dtype=torch.float64)
            assert 2 < found[3] < 3
            assert ((found[:4] - expected).abs() < torch.tensor([0.08, 0.08, 0.08, 0.45])).all()


def test_both_machines_make_their_pairs_as_often_as_their_joints_say(modules: Modules) -> None:
    """In the first picture, and in most others: of the model's sevens a third is round, as its question says."""
    shares = []
    for seed in range(1, 201):
        found = expected_two_machines({"pairs": 100, "seed": seed})
        for family, joint in (("p", Joint.from_model(PRIOR, DECODER)), ("q", Joint.from_data(DATA, ENCODER))):
            counts = torch.tensor([found[f"{family}: {x}, {z}"] for x in IMAGES for z in CODES])
            expected = 100 * joint.prob.flatten()
            assert (abs(counts - expected) < 5 * expected.sqrt() + 1).all()
        shares.append(found["p: seven, round"] / (found["p: seven, round"] + found["p: seven, straight"]))
    assert abs(np.mean(shares) - 1 / 3) < 0.02
    assert np.mean(np.array(shares) < 0.5) > 0.95


def test_where_the_rules_are_the_same_or_nearly(modules: Modules) -> None:
    """What the picture says of its pairs: in two groups the same rules, over the bridge nearly, and other images."""
    for name, most in (("groups", 1e-12), ("bridge", 0.02)):
        q, p = (Joint(pairs) for pairs in reversed(PAIRS[name]))
        for one, other in ((q.z_given_x, p.z_given_x), (q.x_given_z, p.x_given_z)):
            assert (one.prob - other.prob).abs().max() < most
        assert kl(q.x, p.x) > 0.05


def started(tables: int) -> tuple[Tensor, Tensor]:
    """The scores of encoder and decoder that a training begins with."""
    if tables == 1:
        return torch.tensor(ENCODER, dtype=torch.float64).log(), torch.tensor(DECODER, dtype=torch.float64).log()
    draws, seed = [], tables
    for _ in range(12):
        seed = seed * 48271 % (2**31 - 1)
        draws.append(6 * (seed / (2**31 - 1)) - 3)
    scores = torch.tensor(draws, dtype=torch.float64)
    return scores[:6].reshape(3, 2), scores[6:].reshape(2, 3)


@functools.cache
def trained(part: str) -> Tensor:
    """All parts of the KL at every step of training on one of them, from each start, by autograd: (201, 9, 5)."""
    encoder, decoder = (torch.stack(tables) for tables in zip(*map(started, range(1, 10)), strict=True))
    log_data, log_prior = (torch.tensor(prob, dtype=torch.float64).log() for prob in (DATA, PRIOR))
    steps = []
    for _ in range(201):
        encoder, decoder = encoder.detach().requires_grad_(), decoder.detach().requires_grad_()
        q = log_data[:, None] + encoder.log_softmax(2)
        p = log_prior + decoder.log_softmax(2).mT
        pairs = [(q, p), (q.logsumexp(2), p.logsumexp(2)), (q.logsumexp(1), p.logsumexp(1))]
        joint, images, codes = ((a.exp() * (a - b)).flatten(1).sum(1) for a, b in pairs)
        steps.append(torch.stack([joint, images, joint - images, codes, joint - codes], 1))
        objective = steps[-1][:, {"joints": 0, "gap": 2, "yours": 4}[part]].sum()
        slopes = torch.autograd.grad(objective, (encoder, decoder))
        encoder, decoder = encoder - 2 * slopes[0], decoder - 2 * slopes[1]
    return torch.stack(steps).detach()


def expected_train_one_part(state: dict[str, Any]) -> Shown:
    values = trained(state["part"])[state["steps"], state["tables"] - 1].tolist()
    return dict(zip(("KL(q(x,z)||p(x,z))", "KL(q(x)||p(x))", "gap", "KL(q(z)||p(z))", "yours"), values, strict=True))


def expected_bell(state: dict[str, Any]) -> Shown:
    mu, sigma = state["mu"], state["sigma"]
    bell, prior = (Normal(*torch.tensor(pair, dtype=torch.float64)) for pair in ([mu, sigma], [0.0, 1.0]))
    pieces = {"mu^2 / 2": mu**2 / 2, "(sigma^2 - 1) / 2": (sigma**2 - 1) / 2, "-log sigma": -math.log(sigma)}
    return {**pieces, "KL": kl_divergence(bell, prior).item()}


def expected_one_bell(state: dict[str, Any]) -> Shown:
    mu, sigma = torch.tensor([state["mu"], state["sigma"]], dtype=torch.float64)
    return {"height": Normal(mu, sigma).log_prob(mu).exp().item()}


EXPECTED: dict[str, Callable[[dict[str, Any]], Shown]] = {
    "two-cuts": expected_two_cuts,
    "three-bars": expected_three_bars,
    "strip": expected_strip,
    "line-up-decoder": expected_line_up_decoder,
    "line-up-encoder": expected_line_up_encoder,
    "mirror": expected_mirror,
    "eight-names": expected_eight_names,
    "read-the-column": expected_read_the_column,
    "bouncing": expected_bouncing,
    "two-machines": expected_two_machines,
    "other-data": expected_other_data,
    "coins": expected_coins,
    "one-more-pixel": expected_one_more_pixel,
    "noisy-six": expected_noisy_six,
    "train-one-part": expected_train_one_part,
    "bell": expected_bell,
    "one-bell": expected_one_bell,
}


def check_shown(modules: Modules, name: str, count: int = 20) -> None:
    states = random_states(name, count)
    for state, found in zip(states, shown(modules, name, states), strict=True):
        expected = EXPECTED[name](state)
        assert found.keys() == expected.keys()
        close(list(found.values()), list(expected.values()))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_shown_is_what_the_library_says(name: str, modules: Modules, states: int) -> None:
    check_shown(modules, name, states)


def test_the_images_are_real_digits_and_blend_as_they_should(modules: Modules) -> None:
    found = modules.run(
        "const p = await at('maths/primer.js'); return [p.IMAGES.map(p.pixels), states.map(p.blend)]",
        weights := [random_rows(np.random.default_rng(1), 1, 3)[0] for _ in range(20)],
    )
    train, labels = digits().train, digits().train_labels
    for pixels, label in zip(found[0], (0, 1, 7), strict=True):
        kind = train[labels == label]
        if label == 1:  # the nearest of all could be taken for a t
            kind = kind[(kind.reshape(-1, 8, 8) == kind.reshape(-1, 8, 8)[:, :1]).all(2).all(1)]
        nearest = (kind - kind.mean(0)).abs().sum(1).argmin()
        close(pixels, kind[nearest])
    close(found[1], np.array(weights) @ np.array(found[0]))


# -- one row of the table, with very many columns ----------------------------------------------------------------------

TILES = """
const t = await at("maths/tiles.js");
return states.map(([logMass, points, parts]) => {
  const mass = t.tiles(logMass, points, parts);
  return [mass, t.fewest(mass.flat(), 0.95)];
});
"""


def check_tiles(modules: Modules, count: int = 10) -> None:
    generator = torch.Generator().manual_seed(8)
    shapes = [(2, 1), (4, 3), (6, 6), (12, 12)]
    states = []
    for n in range(count):
        weights = torch.rand(12, 12, generator=generator, dtype=torch.float64) ** (1 + n % 9)
        states.append(((weights / weights.sum()).log(), shapes[n % len(shapes)]))
    found = modules.run(TILES, [[log_mass.flatten().tolist(), 12, parts] for log_mass, parts in states])
    for (log_mass, (n1, n2)), (mass, fewest) in zip(states, found, strict=True):
        expected = log_mass.exp().reshape(n1, 12 // n1, n2, 12 // n2).sum((1, 3))
        close(mass, expected)
        held = expected.flatten().sort(descending=True).values.cumsum(0)
        assert fewest == int((held < 0.95).sum()) + 1


def test_tiles(modules: Modules, states: int) -> None:
    check_tiles(modules, states)


def test_the_island_is_the_row(modules: Modules, exported: VAE) -> None:
    grid = Grid(exported, points=72, limit=5)
    x = digits().held_out[[chosen()[2]]]
    mass = grid.posterior(x).mass[0]
    found = modules.run(
        "const data = await at('controls/data.js'); const {Grid} = await at('maths/vae.js'); "
        "const m = await at('row-to-island.js'); const x = (await data.loadImages())[(await data.loadChosen())[2]]; "
        "const decoder = await data.loadDecoder(); const row = { decoder, x, ...new Grid(decoder).posterior(x) }; "
        "return m.schema.codes.of.map(codes => Object.values(m.measure({codes}, row)))"
    )
    for (n1, n2), (surprise, largest, fewest) in zip([(2, 1), (4, 3), (18, 18), (72, 72)], found, strict=True):
        tiles = mass.reshape(n1, 72 // n1, n2, 72 // n2).sum((1, 3)).flatten()
        close([surprise, largest], [-grid.log_evidence(x).item(), tiles.max().item()])
        assert fewest == int((tiles.sort(descending=True).values.cumsum(0) < 0.95).sum()) + 1


# -- runs of the model, kept if they look like one image ---------------------------------------------------------------

RAIN = """
const m = await at("rain.js");
const data = await m.load();
return [[...data.codes], [...data.images], data.logLikes, states.map(state => Object.values(m.measure(state, data)))];
"""


def uniform(seed: int, *shape: int) -> Tensor:
    """Numbers between 0 and 1, each made from the last."""
    seeds = [seed := seed * 48271 % (2**31 - 1) for _ in range(math.prod(shape))]
    return torch.tensor(seeds, dtype=torch.float64).reshape(shape) / (2**31 - 1)


def check_rain(modules: Modules, count: int = 40) -> None:
    vae = trained_digits()
    states = random_states("rain", count)
    codes, images, log_likes, found = modules.run(RAIN, states)
    x = digits().held_out[chosen()[2]]
    z = torch.special.ndtri(uniform(1000003, 2000, 2))
    close(codes, z.flatten())
    drawn = uniform(2000003, 2000, 64) < vae.decoder(z).sigmoid()
    close(images, drawn.flatten())
    close(log_likes, log_like := vae.log_likelihood(x, z))
    unlike = (drawn != x).sum(1)
    for state, (kept, fewest_pixels, held) in zip(states, found, strict=True):
        runs = state["runs"]
        assert kept == (unlike[:runs] <= state["differ"]).sum()
        assert fewest_pixels == unlike[:runs].min()
        shares = log_like[:runs].softmax(0).sort(descending=True).values.cumsum(0)
        assert held == int((shares < 0.95).sum()) + 1


def test_rain(modules: Modules, states: int) -> None:
    check_rain(modules, states)


def test_what_is_kept_of_the_rain_lies_at_one_place() -> None:
    """As the picture says, in its own draws and in others: around p(z|x), and closer than the prior's codes."""
    x, vae = digits().held_out[[chosen()[2]]], trained_digits()
    mean = Grid(vae, points=72, limit=5).posterior(x).mean[0]
    for seed in range(1, 21):
        z = torch.special.ndtri(uniform(seed * 1000003, 2000, 2))
        unlike = ((uniform(seed * 1000003 + 7, 2000, 64) < vae.decoder(z).sigmoid()) != x).sum(1)
        assert unlike.min() > 0  # exactly x is drawn once in millions of runs
        near = z[unlike <= 10]
        assert len(near) > 50
        assert (near.mean(0) - mean).norm() < 0.6
        assert (near - mean).norm(dim=1).quantile(0.9) < 1.5


# -- single changes that must be noticed -------------------------------------------------------------------------------


def check_all_shown(modules: Modules) -> None:
    for name in EXPECTED:
        check_shown(modules, name)


def check_mathematics(modules: Modules) -> None:
    check_tables(modules)
    check_slopes(modules, 5)


CHANGES: dict[Callable[[Modules], None], list[tuple[str, str, str]]] = {
    check_mathematics: [
        ("maths/joint.js", "prior[z] * prob)", "prior[0] * prob)"),
        ("maths/joint.js", "weight > 0 ? weight * (p > 0", "weight >= 0 ? weight * (p > 0"),
        ("maths/joint.js", "Math.log(q / p) : Infinity", "Math.log(p / q) : Infinity"),
        ("maths/joint.js", "Math.log(q / p) : Infinity", "Math.log(q / p) : 0"),
        ("maths/joint.js", "p[i].some(Number.isNaN) ? Infinity", "p[i].some(Number.isNaN) ? NaN"),
        ("maths/table.js", "p[x][z] / px[x]", "p[x][z] / qx[x]"),
        ("maths/table.js", "term(prob, qx[x], px[x])", "term(qx[x], qx[x], px[x])"),
        ("maths/joint.js", "weight > 0 ? weight * values[i] : 0", "weight * values[i]"),
        ("maths/table.js", "p * (slope[i] - mean(prob, slope))", "p * slope[i]"),
        ("maths/table.js", '"images" ? data[x] / prob : 0', '"images" ? -data[x] / prob : 0'),
        ("maths/table.js", "Math.log(prob / prior[z]) : 0", "Math.log(prior[z] / prob) : 0"),
        ("maths/table.js", "- q[x][z] / prob", "- q[x][z]"),
        ("maths/table.js", "score - rate * by", "score + rate * by"),
        ("maths/square.js", "area / width", "blend(a.height, b.height)"),
        ("maths/square.js", "a + turn * (b - a)", "a + turn * (a - b)"),
    ],
    check_fit: [
        ("maths/normal-fit.js", "share * (1 - share) * (a - b) ** 2", "share * (a - b) ** 2"),
        ("maths/normal-fit.js", "weight * slope * reach", "weight * slope"),
        ("maths/normal-fit.js", "logNormal(node, 0, 1) - Math.log(width) - log)", "logNormal(node, 0, 1) - log)"),
        ("maths/normal-fit.js", "at.mean - (ll * dm", "at.mean + (ll * dm"),
        ("maths/normal-fit.js", "humps.share * first + (1 - humps.share) * second", "(first + second) / 2"),
        ("maths/normal-fit.js", "b.value < a.value - 1e-12 ? b : a", "b.value > a.value - 1e-12 ? b : a"),
    ],
    check_tiles: [
        ("maths/tiles.js", "mass[Math.floor((i * parts1)", "mass[Math.floor((j * parts1)"),
        ("maths/tiles.js", "b - a", "a - b"),
        ("maths/tiles.js", ">= share) + 1", ">= share)"),
    ],
    check_rain: [
        ("maths/rain.js", "noise[k] < sigmoid", "noise[k] > sigmoid"),
        ("maths/rain.js", "uniform(PIXELS * count, forPixels)", "uniform(PIXELS * count, forCodes)"),
        ("maths/rain.js", "images[PIXELS * k + d]", "images[d]"),
        ("maths/rain.js", "likelihood(x, logits, PIXELS * k)", "likelihood(x, logits, k)"),
        ("rain.js", "differ[k] <= most", "differ[k] < most"),
        ("rain.js", "Math.min(...seen)", "seen.at(-1)"),
        ("rain.js", "Math.exp(log - all)", "Math.exp((log - all) / 2)"),
    ],
    check_all_shown: [
        ("maths/table.js", "seed * 48271", "seed * 48272"),
        ("maths/table.js", "draw(second[one], at)", "draw(second[0], at)"),
        ("coins.js", "(([, x]) => x)", "(([z]) => z)"),
        ("one-more-pixel.js", "each ** count", "each ** 2"),
        ("noisy-six.js", "10 ** weight / 2", "10 ** weight"),
        ("noisy-six.js", "-0.5 / sigma", "-1 / sigma"),
        ("one-more-pixel.js", "-count * Math.log(each)", "-Math.log(each)"),
        ("coins.js", "one === x", "one >= x"),
        ("two-machines.js", "(([z, x]) => ({ x, z }))", "(([x, z]) => ({ x, z }))"),
        ("maths/primer.js", "(prob / rest) * (1 - share)", "prob * (1 - share)"),
        ("maths/joint.js", "high - low, 1 - high", "high, 1 - high"),
        ("other-data.js", "kl(data(state), marginalX(MODEL))", "kl(marginalX(MODEL), data(state))"),
        ("other-data.js", "klEach(ENCODER, zGivenX(MODEL))", "klEach(zGivenX(MODEL), ENCODER)"),
        ("line-up-encoder.js", "[state[image], 1 - state[image]]", "[1 - state[image], state[image]]"),
        ("mirror.js", "second(state) - state.first", "state.second - state.first"),
        ("mirror.js", "1 - second(state)]", "second(state)]"),
        ("mirror.js", "Number(x === z)", "Number(x <= z)"),
        ("line-up-decoder.js", "state[`${code}1`], state[`${code}2`]", "state[`${code}1`], state[`${code}1`]"),
        ("maths/table.js", "codes, yours,\n", "yours, codes,\n"),
        ("eight-names.js", '"p(z|x)": zGivenX(p)[X][Z]', '"p(z|x)": xGivenZ(p)[Z][X]'),
        ("bouncing.js", "round.x === x", "round.z === x"),
        ("bouncing.js", "path[round - 1].x : from", "path[round - 1].x : 0"),
        ("bell.js", "(sigma ** 2 - 1) / 2", "sigma ** 2 / 2"),
        ("bell.js", "-Math.log(sigma)", "Math.log(sigma)"),
        ("one-bell.js", "logNormal(mu, mu, sigma)", "logNormal(0, mu, sigma)"),
        ("train-one-part.js", 'gap: "images", yours: "codes"', 'gap: "codes", yours: "images"'),
    ],
}


@pytest.mark.more
@pytest.mark.parametrize("check", CHANGES)
def test_every_change_is_noticed(check: Callable[[Modules], None], modules: Modules) -> None:
    assert survivors(modules, check, CHANGES[check]) == []
