"""Serve the site while it is written: what is saved is shown within seconds, and never as evidence before it is proven.

Three things happen when a file is saved, the later ones while what the earlier ones found is on show already:

- The pages that it changes are rendered, in this process, into a folder that is looked into first. Style sheets and
  instruments are taken as they are; no page is rendered for them.
- A snippet, or what the page on show needs of a changed library, is run, whole and broken. What it did stands on the
  page, marked, in a folder apart (`claims.TRIED`): only `make record` writes records.
- The whole site is built strictly, in a process of its own; what is served from then on is that.

What is wrong stands at the top of every page, in words.
"""

import contextlib
import functools
import html
import http.server
import json
import mimetypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from lowerbound_site.evidence import fingerprint
from lowerbound_site.evidence.claims import ROOT, TRIED, Claim, EvidenceError, read_claim
from lowerbound_site.evidence.forks import Forks
from lowerbound_site.evidence.record import compare, compare_broken, end_of_broken, why_unbroken
from lowerbound_site.evidence.run import Run
from lowerbound_site.pages import elements
from lowerbound_site.pages.expand import site_url
from lowerbound_site.publish import lighten
from lowerbound_site.publish.build import is_current, kept, refresh, what_is_wrong
from lowerbound_site.publish.serving import HOST, QuietHandler
from lowerbound_site.trained.instrument_data import export
from lowerbound_site.writing.some_pages import SomePages, stamps

_GLANCE = 0.2  # seconds between two looks at the files
_CHANGES = "/-/changes/"  # answers when something newer than the number behind it can be shown
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_INSTRUMENTS = re.compile(r"download/instruments/[0-9a-f]+/(.+)")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FOLLOWS = """<script>
(async function follow(seen) {
  for (;;) {
    try {
      const answer = await fetch("%s" + seen);
      if (answer.ok && (await answer.text()) !== seen) return location.reload();
    } catch { await new Promise((again) => setTimeout(again, 1000)); }
  }
})("%s");
</script>"""
_LOOKS = """<style>
.lb-says, .lb-no-record, .lb-wrong { border-left: 0.2rem solid var(--lb-gap); color: var(--lb-ink) }
.lb-says, .lb-no-record { padding: 0.2rem 0.8rem; margin: 1rem 0; overflow-wrap: anywhere }
.lb-says pre { white-space: pre-wrap }
</style>"""


