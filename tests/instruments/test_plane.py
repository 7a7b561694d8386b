"""The plane: the best ellipses, the decoder that ignores z, what is drawn and read, and the way through it by keys."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from lowerbound import VAE, FullNormal, Grid, digits, elbo, kl_each, optimal_q

from .modules import Modules, survivors
from .test_vae import LOAD

pytestmark = pytest.mark.browser

CLOSER = "const fit = await at('maths/fit.js'); "


def check_fit(modules: Modules, vae: VAE) -> None:
    rows = [343, 144, 118, 43]
    x = digits().held_out[rows]
    found = modules.run(
        LOAD
        + CLOSER
        + """return states.map(row => [false, true].map(tilts => {
          const {mean, tril} = fit.best(decoder, images[row], vae.encode(encoder, images[row]), tilts);
          return [...mean, ...tril];
        }))""",
        rows,
    )
    upright, tilted = torch.tensor(found, dtype=torch.float64).unbind(1)
    log_evidence = Grid(vae).log_evidence(x)
    library = log_evidence - elbo(vae, optimal_q(vae, vae.encode(x), x), x)

    def gap(numbers: torch.Tensor) -> torch.Tensor:
        tril = torch.zeros(len(x), 2, 2, dtype=torch.float64)
        tril[:, 0, 0], tril[:, 1, 0], tril[:, 1, 1] = numbers[:, 2:].T
        return log_evidence - elbo(vae, FullNormal(numbers[:, :2], tril), x)

    assert (upright[:, 3] == 0).all()
    assert (gap(upright) < library + 1e-3).all()
    assert (gap(tilted) < gap(upright) + 1e-6).all()
    assert (gap(tilted)[1] < 0.7 * gap(upright)[1]).all()  # the posterior of this one is tilted


def check_deaf(modules: Modules, vae: VAE) -> None:
    x = digits().held_out[:6]
    on = digits().train.sum(0)
    found = modules.run(
        LOAD
        + """const deaf = vae.deaf(decoder, states.on, states.images);
        const grid = new vae.Grid(deaf), q = normal.tilted(0, 0, 1, 1, 0), half = normal.tilted(0.5, -1, 0.4, 0.6, 0.5);
        return states.rows.map(n => [-grid.posterior(images[n]).logEvidence, vae.loss(deaf, images[n], q),
          vae.loss(deaf, images[n], half)])""",
        {"on": on.tolist(), "images": 1437, "rows": list(range(6))},
    )
    found = torch.tensor(found, dtype=torch.float64)
    share = (on + 0.5) / 1438
    cost = -(x * share.log() + (1 - x) * (1 - share).log()).sum(1)
    tril = torch.tensor([[0.4, 0.0], [0.5 * 0.6, 0.75**0.5 * 0.6]], dtype=torch.float64).expand(1, 2, 2)
    half = FullNormal(torch.tensor([[0.5, -1.0]], dtype=torch.float64), tril)
    assert (found[:, 0] - cost).abs().max() < 2e-5  # the grid ends at 5
    assert (found[:, 1] - cost).abs().max() < 1e-9
    assert (found[:, 2] - cost - kl_each(half, vae.prior)).abs().max() < 1e-9


CHANGES = [
    ("maths/normal.js", "r * s2, Math.sqrt(1 - r * r) * s2", "r * s2, Math.sqrt(1 + r * r) * s2"),
    ("maths/vae.js", "(images - on + 0.5)", "(images + on + 0.5)"),
    ("maths/vae.js", "weight2: new Float64Array(decoder.weight2.length)", "weight2: decoder.weight2"),
    ("maths/fit.js", "l === k ? value + by : other", "l === k ? value - by : other"),
    ("maths/fit.js", "there <= here + 1e-4", "there >= here + 1e-4"),
    ("maths/fit.js", "Math.exp(t1), Math.exp(t2)", "Math.exp(t1), Math.exp(t1)"),
]


def test_best_ellipses_are_as_good_as_the_library_s(modules: Modules, exported: VAE) -> None:
    check_fit(modules, exported)


def test_a_decoder_that_ignores_z(modules: Modules, exported: VAE) -> None:
    check_deaf(modules, exported)


@pytest.mark.more
def test_every_change_is_noticed(modules: Modules, exported: VAE) -> None:
    def check(modules: Modules) -> None:
        check_deaf(modules, exported)
        check_fit(modules, exported)

    assert survivors(modules, check, CHANGES) == []


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    yield page
    page.close()


def show(page: Page, stage: str, state: str) -> None:
    page.goto(f"{stage}plane#~plane?{state}")
    page.wait_for_selector("lb-instrument[data-ready]")


def test_an_ellipse_is_drawn_through_the_scale_of_the_axes(page: Page, stage: str) -> None:
    """Points of the drawn outline, read off with the axes' own labels, hold 95 % of q."""
    show(page, stage, "q=hand&z1=-1&z2=0.5&s1=0.6&s2=0.9&tilt=0.7")
    drawn = np.array(page.evaluate(OUTLINE, ".lb-q-95"))
    cov = np.array([[0.6**2, 0.7 * 0.6 * 0.9], [0.7 * 0.6 * 0.9, 0.9**2]])
    away = drawn - [-1, 0.5]
    distance = np.einsum("ki,ij,kj->k", away, np.linalg.inv(cov), away)
    assert np.abs(distance / -np.log(0.05) / 2 - 1).max() < 0.02
    labels = page.evaluate(LABELS)
    assert {text: pytest.approx(value, abs=0.03) for text, value in labels} == {"−2": -2, "0": 0, "2": 2}


