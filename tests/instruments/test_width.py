"""The width and the steepness: the loss in three parts, the price of the slope, and p(z|x) of a steeper decoder, as in
Python; held by keys, mouse and finger."""

from math import log

import pytest
import torch
from playwright.sync_api import Browser

from lowerbound import VAE, DiagonalNormal, Grid, digits, kl_each, reconstruction

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

WIDTH = LOAD + "const width = await at('maths/width.js');"


def check_parts(modules: Modules, vae: VAE, n: int = 10) -> None:
    generator = torch.Generator().manual_seed(n)
    rows = torch.randint(0, 360, (n,), generator=generator)
    x, mean = digits().held_out[rows], 5 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 2.5
    s = 0.01 * torch.randint(2, 81, (n,), generator=generator).double()
    c = 0.1 * torch.randint(5, 41, (n,), generator=generator).double()
    states = [[*state] for state in zip(rows.tolist(), mean.tolist(), s.tolist(), c.tolist(), strict=True)]
    found = modules.run(
        WIDTH
        + """return states.map(([row, mean, s, c]) => {
          const steep = width.steeper(decoder, mean, c);
          const {middle, blur, kl} = width.parts(steep, images[row], mean, s), f = width.steepness(steep, mean);
          return [middle, blur, kl, ...f, width.blurBySlope(s, f), width.bestBySlope(f)];
        })""",
        states,
    )
    q = DiagonalNormal(mean, s.log()[:, None].expand(-1, 2))
    middle = -vae.log_likelihood(x, mean)
    share, h = torch.sigmoid(vae.decode(mean)), 1e-3
    steps = [h * c[:, None] * axis for axis in torch.eye(2, dtype=torch.float64)]
    slopes = [(vae.decode(mean + step) - vae.decode(mean - step)) / (2 * h) for step in steps]
    f = torch.stack([(share * (1 - share) * slope.square()).sum(1) for slope in slopes], 1)
    there = DiagonalNormal(mean, (c * s).log()[:, None].expand(-1, 2))  # where the draws of q are read
    blur = -reconstruction(vae, there, x) - middle
    expected = [middle, blur, kl_each(q, vae.prior), *f.T, s**2 / 2 * f.sum(1), (1 + f.mean(1)) ** -0.5]
    found = torch.tensor(found, dtype=torch.float64)
    assert ((found - torch.stack(expected, 1)).abs() / (1 + torch.stack(expected, 1).abs())).max() < 1e-9


def check_posterior(modules: Modules, vae: VAE, n: int = 4) -> None:
    """As the same cells weigh in Python, and as a grid of codes says that is fine enough for steep decoders."""
    generator = torch.Generator().manual_seed(n)
    rows = torch.randint(0, 360, (n,), generator=generator)
    x, mean = digits().held_out[rows], vae.encode(digits().held_out[rows]).mean.detach()
    c = 0.5 + 3.5 * torch.rand(n, generator=generator, dtype=torch.float64)
    found = modules.run(
        WIDTH
        + """const grid = new vae.Grid(decoder);
        return states.map(([row, mean, c]) => {
          const joint = grid.logJoint(images[row]);
          const {logEvidence, logMass, cells: {spacing, from}} = width.steeperPosterior(grid, joint, mean, c);
          return [logEvidence, spacing, ...from, ...logMass.filter((_, g) => g % 97 === 0)];
        })""",
        [[*state] for state in zip(rows.tolist(), mean.tolist(), c.tolist(), strict=True)],
    )
    found = torch.tensor(found, dtype=torch.float64)
    axis = torch.linspace(-5, 5, 72, dtype=torch.float64)
    at = torch.cartesian_prod(axis, axis)
    for row, image, middle, steep in zip(found, x, mean, c, strict=True):
        z = middle + (at - middle) / steep
        joint = vae.log_likelihood(image.expand(len(at), -1), at) - z.square().sum(1) / 2 - log(2 * torch.pi)
        mass = joint + 2 * ((axis[1] - axis[0]) / steep).log()
        whole = mass.logsumexp(0)
        expected = torch.cat([torch.stack([whole, (axis[1] - axis[0]) / steep, *z[0]]), (mass - whole)[::97]])
        assert ((row - expected).abs() / (1 + expected.abs())).max() < 1e-9
        # Over codes themselves, with the decoder read where it is: many more, closer together.
        fine = torch.linspace(-6, 6, 301, dtype=torch.float64)
        codes = torch.cartesian_prod(fine, fine)
        codes = codes[(codes - middle).norm(dim=1) * steep < 8]
        read = middle + steep * (codes - middle)
        sums = vae.log_likelihood(image.expand(len(codes), -1), read) - codes.square().sum(1) / 2 - log(2 * torch.pi)
        assert abs(sums.logsumexp(0) + 2 * log(12 / 300) - row[0]) < 1e-3


