"""Dumps of articles: JSON Lines, plain or packed, and JSON files that hold a list of objects."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from align.config import IngestConfig
from align.ingest.aliases import bounded_document
from align.ingest.bounds import json_excess
from align.ingest.encoding import Decoded, encoding_metadata, read_file
from align.ingest.lines import max_line, numbered_lines
from align.records import Document, Rejected

__all__ = ["read_json", "read_jsonl"]


def read_jsonl(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each line of a JSON Lines file, or why that line gives none; one line in memory at a time.

    A line is called `name:number`, from 1; a document that states neither id nor URL takes that as its id. Blank
    lines are passed over.
    """
    for line in numbered_lines(path, name, config.max_characters):
        if isinstance(line, Rejected):
            yield line
        elif line[1].strip():
            yield _parsed(line[1], f"{name}:{line[0]}", config.max_characters)


def read_json(path: Path, name: str, config: IngestConfig) -> Iterator[Document | Rejected]:
    """One Document for each object of a JSON file that holds a list of them, or one; numbered from 1 as lines are.

    A file that is JSON Lines under the wrong name is read as that. The file is held in memory whole, and may be as
    long as a line of a JSON Lines file.
    """
    limit = max_line(config.max_characters)
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
    first, _, rest = decoded.text.strip().partition("\n")
    if first.endswith("}") and rest.lstrip().startswith("{"):
        return None
    if excess := json_excess(decoded.text):
        return Rejected(name, "read", "too-complex", f"{excess}; give a long list as JSON Lines")
    try:
        return _loads(decoded.text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        return _bad_json(name, error)
    except (ValueError, RecursionError) as error:
        return _bad_json(name, error)


def _parsed(line: str, record_id: str, max_characters: int) -> Document | Rejected:
    if excess := json_excess(line):
        return Rejected(record_id, "read", "too-complex", excess)
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
        return bounded_document(value, record_id, max_characters)
    except (ValueError, RecursionError) as error:
        return _bad_json(record_id, error)


def _bad_json(record_id: str, error: Exception) -> Rejected:
    reason = str(error)
    return Rejected(record_id, "read", "bad-json", f"not JSON: {reason[:1].lower()}{reason[1:]}")