OUTLINE = """selector => {
  const ellipse = document.querySelector(selector), matrix = ellipse.getScreenCTM();
  const {left, top, width, height} = document.querySelector(".lb-plane > svg").getBoundingClientRect();
  return Array.from({length: 24}, (_, k) => {
    const {x, y} = new DOMPoint(Math.cos(k * Math.PI / 12), Math.sin(k * Math.PI / 12)).matrixTransform(matrix);
    return [((x - left) / width - 0.5) * 7, (0.5 - (y - top) / height) * 7];
  });
}"""
LABELS = """() => [...document.querySelectorAll(".lb-at-z1")].map(label => {
  const {left, width} = document.querySelector(".lb-plane > svg").getBoundingClientRect();
  const box = label.getBoundingClientRect();
  return [label.textContent, ((box.left + box.width / 2 - left) / width - 0.5) * 7];
})"""


def test_the_draws_ride_on_the_ellipse_and_average_to_the_gap(page: Page, stage: str) -> None:
    """Behind the fold of numbers: 64 dots on the map, a stem for each, and next to the exact gap their mean."""
    show(page, stage, "q=hand&z1=0.7&z2=1.2&s1=0.4&s2=0.6&tilt=0.6")
    assert dots(page).shape == (0, 2)
    page.locator("summary", has_text="Set the ellipse by numbers").press("Enter")
    page.wait_for_function("document.querySelector('[stroke-linecap=round]').getAttribute('d')")
    first = dots(page)
    assert first.shape == (64, 2)
    assert np.abs(first.mean(0) - [0.7, 1.2]).max() < 0.08
    assert np.abs(np.cov(first.T) - [[0.16, 0.144], [0.144, 0.36]]).max() < 0.05
    page.evaluate("document.querySelector('lb-instrument').instrument.set({z1: -0.3})")
    page.wait_for_timeout(100)
    assert np.abs(dots(page) - first + [1, 0]).max() < 0.02
    numbers = page.evaluate(NUMBERS)
    mean, error = (float(part) for part in numbers["draws"].split(" ± "))
    assert abs(mean - float(numbers["gap"])) < 3 * error
    label = page.get_by_role("img", name="64 draws").get_attribute("aria-label")
    assert label == f"64 draws: mean {numbers['draws']}, exact gap {numbers['gap']}"


def dots(page: Page) -> np.ndarray:
    path = page.locator("[stroke-linecap=round]").get_attribute("d") or ""
    places = [[float(number) for number in pair] for pair in re.findall(r"M(\S+) (\S+?)h0", path)]
    return np.array(places).reshape(-1, 2) * [1, -1]