def check_lowest(modules: Modules) -> None:
    """A parabola in log s has its lowest point found; at an end it is that end."""
    states = [[1.3, 0.2, 4.0], [0.7, 0.11, -2.0], [5.0, 0.39, 0.0], [1.0, 0.001, 1.0]]
    found = modules.run(
        WIDTH
        + """return states.map(([bend, at, least]) => {
          const s = Array.from({length: 12}, (_, i) => 0.05 * 1.3 ** i);
          const {s: where, nats} = width.lowest(s.map(s => ({s, nats: least + bend * Math.log(s / at) ** 2})));
          return [where, nats];
        })""",
        states,
    )
    found = torch.tensor(found, dtype=torch.float64)
    expected = torch.tensor([[at, least] for _, at, least in states], dtype=torch.float64)
    expected[-1] = torch.tensor([0.05, 1 + log(50) ** 2], dtype=torch.float64)
    assert (found - expected).abs().max() < 1e-9


def check(modules: Modules, vae: VAE) -> None:
    check_parts(modules, vae)
    check_posterior(modules, vae)
    check_lowest(modules)


CHANGES = [
    ("maths/width.js", "c * w", "w"),
    ("maths/width.js", "(1 - c) *", "(c - 1) *"),
    ("maths/width.js", "weight1[2 * h + 1] * mean[1]", "weight1[2 * h + 1] * mean[0]"),
    ("maths/width.js", "(u - mean[l]) / c", "(u - mean[l]) * c"),
    ("maths/width.js", "0.5 * (axis", "(axis"),
    ("maths/width.js", "- Math.log(c)", "+ Math.log(c)"),
    ("maths/width.js", "spacing / c", "spacing"),
    ("maths/width.js", "moved.map((m) => m[0])", "moved.map((m) => m[1])"),
    ("maths/width.js", "mass - logEvidence", "mass"),
    ("maths/width.js", "nats < curve[least].nats", "nats > curve[least].nats"),
    ("maths/width.js", "k === 0 ||", ""),
    ("maths/width.js", "** move", "** -move"),
    ("maths/width.js", "+ 0.25 *", "- 0.25 *"),
    ("maths/width.js", "s * (1 - s) *", "s *"),
    ("maths/width.js", "(2 * STEP)", "STEP"),
    ("maths/width.js", "i === l ? m + by : m", "i === l ? m : m + by"),
    ("maths/width.js", "spacing) - middle", "spacing) + middle"),
    ("maths/width.js", "0.5 * s * s", "s * s"),
    ("maths/width.js", "(f1 + f2) / 2)", "(f1 + f2))"),
]


