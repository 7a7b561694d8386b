"""What files say, as a digest; and of code what decides how it behaves: neither comments nor docstrings do."""

import ast
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, EvidenceError

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def library(root: Path = ROOT) -> str:
    """A digest of the library: its code, and whatever else lies beside it as it is."""
    folder = root / "src" / "lowerbound"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return _digest(folder, tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


@lru_cache(maxsize=8)
def _digest(folder: Path, stamps: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in stamps:
        content = code(path).encode() if path.suffix == ".py" else path.read_bytes()
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def files(root: Path, paths: Iterable[Path], settings: Iterable[str] = ()) -> str:
    """A digest of the files among these paths, with their names; what Python compiled does not count."""
    digest = hashlib.sha256("\0".join(settings).encode())
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def code(path: Path) -> str:
    """A program's syntax tree without its docstrings, as text. (trained.model has its own: records depend on that.)"""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        place = f"src/{path.parent.name}/{path.name}:{error.lineno or 1}"
        raise EvidenceError(f"{place}: not Python: {error.msg}; mend the syntax") from None
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)
