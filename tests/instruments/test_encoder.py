"""You be the encoder: the game from the first tap to the encoder's answer, by pointer, by touch and by keys."""

import math
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lowerbound import VAE, Grid, digits, elbo
from lowerbound_site.trained.instrument_data import chosen

pytestmark = pytest.mark.browser

LIMIT = 3.5


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{stage}encoder")
    page.wait_for_selector("lb-instrument[data-ready]")
    yield page
    context.close()


def at(page: Page, z1: float, z2: float) -> tuple[float, float]:
    box = page.locator(".lb-plane > svg").bounding_box()
    assert box
    return box["x"] + box["width"] * (z1 / LIMIT + 1) / 2, box["y"] + box["height"] * (1 - z2 / LIMIT) / 2


def numbers(page: Page) -> dict[str, str]:
    read: dict[str, str] = page.evaluate(PAINTED)
    return read


PAINTED = """async () => {
  await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
  const kit = document.querySelector("lb-instrument").instrument;
  return {...kit.numbers, z1: kit.state.z1.toFixed(2), z2: kit.state.z2.toFixed(2), step: kit.state.step};
}"""


def question(page: Page) -> Locator:
    return page.get_by_role("button", name="What am I looking for?")


def test_the_digits_are_chosen_for_what_they_show(exported: VAE) -> None:
    x = digits().held_out[chosen()]
    gap = Grid(exported).log_evidence(x) - elbo(exported, exported.encode(x), x)
    assert gap[0] < 0.1
    assert gap[2] > 1
    assert len(set(digits().held_out_labels[chosen()].tolist())) == 3