# Painted is once a frame; where the browser draws none, time has to do.
PAINTED = """() => new Promise(done => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)));
  setTimeout(done, 3000);
})"""


def read(page: Page) -> dict[str, str]:
    page.evaluate(PAINTED)
    values = dict(re.findall(r"(loss|−log p\(x\)|gap) ([\d.]+)", page.locator(".lb-values").inner_text()))
    numbers = {name: page.get_by_label(name, exact=True).input_value() for name in ("μ1", "μ2", "σ1", "σ2")}
    return values | numbers


def test_a_digit_is_drawn_and_read_with_the_keyboard_alone(page: Page, stage: str, exported: VAE) -> None:
    show(page, stage, "")
    for fold in ("Set the ellipse by numbers", "Draw an image of your own"):
        page.locator("summary", has_text=fold).press("Enter")
    page.keyboard.press("Tab")  # to the grid
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # empties it
    page.wait_for_function("document.querySelector('lb-instrument').instrument.state.x === '0'.repeat(16)")
    x = torch.zeros(8, 8, dtype=torch.float64)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    for row in range(8):  # a stroke from top to bottom, and a foot
        page.keyboard.press("Space")
        x[row, 3] = 1
        if row < 7:
            page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    x[7, 4] = 1
    q = exported.encode(x.reshape(1, 64))
    surprise = -Grid(exported, points=72, limit=5.0).log_evidence(x.reshape(1, 64)).item()
    loss = -elbo(exported, q, x.reshape(1, 64)).item()
    mean, std = q.mean[0].tolist(), q.log_std[0].exp().tolist()  # type: ignore[union-attr]
    assert read(page) == {
        "loss": f"{loss:.1f}",
        "−log p(x)": f"{surprise:.1f}",
        "gap": f"{loss - surprise:.2f}" if loss - surprise < 9.995 else f"{loss - surprise:.1f}",
        "μ1": f"{mean[0]:.2f}",
        "μ2": f"{mean[1]:.2f}",
        "σ1": f"{std[0]:.2f}",
        "σ2": f"{std[1]:.2f}",
    }
    page.get_by_role("slider", name="width of q").focus()
    page.keyboard.press("Home")
    assert read(page)["σ1"] == "0.01"
    page.keyboard.press("End")
    assert read(page)["σ1"] == "1.20"
    assert "q=hand" in page.evaluate("new Promise(done => setTimeout(() => done(location.hash), 1200))")


def test_reset_takes_back_what_was_drawn_asked_and_where_the_keys_stood(page: Page, stage: str) -> None:
    show(page, stage, "x=0000000000000000")
    page.get_by_role("checkbox", name="row 1, column 1").focus()
    for key in ("ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.get_by_role("button", name="the blue one").click()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("checkbox", name="row 1, column 1")).to_have_attribute("tabindex", "0")
    assert page.locator(".lb-cells [tabindex='0']").count() == 1
    assert page.locator(".lb-verdict").text_content() == ""
    expect(page.get_by_role("button", name="both")).to_be_enabled()


def test_the_two_questions_by_keys(page: Page, stage: str) -> None:
    """The ellipse leaves the blue piece; a decoder that ignores z has no gap and a longer bar."""
    show(page, stage, "")
    expect(page.get_by_role("button", name="And a decoder that ignores z?")).to_be_hidden()  # one question at a time
    surprise = page.evaluate(NUMBERS)["-log p(x)"]
    page.get_by_role("button", name="the purple one").press("Enter")
    page.get_by_role("slider", name="place of q, to the right").press("PageDown")
    expect(page.locator(".lb-verdict")).to_contain_text("You said “the purple one”, and that is right.")
    assert page.evaluate(NUMBERS)["-log p(x)"] == surprise
    page.get_by_role("button", name="And a decoder that ignores z?").press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "shorter"
    page.keyboard.press("Enter")
    expect(page.locator(".lb-verdict")).to_have_text("Now press “Let the decoder ignore z”.")
    page.wait_for_function("document.querySelector('lb-instrument').instrument.state.q === 'encoder'")
    page.wait_for_timeout(100)
    before = float(page.evaluate(NUMBERS)["loss"])
    page.get_by_role("button", name="Let the decoder ignore z").press("Enter")
    page.wait_for_function("document.querySelector('lb-instrument').instrument.numbers.gap === '0.00'")
    assert float(page.evaluate(NUMBERS)["loss"]) > before + 0.5
    expect(page.locator(".lb-verdict")).to_contain_text("the answer is “longer”. The gap was 0.00, and the loss")
    expect(page.locator(".lb-verdict")).to_contain_text(f"it had been {before:.1f}.")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".lb-predict")).to_contain_text("Drag the ellipse.")


