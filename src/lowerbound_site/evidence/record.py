"""Record what snippets print and draw, and compare a run with its record.

A record is written only when the snippet keeps its word: it runs, prints the same in every environment, prints no digit
that another machine could flip, and breaks as its docstring says.
"""

import ast
import base64
import difflib
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageChops

from lowerbound_site.evidence.claims import ROOT, Claim, EvidenceError, read_claim, read_claims
from lowerbound_site.evidence.colours import COLOURS
from lowerbound_site.evidence.run import ENVIRONMENTS, Run, run_fresh, run_warm

_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![\d.])\d+(?!\.?\d)")
_COLOUR = re.compile(r"(?<=[:\" ])#[0-9a-fA-F]{6}\b")
_IMAGE = re.compile(r"data:image/\w+;base64,")
_DIGITS = 7  # of a whole number in float32
_LAST = 6  # lines that are kept of what a broken program prints
PRINTS_ANOTHER = (
    "prints something else each time it runs; set a seed, as in torch.Generator().manual_seed(0), and draw from it"
)
_LARGEST = 200  # KB of a figure
_POINTS, _LEVELS = 0.02, 2  # how far coordinates and pixels may move on another processor


def record(names: list[str], root: Path = ROOT) -> list[str]:
    """Record the named snippets (all when none is named), say what changed, and return the complaints."""
    claims = {name: read_claim(root / "snippets" / f"{name}.py") for name in names} or read_claims(root)
    complaints = []
    for name, (run, broken, wrong) in _try(claims).items():
        complaints += wrong
        if not wrong:
            print(f"{name}: {_write(claims[name], run, broken)}", flush=True)
    return complaints


def _try(claims: Mapping[str, Claim]) -> dict[str, tuple[Run, Run, list[str]]]:
    """Run every claim in every environment and broken; return the reader's run, the broken one, and what is wrong."""
    sources = {name: claim.source for name, claim in claims.items()}
    broken = {f"{name} broken": claim.broken_source for name, claim in claims.items()}
    with ThreadPoolExecutor(2) as pool:
        probed = pool.submit(run_warm, sources | broken, "one-thread", True)
        others = {name: pool.submit(run_warm, sources, name) for name in ENVIRONMENTS if name != "one-thread"}
        fresh = dict(zip(sources, pool.map(run_fresh, sources, sources.values()), strict=True))
    warm = {"one-thread": probed.result()} | {name: runs.result() for name, runs in others.items()}
    tried = {}
    for name, claim in claims.items():
        run, its_broken = fresh[name], warm["one-thread"][f"{name} broken"]
        wrong = list(_refusals(claim, run, warm["one-thread"][name]))
        if not wrong:
            wrong += why_unbroken(claim, its_broken)
            disagreements = (_disagreement(claim, where, run, runs[name]) for where, runs in warm.items())
            wrong += next(filter(None, map(list, disagreements)), [])  # one environment tells enough
        tried[name] = run, its_broken, wrong
    return tried


def _refusals(claim: Claim, run: Run, probed: Run) -> Iterator[str]:
    place = f"snippets/{claim.name}.py"
    if run.error:
        yield f"{place}: does not run:\n{run.error}"
        return
    if not run.stdout.endswith("\n"):
        yield f"{place}: prints nothing to record; print what the claim is about as `name = value`"
    if foreign := "".join(sorted({letter for letter in run.stdout if not letter.isascii()})):
        yield f"{place}: prints {foreign}, which not every console can write (Windows'); print ASCII, such as KL(q||p)"
    if claim.alt and not run.drawing:
        yield f'{place}: does not save its figure; write fig.savefig("{claim.name}.svg")'
    if run.drawing and (size := len(run.drawing) / 1000) > _LARGEST:
        yield f"{place}: its figure has {size:.0f} KB, at most {_LARGEST} are allowed; draw fewer points"
    if run.drawing and (others := sorted({colour.lower() for colour in _COLOUR.findall(run.drawing)} - COLOURS.keys())):
        yield (
            f"{place}: its figure has colours that do not follow the page, {', '.join(others)}; use lowerbound.plots' "
            "(#cccccc is the frame of a legend: frameon=False)"
        )
    yield from (f"{place}: unsteady digit, {unsteady}" for unsteady in probed.unsteady)


