"""The loss cut in two ways, and log p(x) from draws, in the browser against the library; its keys and its touch."""

import math
from collections.abc import Iterator

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lowerbound import VAE, DiagonalNormal, Grid, digits, elbo, kl_each, reconstruction, trained_digits
from lowerbound.vae import rows
from lowerbound_site.pages.elements import schema

from .modules import Modules, survivors
from .test_vae import LOAD, as_states, random_states

pytestmark = pytest.mark.browser

EXACT = 1e-9
NINE = 304  # what the pages begin with
LOAD_CUTS = LOAD + "const cuts = await at('maths/cuts.js'), {noise} = await at('maths/random.js'); "


def check_pieces(modules: Modules, vae: VAE, n: int = 12) -> None:
    x, q = random_states(n, seed=n)
    found = modules.run(
        LOAD_CUTS
        + """return states.map(({x, q}) => {
          const p = cuts.pieces(decoder, x, q, -20);
          return [p.loss, p.surprise, p.gap, p.rebuilding, p.kl];
        })""",
        as_states(x, q),
    )
    cost, kl = -reconstruction(vae, q, x), kl_each(q, vae.prior)
    loss = cost + kl
    assert (loss[:5] + elbo(vae, rows(q, slice(5)), x[:5])).abs().max() < EXACT
    twenty = torch.full_like(loss, 20)
    expected = torch.stack([loss, twenty, loss - 20, cost, kl], 1)
    found = torch.tensor(found, dtype=torch.float64)
    assert (found - expected).abs().max() < EXACT * (1 + expected.abs().max())
    ends = torch.stack([found[:, 1] + found[:, 2], found[:, 3] + found[:, 4]])
    assert (ends - loss).abs().max() < EXACT * (1 + loss.abs().max())


def check_draws(modules: Modules, vae: VAE, n: int = 12) -> None:
    x, q = random_states(n, seed=n + 1)
    found = modules.run(
        LOAD_CUTS
        + """return states.map(({x, q}, seed) => {
          const noises = noise(9, seed, 1), drawn = cuts.weigh(decoder, x, q, noises);
          const running = cuts.runningLogMean(drawn.map(one => one.logWeight));
          return drawn.map((one, i) => [...noises[i], ...one.z, one.logLike, one.logWeight, running[i]]);
        })""",
        as_states(x, q),
    )
    found = torch.tensor(found, dtype=torch.float64)
    noise = found[:, :, :2].transpose(0, 1)
    z = q.at(noise)
    weight = vae.log_joint(x, z) - q.log_prob(z)
    running = weight.logcumsumexp(0) - torch.arange(1, 10, dtype=torch.float64).log()[:, None]
    expected = torch.stack([*z.unbind(-1), vae.log_likelihood(x, z), weight, running], -1).transpose(0, 1)
    # A narrow q's noise is found again from z, which costs digits.
    assert ((found[:, :, 2:] - expected).abs() < 1e-8 * (1 + expected.abs())).all()
    assert noise.mean().abs() < 5 / (noise.numel() ** 0.5)
    assert noise.reshape(-1, 2)[:, 0].dot(noise.reshape(-1, 2)[:, 1]).abs() < 5 * (noise.numel() / 2) ** 0.5
    assert len(noise.flatten().unique()) == noise.numel()


def test_the_nine_is_chosen_by_a_rule() -> None:
    """As the page says: of the held-out nines, the one nearest to their average."""
    rows = torch.nonzero(digits().held_out_labels == 9)[:, 0]
    nines = digits().held_out[rows]
    nearest = rows[((nines - nines.mean(0)) ** 2).sum(1).argmin()]
    assert nearest == NINE == schema("one-loss")["digit"]["start"]


def test_two_cuts(modules: Modules, exported: VAE, states: int) -> None:
    check_pieces(modules, exported, states)


def test_draws(modules: Modules, exported: VAE, states: int) -> None:
    check_draws(modules, exported, states)


