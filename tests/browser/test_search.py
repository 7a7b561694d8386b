"""What readers type into the search box has its page among the first three results.

A query that finds nothing, or the wrong page first: add it here, then mend the page's words (or the gaps between words,
`separator` in mkdocs.yml).
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_pages import DESKTOP

pytestmark = pytest.mark.browser

FIRST = 3
WRONG = "what-is-wrong/"
OWN = "your-own-networks/"
TRAPS, SAYINGS = "traps/", "sayings/"
VAE, BOUNDS = "reference/vae/", "reference/bounds/"
WILD = "questions-from-the-wild/"
SCRAMBLED = "questions/could-it-be-scrambled/"
QUERIES = {
    # names of the library
    "sampled_elbo": BOUNDS,
    "optimal_q": BOUNDS,
    "Bernoulli": VAE,
    "GaussianNoise": VAE,
    "FullNormal": VAE,
    "Grid": "reference/grid/",
    # the first word behind a quotation mark
    "decoding": SAYINGS,
    "decoding the mean": SAYINGS,
    # other forms of a word
    "blurry": "questions/why-is-latent-space-continuous/",
    "scrambling": SCRAMBLED,
    "scrambled latent space": SCRAMBLED,
    "noisy": TRAPS,
    # what people ask
    "sum or mean": TRAPS,
    "posterior collapse": "labs/closed-forms/",
    "mutual information": "reference/quantities/",
    "full covariance": VAE,
    "importance weighted": SAYINGS,
    "reparameterization": "questions-from-the-wild/",
    # what people see, in their words
    "BCE": WRONG,
    "MSE": WRONG,
    "log variance": WRONG,
    "logvar": WRONG,
    "negative loss": WRONG,
    "NaN": WRONG,
    "IWAE": WRONG,
    "kld weight": WRONG,
    "own images": WRONG,
    "convolution": WRONG,
    "GPU": WRONG,
    "batch norm": WRONG,
    "dropout": WRONG,
    "bad samples": WRONG,
    "diagnose": "reference/diagnose/",
    # what people have
    "DataLoader": OWN,
    "tuple encoder": OWN,
    "KL annealing": OWN,
    "learned sigma": OWN,
    "bfloat16": OWN,
    # what people ask elsewhere, in their words
    "why log variance": WILD,
    "KL weight": WILD,
    "normal prior": WILD,
    "draw from the prior": WILD,
    "sampling after the decoder": WILD,
    "plus or minus": WILD,
    "784": WILD,
    "Jensen": WILD,
    "theta": WILD,
    "mean or draw": WILD,
    "KL warm-up": WILD,
    "variational inference": WILD,
}
RESULTS = """() => [...document.querySelectorAll(".md-search-result__item")].map(
  item => new URL(item.querySelector("a").href).pathname.slice(1))"""


@pytest.fixture(scope="module")
def page(browser: Browser, site_address: str) -> Iterator[Page]:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(site_address)
    yield page
    page.close()


def results(page: Page, query: str) -> list[str]:
    """The pages that the search box lists for a query, best first."""
    box = page.locator("input[data-md-component=search-query]")
    box.focus()
    box.fill("x")
    box.press("Backspace")
    page.wait_for_function("() => !document.querySelector('.md-search-result__item')")
    box.fill(query[:-1])
    box.press(query[-1])
    page.wait_for_selector(".md-search-result__item", state="attached", timeout=10_000)
    found: list[str] = page.evaluate(RESULTS)
    return found


@pytest.mark.parametrize(("query", "expected"), QUERIES.items(), ids=list(QUERIES))
def test_what_is_typed_finds_its_page(page: Page, query: str, expected: str) -> None:
    assert expected in results(page, query)[:FIRST]
