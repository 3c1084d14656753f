"""Cutting a web archive into its records, and finding the next one where one is damaged."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from typing import IO

from align.ingest.compressed import is_bomb
from align.records import Rejected

__all__ = ["Record", "split_records"]

Record = tuple[int, bytes]
"""Where a record begins in the file, and its bytes, unpacked."""

_BLOCK = 1 << 16
_GZIP = re.compile(rb"\x1f\x8b\x08")
_VERSION = re.compile(rb"WARC/\d\.\d\r?\n")
_OVERLAP = 16  # bytes that blocks share in a search, so that nothing is missed at their border
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# Work that may go into records that turn out damaged, as a multiple of the file: each is read to where it breaks.
_PATIENCE = 20


class _RefusedError(Exception):
    """A record that is not read: what goes into quarantine, and where it ends if that is known."""

    def __init__(self, rejected: Rejected, end: int | None = None) -> None:
        super().__init__(rejected.detail)
        self.rejected = rejected
        self.end = end


def split_records(file: IO[bytes], name: str, limit: int) -> Iterator[Record | Rejected]:
    """The records of an archive in order, each of at most `limit` bytes, or why one is none (`name@offset`).

    In a packed archive each record is a gzip member of its own; in a plain one it states its length. After a damaged
    record the next is found by how it begins.
    """
    size = file.seek(0, os.SEEK_END)
    # by what is found first, since a file may begin with damage
    plain_at, packed_at = (_search(file, begins, 0) for begins in (_VERSION, _GZIP))
    packed = packed_at is not None and (plain_at is None or packed_at < plain_at)
    begins = _GZIP if packed else _VERSION
    position, patience = 0, _PATIENCE * size + _BLOCK
    while position < size:
        found = _search(file, begins, position)
        if _has_content(file, position, size if found is None else found):
            yield Rejected(f"{name}@{position}", "read", "bad-warc", "bytes that belong to no record")
        if found is None:
            return
        try:
            cut = _member if packed else _stated
            data, position = cut(file, f"{name}@{found}", found, limit)
            yield found, data
        except _RefusedError as refused:
            yield refused.rejected
            patience -= file.tell() - found
            # what a damaged record still has is no news, so the next is looked for at once
            position = refused.end or _search(file, begins, found + 1) or size
        if patience < 0:
            yield Rejected(f"{name}@{position}", "read", "unreadable", "too much of the archive is damaged")
            return


def _search(file: IO[bytes], begins: re.Pattern[bytes], position: int) -> int | None:
    """Where the next record begins, at `position` or after."""
    file.seek(position)
    start, data = position, file.read(_BLOCK)
    while data:
        if found := begins.search(data):
            return start + found.start()
        if not (more := file.read(_BLOCK)):
            return None
        start += max(0, len(data) - _OVERLAP)
        data = data[-_OVERLAP:] + more
    return None


def _has_content(file: IO[bytes], begin: int, end: int) -> bool:
    """Whether there is more between two places than line ends and zeros."""
    file.seek(begin)
    while begin < end and (data := file.read(min(_BLOCK, end - begin))):
        if data.strip(b"\r\n\0 "):
            return True
        begin += len(data)
    return False


def _member(file: IO[bytes], record_id: str, begin: int, limit: int) -> tuple[bytes, int]:
    """A packed record and where it ends."""
    file.seek(begin)
    unpack, data, total, rest = zlib.decompressobj(31), bytearray(), 0, b""
    while not unpack.eof:
        if not (rest := rest or file.read(_BLOCK)):
            raise _bad(record_id, "the file ends inside a packed record")
        try:
            piece = unpack.decompress(rest, _BLOCK)
        except zlib.error as error:
            raise _bad(record_id, f"a packed record is damaged: {error}") from error
        rest = unpack.unconsumed_tail
        total += len(piece)
        data += piece[: max(0, limit - len(data))]
        if is_bomb(file.tell() - begin, total):
            detail = f"a packed record of more than {total} bytes"
            raise _RefusedError(Rejected(record_id, "read", "decompression-bomb", detail))
    end = file.tell() - len(unpack.unused_data)
    if total > limit:
        raise _too_long(record_id, total, limit, end)
    return bytes(data), end


def _stated(file: IO[bytes], record_id: str, begin: int, limit: int) -> tuple[bytes, int]:
    """A plain record and where it ends, by the length that it states."""
    file.seek(begin)
    head = file.read(_BLOCK)
    blank = _END_OF_HEAD.search(head)
    length = _LENGTH.search(head[: blank.end()]) if blank else None
    if not blank or not length:
        raise _bad(record_id, "a record that states no length")
    total = blank.end() + int(length[1])
    if begin + total > file.seek(0, os.SEEK_END):
        file.seek(begin + len(head))
        raise _bad(record_id, "the file ends inside a record, or the length is not the one it states")
    file.seek(begin + total)
    after = file.read(16)
    if after.strip(b"\r\n") and not after.startswith(b"\r\n\r\n") and not after.lstrip(b"\r\n").startswith(b"WARC/"):
        file.seek(begin + len(head))
        raise _bad(record_id, "a record whose length is not the one it states")
    if total > limit:
        raise _too_long(record_id, total, limit, begin + total)
    file.seek(begin)
    return file.read(total) + b"\r\n\r\n", begin + total


def _bad(record_id: str, detail: str) -> _RefusedError:
    return _RefusedError(Rejected(record_id, "read", "bad-warc", detail))


def _too_long(record_id: str, total: int, limit: int, end: int) -> _RefusedError:
    detail = f"a record of {total} bytes; allowed: {limit}"
    return _RefusedError(Rejected(record_id, "read", "too-long", detail), end)