def _disagreement(claim: Claim, environment: str, run: Run, other: Run) -> Iterator[str]:
    place = f"snippets/{claim.name}.py"
    if other.error:
        yield f"{place}: does not run in the environment {environment}, where a warning is an error:\n{other.error}"
    elif other.stdout != run.stdout and environment == "one-thread":  # as it ran alone
        yield f"{place}: {PRINTS_ANOTHER}"
    elif other.stdout != run.stdout:
        diff = _diff(run.stdout, other.stdout, "alone", environment)
        yield f"{place}: prints something else in the environment {environment}; print fewer digits or a bound:\n{diff}"
    elif run.drawing and (how := drawings_differ(run.drawing, other.drawing or "")):
        yield f"{place}: draws something else in the environment {environment}: {how}"


def _write(claim: Claim, run: Run, broken: Run) -> str:
    changed = []
    if claim.output != run.stdout:
        claim.output_path.write_text(run.stdout, encoding="utf-8")
        changed.append(claim.output_path.name)
    if run.drawing and (claim.drawing is None or drawings_differ(claim.drawing, run.drawing)):
        claim.figure_path.write_text(run.drawing, encoding="utf-8")
        changed.append(claim.figure_path.name)
    if claim.broken_end is None or not _same_end(claim.broken_end, end_of_broken(claim, broken)):
        claim.broken_path.write_text(end_of_broken(claim, broken), encoding="utf-8")
        changed.append(claim.broken_path.name)
    if claim.drawing is not None and not claim.alt:
        claim.figure_path.unlink()
        changed.append(f"{claim.figure_path.name} (removed)")
    return f"recorded {', '.join(changed)}" if changed else "unchanged"


def compare(claim: Claim, run: Run) -> list[str]:
    """Return what differs between a run and the record, with what to do about it."""
    remedy = f"if the new one is right, run: make record CLAIM={claim.name}; if not, mend the snippet or the library"
    if run.error:
        return [f"snippets/{claim.name}.py: does not run:\n{run.error}"]
    try:
        claim.require_record()
    except EvidenceError as missing:
        return [str(missing)]
    complaints = []
    if claim.output != run.stdout:
        diff = _diff(claim.output or "", run.stdout, "recorded", "printed now")
        complaints.append(f"snippets/{claim.name}.out: the record differs from this run; {remedy}\n{diff}")
    if claim.alt and (how := drawings_differ(claim.drawing or "", run.drawing or "")):
        complaints.append(f"snippets/{claim.name}.svg: the record differs from this run: {how}; {remedy}")
    return complaints


def why_unbroken(claim: Claim, broken: Run) -> list[str]:
    """Return why the broken snippet is no evidence; nothing if its own assert failed, in digits that stay."""
    place = f"snippets/{claim.name}.py: after 'Break it: {claim.break_from} -> {claim.break_to}'"
    if broken.failed_at:
        long = next((number for number in _WHOLE.findall(broken.stdout) if len(number) > _DIGITS), None)
        return [f"{place} it prints {long}, more digits than another machine repeats; print :.4g"] if long else []
    if broken.error is None:
        return [f"{place} nothing fails, so the asserts do not test the claim; strengthen them"]
    return [f"{place} it stops, but not by an assert of its own; break the mathematics only:\n{broken.error}"]


def end_of_broken(claim: Claim, broken: Run) -> str:
    """What a reader sees of a broken program: the last lines that it prints, and the assert that fails."""
    printed = broken.stdout.splitlines()
    tree = ast.parse(claim.broken_source)
    failed = next(node for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.lineno == broken.failed_at)
    condition = " ".join((ast.get_source_segment(claim.broken_source, failed.test) or "").split())
    said = f"AssertionError: {broken.message}" if broken.message else "AssertionError"
    lines = [*(["..."] if len(printed) > _LAST else []), *printed[-_LAST:]]
    return "\n".join([*lines, f"line {broken.failed_at}: assert {condition}", said, ""])


