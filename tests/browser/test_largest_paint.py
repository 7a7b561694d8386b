"""The largest paint of a page is the first: neither a face nor an instrument that arrives later paints a larger one.

Otherwise a page counts as come only when they have. The test looks at the order, not at times: the page stands in its
fallback faces; then the faces arrive, then the instrument.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

PHONE = {"width": 412, "height": 823}  # what Lighthouse takes
WATCH = """
window.paints = [];
new PerformanceObserver(list => paints.push(...list.getEntries().map(
  ({element, size}) => `${size} square pixels of ${element?.outerHTML.slice(0, 120) ?? "what is gone"}`)))
  .observe({type: "largest-contentful-paint", buffered: true});
"""
# All that is painted so far has been told of when a dot that comes later is: its frame is a later one.
SETTLED = """() => new Promise(settled => {
  const dot = document.createElement("span");
  dot.textContent = ".";
  dot.setAttribute("elementtiming", "settled");
  dot.style.cssText = "position: fixed; top: 0; left: 0; z-index: 9; font-family: monospace";
  new PerformanceObserver((_, watch) => {
    watch.disconnect();
    dot.remove();
    settled(paints);
  }).observe({type: "element"});
  document.body.append(dot);
})"""


class Held:
    """Requests that wait until they are let go."""

    def __init__(self) -> None:
        self.waiting: list[Route] | None = []

    def __call__(self, route: Route) -> None:
        if self.waiting is None:
            route.continue_()
        else:
            self.waiting.append(route)

    def let_go(self) -> None:
        waiting, self.waiting = self.waiting or [], None
        for route in waiting:
            route.continue_()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=1.75, is_mobile=True, has_touch=True)
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["", "questions/why-measure-q-against-p/"], ids=["home", "question 3"])
def test_the_largest_paint_is_the_first(path: str, page: Page, site_address: str) -> None:
    faces, instrument = Held(), Held()
    page.route("**/*.woff2", faces)
    page.route("**/download/instruments/**", instrument)
    page.goto(site_address + path, wait_until="commit")
    page.wait_for_function("paints.length")
    first = page.evaluate(SETTLED)
    assert faces.waiting, "no face was asked for: this tested nothing"

    faces.let_go()
    page.evaluate("document.fonts.ready.then(() => {})")
    assert page.evaluate("[...document.fonts].some(face => face.status === 'loaded' && /^.?Source/.test(face.family))")
    assert page.evaluate(SETTLED) == first

    if not instrument.waiting:  # it is asked for when it is near
        with page.expect_request("**/download/instruments/**"):
            page.locator("lb-instrument").first.scroll_into_view_if_needed()
    assert instrument.waiting, "the instrument was not held: this tested nothing"
    assert not page.locator("lb-instrument[data-ready]").count()
    instrument.let_go()
    page.wait_for_selector("lb-instrument[data-ready]")
    assert page.evaluate(SETTLED) == first
