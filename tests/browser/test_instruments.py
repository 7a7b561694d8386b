"""Instruments on the built pages: they survive the theme's navigation, and stand there without JavaScript."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lowerbound_site.pages.expand import SITE_URL

from ..complaints import listen
from .test_pages import served

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, built_site: Path) -> Iterator[Page]:
    """A page at the site's own address: elsewhere the theme loads every page anew."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})

    def answer(route: Route) -> None:
        file = served(built_site, route.request.url)
        route.fulfill(path=file) if file.exists() else route.fulfill(status=404)

    context.route(f"{SITE_URL}**", answer)
    page = context.new_page()
    complaints: list[str] = []
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


READY = "lb-instrument[data-ready]"
LOSS = "() => document.querySelector('lb-instrument').instrument.numbers.loss"


def test_it_works_again_after_the_theme_s_navigation_there_and_back(page: Page) -> None:
    page.goto(SITE_URL, wait_until="networkidle")
    page.wait_for_selector(READY)
    first = page.evaluate(LOSS)
    page.evaluate("window.loadedOnce = true")
    page.get_by_role("link", name="Start with the short answer").click()
    page.wait_for_selector("h1:has-text('short answer')")
    page.go_back()
    page.wait_for_selector(READY)
    assert page.evaluate("window.loadedOnce"), "the page was loaded anew: this tested nothing"
    assert page.evaluate(LOSS) == first
    page.get_by_role("slider", name="place, to the right").focus()
    page.keyboard.press("PageDown")
    page.wait_for_function(f"({LOSS})() !== '{first}'")