def compare_broken(claim: Claim, broken: Run) -> list[str]:
    """Return what differs between a run of the broken program and the record of its end."""
    if wrong := why_unbroken(claim, broken):
        return wrong
    ends = claim.broken_end or "", end_of_broken(claim, broken)
    if _same_end(*ends):
        return []
    remedy = f"if the new one is right, run: make record CLAIM={claim.name}"
    diff = _diff(*ends, "recorded", "broken now")
    return [f"snippets/{claim.name}.broken: the record differs from this run; {remedy}\n{diff}"]


def _same_end(one: str, other: str) -> bool:
    """Whether two ends differ by no more than two units of a last printed decimal.

    A broken program was not made to print steady digits.
    """
    if _NUMBER.sub("0", one) != _NUMBER.sub("0", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(left == right or abs(Decimal(left) - Decimal(right)) <= 2 * _last_digit(left) for left, right in pairs)


def _last_digit(number: str) -> Decimal:
    """What one more in the last decimal adds; nothing for a whole number."""
    exponent = Decimal(number).as_tuple().exponent
    return Decimal(10) ** int(exponent) if "." in number else Decimal(0)


def drawings_differ(one: str, other: str) -> str | None:
    """Say how two SVGs differ beyond what another processor's rounding does; None when they do not."""
    try:
        pair = _plain(one), _plain(other)
    except ET.ParseError:
        return "one of the two is no SVG"
    elements = [list(tree.iter()) for tree in pair]
    if len(elements[0]) != len(elements[1]):
        return f"{len(elements[0])} elements against {len(elements[1])}"
    for left, right in zip(*elements, strict=True):
        if left.tag != right.tag or left.attrib.keys() != right.attrib.keys() or _text(left) != _text(right):
            return f"{_shown(left)} against {_shown(right)}"
        for key, value in left.attrib.items():
            if not same(value, right.attrib[key]):
                return f"{key} of {_shown(left)}: {value[:60]!r} against {right.attrib[key][:60]!r}"
    return None


def _plain(svg: str) -> ET.Element:
    """The tree, with ids that matplotlib makes from coordinates replaced by their order of appearance."""
    names: dict[str, str] = {}
    for identifier in re.findall(r'\bid="([^"]+)"', svg):
        names.setdefault(identifier, f"id-{len(names)}")
    svg = re.sub(r'\bid="([^"]+)"', lambda found: f'id="{names[found[1]]}"', svg)
    svg = re.sub(r"#([\w.-]+)(?=[\")])", lambda found: f"#{names.get(found[1], found[1])}", svg)
    return ET.fromstring(svg)


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()


def _shown(element: ET.Element) -> str:
    return f"<{element.tag.rpartition('}')[2]}> {_text(element)}".strip()


def same(one: str, other: str) -> bool:
    """Whether two values of an attribute differ by no more than another processor's rounding."""
    if _IMAGE.match(one) and _IMAGE.match(other):
        return _same_image(one, other)
    if one == other:  # a colour such as #6e7781 reads as a number too large for its difference
        return True
    if _NUMBER.sub("0", one) != _NUMBER.sub("0", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(abs(float(left) - float(right)) <= _POINTS for left, right in pairs)


def _same_image(one: str, other: str) -> bool:
    left, right = (
        Image.open(io.BytesIO(base64.b64decode(_IMAGE.sub("", data)))).convert("RGBA") for data in (one, other)
    )
    if left.size != right.size:
        return False
    return max(ImageChops.difference(left, right).tobytes()) <= _LEVELS


def _diff(one: str, other: str, one_name: str, other_name: str) -> str:
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), one_name, other_name, lineterm="", n=0)
    return "\n".join(f"    {line}" for line in lines if not line.startswith("@@"))
