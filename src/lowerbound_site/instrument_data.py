"""What the instruments compute with: the trained model and the held-out digits, as small binary files.

Weights are float16 numbers, each tensor row by row, in the order of the state dict. A digit is 64 bits, its pixels row
by row from the upper left. The files are kept in .cache/ by the content of what they are made of.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from lowerbound_site.claims import ROOT


def export(digest: str, root: Path = ROOT) -> dict[str, Path]:
    """Return the files by their paths from the served folder, written anew only when `digest` is a new one."""
    kept = root / ".cache" / "instruments" / digest
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as place:
            written = Path(place, "data")
            written.mkdir()
            for name, content in _contents(root / "src" / "lowerbound").items():
                (written / name).write_bytes(content)
            written.rename(kept)
    return {f"data/{path.name}": path for path in sorted(kept.iterdir())}


def _contents(library: Path) -> dict[str, bytes]:
    weights = load_file(library / "trained" / "digits.safetensors")
    with np.load(library / "digits.npz") as digits:
        held_out, labels = digits["held_out"], digits["held_out_labels"]
    return {
        "decoder.bin": _halves(weights, "decoder"),
        "encoder.bin": _halves(weights, "encoder"),
        "held-out.bin": np.packbits(held_out >= 8).tobytes(),
        "labels.json": json.dumps(labels.tolist(), separators=(",", ":")).encode(),
    }


def _halves(weights: dict[str, NDArray[np.float32]], part: str) -> bytes:
    names = sorted(name for name in weights if name.startswith(f"{part}."))
    # A layer's weight comes before its bias, as in the state dict.
    names.sort(key=lambda name: (int(name.split(".")[1]), name.endswith("bias")))
    return b"".join(weights[name].astype("<f2").tobytes() for name in names)
