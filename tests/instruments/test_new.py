"""What `make new INSTRUMENT=name` writes works as it stands, and its test tests it."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.elements import check_state, folder
from lowerbound_site.writing.new_instrument import new_instrument
from lowerbound_site.writing.stage import staging

from .modules import Modules

pytestmark = pytest.mark.browser


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A repository that shares everything with this one but its instruments and its tests."""
    for name in ("docs", ".cache", "src/lowerbound"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    for part in ("controls", "draw", "maths"):
        (folder(tmp_path) / part).mkdir(parents=True)
        for path in (folder(ROOT) / part).glob("*.js"):
            (folder(tmp_path) / part / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_a_new_instrument_works_and_its_test_notices_changes(
    copied: Path, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "instrument: my-coin" in new_instrument("my-coin", copied)
    check_state("my-coin", "p=0.25", copied)
    with staging(copied) as address:
        page.goto(f"{address}my-coin#~my-coin?p=0.25")
        page.wait_for_selector("lb-instrument[data-ready]")
        assert "entropy 0.562 nats" in page.locator("lb-instrument").inner_text()
        monkeypatch.setattr("tests.instruments.modules.ROOT", copied)
        monkeypatch.setattr("tests.instruments.modules.folder", lambda root: folder(copied))
        written = (copied / "tests" / "instruments" / "test_my_coin.py").read_text()
        assert "from .modules" in written
        script = copied / "alone.py"
        script.write_text(written.replace("from .modules", "from tests.instruments.modules"))
        tests = runpy.run_path(str(script))
        for name in ("test_it_is_what_torch_computes", "test_every_change_is_noticed"):
            tests[name](Modules(page))


def test_nothing_is_written_over(copied: Path) -> None:
    new_instrument("my-coin", copied)
    with pytest.raises(EvidenceError, match=r"my-coin\.js: exists already"):
        new_instrument("my-coin", copied)
    with pytest.raises(EvidenceError, match=r"small letters, digits and single hyphens"):
        new_instrument("../My coin", copied)