def serve(root: Path = ROOT) -> None:
    """Serve the site on loopback until interrupted, and show whatever is saved."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _server() as server:
        os.environ["SITE_URL"] = f"http://{HOST}:{server.server_port}/"
        site = kept(root)
        if not site.exists():
            print("The site is built for the first time; that takes one to three minutes.", flush=True)
            try:
                refresh(root)
            except KeyboardInterrupt:
                return
        with tempfile.TemporaryDirectory(dir=site.parent) as folder:
            desk = Desk(root, site, Path(folder), is_current(root))
            server.RequestHandlerClass = functools.partial(_Handler, desk, directory=str(site))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(f"The site is at {site_url()}/ (Ctrl+C stops it)", flush=True)
            try:
                desk.watch()
            except KeyboardInterrupt:
                for number in (signal.SIGINT, signal.SIGTERM):  # make passes on what the terminal has sent already
                    signal.signal(number, signal.SIG_IGN)
                desk.close()
                server.shutdown()


class Desk:
    """Where the site is written: what is served, what was saved since, what is wrong."""

    def __init__(self, root: Path, site: Path, folder: Path, current: bool) -> None:
        self.root, self.site, self.shown = root, site, folder / "shown"
        os.environ[TRIED] = str(folder / "tried")
        self.claims = _Claims(root, folder / "tried")
        self.strict = _Strict(root, folder / "said.txt")
        self.pages = SomePages(root, folder)
        self.epoch = 0
        self.changed = threading.Condition()  # held to count the epoch up
        self.wake = threading.Event()
        self.on_show = "index.md"
        self.wrong: list[str] = []  # that can be said without running or rendering anything
        self.complaints: list[str] = []  # all of them
        self.due = not current  # whether the whole site has to be built
        self.files = stamps(root)
        self.sheets = _Sheets(root, site, packed_sheets(root))
        self.rendered = self.pages.needs() if current else {}

    # -- what a request is answered with ------------------------------------------------------------------------------

    def page(self, path: str) -> bytes | None:
        """A page as it is now, with what is wrong above it."""
        found = next((file for folder in (self.shown, self.site) if (file := folder / path).is_file()), None)
        if found is None:
            return None
        text = self.sheets.on(found.read_text(encoding="utf-8"))
        text = re.sub(r"<article\b[^>]*>", lambda start: start[0] + self._says(), text, count=1)
        follows = _FOLLOWS % (_CHANGES, self.epoch)
        return text.replace("</body>", f"{_LOOKS}{follows}</body>").encode()

    def ask_for(self, path: str) -> None:
        """Say which page is on show, so that it is brought up to date."""
        if (source := self.pages.source(path)) and source != self.on_show:
            self.on_show = source
            self.wake.set()

    def _says(self) -> str:
        first = sorted(self.complaints, key=lambda complaint: not complaint.startswith(f"docs/{self.on_show}"))
        said = "".join(f"<li><pre>{html.escape(complaint)}</pre></li>" for complaint in first)
        return f'<div class="lb-says" role="alert"><p>To mend:</p><ul>{said}</ul></div>' if said else ""

    def newer_than(self, seen: int, within: float = 25.0) -> int:
        """Wait until there is something newer to show, but not for ever."""
        with self.changed:
            self.changed.wait_for(lambda: self.epoch != seen, timeout=within)
            return self.epoch

    # -- what happens when a file is saved ----------------------------------------------------------------------------

    def watch(self) -> None:
        """Look at the files again and again, until interrupted."""
        self.claims.distrust(_not_committed(self.root))
        saved: set[Path] | None = set()  # at first, look at everything once
        while True:
            if saved is not None:
                try:
                    self._bring_up_to_date(saved)
                except Exception:  # of the site's own code, perhaps: the rest is served all the same
                    traceback.print_exc()
            self.wake.wait(_GLANCE)
            saved = self._saved()

    def close(self) -> None:
        """End what is still running."""
        self.strict.stop()
        self.claims.close()

    def _saved(self) -> set[Path] | None:
        """The files that were saved since the last look; None if nothing at all has happened."""
        woken = self.wake.is_set()
        self.wake.clear()
        now = stamps(self.root)
        saved = {path for path in now.keys() | self.files.keys() if now.get(path) != self.files.get(path)}
        self.files = now
        if saved or woken or self.claims.finished() or self.strict.finished():
            return saved
        return None

    def _bring_up_to_date(self, saved: set[Path]) -> None:
        begin = time.perf_counter()
        if saved:
            self.strict.stop()
            self.due = True
        ran = self.claims.collect()
        self.claims.distrust(path.stem for path in saved if path.parent == self.root / "snippets")
        shown = next((page for page in self.pages.all() if page.path == self.on_show), None)
        self.claims.need(self.pages.claims(shown) if shown else [])
        self._take_over_strict()
        before = self.complaints
        if saved or not self.epoch:
            self.claims.run()  # meanwhile; a short program has ended then, and its page is rendered once
            self.wrong = what_is_wrong(self.root)
            ran |= self.claims.collect()
        needs = self.pages.needs()
        if stamps(self.root) != self.files:  # saved this moment, and in the pages already
            self.wrong = what_is_wrong(self.root)
        self.complaints = self._all_complaints()  # no page is shown before what is wrong with it
        rendered = self._render(saved, needs)
        self.complaints = self._all_complaints()
        if saved or ran or rendered or before != self.complaints:
            self._show()
        if saved:
            names = ", ".join(sorted(path.relative_to(self.root).as_posix() for path in saved))
            print(
                f"{time.strftime('%H:%M:%S')} {names[:200]}: shown after {time.perf_counter() - begin:.1f} s",
                flush=True,
            )
        self.claims.run()
        if ran:  # what it printed may be missed, or found, on other pages
            self.wrong, before = what_is_wrong(self.root), self.complaints
            self.complaints = self._all_complaints()
            if before != self.complaints:
                self._show()
        if self.due and not self.complaints and not self.claims.running:
            self.due = False
            self.strict.start((needs, packed_sheets(self.root)))

    def _all_complaints(self) -> list[str]:
        warned = [said for complaints in self.pages.warned.values() for said in complaints]
        return list(dict.fromkeys([*self.claims.complaints(), *self.wrong, *warned, *self.strict.complaints]))

    def _show(self) -> None:
        with self.changed:
            self.epoch += 1
            self.changed.notify_all()

    def _render(self, saved: set[Path], needs: dict[str, Any]) -> set[str]:
        """Render what was saved and what is on show, where it is not as it was when it was rendered last."""
        docs = self.root / "docs"
        wanted = {self.on_show, *(path.relative_to(docs).as_posix() for path in saved if path.is_relative_to(docs))}
        old = {path for path in wanted if path in needs and needs[path] != self.rendered.get(path)}
        if saved:  # what was missing may be there now
            old |= {path for path in self.pages.warned if path in needs}
            self.pages.warned.clear()
        if old:
            self.pages.render(old, self.shown)
            self.rendered |= {path: needs[path] for path in old}
        return old

    def _take_over_strict(self) -> None:
        """When the whole site has been built, with nothing saved since, serve it."""
        if (made_of := self.strict.built()) is None:
            return
        shutil.rmtree(self.shown, ignore_errors=True)
        self.pages.warned.clear()
        self.rendered, sheets = made_of  # as they were when it began: one may have been saved this moment
        self.sheets = _Sheets(self.root, self.site, sheets)


class _Claims:
    """What is known of each snippet as it is now: nothing is evidence before it has run."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        folder.mkdir()
        self.pool = ThreadPoolExecutor(1)
        self.forks = Forks(root / "src")
        self.running: dict[str, tuple[Any, Claim, Future[tuple[Run, Run]] | None]] = {}
        self.wrong: dict[str, str] = {}  # by the snippet's name; without a name, of the library
        self.library = self._library_now("")
        self.known = {name: self._key(name) for name in self._names()}

    def distrust(self, names: Iterable[str]) -> None:
        """Forget what is known of these snippets: they are to be run."""
        self.library = self._library_now(self.library)
        for name in set(names):
            if self.known.get(name) != self._key(name) or name not in self.known:
                self.known.pop(name, None)
        self.need(name for name in self._names() if name not in self.known)

    def need(self, names: Iterable[str]) -> None:
        """Those of these snippets of which nothing is known as they, and the library, are now, are to be run."""
        for name in names:
            key = self._key(name)
            if self.known.get(name) == key or (name in self.running and self.running[name][0] == key):
                continue
            self.known.pop(name, None)
            try:
                claim = read_claim(self.root / "snippets" / f"{name}.py")
            except EvidenceError:
                continue  # that is said of its file
            self._note(name, "**Being run.** Until it has ended, nothing here is proven.")
            before = self.running[name][2] if name in self.running else None
            if before and not before.cancel():
                self.forks.stop(name)
            self.running[name] = key, claim, None

    def run(self) -> None:
        """Run what is to be run, in processes beside this one."""
        for name, (key, claim, future) in self.running.items():
            self.running[name] = key, claim, future or self.pool.submit(self._run, claim)

    def close(self) -> None:
        """End what runs."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.forks.close()

    def finished(self) -> bool:
        """Whether a run has ended that was not collected."""
        return any(future and future.done() for *_, future in self.running.values())

    def collect(self) -> bool:
        """Take what has ended since; whether anything has."""
        ended = [name for name, (*_, future) in self.running.items() if future and future.done()]
        for name in ended:
            key, _, future = self.running.pop(name)
            if future and key == self._key(name):
                self.known[name] = key
                self._judge(read_claim(self.root / "snippets" / f"{name}.py"), *future.result())
        return bool(ended)

    def complaints(self) -> list[str]:
        """What the runs have found, but for what is gone."""
        names = self._names()
        return [said for name, said in sorted(self.wrong.items()) if name in names]

    def _run(self, claim: Claim) -> tuple[Run, Run]:
        with ThreadPoolExecutor(2) as pool:
            whole, broken = pool.map(self.forks.run, [claim.name] * 2, [claim.source, claim.broken_source])
            return whole, broken

    def _judge(self, noted: Claim, run: Run, broken: Run) -> None:
        """Say on the page what a run has shown, or nothing where it is what was recorded."""
        name = noted.name
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        self.wrong.pop(name, None)
        claim = read_claim(noted.path)
        if not [*compare(claim, run), *compare_broken(claim, broken)]:
            return
        shown = {"output": run.stdout, "drawing": run.drawing}
        if run.error:
            line, how = _stopped(name, run.error)
            remedy = "mend the program or the claim"
            self.wrong[name] = f"snippets/{name}.py:{line}: {how}, so it is no evidence; {remedy}"
            self._note(name, f"**This is no evidence: in line {line}, {how}.**\n\n{_text(run.error)}", **shown)
        elif wrong := why_unbroken(claim, broken):
            self.wrong[name] = wrong[0]
            self._note(name, f"**This is no evidence yet.**\n\n{_text(wrong[0])}", **shown)
        else:
            remedy = f"make record CLAIM={name}"
            self.wrong[name] = f"snippets/{name}.py: not recorded yet; if what it prints is right, run: {remedy}"
            note = f"**Not recorded yet.** This is what the program does now. If it is right, run `{remedy}`."
            self._note(name, note, broken_end=end_of_broken(claim, broken), **shown)

    def _note(self, name: str, note: str, **shown: str | None) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(json.dumps({"note": note} | shown), encoding="utf-8")
        new.replace(self.folder / f"{name}.json")

    def _names(self) -> list[str]:
        return sorted(path.stem for path in (self.root / "snippets").glob("*.py"))

    def _key(self, name: str) -> Any:
        files = ((self.root / "snippets" / name).with_suffix(end) for end in (".py", ".out", ".svg", ".broken"))
        return self.library, [path.read_bytes() if path.exists() else None for path in files]

    def _library_now(self, before: str) -> str:
        try:
            self.wrong.pop("", None)
            return fingerprint.library(self.root)
        except EvidenceError as error:
            self.wrong[""] = str(error)
            return before


def _stopped(name: str, error: str) -> tuple[int, str]:
    """The line of a snippet that a traceback leads to, and in words how it ended there."""
    lines = re.findall(rf'(?:File "{re.escape(name)}\.py", |in )line (\d+)', error)
    kind, _, message = error.strip().splitlines()[-1].partition(": ")
    said = f" ({message})" if message else ""
    how = {"AssertionError": "an assert fails"}.get(kind, f"the program stops with {kind}")
    if kind.startswith("still running"):
        how = kind.partition(",")[0]
    if kind == f"{name}.py":  # of the process, and no error of Python
        return 1, message
    return int(lines[-1]) if lines else 1, how + said


def _text(text: str) -> str:
    return f"``````text\n{text.strip()}\n``````"


class _Strict:
    """The whole site, built in a process of its own: what that says, and when it has ended."""

    def __init__(self, root: Path, said: Path) -> None:
        self.root, self.said = root, said
        self.process: subprocess.Popen[bytes] | None = None
        self.made_of: Any = None
        self.complaints: list[str] = []

    def start(self, made_of: Any) -> None:
        """Build the whole site, as it is made now."""
        self.made_of = made_of
        command = [sys.executable, "-m", "lowerbound_site", "refresh"]
        bare = {name: value for name, value in os.environ.items() if name != TRIED}
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                command, cwd=self.root, env=bare, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )
        if hasattr(os, "setpriority"):  # it is in nobody's way
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, self.process.pid, 10)

    def stop(self) -> None:
        """What is built is old already."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self.process.pid, signal.SIGTERM)
                else:
                    self.process.terminate()
            self.process.wait()
        self.process, self.complaints = None, []

    def finished(self) -> bool:
        """Whether a build has ended that nobody asked about."""
        return self.process is not None and self.process.poll() is not None

    def built(self) -> Any:
        """What the site was made of that has just been built whole; None if none was."""
        if not self.finished():
            return None
        process, self.process = cast(subprocess.Popen[bytes], self.process), None
        if process.returncode:
            self.complaints = self.said.read_text(encoding="utf-8").strip().splitlines()
            return None
        return self.made_of


