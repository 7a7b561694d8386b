"""Start a new instrument: one that works, is small and in the right form, with its parity test."""

from pathlib import Path

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder
from lowerbound_site.writing.new_files import write_new

_ELEMENT = """\
// The entropy of a coin: how surprising a toss is, on average.

import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { axisSlider } from "./controls/slider.js";
import { number } from "./draw/format.js";
import { entropy } from "./maths/NAME.js";

export const schema = {
  "p": { "from": 0, "to": 1, "step": 0.01, "start": 0.5 }
};

function build(kit) {
  const slider = axisSlider(kit, "p", "probability of heads", { small: 0.01, large: 0.1, page: 0.1 });
  const shown = element("output", { "aria-live": "off" });
  const hand = element("div", { class: "lb-live" }, slider.element, ...kit.tools());
  const stage = element("div", { class: "lb-stage" }, element("p", {}, "entropy ", shown, " nats"), hand);
  return {
    stage,
    paint({ p }) {
      const text = number(entropy(p), 3);
      write(shown, text);
      slider.paint(`entropy ${text} nats`);
      kit.say(`entropy ${text} nats`);
      return { entropy: text };
    },
  };
}

const python = ({ p }) => `from torch import float64, tensor
from torch.special import entr

p = ${p}
entropy = entr(tensor([p, 1 - p], dtype=float64)).sum().item()
print(f"entropy = {entropy:.3f}")
`;

export const start = instrument({ schema, build, python });
"""

_MATHS = """\
// The entropy of a coin, in nats.

/** -sum of p log p over heads and tails; what is impossible adds nothing. */
export const entropy = (p) => -[p, 1 - p].reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);
"""

_TEST = '''\
"""The entropy of a coin in the browser, against torch."""

import pytest
import torch
from torch.special import entr

from .modules import Modules, survivors

pytestmark = pytest.mark.browser

# Wrong in one place each: the check has to notice.
CHANGES = [
    ("maths/NAME.js", "share * Math.log(share)", "Math.log(share)"),
    ("maths/NAME.js", "[p, 1 - p]", "[p, p]"),
]


def check(modules: Modules) -> None:
    p = torch.linspace(0, 1, 1001, dtype=torch.float64)
    script = "const { entropy } = await at('maths/NAME.js'); return states.map((p) => entropy(p))"
    found = modules.run(script, p.tolist())
    assert (torch.tensor(found, dtype=torch.float64) - entr(p) - entr(1 - p)).abs().max() < 1e-9


def test_it_is_what_torch_computes(modules: Modules) -> None:
    check(modules)


def test_every_change_is_noticed(modules: Modules) -> None:
    assert survivors(modules, check, CHANGES) == []
'''


def new_instrument(name: str, root: Path = ROOT) -> str:
    """Write an instrument, its mathematics and its test, never over existing files, and return the next steps."""
    test = root / "tests" / "instruments" / f"test_{name.replace('-', '_')}.py"
    files = {folder(root) / f"{name}.js": _ELEMENT, folder(root) / "maths" / f"{name}.js": _MATHS, test: _TEST}
    write_new(name, {path: text.replace("NAME", name) for path, text in files.items()}, root)
    written = "\n".join(f"  {path.relative_to(root)}" for path in files)
    return f"""\
wrote an instrument that works, to write yours over:
{written}
Next:
  1. Look at it while you write:  .venv/bin/python -m lowerbound_site stage
  2. Test it:  .venv/bin/python -m pytest tests/instruments -k "{name} or {test.stem}"
  3. Put it on a page, on a line of its own:  {{{{ instrument: {name} | What to do, in a sentence. }}}}
  4. Record its first picture:  .venv/bin/python -m lowerbound_site record-instruments"""
