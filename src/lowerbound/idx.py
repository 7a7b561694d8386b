"""Own data from IDX files, the format of MNIST and its relatives.

    images = read_idx("train-images-idx3-ubyte.gz")             # (60000, 28, 28), bytes from 0 to 255
    x = (images >= 128).float()                                 # each pixel 0 or 1, as `Bernoulli` asks for

The files are not part of the library.
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

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


def _uncompressed(path: str | Path) -> bytes:
    content = Path(path).read_bytes()
    if content[:2] != b"\x1f\x8b":  # what a gzip file starts with, whatever its name
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"path: {path} is truncated or damaged, it cannot be decompressed ({error})") from None
