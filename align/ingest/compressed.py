"""Files as streams of bytes, unpacked on the way, and never far more of them than were packed."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import IO, Any

__all__ = ["COMPRESSIONS", "READ_ERRORS", "DecompressionBombError", "is_bomb", "open_bytes"]

COMPRESSIONS = (".gz", ".zst")
# What a damaged file raises while it is read. A bomb is an OSError too, and is caught before.
READ_ERRORS = (OSError, EOFError, zlib.error)

# Text packs to a tenth, a dump of records that repeat themselves to a fiftieth; deflate's best is a thousandth.
_MAX_RATIO = 200
_FREE_BYTES = 100_000_000  # unpacked without a question


class DecompressionBombError(OSError):
    """A packed file that unpacks to far more than any text does."""


def is_bomb(packed: int, unpacked: int) -> bool:
    """Whether so many bytes, made of so few, are a decompression bomb: over 100 MB, and over 200 to 1."""
    return unpacked > _FREE_BYTES and unpacked > _MAX_RATIO * max(1, packed)


def open_bytes(path: Path) -> io.BufferedReader:
    """The bytes of a file, unpacked where its name ends in `.gz` or `.zst`.

    Reading raises DecompressionBombError where the file turns out to be one, and one of READ_ERRORS where it is
    damaged; what came before stays good.
    """
    raw = path.open("rb")
    suffix = path.suffix.lower()
    if suffix not in COMPRESSIONS:
        return raw
    try:
        return io.BufferedReader(_Unpacked(raw, suffix))
    except BaseException:
        raw.close()
        raise


class _Unpacked(io.RawIOBase):
    """A packed file's bytes, with the two ends of the decompressor held against each other."""

    def __init__(self, raw: IO[bytes], suffix: str) -> None:
        self._raw = raw
        self._stream: Any = _zstandard(raw) if suffix == ".zst" else gzip.GzipFile(fileobj=raw, mode="rb")
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self._count += len(data)
        if is_bomb(self._raw.tell(), self._count):
            raise DecompressionBombError(f"{self._raw.tell()} bytes unpack to more than {self._count}")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._raw.close()
        super().close()


def _zstandard(raw: IO[bytes]) -> Any:
    from align.ingest.arrow import zstandard_stream

    return zstandard_stream(raw)