def test_what_the_page_says_of_draws_holds_over_seeds(modules: Modules, exported: VAE) -> None:
    found = modules.run(
        LOAD_CUTS
        + """
        const x = images[states], q = vae.encode(encoder, x), prior = normal.upright(0, 0, 1, 1);
        return Array.from({length: 100}, (_, k) => [[prior, 0, 256], [q, 1, 16]].map(([from, stream, n]) => {
          const drawn = cuts.weigh(decoder, x, from, noise(n, 100 + k, stream));
          return [...cuts.runningLogMean(drawn.map(one => one.logWeight))];
        }))""",
        NINE,
    )
    truth = Grid(exported).log_evidence(digits().held_out[[NINE]]).item()
    prior, q = (torch.tensor(estimates) for estimates in zip(*found, strict=True))

    def usual_error(estimates: torch.Tensor) -> float:
        return (estimates - truth).abs().median().item()

    assert usual_error(prior[:, 15]) > 4 * usual_error(q[:, 15])  # after 16 draws
    assert usual_error(prior[:, 255]) < 0.5  # nats
    assert usual_error(q[:, 15]) < 0.5


SIXTEEN = """
const m = await at('sixteen.js');
return states.map(state => Object.values(m.measure(state, { decoder, encoder, images })));
"""
NOISES = "return states.map(({tries}) => [0, 1].map(stream => noise(16, tries, stream)))"


def check_sixteen(modules: Modules, vae: VAE, n: int = 6) -> None:
    states = [{"tries": 1 + 7 * k % 60, "digit": 47 * k % 360} for k in range(n)]
    found = torch.tensor(modules.run(LOAD_CUTS + SIXTEEN, states), dtype=torch.float64)
    noises = torch.tensor(modules.run(LOAD_CUTS + NOISES, states), dtype=torch.float64)
    x = digits().held_out[[state["digit"] for state in states]]
    q = vae.encode(x)
    of_prior, of_q = noises.transpose(0, 1).transpose(1, 2)
    from_prior = math.log(16) - vae.log_likelihood(x, of_prior).logsumexp(0)
    from_q = -vae.log_likelihood(x, q.at(of_q)).mean(0)
    exact = -Grid(vae, points=72, limit=5).log_evidence(x), -reconstruction(vae, q, x)
    expected = torch.stack([from_prior, exact[0], from_q, exact[1]], 1)
    assert (found - expected).abs().max() < EXACT * (1 + expected.abs().max())


