"""Weight files without a loader: whether one is whole, told from its own layout, and its hash."""

from __future__ import annotations

import functools
import hashlib
import json
import struct
from pathlib import Path
from typing import IO, Any

__all__ = ["ct2_problem", "file_hash", "hash_once", "pickle_problem", "safetensors_problem"]

_SPEC = "TransformerSpec"
_VERSIONS = range(1, 100)  # anything else in the first four bytes is another format
_LAYOUTS = range(4, 7)  # versions whose variables are laid out as `_end` reads them
_LONGEST_HEADER = 100_000_000  # bytes; what the safetensors format allows


def safetensors_problem(path: Path) -> str | None:
    """What is wrong with a safetensors file: eight bytes of length, a JSON header, the tensors one after another."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > _LONGEST_HEADER:
            return "is no safetensors file"
        if 8 + length > size:
            return f"is cut off: {size} bytes, at least {8 + length} expected"
        try:
            header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
            expected = 8 + length + max(ends, default=0)
        except (ValueError, AttributeError, KeyError, IndexError, TypeError):
            return "is no safetensors file"
    return _size_problem(size, expected)


def ct2_problem(path: Path) -> str | None:
    """What is wrong with a CTranslate2 file: its version, the network's name, its variables and their aliases."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            (version,) = _unpack(file, "<I")
            name = _string(file) if version in _VERSIONS else None
            if name != _SPEC:
                return f"is no Marian model of CTranslate2: holds {name!r}, expected {_SPEC!r}"
            expected = _end(file) if version in _LAYOUTS else size
        except struct.error:
            return f"is cut off: {size} bytes"
        except UnicodeDecodeError:
            return "is no model of CTranslate2"
    return _size_problem(size, expected)


def pickle_problem(path: Path) -> str | None:
    """A pickle is not opened here, so only that it is not empty."""
    return None if path.stat().st_size else "is empty"


def _size_problem(size: int, expected: int) -> str | None:
    return None if size == expected else f"is cut off or damaged: {size} bytes, {expected} expected"


def _end(file: IO[bytes]) -> int:
    """Where the file should end, by the sizes that its variables state."""
    _, variables = _unpack(file, "<II")  # revision, count
    for _ in range(variables):
        _string(file)
        (rank,) = _unpack(file, "<B")
        *_, length = _unpack(file, f"<{rank}IBI")  # dimensions, type, bytes
        file.seek(length, 1)
    (aliases,) = _unpack(file, "<I")
    for _ in range(2 * aliases):
        _string(file)
    return file.tell()


def _unpack(file: IO[bytes], layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _string(file: IO[bytes]) -> str:
    (length,) = _unpack(file, "<H")
    (data,) = _unpack(file, f"<{length}s")
    return str(data.rstrip(b"\0").decode("utf-8"))


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_once(path: Path) -> str:
    """`file_hash`, but a file whose size and time stay what they were is read once a process."""
    status = path.stat()
    return _hash_as_of(path.resolve(), status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _hash_as_of(path: Path, size: int, modified: int) -> str:
    return file_hash(path)
