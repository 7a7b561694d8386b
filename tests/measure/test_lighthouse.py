"""What Lighthouse is shown: which pages, and compressed as a host would send them."""

import gzip
import urllib.request
from pathlib import Path

from lowerbound_site.measure.lighthouse import QUESTION, CompressingHandler, pages
from lowerbound_site.publish.serving import serving


def site(folder: Path, sizes: dict[str, int]) -> Path:
    for path, size in sizes.items():
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "index.html").write_text("".join(chr(33 + n * n % 89) for n in range(size)))
    return folder


def test_the_first_page_a_question_a_lab_and_the_heaviest_are_measured(tmp_path: Path) -> None:
    site(tmp_path, {"": 10, QUESTION: 10, "labs/one": 10, "labs/two": 10, "notation": 10_000})
    assert pages(tmp_path) == ["", QUESTION, "labs/one/", "notation/"]


def test_no_page_is_measured_twice(tmp_path: Path) -> None:
    site(tmp_path, {"": 10, QUESTION: 10_000, "notation": 10})
    assert pages(tmp_path) == ["", QUESTION]


def test_texts_are_sent_compressed_and_the_rest_as_it_is(tmp_path: Path) -> None:
    site(tmp_path, {"": 1_000})
    (tmp_path / "card.png").write_bytes(b"card")
    with serving(tmp_path, CompressingHandler) as address:
        with urllib.request.urlopen(address) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "text/html"
            assert gzip.decompress(answer.read()) == (tmp_path / "index.html").read_bytes()
        with urllib.request.urlopen(address + "card.png") as answer:
            assert answer.headers["Content-Encoding"] is None
            assert answer.read() == b"card"
