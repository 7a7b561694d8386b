"""Which programs are tried how, where a change waits for it. `make more` tries all of them in both ways."""

from lowerbound_site.evidence.claims import ROOT

NAMES = sorted(path.stem for path in (ROOT / "snippets").glob("*.py"))
IN_A_NOTEBOOK = set(NAMES[::4])  # on another machine, imitated; the others alone, with the wheel
