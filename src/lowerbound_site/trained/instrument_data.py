"""What the instruments compute with: the trained model and the held-out digits, as small binary files.

Weights are float16 numbers, each tensor row by row, in the order of the state dict. A digit is 64 bits, its pixels row
by row from the upper left. The files are kept in .cache/ by the content of what they are made of.
"""

import hashlib
import itertools
import json
import os
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
KINDS = ("nothing", "noise", "kl", "smooth")  # what a run on continuity leaves out
FREE = ("smooth", "winding")  # the decoders trained without an encoder
# Set, while pages are written where torch is not installed: what needs it is left out. No site is published so.
WITHOUT_TORCH = "LOWERBOUND_WITHOUT_TORCH"


def torch_is_left_out() -> bool:
    """Whether what needs torch is left out."""
    return bool(os.environ.get(WITHOUT_TORCH))


def made_of(root: Path = ROOT) -> list[Path]:
    """What decides the content of the files."""
    library = root / "src" / "lowerbound"
    trained = library / "trained"
    names = ["digits.safetensors", "walks.safetensors", "continuity.json"]
    names += ["without-encoder.safetensors", "posteriors-in-training.json"]
    return [*(trained / name for name in names), library / "digits.npz", Path(__file__)]


def export(root: Path = ROOT) -> dict[str, Path]:
    """Return the files by their paths from the served folder, written anew only when what they are made of changed."""
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in made_of(root) if path.exists())).hexdigest()
    kept = root / ".cache" / "instruments" / (digest[:12] + "-without-torch" * torch_is_left_out())
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as place:
            written = Path(place, "data")
            written.mkdir()
            for name, content in _contents(root / "src" / "lowerbound").items():
                (written / name).write_bytes(content)
            try:
                written.rename(kept)
            except OSError:
                if not kept.exists():  # otherwise another process was first, with the same content
                    raise
    return {f"data/{path.name}": path for path in sorted(kept.iterdir())}


def _contents(library: Path) -> dict[str, bytes]:
    import numpy as np
    from safetensors.numpy import load_file

    weights = load_file(library / "trained" / "digits.safetensors")
    with np.load(library / "digits.npz") as digits:
        train, held_out, labels = digits["train"], digits["held_out"], digits["held_out_labels"]
    by_a_rule = {} if torch_is_left_out() else {"chosen.json": json.dumps(chosen()).encode()}
    return by_a_rule | {
        "decoder.bin": _halves(weights, "decoder"),
        "encoder.bin": _halves(weights, "encoder"),
        "answers.bin": _answers(weights, held_out >= 8),
        "held-out.bin": np.packbits(held_out >= 8).tobytes(),
        "pixel-counts.json": json.dumps({"images": len(train), "on": (train >= 8).sum(0).tolist()}).encode(),
        "train.bin": np.packbits(train >= 8).tobytes(),
        "grey.json": json.dumps(_grey(train, held_out, labels), separators=(",", ":")).encode(),
        "walks.bin": _decoders(library, "walks", KINDS),
        "walks.json": json.dumps(_runs(library), separators=(",", ":")).encode(),
        "without-encoder.bin": _decoders(library, "without-encoder", FREE),
        "without-encoder.json": json.dumps(_fits(library), separators=(",", ":")).encode(),
        "labels.json": json.dumps(labels.tolist(), separators=(",", ":")).encode(),
    }


def _grey(train: Any, held_out: Any, labels: Any) -> dict[str, Any]:
    """What the best linear models of the grey digits are made of, and the first held-out image of each digit."""
    import numpy as np

    grey = train / 16
    spreads, directions = np.linalg.eigh(np.cov(grey.T, bias=True))
    return {
        "mean": grey.mean(0).tolist(),
        "spreads": spreads[:-17:-1].tolist(),  # the 16 largest, from the largest on
        "directions": directions.T[:-17:-1].tolist(),
        "images": [held_out[labels == digit][0].tolist() for digit in range(10)],
    }


def _answers(weights: dict[str, Any], images: Any) -> bytes:
    """The encoder's two means and two log widths of each image, where only these count: in steps of 2^-29, below 4."""
    import numpy as np

    weight1, bias1, weight2, bias2 = (
        weights[f"encoder.{part}"].astype(float) for part in ("0.weight", "0.bias", "2.weight", "2.bias")
    )
    sums = images @ weight1.T + bias1
    answers = (sums / (1 + np.exp(-sums))) @ weight2.T + bias2
    return bytes(np.rint(answers * 2**29).astype("<i4").tobytes())