def test_a_caption_s_words_set_it_and_back_unsets_it(page: Page) -> None:
    page.goto(f"{SITE_URL}questions/why-measure-q-against-p/", wait_until="networkidle")
    page.locator("lb-instrument").first.scroll_into_view_if_needed()
    page.wait_for_selector(READY)
    first = page.evaluate(LOSS)
    page.evaluate("window.loadedOnce = true")
    page.locator("a[href*='#~plane?']").first.click()  # of its caption
    page.wait_for_function(f"({LOSS})() !== '{first}'")
    page.evaluate("document.querySelector('lb-instrument').sameElement = true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.go_back()
    page.wait_for_function(f"({LOSS})() === '{first}'")
    page.wait_for_timeout(500)  # in which the theme would have fetched the page and put it in this one's place
    assert page.evaluate("document.querySelector('lb-instrument').sameElement"), "the theme fetched the page again"
    assert page.url not in asked
    assert page.evaluate("window.loadedOnce")
    assert page.url == f"{SITE_URL}questions/why-measure-q-against-p/"


@pytest.mark.parametrize(
    ("thought", "words", "tall"),
    [("t-predicts", "these two", False), ("t-rebuilt", "the encoder's ellipse", True)],
)
def test_another_page_s_words_set_it_far_down(thought: str, words: str, tall: bool, page: Page) -> None:
    page.goto(f"{SITE_URL}questions/verdict/#{thought}", wait_until="networkidle")
    page.locator(f"#{thought} .lb-answers button").first.click()  # the words come with the verdict
    link = page.get_by_role("link", name=words, exact=True)
    address = urljoin(page.url, link.get_attribute("href"))
    named = f"lb-instrument[data-name={address.partition('#~')[2].partition('?')[0]}]"  # a page may have others, too
    link.click()
    page.wait_for_selector(f"{named}[data-ready]")
    shared = page.context.new_page()
    shared.goto(address)
    shared.wait_for_selector(f"{named}[data-ready]")
    expected = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    for seen in (page, shared):
        state = seen.locator(named).evaluate("host => host.instrument.state")
        assert {key: str(state[key]) for key in expected} == expected
        seen.wait_for_timeout(300)
        box = seen.locator(named).bounding_box()
        header = seen.locator("header.md-header").bounding_box()
        assert box
        assert header
        assert header["height"] <= box["y"] + 1 < 400
        assert tall or box["y"] + box["height"] <= 801


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_shows_the_game(width: int, height: int, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(SITE_URL, wait_until="networkidle")
    page.wait_for_selector(READY)
    for part in (".lb-task", ".lb-loss", ".lb-plane", ".lb-side"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["y"] + box["height"] <= height, f"{part} ends below the first screen"


def test_without_javascript_the_picture_stands_there_and_nothing_that_needs_it(
    browser: Browser, site_address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_address)
    assert page.locator("lb-instrument .lb-plane svg").is_visible()
    for part in page.locator("lb-instrument :is(button, input, [role=slider], .lb-task)").all():
        assert not part.is_visible()
    context.close()


def test_a_thought_is_judged_before_the_evidence_speaks(page: Page) -> None:
    page.goto(f"{SITE_URL}questions/verdict/", wait_until="networkidle")
    marks = page.locator(".lb-post > p a[href*='#t-']")
    thoughts = page.locator("lb-judge details[data-answer]")
    named = [str(thought.get_attribute("id")) for thought in thoughts.all()]
    assert sorted(named) == sorted(str(mark.get_attribute("href")).partition("#")[2] for mark in marks.all()) != []
    assert not thoughts.locator("> summary:visible").count()  # one is always open: its words fold nothing
    score, first = page.locator(".lb-score"), page.locator(f"#{named[0]}")
    judgeable = thoughts.evaluate_all("all => all.filter(one => one.dataset.answer !== 'a question').length")
    assert judgeable == len(named) - 3
    assert page.locator("lb-judge [data-verdict]").count() == 0
    assert first.evaluate("details => details.open")  # so that it is seen what there is to do
    first.locator(".lb-case").focus()
    assert not first.locator(".lb-then").is_visible()
    for key in ("Tab", "Tab", "Enter"):  # into the answers: the second is "partly right", as the evidence says
        page.keyboard.press(key)
    assert first.locator(".lb-then").is_visible()
    assert score.text_content() == f"You have judged 1 of {judgeable}, 1 as the evidence does."
    # Its words in the post say so.
    assert page.locator(f".lb-post a[href$='#{named[0]}']").get_attribute("data-verdict") == "partly right"
    first.get_by_role("button", name="Next thought").click()
    assert page.locator("lb-judge details[data-answer][open]").count() == 1
    page.locator(".lb-post a[href$='#t-term']").click()
    assert page.locator("lb-judge details[data-answer][open]").count() == 1
    question = page.locator("#t-term")  # answered at once: there is nothing to judge
    assert question.locator(".lb-then").is_visible()
    assert not question.locator(".lb-answers").count()
    assert score.text_content() == f"You have judged 1 of {judgeable}, 1 as the evidence does."
    question.get_by_role("button", name="Next thought").click()
    page.locator("#t-idea .lb-answers button").first.click()  # what comes next in the post
    assert score.text_content() == f"You have judged 2 of {judgeable}, 1 as the evidence does."
    page.get_by_role("button", name="Show all verdicts").click()  # in the post, seen at a glance
    assert page.locator(".lb-post [data-verdict]").count() == len(named)
    expect(score).to_have_text(re.compile("All verdicts now stand behind their words"))  # which is announced
    assert page.locator("lb-judge details[data-answer][open]").count() == 1


def test_after_the_last_thought_the_way_leads_on(page: Page) -> None:
    page.goto(f"{SITE_URL}questions/verdict/", wait_until="networkidle")
    seen = []
    while (thought := page.locator("lb-judge details[data-answer][open]")).count() == 1:
        seen.append(thought.get_attribute("id"))
        if thought.locator(".lb-answers").count():
            thought.locator(".lb-answers button").first.click()
        forward = thought.get_by_role("button", name=re.compile("Next thought|What remains"))
        if forward.inner_text() == "What remains":
            break
        forward.click()
    marks = page.locator(".lb-post > p a[href*='#t-']").evaluate_all("all => all.map(one => one.hash.slice(1))")
    assert seen == marks  # in the order of the post
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    forward.evaluate("button => button.click()")  # where it stands, without scrolling to it
    page.wait_for_function("document.querySelector('#title').getBoundingClientRect().top < 200")
    assert page.evaluate("document.activeElement.id") == "title"


def test_without_javascript_thoughts_are_a_list_that_unfolds(browser: Browser, site_address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{site_address}questions/verdict/")
    thought = page.locator("#t-early")
    assert not thought.locator(".lb-then").is_visible()
    thought.locator("summary").click()
    assert thought.locator(".lb-then").is_visible()
    page.close()
