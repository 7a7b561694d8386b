"""Building and serving: the wheel and the programs are there before MkDocs runs, and the served site installs."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.pages.expand import expand
from lowerbound_site.publish.build import is_current, kept, prepare, refresh
from lowerbound_site.publish.serving import serving
from lowerbound_site.publish.wheel import wheel

from ..small_repository import SNIPPET


def test_the_wheel_is_built_when_its_sources_change_and_only_then(library: Path) -> None:
    first = wheel(library)
    built = first.stat().st_mtime_ns
    assert wheel(library) == first
    assert first.stat().st_mtime_ns == built
    (library / "src" / "lowerbound" / "__init__.py").write_text('"""Another."""\n')
    assert wheel(library) != first


def test_what_pages_link_to_is_there_and_stays_untouched(library: Path) -> None:
    (library / "docs" / "download").mkdir()
    (library / "docs" / "download" / "stale.py").write_text("")
    (library / "docs" / "index.md").write_text("# Page\n\n{{ claim: two-and-two }}\n")
    prepare(library)
    download = library / "docs" / "download"
    offered = {path.relative_to(download).as_posix(): path for path in download.rglob("*.*")}
    assert sorted(offered) == ["cards/index.png", wheel(library).name, "source/__init__.py", "two-and-two.py"]
    assert offered["two-and-two.py"].read_text().partition("# ///\n")[2] == SNIPPET
    assert offered["source/__init__.py"].read_text() == '"""One line."""\n'
    times = {path: path.stat().st_mtime_ns for path in offered.values()}
    prepare(library)
    assert {path: path.stat().st_mtime_ns for path in offered.values()} == times


def test_what_is_wrong_on_any_page_is_said_before_anything_is_built(library: Path) -> None:
    (library / "docs" / "a.md").write_text("# A\n\nIt is 3.\n")
    (library / "docs" / "b.md").write_text("# B\n\n{{ claim: three }}\n")
    with pytest.raises(EvidenceError, match=r"(?s)docs/a\.md:3: the number '3'.*docs/b\.md:3: .* names no snippet"):
        prepare(library)
    assert not (library / ".cache").exists()


def test_a_site_is_built_when_what_it_is_made_of_changes_and_only_then(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    def build(out: Path, root: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        built.append(out)

    monkeypatch.setattr("lowerbound_site.publish.build.build", build)
    assert not is_current(library)
    assert refresh(library) == refresh(library) == kept(library)
    assert is_current(library)
    (library / "docs" / "index.md").write_text("# Other\n")
    assert not is_current(library)
    refresh(library)
    assert len(built) == 2


def test_a_built_site_is_served_as_long_as_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("here")
    with serving(tmp_path) as address:
        assert urllib.request.urlopen(address).read() == b"here"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


def test_a_browser_that_goes_away_is_no_news(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large.bin").write_bytes(bytes(50_000_000))  # more than a socket keeps
    with serving(tmp_path) as address:
        host = urlsplit(address)
        for _ in range(3):
            with socket.create_connection((host.hostname, host.port)) as browser:
                browser.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
                assert browser.recv(10)
        assert urllib.request.urlopen(f"{address}large.bin").read(1) == b"\0"
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("built_site")  # so that the server finds it, instead of building another
def test_the_served_site_answers_and_installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "lowerbound_site", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        try:
            said = []
            for line in server.stdout:
                said.append(line)
                if found := re.match(r"The site is at (http://127\.0\.0\.1:\d+/) \(Ctrl\+C stops it\)", line):
                    break
            assert found, "".join(said)
            assert b"<title>" in urllib.request.urlopen(found[1]).read()
            monkeypatch.setenv("SITE_URL", found[1])
            install = expand("{{ install }}").splitlines()[2].split()
            options = ["--no-deps", "--quiet", "--disable-pip-version-check", "--target", str(tmp_path)]
            subprocess.run([sys.executable, "-m", *install, *options], check=True)
            assert (tmp_path / "lowerbound" / "__init__.py").exists()
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)
    assert server.returncode == 0
