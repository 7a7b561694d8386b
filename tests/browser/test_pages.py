"""Every page of the built site, once, in a browser: what it asks for, what it weighs, how it reads."""

import functools
import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.expand import read_pages
from lowerbound_site.pages.maths import leftovers
from lowerbound_site.publish.labs import labs

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
HEAVIEST = 150_000  # bytes a page, compressed, with fonts and all
HEAVIEST_INSTRUMENTS = 80_000  # code and data of its instruments, which come after the first paint
HEAVIEST_SEARCH = 130_000  # what the search loads beside it, when the page is already there: some 40 pages of text
SMALLEST_TARGET = 44  # pixels
# What a reader takes in of a question's page before unfolding anything.
MOST_WORDS = 1_500
MOST_CODE = 0.25  # of the words: programs and outputs
TALLEST = 800  # of an instrument, in a window of 900 under the theme's header
HIGHEST = 12_000  # pixels, in a wide window
LARGEST_SHIFT = 0.1  # from where on readers notice

# Installed before a page's own scripts, so that no early shift is missed.
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => window.shift += entry.value))
  .observe({type: "layout-shift", buffered: true});
"""
READ = """() => ({
  shift: window.shift,
  headings: [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)")].map(h => +h.tagName[1]),
  undescribed: [...document.querySelectorAll("article :is(img, svg[role=img])")]
    .filter(e => !(e.getAttribute("alt") ?? e.getAttribute("aria-label"))).length,
  flat: [...document.querySelectorAll("math")]
    .filter(m => m.checkVisibility() && !m.getBoundingClientRect().height).length,
  unset: [...document.fonts].filter(face => face.status === "error").map(face => face.family)
    .filter(family => !family.includes("fallback")),  // those name faces that a machine may have or not
})"""
READ_NARROW = """() => ({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  stuck: [...document.querySelectorAll("article :is(pre code, .lb-formula, .lb-drawing, .md-typeset__scrollwrap)")]
    .filter(box => box.scrollWidth > box.clientWidth && box.tabIndex < 0)
    .map(box => box.textContent.trim().slice(0, 60)),
  sideways: [...document.querySelectorAll("article :is(figure, .lb-drawing)")]
    .filter(box => box.scrollWidth > box.clientWidth + 2)
    .map(box => box.textContent.trim().slice(0, 60)),
})"""
# A browser that draws nothing for a while would hold the test for ever: evaluating a script has no timeout.
NEXT_FRAME = """const nextFrame = () => new Promise(shown => {
    requestAnimationFrame(() => setTimeout(shown));
    setTimeout(shown, 2000);
  });"""
# As a reader scrolls: what is far away is neither laid out nor given its button.
READ_TO_THE_END = """async () => {
  NEXT_FRAME
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    await nextFrame();
  }
}""".replace("NEXT_FRAME", NEXT_FRAME)
READ_VISIBLE = """() => {
  for (const element of document.querySelectorAll("article *")) {
    if (getComputedStyle(element).contentVisibility === "auto") element.style.contentVisibility = "visible";
  }
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  let words = 0, code = 0;
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (parent.closest("script, style, svg") || !parent.checkVisibility()) continue;
    const more = (texts.currentNode.data.match(/\\S+/g) ?? []).length;
    words += more;
    if (parent.closest("pre")) code += more;
  }
  return {words, code, height: document.documentElement.scrollHeight};
}"""
UNFOLD = "document.querySelectorAll('article details').forEach(fold => fold.open = true)"
# An instrument that stands behind a fold starts when a reader opens it.
SHOW_INSTRUMENTS = """open => {
  for (const fold of document.querySelectorAll("article details:has(lb-instrument)")) fold.open = open;
}"""
# Presses every copy button of a page, as a reader does, and says what came of it.
PRESS = """async () => {
  NEXT_FRAME
  const within = (promise, what) => Promise.race([promise, new Promise((_, late) =>
    setTimeout(() => late(new Error(`${what}: no answer within 10 s`)), 10_000))]);
  const dialog = document.querySelector(".md-dialog"), said = dialog.querySelector(".md-dialog__inner"), pressed = [];
  for (const button of document.querySelectorAll("article button[data-md-type=copy]")) {
    button.scrollIntoView({block: "center", behavior: "instant"});
    await nextFrame();
    const {left, right, top, bottom} = button.getBoundingClientRect();
    const code = button.closest("pre").querySelector("code");
    const text = document.createRange();
    text.selectNodeContents(code);
    const covers = [...text.getClientRects()].some(
      line => line.left < right && line.right > left && line.top < bottom && line.bottom > top);
    said.textContent = "";
    await within(navigator.clipboard.writeText(""), "clipboard.writeText");
    button.click();
    await nextFrame();
    pressed.push({
      name: button.getAttribute("aria-label"), size: Math.min(right - left, bottom - top), covers,
      program: button.closest(".lb-run") ? null : button.closest(".lb-claim")?.getAttribute("aria-labelledby"),
      shown: code.textContent.trimEnd(), copied: await within(navigator.clipboard.readText(), "clipboard.readText"),
      announced: dialog.getAttribute("role") === "status" && said.textContent.trim(),
    });
  }
  const without = [...document.querySelectorAll("article .highlight:not(.no-copy) pre:not(.no-copy) > code")]
    .filter(code => !code.parentElement.querySelector("button")).map(code => code.textContent.slice(0, 60));
  return {pressed, without};
}""".replace("NEXT_FRAME", NEXT_FRAME)
# Question, verdict, hands and picture have to be seen together; the caption is not counted. Each answer is given once,
# and judged at once (`judged_at_once`); the tallest counts.
ANSWERED = """async () => {
  NEXT_FRAME
  const all = [...document.querySelectorAll("article lb-instrument")].filter(one => one.checkVisibility());
  const tallest = new Map(all.map(one => [one.dataset.name, {name: one.dataset.name, height: 0, missed: 0}]));
  const answers = one => [...one.querySelectorAll(".lb-predict .lb-answers button")].filter(it => it.checkVisibility());
  for (let n = 0; n < Math.max(1, ...all.map(one => answers(one).length)); n++) {
    const given = all.filter(one => answers(one)[n]);
    for (const one of given) answers(one)[n].click();
    for (let frame = 0; frame < 3; frame++) await nextFrame();
    for (const one of all) {
      const seen = tallest.get(one.dataset.name);
      seen.height = Math.max(seen.height, Math.round(one.getBoundingClientRect().height));
      const judged = [...one.querySelectorAll(".lb-verdict")].some(it => it.textContent.startsWith("You said"));
      seen.missed += given.includes(one) && !judged;
      [...one.querySelectorAll("button")].find(({textContent}) => textContent === "Reset")?.click();
    }
    await nextFrame();
  }
  return [...tallest.values()];
}""".replace("NEXT_FRAME", NEXT_FRAME)
# What a verdict says may depend on what the reader sees: then this stands for it, as long as such verdicts usually are.
UNSEEN = "{ right: 0, because: `${'Here stands what was seen, in some thirty words. '.repeat(4)}` }"
NOT_YET = re.compile(r"if \(!seen\) \{\s*write\(verdict, left\);\s*return;\s*\}")


def judged_at_once(route: Route) -> None:
    """predict.js, but that an answer is judged as soon as it is given."""
    code, times = NOT_YET.subn(f"if (!now?.because) now = {UNSEEN};", route.fetch().text())
    assert times == 1, "predict.js judges in another way: change NOT_YET"
    route.fulfill(body=code, content_type="text/javascript")


# Thousands of elements in a few colours, which tests/pages checks in the style sheet; axe takes seconds over them.
APART = ["pre code", "math", "svg"]
# Every page is judged as a phone shows it. What only a wide window shows, the frame, is the same on all but the first.
WIDE = ["", "questions/why-measure-q-against-p/"]
# What axe says of these depends on colours, in seconds; so the first text of each look stands for all of that look.
AXE_COLOURS = ["color-contrast", "link-in-text-block"]
MARK_LOOKS = """judged => {
  const grounds = new Map([[null, ""]]), seen = new Set(judged), found = [];
  const ground = element => {
    if (!grounds.has(element)) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity].join();
      grounds.set(element, ground(element.parentElement) + (own === "rgba(0, 0, 0, 0),none,1" ? "" : `${own};`));
    }
    return grounds.get(element);
  };
  const ink = element => {
    const {color, fontSize, fontWeight, textDecoration} = getComputedStyle(element);
    return [color, fontSize, fontWeight, textDecoration].join();
  };
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const shown = text && element.checkVisibility();
    const look = shown && [ground(element), ink(element.parentElement), ink(element)].join();
    element.toggleAttribute("data-look", look && !seen.has(look));
    if (look && !seen.has(look)) {
      seen.add(look);
      found.push(look);
    }
  }
  return found;
}"""

ADDRESSES = [page.path.removesuffix("index.md").removesuffix(".md") for page in read_pages()]
ADDRESSES += [f"labs/{lab.stem}/" for lab in labs()]
PATHS = ["404.html", *(address + "/" if address and address[-1] != "/" else address for address in ADDRESSES)]


@pytest.fixture(scope="session")
def judged() -> set[str]:
    """The looks of texts that were judged already, on this page or another."""
    return set()


def test_no_page_is_left_out(built_site: Path) -> None:
    built = {path.relative_to(built_site).as_posix() for path in built_site.rglob("*.html")}
    assert built == {path + "index.html" if path.endswith("/") or not path else path for path in PATHS}


# Two workers share the pages: they take as long as all else.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.xdist_group(f"pages:{at % 2}"), id=path or "home")
        for at, path in enumerate(PATHS)
    ],
)
def test_page(path: str, browser: Browser, built_site: Path, site_address: str, judged: set[str]) -> None:
    """One visit, all that it shows: each complaint on its own line."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    if path:  # only on the home page the search reads everything, which takes half a second
        nothing = json.loads((built_site / "search" / "search_index.json").read_text()) | {"docs": []}
        context.route("**/search_index.json", lambda route: route.fulfill(json=nothing))
    context.route("**/controls/predict.js", judged_at_once)
    requests: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: complaints.append(f"console: {message.text}") if message.type in ("error", "warning") else None,
    )

    page.goto(site_address + path, wait_until="networkidle")
    read = page.evaluate(READ)
    if read["shift"] > LARGEST_SHIFT:  # a page that shifts does so every time; what only a busy machine does goes away
        read["shift"] = min(read["shift"], *(shift(browser, site_address + path) for _ in range(2)))
    page.evaluate(SHOW_INSTRUMENTS, True)
    for instrument in page.locator("lb-instrument").all():  # each comes when the reader does
        instrument.scroll_into_view_if_needed()
        expect(instrument).to_have_attribute("data-ready", "", timeout=30_000)
    page.evaluate(SHOW_INSTRUMENTS, False)
    page.wait_for_load_state("networkidle")
    complaints += structure(read)
    complaints += [f"another host: {url}" for url in requests if not url.startswith((site_address, "data:", "blob:"))]
    complaints += weight(built_site, requests)
    complaints += [f"formula left as LaTeX: {line}" for line in leftovers(served(built_site, path).read_text())]
    complaints += hard_reading(page.evaluate(READ_VISIBLE)) if path.startswith("questions/") else []
    answered = page.evaluate(ANSWERED)
    complaints += [f"{one['name']}: no verdict came to each answer" for one in answered if one["missed"]]
    complaints += [
        f"{one['name']}, once judged, is {one['height']} pixels high: more than fits under the header of a window"
        for one in answered
        if one["height"] > TALLEST and path != "workshop/"
    ]
    page.evaluate(UNFOLD)
    complaints += contrast(page, judged)
    complaints += accessibility(page) if path in WIDE else []
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    page.evaluate(READ_TO_THE_END)
    narrow = page.evaluate(READ_NARROW)
    if narrow["stuck"]:  # on a busy machine it is measured late what can be scrolled
        page.wait_for_timeout(2000)
        narrow = page.evaluate(READ_NARROW)
    complaints += [f"{narrow['overflow']} pixels wider than a phone"] if narrow["overflow"] > 0 else []
    if not path.startswith("labs/"):  # whose plots are for a wide window
        complaints += [f"a picture is scrolled sideways: {text}" for text in narrow["sideways"]]
    complaints += [f"cannot be scrolled with the keyboard: {text}" for text in narrow["stuck"]]
    complaints += accessibility(page) + contrast(page, judged)
    complaints += copies(page)
    context.close()

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('<p>Well.<p>Well.<p style="color: #999">Hard to read.', "axe: color-contrast"),
        ('<p>Well.<p style="background: #444">Hard to read.', "axe: color-contrast"),
        ('<p>Well.<div style="opacity: 0.4"><p>Hard to read.</div>', "axe: color-contrast"),
        ('<p>Go <a href="#" style="color: #222; text-decoration: none">on</a> from here.', "axe: link-in-text-block"),
        ("<p>Well.<input>", "axe: label"),
    ],
)
def test_what_is_hard_to_use_is_found(content: str, complaint: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(f"<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1>{content}</main>")
    found = accessibility(page) + contrast(page, set())
    page.close()
    assert len(found) == 1, found
    assert found[0].startswith(complaint)


def shift(browser: Browser, address: str) -> float:
    """How far a page shifts while it loads, in a browser that has not seen it."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    moved: float = page.evaluate("window.shift")
    context.close()
    return moved


def structure(read: dict[str, Any]) -> Iterator[str]:
    headings = read["headings"]
    if headings[:1] != [1] or headings.count(1) != 1:
        yield f"headings: the first and no other is the title, but they are {headings}"
    if any(after - before > 1 for before, after in pairwise(headings)):
        yield f"headings: a level is left out in {headings}"
    if read["undescribed"]:
        yield f"{read['undescribed']} pictures without a description"
    if read["flat"]:
        yield f"{read['flat']} formulas without height"
    if read["unset"]:
        yield f"faces that did not load: {read['unset']}"
    if read["shift"] > LARGEST_SHIFT:
        yield f"the layout shifts by {read['shift']:.3f} while loading"


def hard_reading(seen: dict[str, int]) -> Iterator[str]:
    if seen["words"] > MOST_WORDS:
        yield f"{seen['words']} visible words, at most {MOST_WORDS} are allowed; fold evidence, or shorten"
    if seen["code"] > MOST_CODE * seen["words"]:
        yield f"{seen['code']} of {seen['words']} visible words are programs and outputs, more than {MOST_CODE:.0%}"
    if seen["height"] > HIGHEST:
        yield f"{seen['height']} pixels high, at most {HIGHEST} are allowed"


def weight(site: Path, requests: list[str]) -> Iterator[str]:
    """Compressed bytes of all that the page asks for; apart, search, and instruments with their first pictures."""
    sizes = {}
    for file in {served(site, url) for url in requests if url.startswith("http")}:
        content = file.read_bytes() if file.exists() else b""
        name = file.relative_to(site).as_posix()
        without = _PICTURE.sub(b"", content) if name.endswith(".html") else content
        sizes[name] = compressed(without)
        if without != content:
            sizes[f"download/instruments/ (the pictures on {name})"] = compressed(content) - sizes[name]
    search = sum(size for name, size in sizes.items() if name.startswith(("search/", "assets/javascripts/workers/")))
    moving = sum(size for name, size in sizes.items() if name.startswith("download/instruments/"))
    itself = sum(sizes.values()) - search - moving
    detail = ", ".join(f"{name} {size:,}" for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:12])
    if itself > HEAVIEST:
        yield f"weighs {itself:,} bytes, at most {HEAVIEST:,} are allowed: {detail}"
    if moving > HEAVIEST_INSTRUMENTS:
        yield f"its instruments weigh {moving:,} bytes, at most {HEAVIEST_INSTRUMENTS:,} are allowed: {detail}"
    if search > HEAVIEST_SEARCH:
        yield f"its search weighs {search:,} bytes, at most {HEAVIEST_SEARCH:,} are allowed"


_PICTURE = re.compile(rb"(?<=<lb-instrument )[^>]*>.*?(?=</lb-instrument>)", re.DOTALL)


@functools.cache  # the pages share most of what they ask for
def compressed(content: bytes) -> int:
    return min(len(content), len(gzip.compress(content, 9)))


def served(site: Path, url: str) -> Path:
    file = site / unquote(urlsplit(url).path).lstrip("/")
    return file / "index.html" if file.is_dir() else file


def accessibility(page: Page) -> list[str]:
    """Every violation that axe finds, with the element that it finds it in; but for colours."""
    rules = {rule: {"enabled": False} for rule in AXE_COLOURS}
    return axe(page, {"exclude": [[selector] for selector in APART]}, {"rules": rules})


def contrast(page: Page, judged: set[str]) -> list[str]:
    """Every new look of a text that is hard to read, or of a link that is hard to tell from the text around it."""
    # What moves in the page when it becomes shorter is judged where it ends, not on its way.
    still = "* { transition: none !important; animation: none !important }"
    style = page.add_style_tag(content=f"{still} {', '.join(APART)} {{ display: none !important }}")
    looks = page.evaluate(MARK_LOOKS, list(judged))
    options = {"runOnly": {"type": "rule", "values": AXE_COLOURS}}
    found = []
    if page.locator("[data-look]").count():  # an instrument may have painted itself anew meanwhile
        found = axe(page, {"include": [["[data-look]"]]}, options)
        judged.update(looks)
    style.evaluate("style => style.remove()")
    return found


def axe(page: Page, context: dict[str, Any], options: dict[str, Any]) -> list[str]:
    options |= {"resultTypes": ["violations"]}  # it need not describe what passes
    return [
        f"axe: {rule['id']}: {node['html'][:200]}"
        for rule in Axe().run(page, context=context, options=options).response["violations"]
        for node in rule["nodes"]
        if rule["id"] != "empty-table-header" or "<math" not in node["html"]  # a formula, which it does not see
    ]


def copies(page: Page) -> Iterator[str]:
    """Every copy button yields the program that was tested, or what is shown; without the last line's end."""
    found = page.evaluate(PRESS)
    if not all(button["copied"] for button in found["pressed"]):  # a busy browser can lose its clipboard, once
        page.reload(wait_until="networkidle")
        page.evaluate(UNFOLD)
        found = page.evaluate(PRESS)
    for button in found["pressed"]:
        name, shown = button["name"], button["shown"]
        if button["program"]:
            shown = (ROOT / "snippets" / f"{button['program']}.py").read_text().removesuffix("\n")
        if button["copied"] != shown:
            yield f"the copy button {name!r} yields something else than is shown: {button['copied'][:80]!r}"
        if button["announced"] != "Copied to clipboard":
            yield f"the copy button {name!r} does not announce what it did"
        if button["size"] < SMALLEST_TARGET:
            yield f"the copy button {name!r} is {button['size']} pixels high or wide"
        if button["covers"]:
            yield f"the copy button {name!r} covers a part of the code"
    names = [button["name"] for button in found["pressed"]]
    if twice := {name for name in names if not name or names.count(name) > 1}:
        yield f"copy buttons that cannot be told apart by name: {twice}"
    yield from (f"has no copy button: {code}" for code in found["without"])