def _decoders(library: Path, record: str, kinds: tuple[str, ...]) -> bytes:
    """Of the run of each kind a decoder, its second layer in bytes, and codes."""
    from safetensors.numpy import load_file

    recorded = load_file(library / "trained" / f"{record}.safetensors")
    parts = itertools.product(kinds, ("weight1", "bias1", "bias2", "codes", "weight2"))
    return b"".join(recorded[f"{kind}.{name}"].tobytes() for kind, name in parts)


def _fits(library: Path) -> dict[str, list[float]]:
    """log p(x) of a held-out digit, on average, in the five runs of each kind without an encoder."""
    rows = json.loads((library / "trained" / "posteriors-in-training.json").read_text(encoding="utf-8"))["rows"]
    free = sorted((row for row in rows if row["proposal"] == "prior"), key=lambda row: row["seed"])
    return {kind: [row["log_evidence"] for row in free if row["smooth"] == (kind == "smooth")] for kind in FREE}


def _runs(library: Path) -> dict[str, dict[str, list[Any]]]:
    """What was measured of the five recorded runs of each kind, in the order of their seeds, and a walk in each."""
    rows = json.loads((library / "trained" / "continuity.json").read_text(encoding="utf-8"))["rows"]
    runs: dict[str, dict[str, list[Any]]] = {left: {"spread": [], "path": []} for left in KINDS}
    for row in sorted(rows, key=lambda row: row["seed"]):
        without = [name for name in KINDS[1:] if not row[name]] or [KINDS[0]]
        if len(without) == 1:
            for name, values in runs[without[0]].items():
                values.append(row[name])
    return runs


def _halves(weights: dict[str, Any], part: str) -> bytes:
    names = sorted(name for name in weights if name.startswith(f"{part}."))
    # A layer's weight comes before its bias, as in the state dict.
    names.sort(key=lambda name: (int(name.split(".")[1]), name.endswith("bias")))
    return b"".join(weights[name].astype("<f2").tobytes() for name in names)


def chosen() -> list[int]:
    """The three held-out digits of "you be the encoder", by a rule, so that another model brings its own.

    Each is another digit, has a posterior with one peak, and is far from the middle, where the game begins. The first
    is the one that wins most by a tap on the most alike picture of the map, among those that the encoder answers well.
    The second has the most tilted posterior. The third is answered badly by the encoder, and well by a circle.
    """
    import torch

    from lowerbound import DiagonalNormal, Grid, digits, elbo, trained_digits

    vae, x, label = trained_digits(), digits().held_out, digits().held_out_labels
    grid = Grid(vae, points=100, limit=5.5)
    posterior, log_evidence = grid.posterior(x), grid.log_evidence(x)
    mean, cov = posterior.mean, posterior.cov
    tilt = (cov[:, 0, 1] / cov.diagonal(dim1=1, dim2=2).prod(1).sqrt()).abs()
    log_mass = posterior.mass.log().view(-1, grid.points, grid.points)
    around = torch.nn.functional.max_pool2d(log_mass[:, None], 3, 1, 1)[:, 0]
    peaks = ((log_mass == around) & (log_mass > log_mass.amax((1, 2), keepdim=True) - 8)).sum((1, 2))

    def gap(place: torch.Tensor) -> torch.Tensor:
        """The gap of a circle as wide as the game's."""
        return log_evidence - elbo(vae, DiagonalNormal(place, torch.full_like(place, 0.3).log()), x)

    axis = [((2 * k + 1) / 9 - 1) * 3.5 for k in range(9)]  # the middles of the map's 9x9 pictures
    tiles = torch.tensor(list(itertools.product(axis, axis)), dtype=torch.float64)
    alike = torch.stack([vae.log_likelihood(x, tile.expand(len(x), 2)) for tile in tiles], 1).argmax(1)
    start, tap, best = gap(torch.zeros_like(mean)), gap(tiles[alike]), gap(mean)
    encoder = log_evidence - elbo(vae, vae.encode(x), x)

    fits = (peaks == 1) & (start > 10)
    second = torch.where(fits & (start > 15), tilt, 0).argmax()
    third = torch.where(fits & (encoder > 1), -best, -torch.inf).argmax()
    easy = fits & (tap < 0.5) & (best < 0.15) & (encoder < 0.1) & (label != label[second]) & (label != label[third])
    first = torch.where(easy, start - tap, -torch.inf).argmax()
    return [int(first), int(second), int(third)]
