"""The workshop, driven by the keyboard: it trains, rests, measures, is drawn on, and ends with its page."""

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

# Steep decoders are tried on purpose, and the library says that its quadrature of them may be off.
from ..complaints import listen

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:(reconstruction|grid):UserWarning")]

SMALL = "width=32&epochs=20"
LONG = 120_000  # milliseconds that a busy machine may take


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What a page has to complain of: in the end, nothing."""
    found: list[str] = []
    yield found
    assert found == []


def opened(page: Page, address: str, complaints: list[str]) -> Page:
    page.set_default_timeout(LONG)
    listen(page, complaints)
    page.goto(address)
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")
    return page


@pytest.fixture
def workshop(browser: Browser, stage: str, complaints: list[str]) -> Iterator[Callable[[str], Page]]:
    """Opens the workshop with a state; no error, no word to another host."""
    context = browser.new_context(viewport={"width": 900, "height": 1000}, accept_downloads=True)
    context.on(
        "request", lambda asked: None if asked.url.startswith((stage, "blob:")) else complaints.append(asked.url)
    )
    yield lambda state: opened(context.new_page(), f"{stage}workshop?{state}", complaints)
    context.close()


def press(page: Page, name: str, key: str = "Enter") -> None:
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press(key)


def numbers(page: Page, row: int = 0) -> list[float]:
    """Loss, -log p(x) and gap in a row of the table."""
    said = page.locator(".lb-numbers tbody tr").nth(row).locator("output").all_inner_texts()
    return [float(text.replace("−", "-").removeprefix("≈ ")) for text in said]


def bar_of_now(page: Page) -> list[float]:
    """Loss, -log p(x) and gap as the bar of the steps has them."""
    bar = page.locator(".lb-costs .lb-bar").nth(1)
    said = [bar.locator(part).inner_text() for part in (".lb-track b", ".lb-label-p", ".lb-label-gap")]
    return [float(re.findall(r"\d+\.\d\d$", text)[0]) for text in said]


def rested(page: Page, epoch: str = "") -> list[float]:
    """What it says when it has measured every held-out digit, after this epoch."""
    page.wait_for_function(
        "said => document.querySelector('.lb-numbers').textContent.includes(said)",
        arg=f"360 held-out digits, epoch {epoch}",
    )
    return numbers(page, row=1)


def test_it_trains_pauses_and_goes_on_by_keyboard(workshop: Callable[[str], Page]) -> None:
    page = workshop("width=32&epochs=100")
    page.wait_for_function("document.querySelector('.lb-numbers').textContent.includes('60')")
    before = numbers(page)
    press(page, "Train")
    page.wait_for_function("document.querySelector('.lb-so-far').textContent.startsWith('epoch 6')")
    press(page, "Pause")
    paused = rested(page)
    assert paused[0] < before[0] - 10
    assert paused[0] == pytest.approx(paused[1] + paused[2], abs=0.011)
    at = page.locator(".lb-so-far").inner_text().split()[1]
    codes = page.locator("svg.lb-codes").inner_html()
    press(page, "One epoch")
    rested(page, str(int(at) + 1))
    assert page.locator("svg.lb-codes").inner_html() != codes
    one = numbers(page, row=2)
    page.get_by_label("row 1, column 1").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("own=[0-9a-f]{16}"))
    page.wait_for_function(
        "was => document.querySelector('.lb-numbers').textContent.indexOf(was) < 0", arg=f"{one[0]:.2f}"
    )
    page.locator("summary").press("Enter")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert [f"{broken['id']}: {broken['nodes'][0]['html']}" for broken in found.response["violations"]] == []


def test_a_run_is_as_good_as_the_librarys_and_its_weights_are_worth_the_numbers_shown(
    workshop: Callable[[str], Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = workshop(SMALL)
    press(page, "Train")
    page.wait_for_function("document.querySelector('.lb-main').textContent === 'Train anew'")
    shown = rested(page)
    with page.expect_download() as download:
        press(page, "Save the weights")
    download.value.save_as(tmp_path / "workshop.safetensors")
    program = page.evaluate("document.querySelector('lb-instrument').instrument.program()")
    monkeypatch.chdir(tmp_path)
    loaded = re.sub(r"^fit\(.*\n#.*\n# (load.*)$", r"\1", program, flags=re.MULTILINE)
    assert "\nload_model(" in loaded
    assert printed(loaded) == pytest.approx(shown, abs=0.0101)
    assert printed(program)[0] == pytest.approx(shown[0], abs=0.5)


def printed(program: str) -> list[float]:
    return [float(line.split(" = ")[1]) for line in said_by(program).splitlines()]


def said_by(program: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    return said.getvalue()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("beta=20&epochs=20&width=32", "20.0"),
        ("kl=off&noise=off", "sample=False"),
        ("train=encoder&activation=tanh", "decoder.requires_grad_(False)"),
        pytest.param("activation=sine&begin=scrambled&seed=3", "order = torch.randperm(16", marks=pytest.mark.more),
    ],
)
def test_the_copied_program_runs_with_the_settings_of_the_page(
    state: str, expected: str, workshop: Callable[[str], Page]
) -> None:
    page = workshop(state.replace("begin=scrambled", ""))  # the program does not need the page to scramble first
    keys = dict(part.split("=") for part in state.split("&"))
    program = page.evaluate(
        """async keys => {
          const {program} = await import("/download/instruments/now/controls/workshop-settings.js");
          return program({...document.querySelector("lb-instrument").instrument.state, ...keys});
        }""",
        keys | ({"seed": int(keys["seed"])} if "seed" in keys else {}),
    )
    assert expected in program or f"beta={float(expected):.0f}" in program
    quick = re.sub(r"epochs=\d+", "epochs=1", program).replace("range(20)", "range(1)")
    assert len(printed(quick)) == 3


def test_the_same_settings_give_the_same_run(workshop: Callable[[str], Page]) -> None:
    runs = []
    for _ in range(2):
        page = workshop("width=32&epochs=20&seed=5")
        press(page, "One epoch")
        runs.append([*rested(page, "1"), *numbers(page, row=2)])
        page.close()
    assert runs[0] == runs[1]


def test_who_presses_at_once_sees_the_whole_run_on_the_same_digits(workshop: Callable[[str], Page]) -> None:
    page = workshop("width=32&epochs=60")
    press(page, "Decoder held 20 epochs")
    page.get_by_role("button", name="only the gap").focus()
    page.keyboard.press("Space")
    press(page, "Train")
    verdict = page.locator(".lb-verdict")
    expect(verdict).to_contain_text("You said “only the gap”, and that is right.", timeout=LONG)
    line, _, before, after = re.findall(r"\d+\.\d\d", verdict.inner_text())
    thorough = rested(page, "20")
    few = numbers(page)
    assert [line, after] == [f"{few[1]:.2f}", f"{few[2]:.2f}"]
    assert float(before) > 0.1 > float(after)
    assert thorough[1] != few[1]
    start, end = curve(page, ".lb-line-gap")
    assert start[0] == 34  # epoch 0, at the axis
    assert (278 - start[1]) / 80 == pytest.approx(float(before), abs=0.006)
    assert (278 - end[1]) / 80 == pytest.approx(float(after), abs=0.006)


def curve(page: Page, line: str) -> tuple[list[float], list[float]]:
    """Where a curve begins and ends, in the units of the drawing."""
    places = (page.locator(line).get_attribute("d") or "").removeprefix("M").split("L")
    return [float(number) for number in places[0].split()], [float(number) for number in places[-1].split()]


def test_a_large_loss_is_drawn_whole_and_named_apart_from_the_one_that_is_trained(
    workshop: Callable[[str], Page],
) -> None:
    page = workshop("noise=off&beta=3&width=32&epochs=20")
    press(page, "One step")
    expect(page.locator(".lb-so-far")).to_contain_text("epoch 0 and 1 step of 20", timeout=LONG)
    expect(page.locator("tbody")).to_contain_text("60 held-out digits, epoch 0 and 1 step", timeout=LONG)
    press(page, "Go on")
    rested(page, "20")
    assert "the loss that it trains on (β = 3, no noise): " in page.locator(".lb-so-far").inner_text()
    assert "This run trains on another loss (β = 3, no noise)." in page.locator(".lb-workshop").inner_text()
    loss, surprise, gap = numbers(page, row=2)
    most = int(re.findall(r"in nats, from 0 to (\d+)", page.locator(".lb-workshop").inner_text())[0])
    assert most / 2 < loss <= most
    bar = float(page.locator(".lb-cost-gap").get_attribute("width") or "")
    assert bar == pytest.approx(350 * gap / most, abs=0.2)
    assert float(page.locator(".lb-cost-surprise").get_attribute("width") or "") == pytest.approx(
        350 * surprise / most, abs=0.2
    )


def test_a_scrambled_start_and_a_prediction(workshop: Callable[[str], Page]) -> None:
    page = workshop("")
    press(page, "Decoder held 20 epochs")
    page.get_by_role("button", name="only the gap").focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('.lb-numbers').textContent.includes('60')")
    press(page, "Train")
    page.wait_for_function("!/^(Now|Wait|$)/.test(document.querySelector('.lb-verdict').textContent)")
    assert page.locator(".lb-verdict").inner_text().startswith("You said “only the gap”, and that is right.")
    press(page, "A scrambled start 100 epochs")
    page.wait_for_function("document.querySelector('.lb-so-far').textContent.startsWith('scrambling: ')")


def test_leaving_the_page_ends_the_training(workshop: Callable[[str], Page]) -> None:
    page = workshop(SMALL)
    press(page, "Train")
    assert len(page.workers) == 1
    worker = page.workers[0]
    with worker.expect_event("close"):
        page.evaluate("document.querySelector('lb-instrument').remove()")
    assert page.workers == []


# -- the film ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", ["one", "two"])
def test_the_film_is_trained_as_far_as_it_is_wound(
    net: str, stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}film?net={net}", complaints)
    page.get_by_role("slider", name="epoch").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.lb-epoch output').textContent === '3'")
    page.wait_for_url(re.compile("epoch=3"))
    third = numbers(page)
    assert third[0] == pytest.approx(third[1] + third[2], abs=0.011)
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.lb-epoch output').textContent === '0'")
    assert numbers(page)[0] > third[0] + 10
    program = page.evaluate("document.querySelector('lb-instrument').instrument.program()")
    assert "epoch 1: loss " in said_by(re.sub(r"epochs=\d+", "epochs=1", program))
    page.close()


def test_the_guess_is_judged_by_the_gap_at_the_epoch_that_it_is_about(
    stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}film", complaints)
    verdict = page.locator(".lb-verdict")
    first = numbers(page)[2]
    page.get_by_role("button", name="about the same").click()
    page.evaluate("document.querySelector('lb-instrument').instrument.set({epoch: 19})")
    page.wait_for_function("document.querySelector('.lb-epoch output').textContent === '19'")
    expect(verdict).to_have_text("Now press “Go on”, and see.")
    page.evaluate("document.querySelector('lb-instrument').instrument.set({epoch: 20})")
    page.wait_for_function("document.querySelector('.lb-epoch output').textContent === '20'")
    then = numbers(page)[2]
    expect(verdict).to_contain_text(f"The gap was {first:.2f} nats before the first step and is {then:.2f} after 20")
    page.close()


def test_the_curves_end_where_the_reader_has_been(stage: str, browser: Browser, complaints: list[str]) -> None:
    """The worker trains ahead, and the answer to the question would be seen before it is asked for."""
    page = opened(browser.new_page(), f"{stage}film", complaints)
    drawn = "document.querySelector('.lb-line-gap').getAttribute('d').split('L').length"  # a point an epoch
    press(page, "Train")
    page.get_by_role("button", name="Go on").wait_for()  # at epoch 2
    expect(page.get_by_text("The film has stopped on purpose, at epoch 2.")).to_be_visible()
    page.wait_for_timeout(1500)  # in which more are trained
    assert page.evaluate(drawn) == 3
    for epoch, seen in ((5, 6), (1, 6)):
        page.evaluate(f"document.querySelector('lb-instrument').instrument.set({{epoch: {epoch}}})")
        page.wait_for_function(f"document.querySelector('.lb-epoch output').textContent === '{epoch}'")
        assert page.evaluate(drawn) == seen
    page.close()


def test_a_link_stops_the_film_where_it_leads(stage: str, browser: Browser, complaints: list[str]) -> None:
    page = opened(browser.new_page(), f"{stage}film", complaints)
    press(page, "Train")
    page.get_by_role("button", name="Go on").wait_for()  # once it stops by itself
    assert page.evaluate("document.querySelector('lb-instrument').instrument.state.epoch") == 2
    press(page, "Go on")
    page.wait_for_function("document.querySelector('lb-instrument').instrument.state.epoch > 5")
    page.evaluate("location.hash = '#~film?epoch=3'")
    page.get_by_role("button", name="Go on").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('lb-instrument').instrument.state.epoch") == 3
    page.close()


# -- encoder steps and decoder steps ----------------------------------------------------------------------------------


def test_an_encoder_step_leaves_the_line_and_a_decoder_step_the_ellipse(
    stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}steps", complaints)
    seen = []
    for name in ("One encoder step", "One encoder step", "One decoder step"):
        press(page, name)
        page.wait_for_function(
            "count => document.querySelector('.lb-so-far').textContent.startsWith(count)"
            " && !document.querySelector('.lb-so-far').textContent.includes('computing')",
            arg="1 encoder and 0" if not seen else "2 encoder and 0" if len(seen) == 1 else "2 encoder and 1",
        )
        seen.append((bar_of_now(page), page.locator(".lb-q-outline").get_attribute("cx")))
    (first, at_first), (second, at_second), (third, at_third) = seen
    assert first[1] == second[1] != third[1]
    assert first[0] != second[0]
    assert at_first != at_second == at_third
    page.wait_for_url(re.compile("moves=58" + 30 * "0"))
    program = page.evaluate("document.querySelector('lb-instrument').instrument.program()")
    lines = said_by(program.replace('["encoder", "encoder", "decoder"]', '["encoder"]')).splitlines()
    assert len(lines) == 2
    assert lines[0].split("-log p(x)")[1].split(",")[0] == lines[1].split("-log p(x)")[1].split(",")[0]
    page.close()


def test_sixteen_encoder_steps_leave_the_line_and_a_loss_is_its_line_and_its_gap(
    stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}steps", complaints)
    before = bar_of_now(page)
    press(page, "16 encoder steps")
    expect(page.locator(".lb-so-far")).to_have_text("16 encoder and 0 decoder steps", timeout=LONG)
    after = bar_of_now(page)
    assert before[1] == after[1]
    assert after[0] < before[0]
    assert after[0] == pytest.approx(after[1] + after[2], abs=0.011)
    expect(page.locator(".lb-then")).to_have_text(
        f"In these 16 encoder steps −log p(x) stayed at {after[1]:.2f}, and the drawings as they were. "
        f"The gap went from {before[2]:.2f} to {after[2]:.2f}."
    )
    assert before[2] > 10  # with two decimals, too
    page.close()


def test_the_button_that_stands_out_is_the_one_to_press_next(
    stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}steps", complaints)
    main, so_far = page.locator(".lb-main"), page.locator(".lb-so-far")
    expect(main).to_have_text("16 decoder steps")
    page.get_by_role("button", name="it stays").click()
    press(page, "16 decoder steps")
    expect(main).to_have_text("16 encoder steps", timeout=LONG)  # once they are computed
    expect(page.locator(".lb-then")).to_contain_text("Now press “16 encoder steps”.")
    press(page, "16 encoder steps")
    expect(so_far).to_have_text("16 encoder and 16 decoder steps", timeout=LONG)
    expect(page.locator(".lb-then")).to_contain_text("In these 16 encoder steps")
    page.goto(f"{stage}steps?moves={'a' * 8}{'5' * 24}")
    expect(main).to_have_count(0)
    expect(so_far).to_contain_text("There is room for no more: press “One back” or “Reset”.", timeout=LONG)
    press(page, "One back")
    expect(so_far).to_have_text("47 encoder and 16 decoder steps", timeout=LONG)
    page.close()


def test_decoder_steps_in_a_row_answer_the_question_whatever_came_before(
    stage: str, browser: Browser, complaints: list[str]
) -> None:
    page = opened(browser.new_page(), f"{stage}steps?moves=5aaaaaaaa{'0' * 23}", complaints)
    page.get_by_role("button", name="it rises").click()
    verdict = page.locator(".lb-verdict")
    expect(verdict).to_contain_text("You said “it rises: the model gets worse”", timeout=LONG)
    expect(verdict).to_contain_text("In these 16 decoder steps the loss went from ")
    rises = "and that is right" in (verdict.text_content() or "")
    before, after = re.findall(r"\d+\.\d", verdict.text_content() or "")[2:]
    assert rises == (float(after) > float(before) + 0.05)
    page.goto(f"{stage}steps?moves=a4{'0' * 30}")
    page.get_by_role("button", name="it rises").click()
    expect(verdict).to_have_text("Now press “16 decoder steps”, and see.", timeout=LONG)
    press(page, "One decoder step")
    expect(verdict).to_have_text(
        "The decoder has taken 1 of 16 steps in a row. Go on, or press “16 decoder steps”.",
        timeout=LONG,
    )
    page.goto(f"{stage}steps?moves={'5' * 29}000")
    page.get_by_role("button", name="it rises").click()
    expect(verdict).to_contain_text("no room left for 16 decoder steps")
    page.close()