class _Sheets:
    """The style of the built pages, with our own sheets, as they were `before`, as they are now."""

    def __init__(self, root: Path, site: Path, before: dict[Path, str]) -> None:
        self.root, self.before = root, before
        found = _STYLE.search((site / "404.html").read_text(encoding="utf-8"))
        self.style = found[0] if found else "<style></style>"

    def on(self, page: str) -> str:
        """A page in the style of now, whether it was built or only rendered."""
        style = self.style
        for path, text in packed_sheets(self.root).items():
            if before := self.before.get(path):
                style = style.replace(before, text)
        if 'rel="stylesheet"' in page:
            return lighten.postponed(lighten.styled(page, style))
        return _STYLE.sub(lambda _: style, page, count=1)


def packed_sheets(root: Path) -> dict[Path, str]:
    """Our own sheets as a page holds them."""
    docs, base = root / "docs", urlsplit(f"{site_url()}/").path
    return {path: lighten.packed(path, docs, base) for path in sorted((docs / "assets" / "css").glob("*.css"))}


class _Handler(QuietHandler):
    """Answers at once, with what there is."""

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        self.desk = desk
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Answer with a page, an instrument as its sources are, or a file of the site."""
        path = unquote(urlsplit(self.path).path)
        if path.startswith(_CHANGES):
            seen = path.removeprefix(_CHANGES)
            return self._answer(str(self.desk.newer_than(int(seen or 0))).encode(), "text/plain")
        inside = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        if ".." in Path(inside).parts:
            return self.send_error(http.HTTPStatus.NOT_FOUND)
        if inside.endswith(".html"):
            return self._page(inside)
        if live := self._live(inside):
            return self._answer(live.read_bytes(), mimetypes.guess_type(live.name)[0] or "application/octet-stream")
        if not (self.desk.site / inside).exists() and not path.endswith("/"):
            if (self.desk.shown / inside).is_dir():
                self.send_response(http.HTTPStatus.FOUND)
                self.send_header("Location", f"{path}/")
                return self.end_headers()
            return self._page(inside)
        return super().do_GET()

    def end_headers(self) -> None:
        """Let no browser keep what may have changed."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def _page(self, inside: str) -> None:
        self.desk.ask_for(inside)
        if (page := self.desk.page(inside)) is not None:
            return self._answer(page, "text/html; charset=utf-8")
        missing = self.desk.page("404.html") or b"not found"
        return self._answer(missing, "text/html; charset=utf-8", http.HTTPStatus.NOT_FOUND)

    def _live(self, inside: str) -> Path | None:
        """A file that is served as it is, without a build."""
        if found := _INSTRUMENTS.fullmatch(inside):
            return (elements.modules(self.desk.root) | export(self.desk.root)).get(found[1])
        live = self.desk.root / "docs" / inside
        return live if inside.startswith("assets/") and live.is_file() else None

    def _answer(self, content: bytes, kind: str, status: int = http.HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a browser that went on does not listen any more
            self.wfile.write(content)


def _not_committed(root: Path) -> list[str]:
    """The snippets that differ from the last commit: nobody knows whether their records are of them."""
    command = ["git", "status", "--porcelain", "--", "snippets"]
    with contextlib.suppress(FileNotFoundError):
        said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
        return sorted({Path(line[3:].strip('"')).stem for line in said.splitlines()})
    return []


def _server(first: int = 8000, tried: int = 100) -> http.server.ThreadingHTTPServer:
    """A server that has a port; who asks before the site is there waits for it."""
    for port in range(first, first + tried):
        with contextlib.suppress(OSError):
            return http.server.ThreadingHTTPServer((HOST, port), _Handler)
    raise EvidenceError(f"no free port from {first} to {first + tried - 1}; stop one of the servers there")
