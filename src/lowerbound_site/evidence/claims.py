"""Read snippets: one file is one claim and its evidence.

A snippet's docstring says the claim, its kind, how to break it, what its figure shows and which helpers a page may fold
away; its code prints and asserts. Beside it lies what it printed when it was recorded (`NAME.out`), what it drew
(`NAME.svg`) and how it ends when it is broken (`NAME.broken`). Reading imports nothing heavy: building the site never
runs a snippet.
"""

import ast
import codeop
import io
import json
import os
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[3]

KINDS: Mapping[str, str] = {
    "identity": "True by algebra. Running it tests the code and makes the identity concrete.",
    "computation": "One given case is worked out: by two independent routes where there are two, and they meet.",
    "experiment": "Something was trained or sampled. It holds over at least five seeds, and the spread is shown.",
}
# What a reader has who installed the library.
PACKAGES = sys.stdlib_module_names | {"lowerbound", "torch", "numpy", "scipy", "sklearn", "matplotlib", "tqdm"}
LONGEST = 45
LONGEST_SENTENCE = 108

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELD = re.compile(r"^(Kind|Break it|Figure|Fold):[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
# Names a folder, while the site is served: what snippets did when they were saved, not recorded yet, as NAME.json.
TRIED = "LOWERBOUND_TRIED"

_HIDDEN = "\0"
_RECORDS = (".out", ".svg", ".broken")


class EvidenceError(Exception):
    """Something about a snippet or a page is wrong; the message says where, and what to do."""


@dataclass(frozen=True)
class Claim:
    """A snippet, read and checked; what was recorded of it is None before the first time.

    Where a `note` says why, the output, the drawing and the end are of a run that is no record.
    """

    path: Path
    source: str
    sentence: str
    kind: str
    break_from: str
    break_to: str
    alt: str | None
    folds: tuple[str, ...]
    broken_source: str
    output: str | None
    drawing: str | None
    broken_end: str | None
    note: str = ""

    @property
    def name(self) -> str:
        """The file's name without `.py`; the claim's address everywhere."""
        return self.path.stem

    @property
    def output_path(self) -> Path:
        """Where the recorded output stands."""
        return self.path.with_suffix(".out")

    @property
    def figure_path(self) -> Path:
        """Where the recorded figure stands, if the snippet draws one."""
        return self.path.with_suffix(".svg")

    @property
    def broken_path(self) -> Path:
        """Where the recorded end of the broken snippet stands."""
        return self.path.with_suffix(".broken")

    @property
    def values(self) -> dict[str, str]:
        """What was printed as `name = value`, by name."""
        return _values(self.output_path, self.output or "")

    def require_record(self) -> "Claim":
        """Return the claim itself if all that it should have recorded is there, or say what to run."""
        if self.note:
            return self
        if self.output is None:
            raise EvidenceError(f"{_shown(self.output_path)}: missing; {_how_to_record(self.name)}")
        if self.alt is not None and self.drawing is None:
            raise EvidenceError(f"{_shown(self.figure_path)}: missing; {_how_to_record(self.name)}")
        if self.broken_end is None:
            raise EvidenceError(f"{_shown(self.broken_path)}: missing; {_how_to_record(self.name)}")
        return self


def read_claims(root: Path = ROOT) -> dict[str, Claim]:
    """Read every snippet under `root`, by name. Fast when called again: only files that changed are read."""
    paths = sorted((root / "snippets").glob("*.py"))
    claims = {path.stem: read_claim(path) for path in paths}
    for record in sorted(path for path in (root / "snippets").glob("*") if path.suffix in _RECORDS):
        if record.stem not in claims:
            raise EvidenceError(
                f"{_shown(record)}: recorded for a snippet that is not there; delete it, or write {record.stem}.py"
            )
    return claims


def read_claim(path: Path) -> Claim:
    """Read one snippet with its record, or raise an `EvidenceError` that names file, line and remedy."""
    tried = Path(folder, f"{path.stem}.json") if (folder := os.environ.get(TRIED)) else None
    files = (path, *(path.with_suffix(suffix) for suffix in _RECORDS), *([tried] if tried else []))
    return _read(path, tried, tuple(_stamp(file) for file in files))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=1024)
