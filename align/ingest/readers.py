"""Files and folders to documents, by suffix."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from align.config import IngestConfig
from align.errors import InputError
from align.ingest.html import read_html
from align.ingest.jsonl import read_json, read_jsonl
from align.ingest.pages import read_page
from align.records import Document, Rejected

__all__ = ["SUFFIXES", "input_files", "read"]

Reader = Callable[[Path, str, IngestConfig], Iterator[Document | Rejected]]

_READERS: Mapping[str, Reader] = {
    ".txt": read_page,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".jsonl": read_jsonl,
    ".jsonl.gz": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
}
SUFFIXES = tuple(_READERS)


def read(paths: Sequence[Path], config: IngestConfig) -> Iterator[Document | Rejected]:
    """The documents of files and folders, in the order given; folders are read whole, in sorted order.

    In a folder, hidden files and files of other suffixes are passed over. A document is called after its path within
    the folder that was given, or after the file; a record of a dump after its own id, else its URL, else
    `name:line`. An id that is already taken gets "#2", "#3" ... and a Rejected of rule "duplicate-id" beside the
    document. A file without a single record gives a Rejected of rule "empty-file".

    Raises InputError, before anything is read, for a path that does not exist or cannot be opened, and for a folder
    without a file of a known suffix.
    """
    return _unique(_records(input_files(paths), config))


def _records(files: Sequence[tuple[Path, str]], config: IngestConfig) -> Iterator[Document | Rejected]:
    for path, name in files:
        if (reader := _reader_of(path)) is None:
            yield Rejected(
                name, "read", "unknown-format", f"no reader for {path.name!r}; allowed: {' '.join(SUFFIXES)}"
            )
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
    """Every file that `read` would read, in its order, with its name in ids. Raises InputError as `read` does."""
    files: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            files += _files_of_folder(path)
        else:
            _check_opens(path)
            files.append((path, _printable(path.name)))
    return files


def _files_of_folder(folder: Path) -> list[tuple[Path, str]]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    known = [path for path in found if _reader_of(path) and path.is_file()]
    if not known:
        raise InputError(f"{folder}: no file to read in the folder; allowed: {' '.join(SUFFIXES)}")
    relative = sorted((path.relative_to(folder).parts, path) for path in known)
    return [(path, _printable("/".join(parts))) for parts, path in relative]


def _check_opens(path: Path) -> None:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: neither a file nor a folder; allowed: {' '.join(SUFFIXES)}")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"{path}: cannot be read: {(reason or 'unknown reason').lower()}; allowed: folders, and files named "
            f"{' '.join('*' + suffix for suffix in SUFFIXES)}"
        ) from error


def _unreadable(error: OSError) -> None:
    raise InputError(
        f"{error.filename}: cannot list the folder: {(error.strerror or 'unknown reason').lower()}"
    ) from error


def _reader_of(path: Path) -> Reader | None:
    name = path.name.lower()
    return next((reader for suffix, reader in _READERS.items() if name.endswith(suffix)), None)


def _printable(name: str) -> str:
    """A file name that UTF-8 can carry; bytes of another encoding become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")
