"""Start a new claim: write a snippet that is complete, small and in the right form."""

from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, parse
from lowerbound_site.writing.new_files import write_new

# A claim that holds, so that the first `make check` of a newcomer succeeds; theirs takes its place.
_SCAFFOLD = '''\
"""The KL divergence of a distribution from itself is 0, and from any other one it is above 0.

Kind: identity
Break it: q.log() - p.log() -> p.log() - q.log()
"""

import torch

q = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
p = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)

kl = (q * (q.log() - p.log())).sum()
print(f"kl = {kl:.4f}")

itself = (q * (q.log() - q.log())).sum()
assert kl > 0, f"expected a KL above 0, not {kl}"
assert itself == 0, f"expected 0 from itself, not {itself}"
'''


def new_claim(name: str, root: Path = ROOT) -> str:
    """Write snippets/NAME.py, never over an existing one, and return the next steps."""
    path = root / "snippets" / f"{name}.py"
    parse(path, _SCAFFOLD)
    write_new(name, {path: _SCAFFOLD}, root)
    return f"""\
wrote snippets/{name}.py, a complete claim to write yours over. Next:
  1. Put your claim in its place: the sentence, its kind, the program, the asserts, how to break it.
  2. Record and check it:  make record CLAIM={name}  and  make check CLAIM={name}
  3. Show it on a page, with this line alone between two empty lines:  {{{{ claim: {name} }}}}"""