def _read(path: Path, tried: Path | None, stamps: tuple[tuple[int, int] | None, ...]) -> Claim:
    if stamps[0] is None:
        raise EvidenceError(f"{_shown(path)}: no such snippet; write it, or start with: make new CLAIM={path.stem}")
    recorded = [
        path.with_suffix(suffix).read_text(encoding="utf-8") if stamp else None
        for suffix, stamp in zip(_RECORDS, stamps[1:4], strict=True)
    ]
    source = path.read_bytes().decode()
    if "\r" in source:
        raise _wrong(path, 1, "its lines end as on Windows (CRLF)", "save it with lines that end in LF alone")
    claim = parse(path, source, *recorded)
    if tried and stamps[4]:
        claim = replace(claim, **json.loads(tried.read_text(encoding="utf-8")))
    _values(claim.output_path, claim.output or "")
    return claim


def parse(
    path: Path, source: str, output: str | None = None, drawing: str | None = None, broken_end: str | None = None
) -> Claim:
    """Check a snippet's source and take it apart."""
    if not _NAME.fullmatch(path.stem):
        raise _wrong(path, 1, "the file's name is the claim's address", "use lower-case words joined by hyphens")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise _wrong(path, error.lineno or 1, f"not Python: {error.msg}", "mend the syntax") from None
    doc = ast.get_docstring(tree)
    if not doc:
        raise _wrong(path, 1, "no docstring", "begin with the claim in one sentence, then Kind: and Break it:")
    sentence = doc.split("\n", 1)[0].strip()
    if len(sentence) > LONGEST_SENTENCE or not sentence.endswith((".", "?", "!")):
        raise _wrong(
            path,
            1,
            "the docstring's first line must be the whole claim, one sentence with its full stop",
            f"at most {LONGEST_SENTENCE} characters (now {len(sentence)})",
        )
    fields = _fields(path, source, doc)
    kind = fields.get("Kind", "")
    if kind not in KINDS:
        raise _wrong(
            path,
            _line_of(source, "Kind:"),
            f"the kind is {kind!r}" if kind else "no kind",
            f"add a line to the docstring: Kind: {' | '.join(KINDS)} (one of them)",
        )
    _check_code(path, source, tree)
    alt = fields.get("Figure")
    _check_figure(path, source, tree, alt)
    break_from, break_to, broken = _break(path, source, tree, fields.get("Break it"))
    folds = tuple(name.strip() for name in fields.get("Fold", "").split(",") if name.strip())
    return Claim(path, source, sentence, kind, break_from, break_to, alt, folds, broken, output, drawing, broken_end)


