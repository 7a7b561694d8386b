"""Check one claim, in seconds: what `make test` would say about it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lowerbound_site.claims import ROOT, EvidenceError, read_claim
from lowerbound_site.expand import read_pages
from lowerbound_site.record import compare, compare_broken
from lowerbound_site.run import run_fresh, run_warm


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
            _verdict("runs alone and matches its record", compare(claim, alone.result())),
            _verdict(
                f"breaks as recorded: {claim.break_from} -> {claim.break_to}",
                compare_broken(claim, broken.result()[name]),
            ),
        ]
    places = [f"docs/{page.path}" for page in read_pages(root) if name in page.claims]
    print(f"stands on {', '.join(places)}" if places else f"to do: write {{{{ claim: {name} }}}} on a page")
    return all(verdicts)


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
