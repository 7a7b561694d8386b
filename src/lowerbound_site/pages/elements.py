"""Instruments: pictures that the reader moves, from their sources to a page.

The sources are plain ES modules under src/lowerbound_site/instruments/:

    maths/      pure functions, no document: what the tests compare with the library
    draw/       what is seen of a state
    controls/   sliders, buttons, the state in the address
    NAME.js     one instrument; docs/assets/js/instruments.js says what such a module exports
    recorded/   each instrument's first picture, which `python -m lowerbound_site record-instruments` writes

`{{ instrument: NAME | caption }}` puts one on a page, `{{ instrument: NAME?key=value | caption }}` in a state of its
own. The page holds the recorded picture, so it stands there without JavaScript too. The modules are served with their
data (trained.instrument_data) in a folder whose name is a digest of both: no reader ever mixes two versions.

A link to `#~NAME?key=value` sets the instrument NAME of the page that it leads to. What it says is checked against the
schema: the JSON literal behind `export const schema =` in NAME.js. A value there is a number between two bounds
(`{"from": -3, "to": 3, "step": 0.01, "start": 0}`), one of several words (`{"of": ["open", "closed"], "start":
"open"}`) or so many bits as hexadecimal digits (`{"bits": 64, "start": ""}`, empty for none).
"""

import difflib
import functools
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from lowerbound_site.evidence.claims import ROOT, EvidenceError
from lowerbound_site.trained import instrument_data

_SCHEMA = re.compile(r"^export const schema = (\{.*?^\});$", re.MULTILINE | re.DOTALL)
_STATE_LINK = re.compile(r"\[([^\[\]]+)\]\((?P<page>[^()\s#]*)#~(?P<name>[\w-]+)(?:\?(?P<state>[^()\s]*))?\)")
_PLACE = re.compile(r"<lb-instrument\b[^>]*></lb-instrument>")
_ATTRIBUTE = re.compile(r'\bdata-([\w-]+)="([^"]*)"')
_LOOK = re.compile(r"^export const STYLE = `([^`]*)`;$", re.MULTILINE)
_LINK = re.compile(r'<a (?=[^>]*\bdata-state="([^"]+)")(?=[^>]*\bhref="([^"#]*)")[^>]*>')


def folder(root: Path = ROOT) -> Path:
    """Where the sources are."""
    return root / "src" / "lowerbound_site" / "instruments"


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module that is served, by its path from the served folder."""
    return {path.relative_to(folder(root)).as_posix(): path for path in sorted(folder(root).rglob("*.js"))}


def version(root: Path = ROOT) -> str:
    """A digest of everything that is served: the name of its folder."""
    paths = [*modules(root).values(), *instrument_data.made_of(root)]
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.exists())
    return _digest(stamps)


@functools.lru_cache(maxsize=4)
def _digest(stamps: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in stamps:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def schema(name: str, root: Path = ROOT) -> Mapping[str, Any]:
    """What the state of an instrument consists of."""
    known = [path.stem for path in folder(root).glob("*.js")]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        raise EvidenceError(f"names no instrument{f'; nearest is {close[0]!r}' if close else ''}")
    found = _SCHEMA.search((folder(root) / f"{name}.js").read_text(encoding="utf-8"))
    try:
        read: Mapping[str, Any] = json.loads(found[1]) if found else {}
    except json.JSONDecodeError as error:
        raise EvidenceError(f"instruments/{name}.js: its schema is not JSON ({error})") from None
    return read


def check_state(name: str, state: str, root: Path = ROOT) -> None:
    """Raise unless `state`, such as `z1=0.5&view=open`, is one that the instrument can be in."""
    known = schema(name, root)
    for key, value in parse_qsl(state, keep_blank_values=True, strict_parsing=bool(state)):
        if key not in known:
            raise EvidenceError(f"sets {key!r}, which {name} does not have; it has {', '.join(known)}")
        if wrong := _wrong(known[key], value):
            raise EvidenceError(f"sets {key}={value}, but {key} is {wrong}")


def _wrong(kind: Mapping[str, Any], value: str) -> str:
    if "of" in kind:
        return "" if value in kind["of"] else f"one of {', '.join(kind['of'])}"
    if "bits" in kind:
        digits = kind["bits"] // 4
        return "" if re.fullmatch(rf"(?:[0-9a-f]{{{digits}}})?", value) else f"{digits} hexadecimal digits, or nothing"
    try:
        inside = kind["from"] <= float(value) <= kind["to"]
    except ValueError:
        inside = False
    return "" if inside else f"a number from {kind['from']} to {kind['to']}"


def element(name: str, start: str, caption: str, root: Path = ROOT) -> str:
    """Return the place of an instrument, with its caption; `fill` puts its recorded picture in."""
    check_state(name, start, root)
    recorded(name, start, root)
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    attributes = f'data-name="{name}" data-start="{html.escape(start)}" data-version="{version(root)}"'
    # The search finds its caption, and not every number in its picture.
    place = f"<lb-instrument {attributes} data-search-exclude></lb-instrument>"
    return f'<figure class="lb-figure lb-moves">{place}{below}</figure>'


def fill(page: str, root: Path = ROOT) -> str:
    """Put recorded pictures into their places, and states behind the addresses of the links that set them."""

    def picture(place: re.Match[str]) -> str:
        told = {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(place[0])}
        opening = place[0].removesuffix("</lb-instrument>")
        return f"{opening}{recorded(told['name'], told['start'], root)}</lb-instrument>"

    return _LINK.sub(lambda link: f'<a href="{link[2]}#~{link[1]}">', _PLACE.sub(picture, page))


def recorded(name: str, start: str = "", root: Path = ROOT) -> str:
    """The first picture of an instrument in the state that it starts in."""
    path = recorded_path(name, start, root)
    if not path.exists():
        raise EvidenceError("has no recorded picture; record it with: python -m lowerbound_site record-instruments")
    text = path.read_text(encoding="utf-8").strip()
    for mark, style in looks(root).items():
        text = text.replace(mark, style)
    return text


def looks(root: Path = ROOT) -> dict[str, str]:
    """Each style that comes with an instrument, by what stands for it in a recorded picture."""
    return {
        f'<style data-of="{path.stem}"></style>': f"<style>{found[1]}</style>"
        for path in sorted((folder(root) / "draw").glob("*-style.js"))
        if (found := _LOOK.search(path.read_text(encoding="utf-8")))
    }


def recorded_path(name: str, start: str = "", root: Path = ROOT) -> Path:
    """Where that picture stands."""
    return folder(root) / "recorded" / f"{'.'.join([name, *start.split('&')]) if start else name}.html"


def states_linked(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Every link of a Markdown text, from `start` on, that sets an instrument."""
    return _STATE_LINK.finditer(text, start)


def state_link(found: re.Match[str], root: Path = ROOT) -> str:
    """Write such a link so that the site's checks of anchors, which know nothing of states, let it pass."""
    words, page, name, state = found[1], found["page"], found["name"], found["state"] or ""
    check_state(name, state, root)
    target = html.escape(f"{name}?{state}" if state else name)
    return f'[{words}]({page}){{: data-state="{target}" }}' if page else f'<a href="#~{target}">{words}</a>'