def test_what_the_model_would_not_make_has_a_long_blue_piece_and_no_ellipse_gets_below_it(
    page: Page, stage: str
) -> None:
    show(page, stage, "ask=draw&digit=304")
    before = float(page.evaluate(NUMBERS)["-log p(x)"])
    page.get_by_role("button", name="over half").press("Enter")
    expect(page.locator(".lb-verdict")).to_have_text("Now press squares of the grid, until it is no digit.")
    page.get_by_role("checkbox", name="row 1, column 1").focus()
    for _ in range(8):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
    expect(page.locator(".lb-verdict")).to_contain_text("You said “over half”, but the answer is “less than a tenth”.")
    page.evaluate(PAINTED)
    seen = page.evaluate(NUMBERS)
    assert float(seen["-log p(x)"]) > before + 20 > 2 * float(seen["gap"])
    assert float(seen["gap"]) < 0.1 * float(seen["loss"])
    said = page.locator(".lb-verdict").inner_text()
    assert f"Of the {seen['loss']} nats {seen['gap']} were purple" in said
    page.get_by_role("slider", name="place of q, to the right").press("PageDown")
    page.evaluate(PAINTED)
    assert page.locator(".lb-verdict").inner_text() == said  # it is of the encoder's answer

    page.get_by_role("button", name="Can a better ellipse fix this?").press("Enter")
    expect(page.locator(".lb-predict")).to_contain_text("you are the encoder")
    page.wait_for_function("document.querySelector('lb-instrument').instrument.state.s1 === 0.01")
    page.wait_for_timeout(100)
    surprise, dot = (float(page.evaluate(NUMBERS)[name]) for name in ("-log p(x)", "loss"))
    assert surprise == float(seen["-log p(x)"])  # it is still the reader's image
    page.get_by_role("button", name="no shorter than blue").press("Enter")
    expect(page.locator(".lb-verdict")).to_have_text("Now shorten the bar as far as it goes.")
    page.locator("summary", has_text="Set the ellipse by numbers").press("Enter")
    page.get_by_role("button", name="Best upright").press("Enter")
    expect(page.locator(".lb-verdict")).to_contain_text(
        "You said “no shorter than blue”, and that is right. You shortened purple,"
    )
    expect(page.locator(".lb-verdict")).to_contain_text(f"Blue, {surprise:.1f}, stood still,")
    assert surprise <= float(page.evaluate(NUMBERS)["loss"]) < dot - 1
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".lb-predict")).to_contain_text("Draw something that is no digit")


def test_the_encoder_answers_what_is_drawn_whatever_the_hand_had_answered(page: Page, stage: str) -> None:
    answering = "document.querySelector('lb-instrument').instrument.state.q"
    show(page, stage, "ask=draw&digit=304&q=hand&z1=3&z2=3&s1=0.3&s2=0.3")
    page.get_by_role("button", name="over half").click()
    page.get_by_role("button", name="Empty the grid").click()
    assert page.evaluate(answering) == "encoder"
    expect(page.locator(".lb-verdict")).to_have_text(
        "Now press squares of the grid, until it is no digit."
    )  # nothing is drawn yet
    page.get_by_role("slider", name="place of q, to the right").press("PageDown")
    assert page.evaluate(answering) == "hand"
    page.get_by_role("checkbox", name="row 1, column 1").press("Space")
    assert page.evaluate(answering) == "encoder"
    show(page, stage, "decoder=deaf&q=hand&z1=0&z2=0&s1=1&s2=1&x=00000000ff000000")
    page.get_by_role("checkbox", name="row 1, column 1").press("Space")
    assert page.evaluate(answering) == "hand"  # the prior, which is exact for this decoder


