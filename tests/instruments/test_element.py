"""What every instrument does, whichever it is: starts, has an address, goes back, is reset, is taken away."""

import contextlib
import copy
import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import lowerbound
from lowerbound import VAE
from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder, schema

from ..complaints import listen

pytestmark = pytest.mark.browser

NAMES = sorted(path.stem for path in folder(ROOT).glob("*.js"))
# Programs that train anew print other numbers; test_workshop.py and test_one_part.py run them.
TRAINING = {"film", "one-part", "steps", "workshop"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    listen(page, complaints)
    yield page
    page.close()
    assert complaints == []


def start(page: Page, stage: str, name: str, state: str = "", address: str = "") -> None:
    page.goto(f"{stage}{name}?{state}{address}")
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")


def state(page: Page) -> dict[str, object]:
    read: dict[str, object] = page.evaluate("document.querySelector('lb-instrument').instrument.state")
    return read


def another(name: str) -> tuple[str, object]:
    """A key of the state with a value that it does not start with."""
    key, kind = next(iter(schema(name).items()))
    if "of" in kind:
        return key, next(word for word in kind["of"] if word != kind["start"])
    if "bits" in kind:
        return key, "5" * (kind["bits"] // 4)
    return key, kind["from"] if kind["start"] != kind["from"] else kind["to"]


@pytest.mark.parametrize("name", NAMES)
def test_the_address_holds_the_state(name: str, page: Page, stage: str) -> None:
    start(page, stage, name)
    first = state(page)
    assert first == {key: kind["start"] for key, kind in schema(name).items()}
    key, value = another(name)
    page.evaluate(
        "([key, value]) => document.querySelector('lb-instrument').instrument.go({[key]: value})", [key, value]
    )
    assert page.url.endswith(f"#~{name}?{key}={value}")
    moved = state(page)
    assert moved == first | {key: value}
    page.go_back()
    page.wait_for_function("!location.hash")
    assert state(page) == first
    page.go_forward()
    page.wait_for_function("location.hash")
    assert state(page) == moved
    page.reload()
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")
    assert state(page) == moved
    page.go_back()
    page.wait_for_function("!location.hash")
    assert state(page) == first


@pytest.mark.parametrize("name", NAMES)
def test_a_link_sets_it_and_back_unsets_it(name: str, page: Page, stage: str) -> None:
    start(page, stage, name)
    key, value = another(name)
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
        f'<p><a href="#~{name}?{key}={value}">set</a></p>',
    )
    page.get_by_role("link", name="set").click()
    assert state(page)[key] == value
    page.go_back()
    page.wait_for_function("!location.hash")
    assert state(page)[key] == schema(name)[key]["start"]
    page.go_forward()
    page.wait_for_function("location.hash")
    assert state(page)[key] == value
    page.get_by_role("button", name="Reset").click()
    assert state(page)[key] == schema(name)[key]["start"]


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_again_when_it_comes_back(name: str, page: Page, stage: str) -> None:
    start(page, stage, name)
    page.evaluate("""() => {
      const figure = document.querySelector("figure.lb-moves");
      const away = figure.cloneNode(false);
      away.innerHTML = `<lb-instrument data-name="${figure.firstChild.dataset.name}" data-start=""
        data-version="${figure.firstChild.dataset.version}"></lb-instrument>`;
      figure.replaceWith(away);
    }""")
    page.wait_for_selector("lb-instrument[data-ready]", state="attached")
    key, value = another(name)
    page.evaluate(
        "([key, value]) => document.querySelector('lb-instrument').instrument.go({[key]: value})", [key, value]
    )
    assert state(page)[key] == value


def random_state(name: str, generator: random.Random) -> dict[str, Any]:
    """Any state that the schema allows; the bounds of the numbers come up more often than others."""
    state = {}
    for key, kind in schema(name).items():
        if "of" in kind:
            state[key] = generator.choice(kind["of"])
        elif "bits" in kind:
            bits = generator.getrandbits(kind["bits"])
            state[key] = generator.choice(["", f"{bits:0{kind['bits'] // 4}x}"])
        else:
            low, high = (round(kind[end] / kind["step"]) for end in ("from", "to"))
            step = generator.choice([low, high, *(generator.randint(low, high) for _ in range(6))])
            state[key] = round(step * kind["step"], 6)
    return state


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TRAINING])
def test_the_copied_program_prints_the_numbers_shown(
    name: str, page: Page, stage: str, exported: VAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowerbound, "trained_digits", lambda: copy.deepcopy(exported))  # a program may change it
    start(page, stage, name)
    generator = random.Random(0)
    for _ in range(20):
        chosen = random_state(name, generator)
        shown = page.evaluate(SHOW, chosen)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(shown["program"], {"__name__": "__main__"})
        lines = dict(line.split(" = ", 1) for line in printed.getvalue().splitlines())
        assert lines == {key: text.replace("−", "-").replace("∞", "inf") for key, text in shown["numbers"].items()}, (
            chosen
        )


@pytest.mark.parametrize("name", [name for name in NAMES if "predict.js" in (folder(ROOT) / f"{name}.js").read_text()])
def test_whoever_has_answered_is_told_what_to_press_or_to_move(name: str, page: Page, stage: str) -> None:
    """In whatever state the answer is given, and in the words that stand on the picture."""
    start(page, stage, name)
    generator = random.Random(0)
    for chosen in [{}, *(random_state(name, generator) for _ in range(6))]:
        page.get_by_role("button", name="Reset").click()
        page.evaluate(SHOW, chosen)
        answers = page.locator(".lb-predict:visible .lb-answers")
        for asked in range(answers.count()):
            answers.nth(asked).get_by_role("button").first.click()
            page.evaluate(SHOW, {})
        told = page.locator(".lb-predict:visible:has([aria-pressed=true]) .lb-verdict").all_text_contents()
        assert told or chosen or name == "workshop"  # which asks only where a story is chosen
        names = page.evaluate(NAMED)
        for said in told:
            if said.startswith("You said"):
                continue
            assert DO.search(said), (chosen, said)
            assert [word for word in re.findall("“(.+?)”", said) if word not in names] == [], (chosen, said)


DO = re.compile(r"\b(press|drag|pull|slide|choose|shorten|change|watch|wait|groups)\b", re.IGNORECASE)
NAMED = """() => {
  const words = document.querySelectorAll("lb-instrument :is(button, label, legend, summary, svg text)");
  return [...words].filter((one) => one.checkVisibility()).map((one) => one.textContent).join("\\n");
}"""
SHOW = """async state => {
  const kit = document.querySelector("lb-instrument").instrument;
  kit.set(state);
  await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return {program: kit.program(), numbers: kit.numbers};
}"""
