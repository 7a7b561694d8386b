"""The shuffle: cells of equal share, the same draws as in Python, a log p(x) that does not move, and a finger."""

import itertools
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, expect
from scipy import special
from torch import Tensor
from torch.special import ndtr, ndtri

from lowerbound import VAE, DiagonalNormal, FullNormal, Grid, digits, kl_each
from lowerbound.likelihoods import log_likelihood_table

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

CUT = (
    LOAD
    + """const [shares, cut, draws, pieces] = await Promise.all(
      ['shares', 'shuffle', 'draws', 'pieces'].map(name => at(`maths/${name}.js`)));"""
)


def shuffle(z: Tensor, order: Tensor, k: int) -> Tensor:
    """As on the page: where the shuffled decoder decodes z."""
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((torch.stack([new // k, new % k], -1) + u - cell) / k)


def check_shares(modules: Modules) -> None:
    z = torch.linspace(-8, 4, 401, dtype=torch.float64)
    found = torch.tensor(
        modules.run(CUT + "return states.map(z => [shares.ndtr(z), shares.ndtri(shares.ndtr(z))])", z.tolist()),
        dtype=torch.float64,
    )
    exact = torch.from_numpy(special.ndtr(z.numpy()))  # torch's own has few digits left at -8
    assert (found[:, 0] / exact - 1).abs().max() < 1e-12
    assert (found[:, 1] - z).abs().max() < 1e-11
    noise = torch.tensor(modules.run(CUT + "return draws.steadyNoise(512)"), dtype=torch.float64)
    g = torch.tensor(1.324717957244746, dtype=torch.float64)
    assert abs(g**3 - g - 1) < 1e-14
    even = (0.5 + torch.arange(1, 513)[:, None] * torch.stack([1 / g, 1 / g**2])) % 1
    assert (noise - ndtri(even)).abs().max() < 1e-11
    assert noise.mean(0).abs().max() < 0.022  # half the standard error of 512 random draws
    assert (noise.var(0) - 1).abs().max() < 0.03


def check_price(modules: Modules, vae: VAE, n: int = 40, draws: int = 24) -> None:
    """The ellipse's cost of the same draws, in random states."""
    generator = torch.Generator().manual_seed(n)
    x = digits().held_out[torch.randint(0, 360, (n,), generator=generator)]
    mean = 4 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 2
    std = torch.exp(3 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 3)  # from 0.05 to 1
    ks = torch.randint(1, 13, (n,), generator=generator).tolist()
    orders = [torch.randperm(k * k, generator=generator) for k in ks]
    states = [
        {"x": image, "mean": m, "std": s, "k": k, "order": order.tolist()}
        for image, m, s, k, order in zip(x.int().tolist(), mean.tolist(), std.tolist(), ks, orders, strict=True)
    ]
    found = modules.run(
        CUT
        + f"""const noise = draws.steadyNoise({draws});
        return states.map(({{x, mean, std, k, order}}) => {{
          const q = normal.upright(...mean, ...std), shuffle = new cut.Shuffle(k, order);
          const before = vae.logLikelihoods(decoder, x, Float64Array.from(noise.flatMap(e => draws.codeAt(q, e))));
          const {{mean: cost, error}} = cut.priceOfDraws(decoder, x, q, shuffle, noise, before);
          return [cost, error, ...cut.moved(q, shuffle).mean, ...shuffle.mover([mean[0], mean[1]])(0, 1)];
        }})""",
        states,
    )
    noise = torch.tensor(modules.run(CUT + "return draws.steadyNoise(states)", draws), dtype=torch.float64)
    for i, (k, order, row) in enumerate(zip(ks, orders, torch.tensor(found, dtype=torch.float64), strict=True)):
        q = DiagonalNormal(mean[[i]], std[[i]].log())
        moved = DiagonalNormal(shuffle(q.mean, order.argsort(), k), q.log_std)
        e = noise[:, None]
        worse = vae.log_likelihood(x[[i]], q.at(e)) - vae.log_likelihood(x[[i]], shuffle(moved.at(e), order, k))
        expected = torch.stack([worse.mean(), worse.std() / draws**0.5])
        assert (row[:2] - expected).abs().max() < 1e-9 * (1 + worse.abs().max()), states[i]
        assert (row[2:4] - moved.mean[0]).abs().max() < 1e-9
        assert (row[4:] - shuffle(mean[i], order, k)).abs().max() < 1e-9


CHANGES = [
    ("maths/shares.js", "n += 2) sum", "n += 1) sum"),
    ("maths/shares.js", "(1 + 0.5 * z * off)", "(1 - 50 * z * off)"),
    ("maths/shares.js", "rest = z + n / rest", "rest = z - n / rest"),
    ("maths/shuffle.js", "(this.inverse[to] = from)", "(this.inverse[from] = to)"),
    ("maths/shuffle.js", "order[cell1 * this.k + cell2]", "order[cell2 * this.k + cell1]"),
    ("maths/shuffle.js", "order[cells[i] * k + cells[j]]", "order[cells[j] * k + cells[i]]"),
    ("maths/draws.js", "1 / PLASTIC ** 2", "2 / PLASTIC"),
    ("maths/draws.js", "(values.length - 1)", "values.length"),
    ("maths/shuffle.js", "mean: shuffle.back(q.mean)", "mean: shuffle.move(q.mean)"),
    ("maths/shuffle.js", "shuffle.move(codeAt(there, e))", "shuffle.move(codeAt(q, e))"),
    ("maths/cuts.js", "codes.flatMap(place)", "codes.flat()"),
    ("maths/cuts.js", "logEvidence - logWeight", "logEvidence + logWeight"),
    ("maths/pieces.js", "(i - 0.5) * step, from", "i * step, from"),
    ("maths/pieces.js", "parts[n][1] * value", "value"),
    ("maths/pieces.js", "part1 * sum", "sum"),
    ("maths/pieces.js", "held[cell1 * k + cell2]", "held[cell2 * k + cell1]"),
    ("maths/pieces.js", "shuffle.back([from1", "shuffle.move([from1"),
    ("maths/pieces.js", "(z[l] - m) ** 2", "z[l] ** 2"),
    ("maths/pieces.js", "[0.02, 0.98]", "[0.2, 0.98]"),
    ("maths/pieces.js", "(1 - t) * values[g + n2]", "t * values[g + n2]"),
    ("maths/pieces.js", "klToPrior(q) - noise", "klToPrior(q) + noise"),
    ("maths/pieces.js", "there.cost < here.cost", "there.cost > here.cost"),
    ("maths/pieces.js", "g % axis.length)", "g / axis.length | 0)"),
]


# A field that is known everywhere: two humps, log-density -0.5 |(z - m) / s|^2, over |z| <= 5 in steps of 1 / 28.
FIELD = """const humps = (z1, z2, {m, s}) => Math.exp(-0.5 * (((z1 - m[0]) / s[0]) ** 2 + ((z2 - m[1]) / s[1]) ** 2))
  + 0.3 * Math.exp(-0.5 * (((z1 + m[0]) / s[1]) ** 2 + ((z2 + m[1]) / s[0]) ** 2));
const made = (state, f) => ({ n1: 281, n2: 281, from1: -5, from2: -5, step: 1 / 28,
  values: Float64Array.from({length: 281 * 281},
    (_, g) => f(humps(Math.floor(g / 281) / 28 - 5, (g % 281) / 28 - 5, state))) });"""


def piece_states(n: int) -> tuple[list[dict[str, Any]], list[Tensor]]:
    generator = torch.Generator().manual_seed(n)
    ks = torch.randint(1, 13, (n,), generator=generator).tolist()
    orders = [torch.randperm(k * k, generator=generator) for k in ks]
    m = (4 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 2).tolist()
    s = (0.15 + 0.5 * torch.rand(n, 2, generator=generator, dtype=torch.float64)).tolist()
    states = [
        {"m": mean, "s": std, "k": k, "order": order.tolist()}
        for mean, std, k, order in zip(m, s, ks, orders, strict=True)
    ]
    return states, orders


def humps(z: Tensor, state: dict[str, Any]) -> Tensor:
    m, s = (torch.tensor(state[key], dtype=torch.float64) for key in "ms")
    first = torch.exp(-0.5 * ((z - m) / s).square().sum(-1))
    return first + 0.3 * torch.exp(-0.5 * ((z + m) / s.flip(0)).square().sum(-1))


def check_pieces(modules: Modules, n: int = 24) -> None:
    """The masses of the cells, where the heaviest has gone, and the field after the shuffle."""
    states, orders = piece_states(n)
    found = modules.run(
        CUT
        + FIELD
        + """return states.map(state => {
          const density = made(state, value => value), shuffle = new cut.Shuffle(state.k, state.order);
          const masses = pieces.masses(density, shuffle);
          const cell = masses.indexOf(Math.max(...masses)), points = pieces.piece(density, shuffle, cell);
          const q = pieces.gathered(points), box = pieces.extent(points);
          const later = pieces.after(density, shuffle);
          return [[...masses], cell, [...q.mean, ...q.tril, box.left, box.right, box.low, box.high],
            [[0.3, -1.2], [-0.73, 2.1], [4.5, 0.01]].map(z => pieces.valueAt(density, z)),
            [[37, 52], [128, 130], [200, 9]].map(([i, j]) => later.values[i * later.n2 + j])];
        })""",
        states,
    )
    axis = torch.arange(281, dtype=torch.float64) / 28 - 5
    grid = torch.cartesian_prod(axis, axis)
    infinite = torch.tensor([torch.inf], dtype=torch.float64)
    for state, order, (masses, cell, where, values, later) in zip(states, orders, found, strict=True):
        k = state["k"]
        density = humps(grid, state).reshape(281, 281)
        inner = ndtri(torch.arange(1, k, dtype=torch.float64) / k)
        edges = torch.cat([-infinite, inner, infinite])
        low, high = axis[:, None] - 0.5 / 28, axis[:, None] + 0.5 / 28
        part = 28 * (torch.minimum(high, edges[1:]) - torch.maximum(low, edges[:-1])).clamp(min=0)
        expected = (part.T @ density @ part / density.sum()).flatten()
        assert (torch.tensor(masses, dtype=torch.float64) - expected).abs().max() < 1e-9
        assert cell == expected.argmax()
        # Against a reference with nodes of its own in each cell, less than half of the last digit shown.
        ends = edges.clamp(-5, 5).tolist()
        finer = [torch.linspace(*pair, 101, dtype=torch.float64) for pair in itertools.pairwise(ends)]
        sums = []
        for c1 in finer:
            for c2 in finer:
                a, b = ((c[1:] + c[:-1]) / 2 for c in (c1, c2))
                cut = humps(torch.stack(torch.meshgrid(a, b, indexing="ij"), -1), state).sum()
                sums.append(cut * (c1[1] - c1[0]) * (c2[1] - c2[0]))
        assert (torch.stack(sums) / sum(sums) - expected).abs().max() < 0.005
        flat = density.flatten()
        here = ((torch.searchsorted(inner, grid.contiguous(), right=True) * torch.tensor([k, 1])).sum(1)) == cell
        here &= ((grid[:, :, None] - inner).abs() > 1e-9).all(-1).all(-1)
        here &= flat > 1e-6 * flat[here].max()
        z = shuffle(grid[here], order.argsort(), k)
        weight = flat[here] / flat[here].sum()
        mean = weight @ z
        std = (weight @ (z - mean).square()).sqrt().clamp(min=0.02)
        box = [quantile(z[:, axis], weight, share) for axis in (0, 1) for share in (0.02, 0.98)]
        expected = torch.stack([*mean, std[0], torch.zeros_like(std[0]), std[1], *box])
        assert (torch.tensor(where, dtype=torch.float64) - expected).abs().max() < 1e-9
        exact = [bilinear(density, z1, z2) for z1, z2 in ((0.3, -1.2), (-0.73, 2.1), (4.5, 0.01))]
        assert torch.tensor(values, dtype=torch.float64).sub(torch.stack(exact)).abs().max() < 1e-9
        places = torch.tensor([[37.5, 52.5], [128.5, 130.5], [200.5, 9.5]], dtype=torch.float64) / 32 - 4
        exact = [bilinear(density, *place.tolist()) for place in shuffle(places, order, k)]
        assert torch.tensor(later, dtype=torch.float64).sub(torch.stack(exact)).abs().max() < 1e-9


def quantile(z: Tensor, weight: Tensor, share: float) -> Tensor:
    order = z.argsort(stable=True)
    return z[order][weight[order].cumsum(0) >= share][0]


def bilinear(values: Tensor, z1: float, z2: float) -> Tensor:
    u, v = (min(max(28 * (z + 5), 0), 280) for z in (z1, z2))
    i, j = (min(279, int(w)) for w in (u, v))
    along = values[:, j] + (v - j) * (values[:, j + 1] - values[:, j])
    return along[i] + (u - i) * (along[i + 1] - along[i])


def check_best(modules: Modules, vae: VAE, n: int = 3) -> None:
    """The best ellipse found costs less than where the search began, and about as little as another search's."""
    states, orders = piece_states(n)
    found = modules.run(
        CUT
        + FIELD
        + """const {Random} = await at('maths/random.js'), cuts = await at('maths/cuts.js');
        return states.map(state => {
          const shuffle = new cut.Shuffle(state.k, state.order);
          const density = made(state, value => value);
          const log = made(state, value => Math.log(value + 1e-12));
          const masses = pieces.masses(density, shuffle), heaviest = masses.indexOf(Math.max(...masses));
          const start = pieces.gathered(pieces.piece(density, shuffle, heaviest));
          const field = pieces.after(log, shuffle);
          const q = pieces.bestFound(field, [start], draws.steadyNoise(256), new Random(1));
          const x = images[state.k], noise = draws.steadyNoise(24);
          const weighed = cuts.weigh(decoder, x, q, noise, z => shuffle.move(z));
          return [state.k, ...start.mean, start.tril[0], start.tril[2], ...q.mean, ...q.tril,
            ...Object.values(draws.average(cuts.differences(weighed, -20)))];
        })""",
        states,
    )
    noise = torch.tensor(modules.run(CUT + "return draws.steadyNoise(256)"), dtype=torch.float64)[:, None]
    for state, order, (k, *numbers) in zip(states, orders, found, strict=True):
        known = torch.tensor(numbers, dtype=torch.float64)
        a, b, c = numbers[6:9]
        q = FullNormal(known[None, 4:6], torch.tensor([[[a, 0], [b, c]]], dtype=torch.float64))
        start = FullNormal(known[None, :2], known[2:4].diag()[None])

        def cost(
            output: Tensor | FullNormal, noise: Tensor = noise, state: Any = state, order: Any = order, k: int = k
        ) -> Tensor:
            q = output if isinstance(output, FullNormal) else FullNormal.from_output(output, 2)
            value = torch.log(humps(shuffle(q.at(noise).clamp(-5, 5), order, k), state) + 1e-12)
            return kl_each(q, vae.prior) - value.mean(0)

        generator = torch.Generator().manual_seed(0)
        best = torch.cat([known[:2], known[2:4].log(), torch.zeros(1)])[None]
        for step in range(300):
            trial = best + 0.985**step * 0.5 * torch.randn(1, 5, generator=generator, dtype=torch.float64)
            best = torch.where(cost(trial) < cost(best), trial, best)
        assert cost(q) < cost(start) + 1e-9
        assert cost(q) < cost(best) + 0.25
        x = digits().held_out[[k]]
        z = q.at(noise[:24])
        stems = q.log_prob(z) - vae.prior.log_prob(z) - vae.log_likelihood(x, shuffle(z, order, k)) - 20
        expected = torch.stack([stems.mean(), stems.std() / 24**0.5])
        assert (known[9:] - expected).abs().max() < 1e-8 * (1 + stems.abs().max())


def test_shares_and_even_noise(modules: Modules) -> None:
    check_shares(modules)


def test_the_same_draws_cost_what_they_cost_in_python(modules: Modules, exported: VAE, states: int) -> None:
    check_price(modules, exported, states)


def test_the_pieces_of_the_posterior(modules: Modules, states: int) -> None:
    check_pieces(modules, states // 10)


def test_the_best_ellipse_found(modules: Modules, exported: VAE) -> None:
    check_best(modules, exported, 12)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_pieces(modules, 4)
        check_best(modules, exported)
        check_shares(modules)
        check_price(modules, exported)

    assert survivors(modules, check, CHANGES) == []


def test_log_evidence_of_the_shuffled_decoder_is_what_is_shown(modules: Modules, exported: VAE) -> None:
    """Each cell has a grid of its own, and the shuffled decoder is what is decoded there."""
    rows = [134, 21, 0]
    s = torch.arange(-29, 30, dtype=torch.float64) * 0.22
    share = torch.exp(-s.square() / 2) * 0.22 / (2 * torch.pi) ** 0.5
    shown = modules.run(
        LOAD + "const grid = new vae.Grid(decoder); return states.map(row => grid.posterior(images[row]).logEvidence)",
        rows,
    )
    for k in (2, 5):
        order = modules.run(
            "const {Random} = await at('maths/random.js'); return [...new Random(3, states).permutation(states ** 2)]",
            k,
        )
        axis = ndtri((torch.arange(k)[:, None] + ndtr(s)) / k).flatten()
        prior = torch.cartesian_prod(share.repeat(k) / k, share.repeat(k) / k).prod(1)
        z = shuffle(torch.cartesian_prod(axis, axis), torch.tensor(order), k)
        table = log_likelihood_table(exported.likelihood, digits().held_out[rows], exported.decode(z))
        after = (table + prior.log()).logsumexp(1)
        assert (after - torch.tensor(shown, dtype=torch.float64)).abs().max() < 1e-5
        assert (after - Grid(exported).log_evidence(digits().held_out[rows])).abs().max() < 1e-5


def shown(page: Any) -> dict[str, str]:
    numbers: dict[str, str] = page.evaluate("""async () => {
      await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
      return document.querySelector("lb-instrument").instrument.numbers;
    }""")
    return numbers


def test_by_finger_and_keys_the_line_holds_and_any_shape_drops_the_gap(browser: Browser, stage: str) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 1200})
    page = context.new_page()
    page.goto(f"{stage}shuffle")
    page.wait_for_selector("lb-instrument[data-ready]")
    first = shown(page)
    page.get_by_role("button", name="the gap grows").tap()
    page.get_by_role("slider", name="cells a side").focus()
    page.keyboard.press("End")
    finest = shown(page)
    assert finest["-log p(x)"] == first["-log p(x)"]
    assert float(finest["gap"].split(" ±")[0]) > float(first["gap"]) + 3
    expect(page.locator(".lb-verdict").first).to_contain_text("and that is right")
    page.get_by_role("button", name="as small as before").tap()
    expect(page.locator(".lb-mass:visible").first).to_be_attached()
    page.get_by_label("the best ellipse found").tap()
    best = shown(page)
    assert best["-log p(x)"] == first["-log p(x)"]
    assert float(first["gap"]) + 1 < float(best["gap"].split(" ±")[0]) < float(finest["gap"].split(" ±")[0]) - 3
    page.get_by_label("one ellipse, moved along").tap()
    page.get_by_role("button", name="Shuffle", exact=True).tap()
    assert shown(page)["gap"] != finest["gap"]
    page.get_by_label("any shape, cut and moved").tap()
    assert shown(page)["gap"] == first["gap"]
    said = page.locator(".lb-verdict").last.text_content() or ""
    assert said.startswith("You said “as small as before”, and that is right. ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_second_question_is_asked_before_its_answer_can_be_seen(stage: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{stage}shuffle")
    shape = page.locator("input[value=pieces]")
    second = page.get_by_role("button", name="about half")
    page.get_by_role("button", name="both grow").click()
    page.get_by_role("button", name="Shuffle").click()
    expect(second).to_be_visible()
    expect(shape).to_be_disabled()
    expect(page.get_by_text("after your answer")).to_be_visible()
    second.click()
    expect(page.get_by_text("after your answer")).to_be_hidden()
    shape.check()
    expect(page.locator(".lb-verdict").nth(1)).to_contain_text("You said “about half”, but the answer is")
    # Whoever has looked already is not asked.
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Shuffle").click()
    shape.check()
    page.get_by_role("radio", name="one ellipse, moved").check()
    page.get_by_role("button", name="both grow").click()
    expect(page.locator(".lb-verdict").first).to_contain_text("You said “both grow”")
    expect(second).to_be_hidden()
    page.close()
