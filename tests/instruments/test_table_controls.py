"""The table's instruments in hand: by keyboard, mouse and finger; judged by axe; with nothing asked of other hosts."""

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from lowerbound_site.pages.elements import schema

from ..complaints import listen

pytestmark = pytest.mark.browser

# Every border, by the number that it sets.
BORDERS = {
    "three-bars": ["first", "second"],
    "other-data": ["first", "second"],
    "line-up-decoder": ["round1", "round2", "straight1", "straight2"],
    "line-up-encoder": ["zero", "one", "seven"],
    "mirror": ["first", "second"],
    "eight-names": ["priorRound", "decoderSeven", "dataSeven", "encoderRound"],
    "which-way-round": ["left", "right"],
    "bell": ["mu", "sigma"],
    "one-bell": ["mu", "sigma"],
    "undoing": ["x", "z"],
}
NAMES = [
    *dict.fromkeys(name.partition("?")[0] for name in BORDERS),
    "strip",
    "two-cuts",
    "read-the-column",
    "bouncing",
    "come-back",
    "one-code",
    "left-out",
    "same-noise",
    "weights",
    "four-models",
    "two-machines",
    "coins",
    "one-more-pixel",
    "noisy-six",
    "train-one-part",
    "one-part",
    "row-to-island",
    "rain",
    "shuffle",
    "sources",
    "your-loss",
]
EACH_BORDER = [(name, key, n) for name, keys in BORDERS.items() for n, key in enumerate(keys)]


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[Page]:
    """One page with a finger as well as a mouse, that must not complain and must not ask elsewhere."""
    context = browser.new_context(has_touch=True, viewport={"width": 1000, "height": 1400})
    page = context.new_page()
    complaints: list[str] = []
    listen(page, complaints)
    page.on("request", lambda request: complaints.append(request.url) if not _here(request.url) else None)
    yield page
    context.close()
    assert complaints == []