def test_parts_and_the_price_of_the_slope(modules: Modules, exported: VAE, states: int) -> None:
    check_parts(modules, exported, states // 2)


def test_the_posterior_of_a_steeper_decoder(modules: Modules, exported: VAE) -> None:
    check_posterior(modules, exported, 20)


def test_the_lowest_point_of_a_curve(modules: Modules) -> None:
    check_lowest(modules)


def test_twice_as_steep_is_four_times_f_and_half_the_best_width(modules: Modules, exported: VAE) -> None:
    """What the question's answer says, over digits: F four times as large, the width about half, the price higher, the
    blur about the same, so that it is the KL which has grown most. That holds for the steepest decoder, too."""
    found = modules.run(
        WIDTH
        + """return states.map(row => {
          const x = images[row], {mean} = vae.encode(encoder, x);
          const widths = Array.from({length: 40}, (_, i) => 0.01 * 100 ** (i / 39));
          return [1, 2, 4].flatMap(c => {
            const steep = width.steeper(decoder, mean, c);
            const cost = s => { const {blur, kl} = width.parts(steep, x, mean, s, 0.5); return blur + kl; };
            const best = width.lowest(widths.map(wide => ({s: wide / c, nats: cost(wide / c)})));
            return [width.steepness(steep, mean)[0], best.s, best.nats, width.parts(steep, x, mean, best.s).blur];
          });
        })""",
        list(range(0, 360, 24)),
    )
    f, best, price, blur, *twice, _, _, price_of_four, blur_of_four = torch.tensor(found, dtype=torch.float64).T
    assert (twice[0] / f - 4).abs().max() < 1e-3
    assert ((twice[1] / best > 0.4) & (twice[1] / best < 0.6)).all()
    assert (twice[2] > price + 1).all()
    assert (twice[3] - blur).abs().max() < 0.3
    assert (blur_of_four - blur).abs().max() < 0.5 < (price_of_four - price).min() / 2


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, lambda modules: check(modules, exported), CHANGES) == []


def test_the_widest_circle_is_within_what_quadrature_can_do(modules: Modules, exported: VAE) -> None:
    """What is shown has two decimals: the error against many more points stays under half of the last."""
    rows = list(range(0, 360, 24))
    found = modules.run(
        WIDTH
        + """return states.map(row => {
          const {mean} = vae.encode(encoder, images[row]);
          return [undefined, 0.125].map(spacing => width.parts(decoder, images[row], mean, 0.8, spacing).blur);
        })""",
        rows,
    )
    shown, fine = torch.tensor(found, dtype=torch.float64).T
    assert (shown - fine).abs().max() < 0.005


def test_the_ring_is_held_by_keys_mouse_and_finger(browser: Browser, stage: str, exported: VAE) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 1600})
    page = context.new_page()
    page.goto(f"{stage}width")
    page.wait_for_selector("lb-instrument[data-ready]")

    def width() -> float:
        found: float = page.evaluate("document.querySelector('lb-instrument').instrument.state.s")
        return found

    page.get_by_role("button", name="the KL to the prior").tap()
    ring = page.get_by_role("slider", name="width of q, on the map")
    ring.focus()
    page.keyboard.press("End")
    assert width() == 0.8
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    assert width() == 0.12

    def middle() -> tuple[float, float]:
        page.wait_for_timeout(100)
        box = ring.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    assert (dragged := width()) > 0.2
    x, y = middle()
    session = context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 30, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert width() > dragged + 0.05
    shown = float(page.evaluate("document.querySelector('lb-instrument').instrument.numbers.loss"))
    assert shown > -Grid(exported).log_evidence(digits().held_out[[134]]).item()
    verdict = page.locator(".lb-verdict")
    assert verdict.text_content() == "Now make it twice as steep."
    page.get_by_role("slider", name="times as steep").focus()
    page.keyboard.press("PageUp")
    page.wait_for_timeout(100)
    assert verdict.text_content() == "Now press “Best width”."
    page.get_by_role("button", name="Best width").tap()
    page.wait_for_timeout(100)
    assert 0.1 < width() < 0.15
    said = verdict.text_content() or ""
    assert said.startswith("You said “the KL to the prior”, and that is right. The best width went from 0.24 to 0.12.")
    page.get_by_text("Along a line, and").tap()
    page.wait_for_timeout(400)
    assert page.locator(".lb-line-of-codes path").last.get_attribute("d")  # drawn when it is unfolded
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
