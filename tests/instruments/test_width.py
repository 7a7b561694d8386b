"""The width: the loss in three parts and the price of the slope, as in Python; held by keys, mouse and finger."""

import pytest
import torch
from playwright.sync_api import Browser

from lowerbound import VAE, DiagonalNormal, Grid, digits, kl_each, reconstruction

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

WIDTH = LOAD + "const width = await at('maths/width.js');"


def check_parts(modules: Modules, vae: VAE, n: int = 25) -> None:
    generator = torch.Generator().manual_seed(n)
    rows = torch.randint(0, 360, (n,), generator=generator)
    x, mean = digits().held_out[rows], 5 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 2.5
    s = 0.01 * torch.randint(2, 81, (n,), generator=generator).double()
    states = [[*state] for state in zip(rows.tolist(), mean.tolist(), s.tolist(), strict=True)]
    found = modules.run(
        WIDTH
        + """return states.map(([row, mean, s]) => {
          const {middle, blur, kl} = width.parts(decoder, images[row], mean, s), f = width.steepness(decoder, mean);
          return [middle, blur, kl, ...f, width.blurBySlope(s, f), width.bestBySlope(f)];
        })""",
        states,
    )
    q = DiagonalNormal(mean, s.log()[:, None].expand(-1, 2))
    middle = -vae.log_likelihood(x, mean)
    share, h = torch.sigmoid(vae.decode(mean)), 1e-3
    slopes = [
        (vae.decode(mean + step) - vae.decode(mean - step)) / (2 * h) for step in h * torch.eye(2, dtype=torch.float64)
    ]
    f = torch.stack([(share * (1 - share) * slope.square()).sum(1) for slope in slopes], 1)
    blur = -reconstruction(vae, q, x) - middle
    expected = [middle, blur, kl_each(q, vae.prior), *f.T, s**2 / 2 * f.sum(1), (1 + f.mean(1)) ** -0.5]
    found = torch.tensor(found, dtype=torch.float64)
    assert ((found - torch.stack(expected, 1)).abs() / (1 + torch.stack(expected, 1).abs())).max() < 1e-9


CHANGES = [
    ("maths/width.js", "s * (1 - s) *", "s *"),
    ("maths/width.js", "(2 * STEP)", "STEP"),
    ("maths/width.js", "i === l ? m + by : m", "i === l ? m : m + by"),
    ("maths/width.js", "spacing) - middle", "spacing) + middle"),
    ("maths/width.js", "0.5 * s * s", "s * s"),
    ("maths/width.js", "(f1 + f2) / 2)", "(f1 + f2))"),
]


def test_parts_and_the_price_of_the_slope(modules: Modules, exported: VAE) -> None:
    check_parts(modules, exported, 500)


def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    assert survivors(modules, lambda modules: check_parts(modules, exported), CHANGES) == []


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

    page.get_by_role("button", name="fall, then rise").tap()
    ring = page.get_by_role("slider", name="width of q, on the map")
    ring.focus()
    page.keyboard.press("End")
    assert width() == 0.8
    page.wait_for_timeout(100)
    assert (page.locator(".lb-verdict").text_content() or "").startswith("Yes.")
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
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
