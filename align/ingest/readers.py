"""Files and folders to documents, by suffix."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from align.config import IngestConfig
from align.ingest.columns import read_columns
from align.ingest.compressed import COMPRESSIONS
from align.ingest.files import InputFile, find_files
from align.ingest.html import read_html
from align.ingest.jsonl import read_json, read_jsonl
from align.ingest.pages import read_page
from align.ingest.tables import read_csv, read_tsv
from align.ingest.warc import read_warc, require_warcio
from align.records import Document, Rejected

__all__ = ["SUFFIXES", "input_files", "read"]

Reader = Callable[[Path, str, IngestConfig], Iterator[Document | Rejected]]

_PACKED: Mapping[str, Reader] = {
    ".txt": read_page,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_tsv,
}
_READERS: Mapping[str, Reader] = {
    **{f"{suffix}{packed}": reader for suffix, reader in _PACKED.items() for packed in ("", *COMPRESSIONS)},
    ".json": read_json,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".parquet": read_columns,
    ".arrow": read_columns,
    ".warc": read_warc,
    ".warc.gz": read_warc,
}
SUFFIXES = tuple(_READERS)


def read(paths: Sequence[Path], config: IngestConfig) -> Iterator[Document | Rejected]:
    """The documents of files and folders, in the order given; folders are read whole, in sorted order.

    In a folder, hidden files, files of other suffixes and links to folders are passed over; a pipe, a device or a
    link that leads nowhere, under a known suffix, gives a Rejected and is not opened.

    A document is called after its path within the folder that was given, or after the file; a record of a dump after
    its own id, else its URL, else `name:line` (the row, in Parquet and Arrow files). An id that is already taken gets
    "#2", "#3" ... and a Rejected of rule "duplicate-id" beside the document. A file without a single record gives a
    Rejected of rule "empty-file".

    Raises InputError, before anything is read, for a path that does not exist or cannot be opened, and for a folder
    without a file of a known suffix. Raises MissingDependencyError for a web archive where warcio is not installed.
    """
    files = find_files(paths, SUFFIXES)
    if any(_reader_of(file.path) is read_warc for file in files):
        require_warcio()
    return _unique(_records(files, config))


def _records(files: Sequence[InputFile], config: IngestConfig) -> Iterator[Document | Rejected]:
    for file in files:
        path, name = file.path, file.name
        reader = _reader_of(path)
        if file.problem or not reader:
            told = f"no reader for {path.name!r}; allowed: {' '.join(SUFFIXES)}"
            yield file.problem or Rejected(name, "read", "unknown-format", told)
            continue
        empty = True
        for record in reader(path, name, config):
            empty = False
            yield record
        if empty:
            yield Rejected(name, "read", "empty-file", "no record in the file")


def _unique(records: Iterator[Document | Rejected]) -> Iterator[Document | Rejected]:
    """Rename documents whose id is taken, and say so."""
    taken: set[str] = set()
    repeats: dict[str, int] = {}
    for record in records:
        if isinstance(record, Rejected) or record.id not in taken:
            if isinstance(record, Document):
                taken.add(record.id)
            yield record
            continue
        number = repeats.get(record.id, 1) + 1
        while f"{record.id}#{number}" in taken:
            number += 1
        repeats[record.id] = number
        renamed = dataclasses.replace(record, id=f"{record.id}#{number}")
        taken.add(renamed.id)
        yield renamed
        yield Rejected(renamed.id, "read", "duplicate-id", f"the id {record.id!r} is taken by an earlier record; kept")


def input_files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Every file that `read` would open, in its order, with its name in ids. Raises InputError as `read` does."""
    return [(file.path, file.name) for file in find_files(paths, SUFFIXES) if file.problem is None]


def _reader_of(path: Path) -> Reader | None:
    name = path.name.lower()
    return next((reader for suffix, reader in _READERS.items() if name.endswith(suffix)), None)
