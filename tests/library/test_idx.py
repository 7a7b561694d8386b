"""Reading IDX files, whole and broken."""

import gzip
import struct

import pytest
import torch

import lowerbound as lb

CODES = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}


def idx(code, shape, values):
    header = bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    return header + struct.pack(f">{len(values)}{CODES[code]}", *values)


@pytest.mark.parametrize("compress", [lambda content: content, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize("code", CODES)
def test_every_type_comes_back(code, compress, tmp_path):
    values = [1, 2, 3, 4, 5, 127]
    path = tmp_path / "numbers"
    path.write_bytes(compress(idx(code, (2, 3), values)))
    read = lb.read_idx(path)
    assert read.tolist() == [values[:3], values[3:]]
    dtypes = {8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64"}
    assert read.dtype == getattr(torch, dtypes[code])


WHOLE = idx(0x08, (2, 3), range(6))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file: it starts with nothing"),
        (b"\x89PNG....", "not an IDX file: it starts with 89 50 4e 47, expected 00 00"),
        (b"\0\0\x07\x01" + bytes(8), "not an IDX file: it starts with 00 00 07 01"),
        (b"\0\0\x08\x00", "not an IDX file"),
        (WHOLE[:6], "truncated: 6 bytes, but its header alone takes 12"),
        (WHOLE[:-1], r"truncated: 17 bytes, but shape \(2, 3\) takes 18"),
        (WHOLE + b"!", r"too long: 19 bytes, but shape \(2, 3\) takes 18"),
        (gzip.compress(WHOLE, mtime=0)[:-9], "truncated or damaged"),
        (gzip.compress(WHOLE, mtime=0)[:12] + b"\xff" * 9, "truncated or damaged"),
        (gzip.compress(WHOLE[:-1], mtime=0), "truncated: 17 bytes"),
    ],
)
def test_a_broken_file_is_an_error_that_names_it(content, message, tmp_path):
    path = tmp_path / "images.idx"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"path: .*images\.idx.*" + message):
        lb.read_idx(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"path: .*nowhere\.gz"):
        lb.read_idx(tmp_path / "nowhere.gz")
