"""Check what changed since main, or one page or claim, in seconds: what `make test` would say about it."""

import contextlib
import io
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, Claim, EvidenceError, read_claim
from lowerbound_site.evidence.record import PRINTS_ANOTHER, compare, compare_broken
from lowerbound_site.evidence.run import Run, run_fresh, run_warm
from lowerbound_site.pages import prose
from lowerbound_site.pages.expand import Page, expand, read_pages
from lowerbound_site.pages.explanations import FOLDER, read_explanations
from lowerbound_site.writing.new_text import unwritten
from lowerbound_site.writing.some_pages import SomePages

_AS_MEANT = "reads as it is meant, and its links lead somewhere"
_NAMED = 5  # files, before the rest is counted


def check_changes(root: Path = ROOT) -> bool:
    """Check every page, claim, instrument and module of the library that differs from main; whether all hold."""
    changed = changes(root)
    if not changed:
        print("nothing differs from main")
        return True
    written = [*(page.path for page in read_pages(root)), *(found.path for found in read_explanations(root))]
    written = [f"docs/{path}" for path in written]
    holds = [check_page(path, root) for path in written if path in changed]
    for name in sorted({Path(path).stem for path in changed if path.startswith("snippets/")}):
        print(f"snippets/{name}.py")
        holds.append(check(name, root))
    tested = {path: test for path in changed if (test := _test_of(path, root))}
    if tests := sorted({*tested.values()}):
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        holds.append(_verdict(", ".join(tests), [ended.stdout + ended.stderr] if ended.returncode else []))
    seen = {*written, *tested, *tests}
    if left := [path for path in changed if path not in seen and not path.startswith("snippets/")]:
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        print(f"what else differs from main, only make test checks: {', '.join(left[:_NAMED])}{more}")
    return all(holds)


def changes(root: Path = ROOT) -> list[str]:
    """The files that differ from main, committed or not, as paths from the root."""

    def git(*words: str) -> list[str]:
        ended = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        return [] if ended.returncode else ended.stdout.splitlines()

    base = next(filter(None, (git("merge-base", "HEAD", main) for main in ("origin/main", "main"))), ["HEAD"])
    new = git("ls-files", "--others", "--exclude-standard")
    return sorted({*git("diff", "--name-only", base[0]), *new})


def _test_of(path: str, root: Path) -> str | None:
    """The test of a module of the library, of an instrument or its mathematics, or of a sketch."""
    place = Path(path)
    if place.parent.name == "sketches":
        colours = "tests/pages/test_colours.py"
        return colours if (root / colours).exists() else None
    folder = {"lowerbound": "library", "instruments": "instruments", "maths": "instruments"}.get(place.parent.name)
    test = f"tests/{folder}/test_{place.stem.replace('-', '_')}.py"
    return test if folder and place.suffix in (".py", ".js") and (root / test).exists() else None


def check_page(path: str, root: Path = ROOT) -> bool:
    """Print what is wrong with one page or explanation; whether nothing is."""
    path = path.removeprefix("docs/")
    if path.startswith(f"{FOLDER}/"):
        return _check_explanation(path, root)
    page = next((page for page in read_pages(root) if page.path == path), None)
    if page is None:
        return _verdict(f"docs/{path}", ["there is no such page; name it as docs/questions/verdict.md"])
    holds = _verdict(f"docs/{path} {_AS_MEANT}", _wrong_on(page, root))
    _say_what_is_unwritten(path, page.text)
    return holds


def _check_explanation(path: str, root: Path) -> bool:
    explanation = next((found for found in read_explanations(root) if found.path == path), None)
    if explanation is None:
        return _verdict(f"docs/{path}", [f"there is no such explanation; name it as docs/{FOLDER}/my-picture.md"])
    pages = [page for page in read_pages(root) if explanation.claim in page.claims]
    complaints = prose.check_explanation(explanation, root)
    own = f"docs/{path}:"
    complaints += [said for page in pages for said in _wrong_on(page, root) if said.startswith(own)]
    holds = _verdict(f"docs/{path} {_AS_MEANT}", list(dict.fromkeys(complaints)))
    if pages:
        print(f"is shown on {', '.join(f'docs/{page.path}' for page in pages)}")
    _say_what_is_unwritten(path, explanation.text)
    return holds


def _say_what_is_unwritten(path: str, text: str) -> None:
    """A first version builds and holds as it is; that it is one is said, and not counted against it."""
    if numbers := list(unwritten(text)):
        lines = f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
        print(f"to do: docs/{path} still says what make new wrote, in {lines}")


def _wrong_on(page: Page, root: Path) -> list[str]:
    complaints = prose.check_page(page)
    try:
        expand(page.text, root, f"docs/{page.path}")
    except EvidenceError as error:
        complaints += str(error).splitlines()
    if (root / "mkdocs.yml").exists():
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            some = SomePages(root, Path(folder))
            some.render({page.path}, Path(folder, "shown"))
            complaints += some.warned.get(page.path, [])
    return list(dict.fromkeys(complaints))


def check(name: str, root: Path = ROOT) -> bool:
    """Print a verdict for each thing that a claim must be; return whether all hold."""
    path = root / "snippets" / f"{name}.py"
    try:
        claim = read_claim(path)
    except EvidenceError as error:
        return _verdict("is a snippet in the right form", [str(error)])
    with ThreadPoolExecutor(2) as pool:
        alone = pool.submit(run_fresh, name, claim.source)
        broken = pool.submit(run_warm, {name: claim.broken_source})
        verdicts = [
            _verdict(f"is a snippet in the right form, of the kind {claim.kind}", []),
            _verdict("is clean for ruff", _lint(path)),
            _verdict("runs alone and matches its record", _unlike_its_record(claim, alone.result())),
            _verdict(
                f"breaks as recorded: {claim.break_from} -> {claim.break_to}",
                compare_broken(claim, broken.result()[name]),
            ),
        ]
    pages = [page for page in read_pages(root) if name in page.claims]
    places = [f"docs/{page.path}" for page in pages]
    if wrong := [complaint for page in pages for complaint in _wrong_on(page, root)]:
        verdicts.append(_verdict("stands on a page that can be read", wrong))
    print(f"stands on {', '.join(places)}" if places else f"to do: write {{{{ claim: {name} }}}} on a page")
    return all(verdicts)


def _unlike_its_record(claim: Claim, run: Run) -> list[str]:
    """What differs from the record; or else, where it differs from itself, that."""
    complaints = compare(claim, run)
    if complaints and not run.error and run_fresh(claim.name, claim.source).stdout != run.stdout:
        return [f"snippets/{claim.name}.py: {PRINTS_ANOTHER}"]
    return complaints


def _lint(path: Path) -> list[str]:
    complaints = []
    for command in (["check", "--quiet"], ["format", "--diff", "--quiet"]):
        ended = subprocess.run(
            [sys.executable, "-m", "ruff", *command, path], capture_output=True, text=True, check=False
        )
        if ended.returncode:
            complaints.append(ended.stdout + ended.stderr)
    return complaints


def _verdict(what: str, complaints: list[str]) -> bool:
    print(f"{'FAILS' if complaints else 'ok   '} {what}", *complaints, sep="\n      ", flush=True)
    return not complaints
