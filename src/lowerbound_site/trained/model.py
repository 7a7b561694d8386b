"""Train the model that the snippets share, and write it into the library: `python -m lowerbound_site train`.

Training takes place only when what decides its result has changed: the recipe below, the library's code that runs in
it, the data or the version of torch. A fingerprint of these is kept in the file.
"""

import ast
import hashlib
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

import lowerbound
from lowerbound.data import digits
from lowerbound.models import digits_vae
from lowerbound.training import fit
from lowerbound.vae import VAE

LIBRARY = Path(lowerbound.__file__).parent
RECORD = LIBRARY / "trained" / "digits.safetensors"
CODE = ("data.py", "likelihoods.py", "models.py", "training.py", "vae.py")


def train(seed: int = 0) -> VAE:
    """The recipe: a Bernoulli VAE on the binarised digits, with the library's own settings.

    Its weights are rounded to numbers that float16 holds, so that half the bytes carry the model, exactly, to a page.
    """
    vae = digits_vae(seed=seed)
    torch.set_num_threads(1)
    fit(vae, digits().train.float(), seed=seed)
    return vae.half()


def fingerprint(recipe: Path = Path(__file__)) -> str:
    """A hash of everything that decides what a recipe trains; comments and docstrings do not."""
    parts = [torch.__version__.split("+")[0], str(digits().train.sum().item())]
    parts += [_code(path) for path in (*(LIBRARY / name for name in CODE), recipe)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def recorded_fingerprint(record: Path = RECORD) -> str:
    """The fingerprint that recorded weights were trained under; empty when there are none."""
    if not record.exists():
        return ""
    with safe_open(str(record), framework="pt") as file:
        return str(file.metadata()["fingerprint"])


def _code(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[0].value.value = ""
    return ast.dump(tree)


def main() -> None:
    """Train and write, unless the record is up to date."""
    wanted = fingerprint()
    if recorded_fingerprint() == wanted:
        print(f"{RECORD.name} is up to date")
        return
    vae = train()
    RECORD.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RECORD.parent) as folder:  # the old record stays until the new one is whole
        new = Path(folder) / RECORD.name
        save_file(vae.state_dict(), str(new), {"fingerprint": wanted})
        new.replace(RECORD)
    print(f"{RECORD.name} recorded")