def _here(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", None)


def start(page: Page, stage: str, name: str, state: str = "") -> None:
    page.goto(f"{stage}{name}?{state}")
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")


def state(page: Page) -> dict[str, Any]:
    """What is shown, once it has been painted."""
    read: dict[str, Any] = page.evaluate("""async () => {
      await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
      return document.querySelector("lb-instrument").instrument.state;
    }""")
    return read


def middle(border: Locator) -> tuple[float, float]:
    box = border.locator("rect").first.bounding_box()
    assert box
    assert box["width"] > 43  # a finger's width, on this window
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("name", "key", "which"), EACH_BORDER)
def test_a_border_is_moved_by_keys_mouse_and_finger(name: str, key: str, which: int, shared: Page, stage: str) -> None:
    name, _, first = name.partition("?")
    start(shared, stage, name, first)
    border = shared.locator(".lb-border:visible").nth(which)
    kind, others = schema(name)[key], state(shared)
    others.pop(key)
    border.focus()
    for press, expected in (("Home", kind["from"]), ("End", kind["to"])):
        shared.keyboard.press(press)
        assert state(shared)[key] == expected
        assert border.get_attribute("aria-valuenow") == str(expected)
    shared.keyboard.press("PageDown")
    shared.keyboard.press("ArrowLeft")
    assert kind["from"] < (before := state(shared)[key]) < kind["to"]

    upright = border.get_attribute("aria-orientation") == "vertical"
    x, y = middle(border)
    to = (x, y + 110) if upright else (x - 110, y)
    shared.mouse.move(x, y)
    shared.mouse.down()
    shared.mouse.move(*to, steps=3)
    shared.mouse.up()
    assert (dragged := state(shared)[key]) < before - kind["step"]

    x, y = middle(border)
    session = shared.context.new_cdp_session(shared)
    touch = "Input.dispatchTouchEvent"
    session.send(touch, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    to = {"x": x, "y": y - 60} if upright else {"x": x + 60, "y": y}
    session.send(touch, {"type": "touchMove", "touchPoints": [to]})
    session.send(touch, {"type": "touchEnd", "touchPoints": []})
    assert state(shared)[key] > dragged + kind["step"]
    now = state(shared)
    now.pop(key)
    if name == "mirror":
        assert now == (
            {"second": 0.95} if key == "first" else {"first": 0.05}
        )  # its end has pushed the other one along
        now = others
    assert now == others  # and nothing else moved


@pytest.mark.parametrize(("name", "which"), [("three-bars", "border of p"), ("one-bell", "mu"), ("bell", "mu")])
def test_the_frame_around_a_border_is_whole(name: str, which: str, shared: Page, stage: str) -> None:
    start(shared, stage, name)
    border = shared.get_by_role("slider", name=which).first
    border.focus()
    frame, drawn = border.bounding_box(), shared.locator("svg", has=border).first.bounding_box()
    assert frame
    assert drawn
    wide = border.evaluate(
        "e => parseFloat(getComputedStyle(e).outlineWidth) + parseFloat(getComputedStyle(e).outlineOffset)"
    )
    assert frame["y"] + frame["height"] + wide <= drawn["y"] + drawn["height"]


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_and_slider_works_by_keys(name: str, shared: Page, stage: str) -> None:
    start(shared, stage, name)
    shared.evaluate("for (const fold of document.querySelectorAll('lb-instrument details')) fold.open = true")
    for group in shared.locator(".lb-choice").all():
        before = state(shared)
        group.locator("input:checked").focus()
        shared.keyboard.press("ArrowRight")
        changed = [key for key, value in state(shared).items() if value != before[key]]
        assert len(changed) == 1
        assert "of" in schema(name)[changed[0]]
    for slider in shared.locator(".lb-slider input").all():
        slider.focus()
        shared.keyboard.press("Home")
        before = state(shared)
        shared.keyboard.press("ArrowRight")
        assert len([key for key, value in state(shared).items() if value != before[key]]) == 1


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(name: str, shared: Page, stage: str) -> None:
    start(shared, stage, name)
    found = Axe().run(shared, context={"include": [["lb-instrument"]]}).response["violations"]
    assert [(rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]] == []


# Where the blue borders stand as the orange ones do.
LINED_UP = {"round1": 0.29, "round2": 0.39, "straight1": 0.05, "straight2": 0.68}


def line_up(page: Page, values: dict[str, float]) -> None:
    page.evaluate("values => document.querySelector('lb-instrument').instrument.set(values)", values)
    state(page)


def test_a_prediction_stays_and_is_judged_after_moving(shared: Page, stage: str) -> None:
    start(shared, stage, "line-up-decoder")
    shared.get_by_role("button", name="by 0").click()
    verdict = shared.locator(".lb-verdict")
    state(shared)
    todo = "Now drag the blue borders to the dashed lines, for both codes, and watch the loss."
    assert verdict.text_content() == todo
    line_up(shared, {key: value for key, value in LINED_UP.items() if "round" in key})
    assert verdict.text_content() == f"Nearly there, 0.01 is left. {todo}"
    line_up(shared, LINED_UP)
    said = verdict.text_content() or ""
    assert said.startswith("You said “by 0”, but the answer is “by as much”. ")
    shared.locator(".lb-border").first.press("Home")
    state(shared)
    assert verdict.text_content() == said
    shared.get_by_role("button", name="Reset").click()
    expect(shared.get_by_role("button", name="by less")).to_be_enabled()
    assert verdict.text_content() == ""


def test_the_loss_is_seen_after_the_guess_and_split_once_both_codes_are_lined_up_until_reset(
    shared: Page, stage: str
) -> None:
    start(shared, stage, "line-up-decoder")
    whole, by_code = shared.get_by_text("the loss", exact=True), shared.get_by_text("the loss, split by code")
    expect(by_code).to_be_hidden()
    expect(whole).to_be_hidden()
    shared.get_by_role("button", name="by as much").click()
    expect(whole).to_be_visible()
    line_up(shared, LINED_UP)
    expect(by_code).to_be_visible()
    expect(whole).to_be_hidden()
    expect(shared.get_by_text("your comparison 0.000", exact=True)).to_be_visible()
    shared.locator(".lb-border").first.press("PageUp")
    expect(by_code).to_be_visible()
    shared.get_by_role("button", name="Reset").click()
    expect(by_code).to_be_hidden()
    expect(whole).to_be_hidden()


def split(page: Page, by: str) -> None:
    """Splits the six steps, and waits until their parts have been gathered."""
    page.get_by_role("button", name=f"Split by {by}").click()
    expect(page.get_by_text(f"by {by}", exact=True).and_(page.locator(".lb-rest b"))).to_be_visible(timeout=15_000)


def test_splitting_both_ways_shows_both_bars(shared: Page, stage: str) -> None:
    start(shared, stage, "strip")
    second = shared.get_by_text("your comparison 0.31", exact=True)
    before = shared.locator(".lb-picture svg").bounding_box()
    split(shared, "image")
    assert second.is_hidden()
    split(shared, "code")
    assert second.is_visible()
    assert shared.locator(".lb-picture svg").bounding_box() == before
    shared.get_by_role("button", name="Reset").click()
    state(shared)
    assert second.is_hidden()


PIECES_HIGH = """() => [...document.querySelectorAll(".lb-picture svg > rect[width='28'][fill]:not([rx])")].map(
  (piece) => Number(piece.getAttribute("height")))"""


def test_what_is_split_before_the_first_split_has_ended_ends_it_at_once(shared: Page, stage: str) -> None:
    start(shared, stage, "strip")
    first, second = (shared.get_by_text(told, exact=True) for told in ("gap 0.22", "your comparison 0.31"))
    shared.get_by_role("button", name="Split by image").click()
    state(shared)
    assert first.is_hidden()
    shared.get_by_role("button", name="Split by code").click()
    state(shared)
    assert first.is_visible()
    assert second.is_hidden()
    images, gap, *_ = shared.evaluate(PIECES_HIGH)
    assert abs(images + gap - 280 * 0.3404) < 0.1
    expect(second).to_be_visible()
    assert first.is_visible()


@pytest.mark.parametrize("by", ["image", "code"])
def test_while_a_groups_parts_stand_it_has_a_name_and_its_pairs_have_none(by: str, shared: Page, stage: str) -> None:
    start(shared, stage, "strip")
    pairs = shared.locator(".lb-picture svg > g[transform] > g")
    groups = shared.locator(".lb-picture svg > g[opacity='1']:not([transform])", has=shared.locator("rect"))
    assert [pair.get_attribute("opacity") for pair in pairs.all()] == ["1"] * 6
    split(shared, by)
    assert [pair.get_attribute("opacity") for pair in pairs.all()] == ["0"] * 6
    named = groups.locator("> g") if by == "image" else groups.get_by_text(re.compile("^(round|straight)$"))
    assert named.count() == (3 if by == "image" else 2)


# A state that shows what its question asks for, an answer, and what is said. Only the question as it was asked is
# judged; and what a verdict tells of a state, it tells as of one that was, for it stays when that is left.
JUDGED = [
    ("which-way-round", "direction=pq&share=1", "over both", "Press “Reset”"),
    ("which-way-round", "direction=pq&left=-1&right=1", "over both", "Press “Reset”"),
    ("which-way-round", "direction=pq", "over both", "that is right"),
    ("eight-names", "encoderRound=0.5&dataSeven=0", "q(z) and q(x|z)", "Press “Reset”"),
    ("eight-names", "encoderRound=0.5&name=data", "q(z) and q(x|z)", "that is right"),
    ("other-data", "first=1&second=1", "shrink", "that is right. It goes from 0.15 nats to 0.02 with zeros alone"),
    ("other-data", "first=0.9&second=0.9", "grow", "the answer is “shrink”. It goes from 0.15 nats to 0.02"),
    ("other-data", "first=0&second=1", "shrink", "Now drag"),
    ("rain", "runs=2000&differ=20", "at one place", "to 10 or below"),
    ("rain", "runs=2000&differ=8", "at one place", "that is right"),
    ("rain", "runs=2000&differ=0", "at one place", "that is right"),
    ("rain", "runs=2000&dots=weighed", "everywhere", "the answer is “at one place”"),
    ("rain", "runs=999&differ=8", "at one place", "Press “Run the model”"),
    ("row-to-island", "codes=324", "10 thousand", "choose “5,184”"),
    ("row-to-island", "codes=5184", "10 thousand", "the answer is “27 million”"),
    ("two-machines", "pairs=100&sort=codes", "straight", "Sort by image"),
    ("two-machines", "pairs=50&sort=images", "straight", "Press “Make pairs”, and wait for 100 pairs."),
    ("two-machines", "pairs=100&sort=images", "straight", "that is right"),
    ("two-machines", "pairs=100&sort=images&seed=45", "straight", "Press “Reset”"),
    ("one-bell", "sigma=0.25", "twice as high", "half as wide, twice as high"),
    ("one-bell", "sigma=0.2", "twice as high", "half as wide, twice as high"),
    ("one-bell", "sigma=0.4", "twice as high", "Now drag “σ” to 0.25."),
    ("bell", "mu=0&sigma=0.5", "only one", "Your bell around 0 was 0.50 wide"),
    ("mirror", "first=0.7&second=0.9", "the images alone", "that is right"),
    ("line-up-encoder", "zero=0.95&one=0.07&seven=0.33", "less, but not 0", "that is right"),
    ("line-up-encoder", "zero=0.95&one=0.07&seven=0.5", "0, too", "Now drag the orange borders"),
    ("line-up-encoder", "zero=0.95&one=0.07&seven=0.45", "0, too", "Nearly there, 0.01 is left."),
    (
        "line-up-decoder",
        "round1=0.29&round2=0.39&straight1=0.05&straight2=0.6",
        "by as much",
        "Nearly there, 0.01 is left.",
    ),
    (
        "line-up-decoder",
        "round1=0.29&round2=0.39&straight1=0.05&straight2=0.68",
        "by less",
        "the answer is “by as much”",
    ),
    ("read-the-column", "code=straight", "a one", "Of that straight column ones held 0.63"),
]


@pytest.mark.parametrize(("name", "at", "answer", "said"), JUDGED)
def test_a_verdict_is_about_the_question_that_was_asked_and_the_state_it_was_given_in(
    name: str, at: str, answer: str, said: str, shared: Page, stage: str
) -> None:
    start(shared, stage, name, at)
    shared.get_by_role("button", name=answer).click()
    expect(shared.locator(".lb-verdict")).to_contain_text(said)


@pytest.mark.parametrize("wide", [1000, 390])
def test_nothing_comes_or_goes_above_the_hand_that_drags(wide: int, shared: Page, stage: str) -> None:
    shared.set_viewport_size({"width": wide, "height": 1400})
    start(shared, stage, "line-up-decoder")
    border = shared.locator(".lb-border").first
    shared.get_by_role("button", name="by less").click()
    state(shared)
    before = border.bounding_box()
    line_up(shared, LINED_UP)
    expect(shared.locator(".lb-verdict")).to_contain_text("the answer is “by as much”")
    during = border.bounding_box()
    assert before
    assert during
    assert during["y"] == before["y"]
    shared.set_viewport_size({"width": 1000, "height": 1400})


@pytest.mark.parametrize(("short", "snaps"), [(6, True), (16, False)])
def test_a_border_that_is_let_go_near_a_dashed_line_stands_on_it(
    short: int, snaps: bool, shared: Page, stage: str
) -> None:
    start(shared, stage, "line-up-decoder", "round1=0.7")
    border = shared.locator(".lb-border").first
    x, y = middle(border)
    wide = shared.locator("svg[role=group]").evaluate("e => 312 * e.getScreenCTM().a")
    to = x + (0.29 - 0.7) * wide + short
    shared.mouse.move(x, y)
    shared.mouse.down()
    shared.mouse.move(to, y, steps=3)
    held = state(shared)["round1"]
    assert held > 0.29
    shared.mouse.up()
    assert state(shared)["round1"] == (0.29 if snaps else held)


def test_an_image_that_the_decoder_never_makes_costs_without_end_and_a_line_says_so(shared: Page, stage: str) -> None:
    start(shared, stage, "line-up-decoder")
    line = shared.get_by_text("costs without end")
    assert not line.count()
    shared.locator(".lb-border").nth(2).press("Home")
    expect(line).to_be_visible()


TOGETHER = """() => {
  const shown = document.querySelectorAll(".lb-picture svg g:not([opacity='0']) > path + text[font-weight]");
  return [...shown].map(sum => sum.textContent);
}"""


@pytest.mark.parametrize(("by", "groups"), [("image", 3), ("code", 2)])
def test_the_groups_sums_add_up_to_the_joint_kl(by: str, groups: int, shared: Page, stage: str) -> None:
    start(shared, stage, "strip", f"by={by}")
    shown = [text for text in shared.evaluate(TOGETHER) if text.startswith("together ")]
    told = [text.removeprefix("together ").replace("−", "-") for text in shown]
    assert len(told) == groups
    joint = shared.evaluate("Number(document.querySelector('lb-instrument').instrument.numbers['KL(q(x,z)||p(x,z))'])")
    assert abs(sum(map(float, told)) - joint) < 0.005 * groups + 0.0005


def rectangles(page: Page, chosen: str) -> list[tuple[float, float]]:
    """The upper edge and the height of each."""
    read: list[tuple[float, float]] = page.evaluate(
        """chosen => [...document.querySelectorAll(`.lb-picture svg > ${chosen}`)].map(
          (drawn) => ["y", "height"].map(name => Number(drawn.getAttribute(name))))""",
        chosen,
    )
    return read


STEPS, PARTS, PIECES = (
    "g[transform] > rect",
    "g[opacity='1']:not([transform]) > rect",
    "rect[width='28'][fill]:not([rx])",
)


def test_a_pair_where_q_is_p_has_no_step(shared: Page, stage: str) -> None:
    start(shared, stage, "strip")
    heights = [height for _, height in rectangles(shared, STEPS)]
    assert len(heights) == 6
    assert heights[1] == 0  # zero and straight: the value is 0 but for rounding
    assert min(heights[:1] + heights[2:]) >= 1


@pytest.mark.parametrize("by", ["image", "code"])
def test_steps_and_parts_begin_where_the_last_one_ended_and_the_bar_ends_where_they_do(
    by: str, shared: Page, stage: str
) -> None:
    start(shared, stage, "strip", f"by={by}")
    steps, parts, pieces = (rectangles(shared, chosen) for chosen in (STEPS, PARTS, PIECES))
    order = [0, 1, 2, 3, 4, 5] if by == "image" else [0, 2, 4, 1, 3, 5]
    assert len(parts) == (6 if by == "image" else 4)
    last = []
    for drawn in ([steps[n] for n in order], parts):
        edges = [{round(y, 1), round(y + height, 1)} for y, height in drawn if height]
        for before, after in pairwise(edges):
            assert any(abs(a - b) < 0.2 for a in before for b in after)
        last.append(edges[-1])
    first, second = pieces[:2] if by == "image" else pieces[2:]
    for edges in last:
        assert min(abs(second[0] - edge) for edge in edges) < 0.2
    assert abs(sum(first) - 156) < 0.2  # where nothing has been added yet
    assert abs(sum(second) - first[0]) < 0.2  # and one piece stands on the other


@pytest.mark.parametrize(("name", "key"), [("bouncing", "rounds"), ("train-one-part", "steps")])
def test_it_plays_pauses_steps_and_ends(name: str, key: str, shared: Page, stage: str) -> None:
    start(shared, stage, name)
    shared.get_by_role("button", name="One step").click()
    assert state(shared)[key] == 1
    shared.get_by_role("button", name="Play").click()
    shared.wait_for_function(f"document.querySelector('lb-instrument').instrument.state.{key} > 5")
    shared.get_by_role("button", name="Pause").click()
    paused = state(shared)[key]
    assert state(shared)[key] == paused
    # Without motion it goes to its end at once.
    shared.emulate_media(reduced_motion="reduce")
    shared.get_by_role("button", name="Play").click()
    assert state(shared)[key] == schema(name)[key]["to"]
    shared.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize(("sort", "starts"), [("made", [0]), ("codes", [0, 150]), ("images", [0, 80, 160])])
def test_a_column_holds_the_pairs_that_its_shares_tell(sort: str, starts: list[int], shared: Page, stage: str) -> None:
    """Each pair in its place, none above another; what one machine was given, of the other was counted; and the share
    that is written large is one of those in the tray."""
    shared.emulate_media(reduced_motion="reduce")
    start(shared, stage, "two-machines", f"pairs=100&sort={sort}")
    columns = len(starts)
    told = ""
    for tray in shared.locator("lb-instrument .lb-tray").all():
        pile = tray.locator(".lb-pile")
        told += pile.get_attribute("aria-label") or ""
        places = pile.evaluate(PLACES)
        assert len(places) == 100 == len({(x, y) for x, y in places})
        if columns == 1:
            assert tray.locator(".lb-big b").inner_text() == ""
            continue
        held = [[(x, y) for x, y in places if bisect(starts, x) == column + 1] for column in range(columns)]
        texts = [(float(one.get_attribute("x") or 0), one.text_content() or "") for one in pile.locator("text").all()]
        wholes = [text for _, text in texts if re.fullmatch(r"\d\.\d\d", text)]
        counts = [len(column) for column in held]
        assert wholes[-columns:] == [f"{count / 100:.2f}" for count in counts]
        large = {"codes": (0, 2), "images": (2, 0)}[sort]  # a column, and a band from below
        for number, column in enumerate(held):
            shares = [(x, text) for x, text in texts if re.fullmatch(r"\d\.\d\d", text)]
            *within, whole = [text for x, text in shares if bisect(starts, x) == number + 1]
            assert whole == wholes[number - columns]
            assert sum(map(float, within)) == pytest.approx(1, abs=0.011)
            # Between two bands is a wider step than between two rows of one.
            rows = sorted({y for _, y in column})
            steps = [(after - before, after) for before, after in pairwise(rows)]
            splits = [after for step, after in steps if step > min(steps)[0] + 2]
            assert len(splits) == len(within) - 1
            if len(within) == 2:  # from below
                first = sum(y >= splits[0] for _, y in column)
                assert within == [f"{first / len(column):.2f}", f"{1 - first / len(column):.2f}"]
            if number == large[0]:
                assert tray.locator(".lb-big b").inner_text() == within[large[1]]
    shared.emulate_media(reduced_motion="no-preference")
    assert told.count(": counted") == (2 if columns > 1 else 0)


def test_the_machines_make_a_hundred_pairs_by_themselves(shared: Page, stage: str) -> None:
    """One after another at first, and then faster; what is made falls from its machine."""
    start(shared, stage, "two-machines")
    shared.get_by_role("button", name="Make pairs").click()
    expect(shared.locator(".lb-slow")).to_have_count(2)
    shared.wait_for_function("document.querySelector('lb-instrument').instrument.state.pairs === 100", timeout=60_000)
    expect(shared.get_by_role("button", name="Start again")).to_be_visible()
    for name, many in (("lb-tile", 200), ("lb-falls", 198), ("lb-late", 6), ("lb-slow", 0)):
        expect(shared.locator(f".{name}")).to_have_count(many)


# The middle of each pair that is seen, in the drawing's units.
PLACES = """tray => {
  const back = tray.getScreenCTM().inverse();
  return [...tray.querySelectorAll(".lb-tile")].filter(tile => getComputedStyle(tile).opacity > 0.5).map(tile => {
    const {left, top, width, height} = tile.firstChild.firstChild.getBoundingClientRect();
    const {x, y} = new DOMPoint(left + width / 2, top + height / 2).matrixTransform(back);
    return [Math.round(x), Math.round(y)];
  });
}"""


def test_pairs_and_runs_that_are_there_at_first_are_named(shared: Page, stage: str) -> None:
    for name, key in (("two-machines", "pairs"), ("rain", "runs")):
        start(shared, stage, name)
        assert f" {state(shared)[key]} " in " " + shared.locator(".lb-do").inner_text()


# What is to be done at first, a state in which that is done, and what is to be done then.
DONE = [
    ("two-machines", "Let them make more.", "pairs=100", "100 pairs each. Sort them."),
    ("coins", "Draw on,", "draws=2000", "Once more"),
    ("rain", "Press “Run the model”", "runs=2000", "to 10 or below."),
    ("rain", "Press “Run the model”", "runs=2000&differ=8", "Now choose “all codes,"),
    ("rain", "Press “Run the model”", "runs=2000&differ=0", "No run came that near. Now choose “all codes,"),
    ("rain", "Press “Run the model”", "runs=2000&dots=weighed", "Here every code counts"),
    ("row-to-island", "more and more tiles", "codes=5184", "as finely as it goes here"),
    ("three-bars", "make the sum small", "first=0.2&second=0.5", "Drag a border away again"),
    ("three-bars", "make the sum small", "second=1", "Drag the border back"),
    ("bouncing", "Press “Play”", "rounds=10000", "Now choose “all images connected”."),
    ("two-cuts", "The square is cut by code. Slide to the left", "turn=0", "The square is cut by image. Slide back"),
    ("one-more-pixel", "up to the whole image", "pixels=64", "That is the whole image."),
    ("undoing", "then press the button", "show=answer", "Drag x, or change a width"),
    ("train-one-part", "Press “Play”", "steps=200", "Now train on another part"),
]


@pytest.mark.parametrize(("name", "before", "at", "after"), DONE, ids=[f"{name} {at}" for name, _, at, _ in DONE])
def test_what_is_done_is_not_asked_for_any_more(
    name: str, before: str, at: str, after: str, shared: Page, stage: str
) -> None:
    for state, asked, not_asked in (("", before, after), (at, after, before)):
        start(shared, stage, name, state)
        told = shared.locator(".lb-do").inner_text()
        assert asked in told
        assert not_asked not in told


def test_some_of_the_runs_that_are_kept_are_shown(shared: Page, stage: str) -> None:
    """As many images as are kept, at most six, and none where none is."""
    for differ, most, kept in (
        (40, 6, "2,000 kept (blue)"),
        (0, 0, "none kept: the most alike differs in 4 pixels"),
    ):
        start(shared, stage, "rain", f"runs=2000&differ={differ}")
        said = shared.locator("lb-instrument output", has_text="kept").text_content() or ""
        assert said == f"2,000 runs; {kept}."
        ink = shared.evaluate("""async () => {
          const image = new Image();
          image.src = document.querySelector("#rain-kept image").href.baseVal;
          await image.decode();
          const paint = new OffscreenCanvas(image.width, image.height).getContext("2d");
          paint.drawImage(image, 0, 0);
          return Array.from({length: 6}, (_, n) => paint.getImageData(10 * n, 0, 10, 10).data.some(byte => byte));
        }""")
        assert ink == [True] * most + [False] * (6 - most)


def test_a_click_on_a_column_chooses_its_code(shared: Page, stage: str) -> None:
    start(shared, stage, "read-the-column")
    shared.locator("svg").first.click(position={"x": 330, "y": 200})
    assert state(shared) == {"code": "straight", "cut": "code", "encoder": "table"}


def test_what_cannot_be_is_shown_as_such(shared: Page, stage: str) -> None:
    """No NaN and no -0.00: a dash for what is undefined, a sign and an arrow for what costs without end."""
    start(shared, stage, "three-bars", "second=1")
    text = shared.locator("lb-instrument").inner_text() + "".join(
        shared.locator("lb-instrument svg").all_text_contents()
    )
    assert "∞" in text
    start(shared, stage, "two-cuts", "image=seven&sevens=0&turn=0")
    text += "".join(shared.locator("output").all_inner_texts())
    assert "Of the sevens, — are straight: p(straight|seven) = 0.000 / 0.000" in text
    start(shared, stage, "eight-names", "priorRound=0&encoderRound=0")
    text += "".join(shared.locator("lb-instrument svg, output").all_text_contents())
    assert not any(wrong in text for wrong in ("NaN", "-0", "−0.00 ", "undefined"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_the_darkest_cells(scheme: str, shared: Page, stage: str) -> None:
    shared.emulate_media(color_scheme=scheme)
    start(shared, stage, "read-the-column", "cut=code")
    cell, ink = shared.evaluate(READ_COLOURS)
    shared.emulate_media(color_scheme="light")
    light, dark = sorted((luminance(cell), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 4.5


READ_COLOURS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const bytes = colour => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const mixed = document.querySelectorAll("lb-instrument rect[style*='color-mix']");
  const cells = [...mixed].map(cell => getComputedStyle(cell).fill);
  const ink = getComputedStyle(document.querySelector("lb-instrument text")).getPropertyValue("--lb-ink");
  return [bytes(cells.at(-2)), bytes(ink)];  // a seven behind a round code
}"""


def luminance(colour: list[int]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (byte / 255 for byte in colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("name", "at", "last", "then"),
    [
        ("weights", "codes=1000", "A hundred more", "Begin anew"),
        ("sixteen", "tries=60", "Ten more tries", "Another image"),
        ("steps", f"moves={'a' * 32}", "16 decoder steps", "One back"),
    ],
)
def test_a_button_that_is_used_up_hands_the_focus_on(
    name: str, at: str, last: str, then: str, shared: Page, stage: str
) -> None:
    start(shared, stage, name)
    shared.get_by_role("button", name=last, exact=True).focus()
    key, value = at.split("=")
    shared.evaluate("state => document.querySelector('lb-instrument').instrument.set(state)", {key: value})
    expect(shared.get_by_role("button", name=last, exact=True)).to_be_disabled()
    expect(shared.get_by_role("button", name=then, exact=True)).to_be_focused()