def test_a_large_purple_piece_is_seen_and_told_of(page: Page, stage: str) -> None:
    """The nine with black and white exchanged: blue is long, and the encoder is far off as well."""
    nine = digits().held_out[304].int().tolist()
    inverse = f"{int(''.join(str(1 - bit) for bit in nine), 2):016x}"
    show(page, stage, "ask=draw&digit=304&x=00000000ff0000ff")
    page.get_by_role("button", name="over half").click()
    expect(page.locator(".lb-verdict")).to_contain_text("but the answer is “less than a tenth”")
    expect(page.locator(".lb-verdict")).to_contain_text("blue grew most")
    page.evaluate("x => document.querySelector('lb-instrument').instrument.set({x})", inverse)
    expect(page.locator(".lb-verdict")).to_contain_text("its ellipse did not match the cloud")
    seen = page.evaluate(NUMBERS)
    share = float(seen["gap"]) / float(seen["loss"])
    answer = "less than a tenth" if share < 0.1 else "a tenth to a half"
    expect(page.locator(".lb-verdict")).to_contain_text(f"but the answer is “{answer}”")
    assert float(seen["-log p(x)"]) > 200
    assert float(seen["gap"]) > 20
    assert page.locator(".lb-loss .lb-track b").text_content() == f"loss {seen['loss']}"  # and no arrow
    purple = page.locator(".lb-loss .lb-piece-gap").bounding_box()
    track = page.locator(".lb-loss .lb-track").bounding_box()
    assert purple
    assert track
    assert purple["width"] == pytest.approx(float(seen["gap"]) / 240 * track["width"], rel=0.02)
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="over half").click()
    expect(page.locator(".lb-verdict")).to_have_text("Now press squares of the grid, until it is no digit.")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "state", ["x=aa55aa55aa55aa55", "x=00000000ff000000", "digit=304&q=hand&s1=0.01&s2=0.01&z1=3", ""]
)
def test_the_names_over_the_bar_are_legible(state: str, width: int, page: Page, stage: str) -> None:
    """Beyond the axis' end, too: they stand side by side, inside the bar's width, blue before purple."""
    page.set_viewport_size({"width": width, "height": 900})
    show(page, stage, state)
    boxes = [label.bounding_box() for label in page.locator(".lb-loss .lb-bar-labels > span:visible").all()]
    bar = page.locator(".lb-loss").bounding_box()
    assert len(boxes) == 2
    (blue, purple) = boxes
    assert blue
    assert purple
    assert bar
    assert bar["x"] <= blue["x"]
    assert blue["x"] + blue["width"] <= purple["x"] + 1
    assert purple["x"] + purple["width"] <= bar["x"] + bar["width"] + 1


def test_the_bar_is_seen_while_the_lowest_row_is_drawn(page: Page, stage: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    show(page, stage, "ask=draw&digit=304")
    bar = page.locator(".lb-loss").bounding_box()
    grid = page.locator(".lb-cells").bounding_box()
    assert bar
    assert grid
    assert grid["y"] + grid["height"] - bar["y"] < 700  # with the page's header, and where the verdict has come, too


NUMBERS = "() => document.querySelector('lb-instrument').instrument.numbers"


def test_a_digit_is_drawn_with_a_pointer_and_rubbed_out(page: Page, stage: str) -> None:
    show(page, stage, "x=0000000000000000")
    box = page.locator(".lb-cells").bounding_box()
    assert box

    def stroke(fine: list[tuple[float, float]]) -> str:
        (x, y), *rest = [
            (box["x"] + column * box["width"] / 32, box["y"] + row * box["height"] / 32) for column, row in fine
        ]
        page.mouse.move(x, y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(x, y, steps=4)
        page.mouse.up()
        drawn: str = page.evaluate("document.querySelector('lb-instrument').instrument.state.x")
        return drawn

    assert stroke([(14, 2), (14, 30)]) == "10" * 8  # down the fourth column
    assert stroke([(14, 30), (14, 18)]) == "10" * 4 + "00" * 4  # a stroke that begins on ink erases