def test_from_the_first_tap_to_the_encoder_s_answer(page: Page) -> None:
    island = page.locator(".lb-island")
    start = float(numbers(page)["loss"])
    costs = page.locator(".lb-bar-labels > span:visible")
    assert costs.all_inner_texts() == ["how badly its draws match x", "the charge"]
    share = page.locator(".lb-loss .lb-piece-kl").evaluate("piece => parseFloat(piece.style.width)")
    width = page.evaluate("document.querySelector('lb-instrument').instrument.state.s1")
    assert 40 * share / 100 == pytest.approx(width**2 - 1 - 2 * math.log(width), abs=0.01)  # of two equal widths
    expect(question(page)).to_be_hidden()

    page.mouse.click(*at(page, -1, -0.5))
    tapped = numbers(page)
    assert [float(tapped["z1"]), float(tapped["z2"])] == pytest.approx([-1, -0.5], abs=0.02)  # to the next pixel
    assert float(tapped["loss"]) < start - 15
    expect(page.locator(".lb-story")).to_contain_text(
        f"Your lowest loss is {tapped['loss']}. No ellipse gets below 12.1."
    )
    expect(question(page)).to_be_visible()
    assert island.evaluate("island => getComputedStyle(island).opacity") == "0"

    for place in ((-1.2, -0.5), (-2.4, -0.8)):
        held = numbers(page)
        page.mouse.move(*at(page, float(held["z1"]), float(held["z2"])))
        page.mouse.down()
        page.mouse.move(*at(page, *place), steps=3)
        page.mouse.up()
    found = numbers(page)
    assert page.locator(".lb-loss .lb-tick:visible").count() == 4  # the first is the start
    assert found["step"] == "found"  # so near, the island shows itself
    expect(page.locator(".lb-story")).to_contain_text(
        f"Your lowest loss is {found['loss']}, the trained encoder’s is 12.2."
    )
    assert float(found["gap"]) < 0.3
    assert float(found["loss"]) == pytest.approx(float(found["-log p(x)"]) + float(found["gap"]), abs=0.11)
    assert island.evaluate("island => getComputedStyle(island).opacity") == "1"
    expect(page.get_by_role("slider", name="width")).to_be_hidden()

    page.mouse.click(*at(page, -1.5, -0.4))  # and away from it again
    assert float(numbers(page)["gap"]) > 1
    expect(page.locator(".lb-story")).to_contain_text("You found the blue cloud")
    page.mouse.click(*at(page, float(found["z1"]), float(found["z2"])))

    page.get_by_role("button", name="Look closer").click()
    width = page.get_by_role("slider", name="width")
    width.focus()
    page.keyboard.press("Home")
    assert float(numbers(page)["gap"]) > float(found["gap"]) + 1
    page.get_by_role("button", name="Show the trained").click()
    expect(page.locator(".lb-story")).to_contain_text("It beats you")
    line = page.locator(".lb-scores tbody tr")
    mine, theirs = [float(text) for text in line.locator("output").all_inner_texts()]
    assert mine <= float(found["gap"])  # the best so far
    assert theirs < mine
    expect(page.get_by_role("button", name="Another digit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="place, to the right")).to_be_focused()
    assert numbers(page)["step"] == "play"
    expect(line).to_be_visible()  # and stays, to compare the next digit with
    assert island.evaluate("island => getComputedStyle(island).opacity") == "0"
    assert page.locator(".lb-tick:visible").count() == 1


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_bar_is_cut_anew_before_one_s_eyes(motion: Literal["no-preference", "reduce"], page: Page) -> None:
    """Grey glides into blue; where motion is not wanted, at once. Later the bar follows the ellipse."""
    page.emulate_media(reduced_motion=motion)
    page.evaluate("document.querySelector('lb-instrument').instrument.set({z1: -2.4, z2: -0.8})")
    numbers(page)
    page.evaluate("document.querySelector('lb-instrument').instrument.set({step: 'found'})")
    numbers(page)
    glides = "document.querySelector('.lb-loss .lb-piece-p').getAnimations().length"
    assert (page.evaluate(glides) > 0) == (motion == "no-preference")
    page.wait_for_function("!document.querySelector('.lb-recut')")
    page.evaluate("document.querySelector('lb-instrument').instrument.set({z1: -2.2})")
    numbers(page)
    assert page.evaluate(glides.replace("piece-p", "piece-gap")) == 0


def test_the_start_counts_as_the_first_loss(page: Page) -> None:
    start = numbers(page)["loss"]
    for z1 in (2.5, 2.8, 3.0):
        page.mouse.click(*at(page, z1, 2.5))
        assert float(numbers(page)["loss"]) > float(start)
    expect(page.locator(".lb-story")).to_contain_text(
        f"Lowest is still where you began, {start}. No ellipse gets below 12.1."
    )


def test_the_draws_ride_on_the_ellipse(page: Page) -> None:
    """What is drawn from a wider ellipse lies further apart; what a dot draws is all the same."""
    far = page.evaluate(DRAWN)
    page.evaluate("document.querySelector('lb-instrument').instrument.set({s1: 0.01, s2: 0.01})")
    numbers(page)
    near = page.evaluate(DRAWN)
    assert len(near) == 12
    assert [30 * place for place in near] == pytest.approx(far, abs=0.2)
    assert max(abs(place) for place in far) > 0.3


DRAWN = """() => [...document.querySelectorAll("circle.lb-q-dot")]
  .flatMap(dot => [dot.getAttribute("cx"), dot.getAttribute("cy")].map(Number))"""


def test_by_keys_alone(page: Page) -> None:
    page.get_by_role("slider", name="place, to the right").focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    for _ in range(6):
        page.keyboard.press("ArrowDown")  # an arrow moves the ellipse its own way, whichever slider has the focus
    moved = numbers(page)
    assert (moved["z1"], moved["z2"]) == ("-2.00", "-0.60")
    expect(page.locator(".lb-voice")).to_contain_text(f"z1 −2.0, z2 −0.6, loss {moved['loss']}")
    text = page.get_by_role("slider", name="place, upwards").get_attribute("aria-valuetext") or ""
    assert text.startswith(f"z1 −2.0, z2 −0.6, loss {moved['loss']}, ")
    assert "of 64 pixels agree" in text
    page.get_by_role("slider", name="place, upwards").focus()
    page.keyboard.press("Home")
    assert numbers(page)["z2"] == "-3.50"
    page.keyboard.press("End")
    assert numbers(page)["z2"] == "3.50"


def test_one_is_sent_to_the_island_when_far_from_it(page: Page) -> None:
    for z1 in (1.0, 2.0, 3.0):
        page.mouse.click(*at(page, z1, 2.5))
        numbers(page)
    question(page).click()
    expect(page.locator(".lb-story")).to_contain_text("Take your ellipse there")
    page.mouse.click(*at(page, -2.4, -0.8))
    expect(page.locator(".lb-story")).to_contain_text("You have reached the blue cloud")


def test_by_touch(browser: Browser, stage: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{stage}encoder")
    page.wait_for_selector("lb-instrument[data-ready]")
    page.touchscreen.tap(*at(page, -2, -0.5))
    page.wait_for_function("document.querySelector('lb-instrument').instrument.state.z1 < -1.97")
    small = page.evaluate("""() => [...document.querySelectorAll("lb-instrument :is(button, [role=slider], .lb-grip)")]
      .filter(part => part.checkVisibility())
      .filter(part => part.getBoundingClientRect().height < 44 || part.getBoundingClientRect().width < 44)
      .map(part => part.outerHTML)""")
    assert small == []
    context.close()