def test_sixteen_codes_of_each_kind(modules: Modules, exported: VAE, states: int) -> None:
    check_sixteen(modules, exported, 60 * states // 1000)


WEIGHTS = """
const m = await at('weights.js'), { load } = m;
const given = await load();
return states.map(state => {
  const { logs } = given.drawn(state);
  return [...Object.values(m.measure(state, given)), m.heaviest(logs.slice(0, state.codes))];
});
"""
WIDE_NOISES = "return states.map(({draws}) => noise(1000, draws, 0))"
TIMES_NARROWER = {"two": 20, "four": 1}


def check_weights(modules: Modules, vae: VAE, n: int = 6) -> None:
    states = [{"model": "two" if k % 3 else "four", "codes": 1 + 37 * k % 1000, "draws": k % 21} for k in range(n)]
    found = torch.tensor(modules.run(LOAD_CUTS + WEIGHTS, states), dtype=torch.float64)
    noises = torch.tensor(modules.run(LOAD_CUTS + WIDE_NOISES, states), dtype=torch.float64)
    x = digits().held_out[[0]]
    given, exact = vae.encode(x), Grid(vae).log_evidence(x).item()
    for state, row, noise in zip(states, found, noises, strict=True):
        codes = int(state["codes"])
        q = DiagonalNormal(given.mean, given.log_std - math.log(TIMES_NARROWER[state["model"]]))
        z = q.at(noise[:codes, None])
        logs = (vae.log_joint(x, z) - q.log_prob(z))[:, 0]
        tenth = logs.softmax(0).sort(descending=True).values[: -(-codes // 10)].sum()
        expected = [logs[-1], logs.mean(), logs.logsumexp(0) - math.log(codes), exact, tenth]
        # A narrow q's noise is found again from z, which costs digits.
        assert (row - torch.tensor(expected)).abs().max() < 1e-8 * (1 + abs(exact))


def test_weights(modules: Modules, exported: VAE, states: int) -> None:
    check_weights(modules, exported, 60 * states // 1000)


def test_the_weights_of_every_run_agree_with_the_verdict(modules: Modules) -> None:
    """Model two's log of the average ends higher than its average of the logs, and below log p(x)."""
    states = [{"model": "two", "codes": n, "draws": k} for k in range(21) for n in range(200, 1001, 50)]
    found = torch.tensor(modules.run(LOAD_CUTS + WEIGHTS, states), dtype=torch.float64)
    _, elbo, bound, exact, _ = found.unbind(1)
    assert (bound - elbo).min() > 0.1
    assert (exact - bound).min() > 0.1


CHANGES = [
    ("weights.js", "bounds[codes - 1]", "bounds[codes - 2] ?? 0"),
    ("weights.js", "a / TIMES[model]", "a * TIMES[model]"),
    ("weights.js", "logs.length / 10", "logs.length / 5"),
    ("weights.js", "b - a)", "a - b)"),
    ("sixteen.js", "weigh(decoder, x, PRIOR, noise(CODES, seed, 0))", "weigh(decoder, x, q, noise(CODES, seed, 0))"),
    ("sixteen.js", "logLike)).at(-1)", "logLike)).at(0)"),
    ("maths/cuts.js", "gap: loss + logEvidence", "gap: loss - logEvidence"),
    ("maths/random.js", "[numbers[2 * i], numbers[2 * i + 1]]", "[numbers[2 * i], numbers[2 * i]]"),
    ("maths/draws.js", "m2 + b * e1 + c * e2", "m2 + c * e2"),
    ("maths/cuts.js", "- LOG_2PI - Math.log(a * c)", "- LOG_2PI + Math.log(a * c)"),
    ("maths/cuts.js", "logLikes[i] + logPrior - logQ", "logLikes[i] - logQ"),
    ("maths/cuts.js", "sum *= Math.exp(peak - value)", "sum *= Math.exp(value - peak)"),
    ("maths/cuts.js", "sum / (i + 1)", "sum / i"),
]


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_pieces(modules, exported)
        check_draws(modules, exported)
        check_sixteen(modules, exported)
        check_weights(modules, exported)

    assert survivors(modules, check, CHANGES) == []


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{stage}one-loss")
    page.wait_for_selector("lb-instrument[data-ready]")
    yield page
    context.close()


def test_the_verdict_on_the_weights_says_how_many_codes_it_takes_and_which_it_is_of(page: Page, stage: str) -> None:
    """So that it stays true when more codes are drawn, or those of another model."""
    page.goto(f"{stage}weights")
    page.wait_for_selector("lb-instrument[data-ready]")
    verdict = page.locator(".lb-verdict")
    more = page.get_by_role("button", name="A hundred more")
    page.get_by_role("button", name="the log of the average").click()
    more.click()
    expect(verdict).to_have_text("Now press “A hundred more” until it is judged.")
    more.click()
    expect(verdict).to_contain_text("that is right. After 201 codes of model two it was")
    said = verdict.inner_text()
    more.click()
    page.get_by_role("radio", name="model four").check()
    expect(page.locator(".lb-legend").last).to_contain_text("301 codes")
    assert verdict.inner_text() == said


def test_the_estimates_are_in_sight_where_the_next_ones_are_drawn(page: Page, stage: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{stage}sixteen")
    page.wait_for_selector("lb-instrument[data-ready]")
    draw = page.get_by_role("button", name="Sixteen other codes").bounding_box()
    question = page.locator(".lb-predict").bounding_box()
    assert draw
    assert question
    estimates = page.get_by_role("img", name="tries from").all()
    assert len(estimates) == 2
    for estimate in estimates:
        box = estimate.bounding_box()
        assert box
        assert question["y"] < box["y"] < draw["y"]
    assert draw["y"] + draw["height"] - question["y"] < 500  # the verdict, the estimates and the buttons in one view


def numbers(page: Page) -> dict[str, str]:
    read: dict[str, str] = page.evaluate(
        """async () => {
          await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
          return document.querySelector("lb-instrument").instrument.numbers;
        }"""
    )
    return read


def test_the_loss_is_cut_by_keyboard_and_touch_alone(page: Page) -> None:
    first = numbers(page)
    assert page.locator(".lb-island.lb-shown").count() == 1
    page.get_by_role("button", name="shorter").press("Enter")
    page.get_by_role("button", name="Cut the lower bar").tap()
    cut = numbers(page)
    assert cut["loss"] == first["loss"]
    assert "KL(q||prior)" in cut
    assert page.locator(".lb-verdict").inner_text().startswith("You said “shorter”, and that is right. ")
    # Nothing needs them any more.
    assert page.locator(".lb-island.lb-shown").count() == 0
    assert page.locator(".lb-unneeded").count() == 1
    page.get_by_role("button", name="Take the cut back").press("Enter")
    assert numbers(page) == first
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_code_and_the_image_gain_the_same_wherever_it_is(page: Page, stage: str) -> None:
    vae, grid = trained_digits(), Grid(trained_digits(), points=72, limit=5)
    for digit, z1, z2 in [(NINE, 0.4, 1.21), (5, -1.2, 0.4), (200, 3.5, -3.5)]:
        page.goto(f"{stage}one-loss?cut=reconstruction&digit={digit}&z1={z1}&z2={z2}")
        page.wait_for_selector("lb-instrument[data-ready]")
        x = digits().held_out[[digit]]
        z = torch.tensor([[z1, z2]], dtype=torch.float64)
        gain = (vae.log_likelihood(x, z) - grid.log_evidence(x)).item()
        for name in ("log p(x|z)/p(x)", "log p(z|x)/p(z)"):
            assert abs(float(numbers(page)[name].replace("−", "-")) - gain) < 0.0051


def test_the_code_goes_to_a_tap_to_the_mouse_and_by_keys_once_the_bar_is_cut(page: Page) -> None:
    plane, code = page.locator(".lb-plane"), "document.querySelector('lb-instrument').instrument.state"
    assert not page.get_by_role("slider").count()
    plane.tap(position={"x": 60, "y": 60})
    assert page.evaluate(code)["z1"] == 0.4
    page.get_by_role("button", name="Cut the lower bar").tap()
    before = numbers(page)
    plane.tap(position={"x": 60, "y": 60})
    tapped = numbers(page)
    assert tapped["log p(x|z)/p(x)"] == tapped["log p(z|x)/p(z)"] != before["log p(x|z)/p(x)"]
    page.get_by_role("slider", name="code z1").press("ArrowRight")
    page.get_by_role("slider", name="code z2").press("ArrowDown")
    keyed = numbers(page)
    assert keyed["log p(x|z)/p(x)"] == keyed["log p(z|x)/p(z)"] != tapped["log p(x|z)/p(x)"]
    box = plane.bounding_box()
    assert box
    page.mouse.move(box["x"] + 90, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 120)
    assert numbers(page)["log p(x|z)/p(x)"] != keyed["log p(x|z)/p(x)"]
    page.mouse.up()


def test_a_dot_rebuilds_better_and_costs_more(page: Page, stage: str) -> None:
    page.goto(f"{stage}dot")
    page.wait_for_selector("lb-instrument[data-ready]")
    first = numbers(page)
    page.get_by_role("button", name="get longer").tap()
    page.get_by_role("slider").press("End")
    dot = numbers(page)
    assert float(dot["reconstruction cost"]) < float(first["reconstruction cost"])
    assert float(dot["loss"]) > float(first["loss"])
    assert dot["-log p(x)"] == first["-log p(x)"]
    verdict = page.locator(".lb-verdict")
    expect(verdict).to_contain_text("At 100 times narrower grey is 0.91 nats shorter")
    expect(verdict).to_contain_text(f"the bar goes from {first['loss']} to {dot['loss']}.")
    expect(verdict).to_contain_text("“get longer”, and that is right.")
    page.get_by_role("slider").press("ArrowLeft")
    after = numbers(page)
    expect(verdict).to_contain_text(f"the bar goes from {first['loss']} to {after['loss']}.")  # it is of what is seen
    expect(verdict).to_contain_text("grey got only")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", ["one-loss", "dot", "sixteen", "weights"])
def test_axe_finds_nothing(name: str, page: Page, stage: str) -> None:
    page.goto(f"{stage}{name}")
    page.wait_for_selector("lb-instrument[data-ready]")
    found = Axe().run(page, context="lb-instrument")
    assert found.violations_count == 0, found.generate_report()
