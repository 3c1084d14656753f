"""Dumps of articles: JSON Lines, plain or gzipped, and JSON files that hold a list of objects."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from align.config import IngestConfig
from align.ingest.aliases import document_from_record
from align.ingest.encoding import Decoded, encoding_metadata, read_file, with_bom
from align.records import Document, Rejected

__all__ = ["read_json", "read_jsonl"]

# A character takes at most six bytes in UTF-8 JSON ("\\u0416") or two such escapes; the other keys need room as well.
_LINE_FACTOR, _LINE_ROOM = 12, 1_000_000


def read_jsonl(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each line of a JSON Lines file, or why that line gives none; one line in memory at a time.

    A line is called `name:number`, from 1; a document that states neither id nor URL takes that as its id. Blank
    lines are passed over. Lines are UTF-8 unless the file starts with another byte order mark.
    """
    try:
        with _opened(path) as raw:
            head = raw.peek(4)[:4]
            mark, encoding = with_bom(head) or (b"", "utf-8")
            raw.read(len(mark))
            if not mark and b"\0" in raw.peek(4096):
                yield Rejected(name, "read", "binary-file", "NUL bytes, and no byte order mark of UTF-16 or UTF-32")
                return
            lines = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="\n")
            yield from _documents(lines, name, config.max_characters)
    except UnicodeDecodeError as error:
        yield Rejected(name, "read", "unknown-encoding", f"starts with a mark of {encoding} but is not: {error.reason}")
    except (OSError, EOFError, zlib.error) as error:
        yield Rejected(name, "read", "unreadable", f"the rest of the file cannot be read: {error}")


def read_json(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each object of a JSON file that holds a list of them, or one; numbered from 1 as lines are.

    A file that is JSON Lines under the wrong name is read as that. The file is held in memory whole, and may be as
    long as a line of a JSON Lines file.
    """
    limit = _LINE_FACTOR * config.max_characters + _LINE_ROOM
    decoded = read_file(path, name, max_characters=limit)
    if isinstance(decoded, Rejected):
        remedy = f"more than {limit} characters in one JSON value; give it as JSON Lines, which has no limit"
        yield dataclasses.replace(decoded, detail=remedy) if decoded.rule == "too-long" else decoded
        return
    value = _value(decoded, name)
    if value is None:
        yield from read_jsonl(path, name, config)
    elif isinstance(value, Rejected):
        yield value
    else:
        for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
            record = _document(item, f"{name}:{number}", config.max_characters)
            if isinstance(record, Document):
                record = dataclasses.replace(record, metadata={**record.metadata, **encoding_metadata(decoded)})
            yield record


def _value(decoded: Decoded, name: str) -> Any:
    """The JSON value of a whole file; None when it is several values, one after the other."""
    try:
        return _loads(decoded.text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        return _bad_json(name, error)
    except (ValueError, RecursionError) as error:
        return _bad_json(name, error)


def _opened(path: Path) -> io.BufferedReader:
    if path.suffix == ".gz":
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def _documents(lines: IO[str], name: str, max_characters: int) -> Iterator[Document | Rejected]:
    for number, line in enumerate(_bounded(lines, _LINE_FACTOR * max_characters + _LINE_ROOM), start=1):
        record_id = f"{name}:{number}"
        if line is None:
            yield _too_long(record_id, max_characters)
        elif any("\udc80" <= character <= "\udcff" for character in line):
            yield Rejected(record_id, "read", "unknown-encoding", "the line is not UTF-8, which JSON Lines must be")
        elif line.strip():
            yield _parsed(line, record_id, max_characters)


def _bounded(lines: IO[str], limit: int) -> Iterator[str | None]:
    """The lines of a file; None for one longer than `limit`, of which no more than that is ever held."""
    while line := lines.readline(limit):
        if len(line) < limit or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = lines.readline(limit)
        yield None


def _parsed(line: str, record_id: str, max_characters: int) -> Document | Rejected:
    try:
        value = _loads(line)
    except (ValueError, RecursionError) as error:
        return _bad_json(record_id, error)
    return _document(value, record_id, max_characters)


def _loads(text: str) -> Any:
    """A JSON value; NaN and Infinity, which are no JSON but which pandas writes for missing values, become null."""
    return json.loads(text, parse_constant=lambda _: None)


def _document(value: object, record_id: str, max_characters: int) -> Document | Rejected:
    if not isinstance(value, dict):
        kind = type(value).__name__
        return Rejected(record_id, "read", "not-an-object", f"{repr(value)[:80]} ({kind}); allowed: a JSON object")
    try:
        document = document_from_record(value, fallback_id=record_id)
    except (ValueError, RecursionError) as error:
        return _bad_json(record_id, error)
    if isinstance(document, Document) and len(document.text) > max_characters:
        return _too_long(record_id, max_characters)
    return document


def _bad_json(record_id: str, error: Exception) -> Rejected:
    reason = str(error)
    return Rejected(record_id, "read", "bad-json", f"not JSON: {reason[:1].lower()}{reason[1:]}")


def _too_long(record_id: str, max_characters: int) -> Rejected:
    return Rejected(record_id, "read", "too-long", f"more than max_characters = {max_characters} characters")
