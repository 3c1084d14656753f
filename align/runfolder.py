"""The run folder: how records become files and come back, whole or not at all.

Each file is written under a temporary name and renamed when it is complete, so a name that exists is a finished
stage. `docs/formats.md` says what each file holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import IO, Any, TypeVar, get_args, get_origin

import cattrs
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from align.errors import InputError
from align.records import Document, OutletEvidence, PassageMatch

__all__ = [
    "FILES",
    "RunFolder",
    "from_json",
    "read_records",
    "to_json",
    "write_json",
    "write_records",
    "write_text",
]

Record = TypeVar("Record")

FILES = {
    "documents": "documents.jsonl",
    "stories": "stories.jsonl",
    "segments": "segments.jsonl",
    "translations": "translations.jsonl",
    "pairs": "pairs.jsonl",
    "matches": "matches.jsonl",
    "families": "families.jsonl",
    "substitutions": "substitutions.csv",
    "quarantine": "quarantine.jsonl",
    "report": "report.html",
    "manifest": "manifest.json",
}
_DECIMALS = 6  # scores are written with this many, so that the last bits of a float never reach a file
_converter = cattrs.Converter(unstruct_collection_overrides={tuple: list})


def _flat_span(cls: type[Any]) -> bool:
    return is_dataclass(cls) and any(item.name == "span" for item in fields(cls))


def _renames(cls: type[Any]) -> dict[str, Any]:
    # `class` is a key of the contract and a keyword of the language
    return {"match_class": override(rename="class")} if cls is PassageMatch else {}


def _unstructure_factory(cls: type[Any]) -> Any:
    plain: Any = make_dict_unstructure_fn(cls, _converter, **_renames(cls))

    def unstructure(record: Any) -> dict[str, Any]:
        line: dict[str, Any] = plain(record)
        if "span" in line:
            line = _with_flat_span(line)
        if isinstance(record, Document):
            line["metadata"] = dict(record.metadata)  # as it came, numbers not rounded
            line["sha256"] = record.sha256
        return line

    return unstructure


def _with_flat_span(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line with `begin` and `end` where its span stood, or before its text where that comes first."""
    ends = line["span"] or {"begin": None, "end": None}
    flat: dict[str, Any] = {}
    for key, value in line.items():
        if key in ("span", "text"):
            flat.update(ends)
        if key != "span":
            flat[key] = value
    return flat


def _structure_factory(cls: type[Any]) -> Any:
    plain: Any = make_dict_structure_fn(cls, _converter, **_renames(cls))

    def structure(line: Any, _: Any) -> Any:
        if _flat_span(cls) and isinstance(line, Mapping) and "begin" in line:
            line = dict(line)
            span = {"begin": line.pop("begin"), "end": line.pop("end")}
            line["span"] = None if cls is OutletEvidence and span["begin"] is None else span
        return plain(line, cls)

    return structure


_converter.register_unstructure_hook_factory(is_dataclass, _unstructure_factory)
_converter.register_structure_hook_factory(is_dataclass, _structure_factory)
_converter.register_unstructure_hook(float, lambda number: round(number, _DECIMALS))


def _exactly(kind: type[Any], *allowed: type[Any]) -> None:
    """Take only values of `allowed` for a field of type `kind`; cattrs would make a text of a number, or of null."""

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in allowed:
            raise TypeError(f"invalid value for type, expected {kind.__name__}")
        return value

    _converter.register_structure_hook(kind, structure)


_exactly(str, str)
_exactly(bool, bool)
_exactly(int, int)
_exactly(float, float, int)


def _tuple_factory(kind: Any) -> Any:
    item = get_args(kind)[0]

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in (list, tuple):  # a text is a sequence too, of its characters
            raise TypeError("invalid value for type, expected list")
        return tuple(_converter.structure(part, item) for part in value)

    return structure


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


_converter.register_structure_hook_factory(_is_tuple, _tuple_factory)


def to_json(record: Any) -> dict[str, Any]:
    """The line of a record: its fields in order, `span` flat as `begin` and `end`, floats to six decimals."""
    line: dict[str, Any] = _converter.unstructure(record)
    return line


def from_json(cls: type[Record], line: Mapping[str, Any]) -> Record:
    """The record of a line; keys that the record does not have are ignored.

    Raises InputError naming the first field that is missing or of the wrong type.
    """
    try:
        return _converter.structure(line, cls)
    except (ClassValidationError, ValueError, TypeError, KeyError) as error:
        causes = cattrs.transform_error(error)
        raise InputError(f"not a {cls.__name__}: {causes[0] if causes else error}") from error


def dump(line: Mapping[str, Any]) -> str:
    """One JSON object on one line. Lone surrogates are escaped, since UTF-8 cannot carry them."""
    return _encodable(line, indent=None)


def _encodable(value: Any, indent: int | None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, indent=indent, allow_nan=False)
    return text


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Any]:
    """A text file that takes its name only when it is complete and on disk."""
    partial = path.with_name(path.name + ".tmp")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with _replacing(path) as file:
        file.write(text)


def write_json(path: Path, value: Any) -> None:
    """Write one indented JSON value, whole or not at all."""
    write_text(path, _encodable(value, indent=2) + "\n")


def write_records(path: Path, records: Iterable[Any]) -> int:
    """Write records as JSON Lines, whole or not at all, and return how many there were."""
    count = 0
    with _replacing(path) as file:
        for record in records:
            file.write(dump(to_json(record)) + "\n")
            count += 1
    return count


def read_records(path: Path, cls: type[Record]) -> Iterator[Record]:
    """The records of a JSON Lines file, in order.

    Raises InputError with `path:line` for a line that is no JSON or no such record.
    """
    try:
        file = path.open("rb")  # text mode would end a line at more than a line feed
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            try:
                record = from_json(cls, json.loads(line.decode("utf-8")))
            except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or no such record
                raise InputError(f"{path}:{number}: {error}") from error
            yield record


class RunFolder:
    """A folder that one run writes, and that readers open later.

    `folder[name]` is the path of a file of the contract, by its name in `FILES`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __getitem__(self, name: str) -> Path:
        return self.path / FILES[name]

    @property
    def work(self) -> Path:
        """Where a run in progress keeps what only it needs; gone when the run is complete."""
        return self.path / ".work"

    def read(self, name: str, cls: type[Record]) -> Iterator[Record]:
        """The records of one file of the contract."""
        return read_records(self[name], cls)

    def write(self, name: str, records: Iterable[Any]) -> int:
        """Write one file of the contract, whole or not at all."""
        return write_records(self[name], records)

    def manifest(self) -> dict[str, Any]:
        """The manifest, or an empty one where no run has begun. Raises InputError when it is no JSON object."""
        try:
            value = json.loads(self["manifest"].read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise InputError(f"{self['manifest']}: not a manifest: {error}") from error
        if not isinstance(value, dict):
            raise InputError(f"{self['manifest']}: not a manifest: expected a JSON object")
        return value

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one run. Raises InputError when another run holds it or it cannot be written."""
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            lock = self.work / "lock"
            file = lock.open("w")
        except OSError as error:
            raise InputError(f"{self.path}: cannot write the run folder: {error.strerror}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{self.path}: another run is writing this folder") from None
            if not _is_open_at(file, lock):
                raise InputError(f"{self.path}: another run has just finished writing this folder; start again")
            try:
                yield
            finally:
                if self.work.is_dir() and list(self.work.iterdir()) == [lock]:
                    shutil.rmtree(self.work)


def _is_open_at(file: IO[str], path: Path) -> bool:
    # the run that held the lock before may have taken the file away with its working folder
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