def _fields(path: Path, source: str, doc: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for found in _FIELD.finditer(doc):
        if found[1] in fields:
            raise _wrong(
                path, _line_of(source, f"{found[1]}:"), f"the docstring says '{found[1]}:' twice", "keep one of them"
            )
        fields[found[1]] = " ".join(found[2].split()) if found[1] == "Figure" else found[2].strip()
    return fields


def _check_code(path: Path, source: str, tree: ast.Module) -> None:
    docstring_end = tree.body[0].end_lineno or 1
    nodes = list(ast.walk(tree))
    asserts = [node for node in nodes if isinstance(node, ast.Assert)]
    sentences = sum((node.end_lineno or 0) - (node.test.end_lineno or 0) for node in asserts)  # what asserts say
    length = sum(bool(line.strip()) for line in source.splitlines()[docstring_end:]) - sentences
    if length > LONGEST:
        raise _wrong(
            path,
            docstring_end + 1,
            f"{length} lines of code, at most {LONGEST} are allowed",
            "split the claim in two",
        )
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == "__name__":
            raise _wrong(path, node.lineno, "a main guard", "remove it: a snippet runs from top to bottom")
        if (name := _running_extreme(node)) is not None:
            raise _wrong(
                path,
                getattr(node, "lineno", 1),
                f"{name} keeps the largest or smallest so far, and where nothing is compared, where it begins passes",
                "collect the values in a list: the max of an empty list is an error",
            )
        if foreign := [package for package in _imported(node) if package not in PACKAGES]:
            line = getattr(node, "lineno", 1)
            remedy = f"use only Python's own and {', '.join(sorted(PACKAGES - sys.stdlib_module_names))}"
            raise _wrong(path, line, f"a reader does not have {foreign[0]}", remedy)
    for node in asserts:
        if node.msg is None:
            raise _wrong(
                path,
                node.lineno,
                "an assert that says nothing when it fails",
                'say in a sentence, with its numbers, what was expected: assert gap < 1, f"expected under 1: {gap}"',
            )
    if not asserts:
        raise _wrong(path, docstring_end + 1, "no assert", "the asserts are the claim: add at least one")
    if line := _where_a_prompt_stumbles(source):
        raise _wrong(
            path,
            line,
            "pasted into a plain Python prompt, it stops here, where an empty line ends a block and nothing else does",
            "leave an empty line after every block of the program, and none within one",
        )


def _where_a_prompt_stumbles(source: str) -> int | None:
    """The first line that Python's prompt does not understand when it is given the program line by line."""
    given: list[str] = []
    for number, line in enumerate(source.splitlines(), 1):
        given.append(line)
        try:
            if codeop.compile_command("\n".join(given), symbol="single"):
                given.clear()
        except SyntaxError:
            return number
    return None


def _running_extreme(node: ast.AST) -> str | None:
    """The name in `name = max(name, ...)`, or with min."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="max" | "min"), args=[*values])
        ) if any(isinstance(value, ast.Name) and value.id == name for value in values):
            return name
    return None


def _imported(node: ast.AST) -> list[str]:
    """The packages that a statement imports from."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [(node.module or "").split(".")[0]] if isinstance(node, ast.ImportFrom) else []


def _check_figure(path: Path, source: str, tree: ast.Module, alt: str | None) -> None:
    saves = next((node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "savefig"), None)
    if saves and not alt:
        raise _wrong(
            path,
            saves.lineno,
            "a figure is saved but not described",
            "add to the docstring: Figure: what is seen in it",
        )
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    if alt and (saves is None or f"{path.stem}.svg" not in constants):
        raise _wrong(
            path,
            _line_of(source, "Figure:"),
            "the docstring describes a figure that the code does not save",
            f'save it with fig.savefig("{path.stem}.svg"), or drop the line',
        )


def _break(path: Path, source: str, tree: ast.Module, field: str | None) -> tuple[str, str, str]:
    line = _line_of(source, "Break it:")
    if field is None:
        raise _wrong(path, line, "no way to break it", "add to the docstring: Break it: A -> B")
    halves = [half.strip() for half in field.split(" -> ")]
    if len(halves) != 2 or not all(halves) or "\n" in field:
        raise _wrong(path, line, f"cannot read 'Break it: {field}'", "write it on one line as A -> B, with one arrow")
    before, after = halves
    if before == after:
        raise _wrong(path, line, "A equals B, so nothing breaks", "change B")
    code = _hide(source, [*_untouchable(source, tree)])
    count = code.count(before)
    if count != 1:
        raise _wrong(
            path,
            line,
            f"{before!r} occurs {count} times in the code outside the docstring, comments, asserts, prints and imports",
            "choose an A that occurs there exactly once",
        )
    start = code.index(before)
    broken = source[:start] + after + source[start + len(before) :]
    try:
        ast.parse(broken)
    except SyntaxError as error:
        raise _wrong(
            path, line, f"after the replacement it is not Python: {error.msg}", "change the mathematics, not the syntax"
        ) from None
    return before, after, broken


def _untouchable(source: str, tree: ast.Module) -> Iterator[tuple[int, int]]:
    """The spans (offsets into `source`) where breaking would not change the mathematics."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for text in lines:
        starts.append(starts[-1] + len(text))

    def offset(line: int, utf8_column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:utf8_column].decode())

    for node in [tree.body[0], *ast.walk(tree)]:
        printed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if node is tree.body[0] or printed or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            assert isinstance(node, ast.stmt | ast.expr)
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            yield offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]


def _hide(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + _HIDDEN * (end - start) + text[end:]
    return text


def _values(path: Path, output: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(output.splitlines(), 1):
        key, equals, value = line.partition(" = ")
        key = key.strip()
        if not equals or not key:
            continue
        if key in values:
            raise EvidenceError(
                f"{_shown(path)}:{number}: {key!r} is printed twice; give each printed value a name of its own"
            )
        values[key] = value.strip()
    return values


def _line_of(source: str, text: str) -> int:
    found = re.search(rf"^\s*{re.escape(text)}", source, re.MULTILINE)
    return source.count("\n", 0, found.end()) + 1 if found else 1


def _wrong(path: Path, line: int, what: str, remedy: str) -> EvidenceError:
    return EvidenceError(f"{_shown(path)}:{line}: {what}; {remedy}")


def _how_to_record(name: str) -> str:
    return f"record it with: make record CLAIM={name}"


def _shown(path: Path) -> str:
    """The path as the reader knows it: from the repository's root."""
    return path.as_posix() if len(path.parts) < 2 else "/".join(path.parts[-2:])
