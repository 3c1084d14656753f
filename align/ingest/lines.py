"""The lines of a dump, one in memory at a time, each whole or refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from align.ingest.compressed import READ_ERRORS, DecompressionBombError, open_bytes
from align.ingest.encoding import Decoded, decode, with_bom
from align.records import Rejected

__all__ = ["Line", "max_line", "numbered_lines"]

Line = tuple[int, str]
"""The number of a line, from 1, and the line with its end."""

# A character takes at most six bytes in UTF-8 JSON ("\\u0416") or two such escapes; the other keys need room as well.
_LINE_FACTOR, _LINE_ROOM = 12, 1_000_000
_HEAD = 4096
_STRAY_NULS, _STRAY_SHARE = 2, 0.01  # among a file's first bytes: these are a few bad lines, more no text
_UNDECODED = re.compile("[\udc80-\udcff]")


def max_line(max_characters: int) -> int:
    """How many characters a line may have whose text has at most `max_characters`."""
    return _LINE_FACTOR * max_characters + _LINE_ROOM


def numbered_lines(path: Path, name: str, max_characters: int) -> Iterator[Line | Rejected]:
    """The lines of a text file, plain or packed, or why a line (`name:number`) or the rest of the file is none.

    Lines end at "\\n", "\\r\\n" or "\\r", and nowhere else. They are UTF-8, unless the file starts with another byte
    order mark or is UTF-16 throughout its head. Of a line that is too long no more than the limit is ever held.
    """
    try:
        with open_bytes(path) as raw:
            head = raw.peek(_HEAD)[:_HEAD]
            mark, encoding = with_bom(head) or (b"", _encoding(head))
            if encoding is None:
                yield Rejected(name, "read", "binary-file", "NUL bytes, and no byte order mark of UTF-16 or UTF-32")
                return
            raw.read(len(mark))
            lines = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
            yield from _checked(lines, name, max_characters)
    except UnicodeDecodeError as error:
        yield Rejected(name, "read", "unknown-encoding", f"begins as {encoding} but is not: {error.reason}")
    except DecompressionBombError as error:
        yield Rejected(name, "read", "decompression-bomb", f"the rest of the file is not read: {error}")
    except READ_ERRORS as error:
        yield Rejected(name, "read", "unreadable", f"the rest of the file cannot be read: {error}")


def _encoding(head: bytes) -> str | None:
    """UTF-8, or UTF-16 by its NULs; None for what is no text."""
    if head.count(0) <= max(_STRAY_NULS, _STRAY_SHARE * len(head)):
        return "utf-8"
    decoded = decode(head[: len(head) // 2 * 2])
    return decoded.encoding if isinstance(decoded, Decoded) else None


def _checked(lines: IO[str], name: str, max_characters: int) -> Iterator[Line | Rejected]:
    for number, line in enumerate(_bounded(lines, max_line(max_characters)), start=1):
        if line is None:
            detail = f"more than max_characters = {max_characters} characters"
            yield Rejected(f"{name}:{number}", "read", "too-long", detail)
        elif _UNDECODED.search(line):
            yield Rejected(f"{name}:{number}", "read", "unknown-encoding", "the line is not UTF-8, as a dump must be")
        else:
            yield number, line


def _bounded(lines: IO[str], limit: int) -> Iterator[str | None]:
    """The lines of a file; None for one longer than `limit`, of which no more than that is ever held."""
    while line := lines.readline(limit):
        if len(line) < limit or line.endswith(("\n", "\r")):
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = lines.readline(limit)
        yield None
