"""Own data from IDX files, the format of MNIST and its relatives: reading them, and training on them.

    images = read_idx("train-images-idx3-ubyte.gz")             # (60000, 28, 28), bytes from 0 to 255
    vae, history = fit_idx("train-images-idx3-ubyte.gz")        # a VAE of the images, each pixel 0 or 1
    bound = elbo(vae, vae.encode(x), x)                         # as for any other VAE

The files are not part of the library.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lowerbound.encoders import Divide
from lowerbound.likelihoods import Bernoulli, Binomial
from lowerbound.models import mlp
from lowerbound.training import History, fit
from lowerbound.vae import VAE

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | Path) -> Tensor:
    """The array in an IDX file, compressed with gzip or not.

    Such a file starts with two zero bytes, one byte for the type of the numbers and one for how many dimensions there
    are; then the length of each dimension in four bytes; then the numbers, all big-endian.

    Returns:
        A tensor of the file's shape and type: for MNIST's images (n, 28, 28) and uint8, for its labels (n,).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: not an IDX file, or shorter or longer than it says.

    Source: LeCun, Cortes & Burges, The MNIST database of handwritten digits, "File formats".
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"path: there is no file {path}")
    content = _uncompressed(path)
    kind, dims = content[2:4] if len(content) >= 4 and content[:2] == b"\0\0" else (0, 0)
    if kind not in TYPES or not dims:
        raise ValueError(
            f"path: {path} is not an IDX file: it starts with {content[:4].hex(' ') or 'nothing'}, expected 00 00, "
            f"a type from {min(TYPES):02x} to {max(TYPES):02x}, and the number of dimensions"
        )
    start = 4 + 4 * dims
    if len(content) < start:
        raise ValueError(f"path: {path} is truncated: {len(content)} bytes, but its header alone takes {start}")
    shape = np.frombuffer(content[4:start], ">u4").tolist()
    dtype = np.dtype(TYPES[kind])
    size = start + dtype.itemsize * math.prod(shape)
    if len(content) != size:
        what = "truncated" if len(content) < size else "too long"
        raise ValueError(f"path: {path} is {what}: {len(content)} bytes, but shape {tuple(shape)} takes {size}")
    numbers = np.frombuffer(content[start:], dtype).reshape(shape)
    return torch.from_numpy(numbers.astype(dtype.newbyteorder("=")))


def fit_idx(
    path: str | Path,
    *,
    binary: bool = True,
    latent_dim: int = 2,
    hidden: int = 400,
    device: str | torch.device = "cpu",
    seed: int = 0,
    epochs: int = 20,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    **settings: Any,
) -> tuple[VAE, History]:
    """Train a VAE on the images of an IDX file: one hidden layer each way, pixels-hidden-latent and back.

    Args:
        path: images whose pixels are bytes, shape (n, height, width).
        binary: pixels as 0 or 1 (1 from a byte of 128 on), with `Bernoulli()`; else as counts, with `Binomial(255)`.
        latent_dim: L; with 1 or 2 the true posterior is in sight, by `Grid`.
        hidden: width of the hidden layers.
        device: "cpu" or "cuda".
        seed: of the initial weights, the shuffling and the noise.
        epochs: as for `fit`.
        batch_size: as for `fit`.
        learning_rate: as for `fit`.
        **settings: the other settings of `fit`.

    Returns:
        The trained VAE, in float32, and the history of its training.

    Raises:
        FileNotFoundError, ValueError: as for `read_idx`; also a file that holds no images of bytes.
    """
    images = read_idx(path)
    if images.dtype != torch.uint8 or images.dim() != 3 or images.numel() == 0:
        raise ValueError(
            f"path: {path} holds {images.dtype} of shape {tuple(images.shape)}; expected images of bytes, "
            "torch.uint8 of shape (n, height, width). For other data call fit"
        )
    pixels = images.flatten(1)
    x = (pixels >= 128 if binary else pixels).float().to(device)
    encoder = nn.Sequential(Divide(1 if binary else 255), mlp(x.shape[1], hidden, 2 * latent_dim, seed=2 * seed))
    decoder = mlp(latent_dim, hidden, x.shape[1], seed=2 * seed + 1)
    vae = VAE(encoder, decoder, Bernoulli() if binary else Binomial(255), latent_dim).to(device)
    history = fit(vae, x, seed=seed, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, **settings)
    return vae, history


def _uncompressed(path: str | Path) -> bytes:
    content = Path(path).read_bytes()
    if content[:2] != b"\x1f\x8b":  # what a gzip file starts with, whatever its name
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"path: {path} is truncated or damaged, it cannot be decompressed ({error})") from None
