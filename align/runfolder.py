"""The run folder: how records become files and come back, whole or not at all.

Each file is written under a temporary name and renamed when it is complete, so a name that exists is a finished
stage. `docs/formats.md` says what each file holds.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import IO, Any, TypeVar, get_args, get_origin

import cattrs
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from align.errors import AlignError, InputError, OutputError
from align.records import Document, OutletEvidence, PassageMatch

__all__ = [
    "FILES",
    "RunFolder",
    "appending",
    "from_json",
    "naming",
    "read_records",
    "remedy_for",
    "sole_writer",
    "to_json",
    "write_bytes",
    "write_json",
    "write_records",
    "write_text",
    "writing",
    "writing_lines",
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
    "facts": "facts.csv",
    "quarantine": "quarantine.jsonl",
    "report": "report.html",
    "manifest": "manifest.json",
}
_REMEDIES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within your quota",
    errno.EFBIG: "lift the limit to the size of a file (ulimit -f)",
    errno.EROFS: "name a place that can be written",
    errno.EACCES: "name a place that you may write",
    errno.EPERM: "name a place that you may write",
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


def remedy_for(error: OSError) -> str:
    """What to do about a file that cannot be written."""
    return f"{_REMEDIES.get(error.errno or 0, 'name another place')}, and start the same command again"


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """A block that writes `path`, and whose failure is an OutputError that names it and says what to do."""
    try:
        yield
    except AlignError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot write: {error.strerror or error}; {remedy_for(error)}") from error


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Callable[[bytes], None]]:
    """A function that adds to a file, which takes its name only when it is complete and on disk."""
    partial = path.with_name(path.name + ".tmp")
    with naming(path):
        file = _open_alone(partial, path)

    def add(data: bytes) -> None:
        with naming(path):
            file.write(data)

    try:
        yield add
        with naming(path):
            file.flush()
            os.fsync(file.fileno())
            partial.replace(path)  # before the lock on it is given up
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    finally:
        with contextlib.suppress(OSError):  # of what could not be written, and was told
            file.close()


def _open_alone(partial: Path, path: Path) -> IO[bytes]:
    """An empty file that no other process writes. Raises OutputError when one does."""
    file = os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb")
    if not (_lock(file.fileno()) and _is_open_at(file, partial)):
        file.close()
        raise OutputError(f"{path}: another process is writing it; wait for that one, or name another place")
    file.truncate(0)
    return file


def _lock(handle: int) -> bool:
    """Whether this process alone holds an open file now; yes where the file system knows no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold a folder that is there, so that two processes do not write the same files below it.

    Raises OutputError when another process holds it.
    """
    with naming(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not _lock(handle):
            raise OutputError(f"{folder}: another process is writing into it; wait for that one, or name another place")
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def appending(path: Path) -> Iterator[Callable[[str], None]]:
    """A function that adds a line to a file and hands it to the system at once. Raises OutputError."""
    with naming(path):
        file = path.open("a", encoding="utf-8", newline="")

    def add(line: str) -> None:
        with naming(path):
            file.write(line + "\n")
            file.flush()

    try:
        yield add
    finally:
        with contextlib.suppress(OSError):  # of what could not be written, and was told
            file.close()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises OutputError when it cannot be written."""
    with _replacing(path) as add:
        add(data)


def write_text(path: Path, text: str) -> None:
    """Write a file of UTF-8 whole or not at all. Raises OutputError when it cannot be written."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write one indented JSON value, whole or not at all. Raises OutputError when it cannot be written."""
    write_text(path, _encodable(value, indent=2) + "\n")


def write_records(path: Path, records: Iterable[Any]) -> int:
    """Write records as JSON Lines, whole or not at all, and return how many there were.

    Raises OutputError when the file cannot be written.
    """
    count = 0
    with writing(path) as write:
        for record in records:
            write(record)
            count += 1
    return count


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Callable[[Any], None]]:
    """A function that writes one record after the other; the file takes its name when the block ends well."""
    with _replacing(path) as add:

        def write(record: Any) -> None:
            add((dump(to_json(record)) + "\n").encode("utf-8"))

        yield write


@contextlib.contextmanager
def writing_lines(path: Path) -> Iterator[Callable[[str], None]]:
    """The same for lines that are JSON already."""
    with _replacing(path) as add:

        def write(line: str) -> None:
            add((line + "\n").encode("utf-8"))

        yield write


def read_records(
    path: Path, cls: type[Record], skip: Callable[[Mapping[str, Any]], bool] | None = None
) -> Iterator[Record]:
    """The records of a JSON Lines file, in order, but those whose line is to be skipped, which are not checked.

    Raises InputError with `path:line` for a line that is no JSON or no such record.
    """
    try:
        file = path.open("rb")  # text mode would end a line at more than a line feed
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            try:
                value = json.loads(line.decode("utf-8"))
                if skip is not None and isinstance(value, dict) and skip(value):
                    continue
                record = from_json(cls, value)
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

    def read(
        self, name: str, cls: type[Record], skip: Callable[[Mapping[str, Any]], bool] | None = None
    ) -> Iterator[Record]:
        """The records of one file of the contract, as `read_records` reads them."""
        return read_records(self[name], cls, skip)

    def count(self, name: str) -> int:
        """How many lines a file of the contract has."""
        with self[name].open("rb") as file:
            return sum(1 for _ in file)

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

    def finished(self) -> dict[str, Any]:
        """The manifest of a finished run. Raises InputError when the folder holds none, or one under way."""
        manifest = self.manifest() if self.path.is_dir() else {}
        if manifest.get("status") == "complete":
            return manifest
        remedy = "finish it with `align run ... --out DIR`"
        if manifest.get("status") == "rescoring":
            remedy = "another threshold is being applied, or that was stopped: start the same `--rescore` again"
        raise InputError(f"{self.path}: not a finished run folder; {remedy}")

    def check_unchanged(self, manifest: Mapping[str, Any]) -> None:
        """Raise InputError unless `manifest` is still that of the folder: what was read since belongs together."""
        if self.manifest() != manifest:
            raise InputError(f"{self.path}: another process changed this run while it was read; start again")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one run.

        Raises InputError when another run holds it, OutputError when it cannot be written.
        """
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            lock = self.work / "lock"
            file = lock.open("w")
        except OSError as error:
            raise OutputError(
                f"{self.path}: cannot write the run folder: {error.strerror}; {remedy_for(error)}"
            ) from error
        with file:
            if not _lock(file.fileno()):
                raise InputError(f"{self.path}: another run is writing this folder; wait for it, or stop it")
            if not _is_open_at(file, lock):
                raise InputError(f"{self.path}: another run has just finished writing this folder; start again")
            try:
                yield
            finally:
                if self.work.is_dir() and list(self.work.iterdir()) == [lock]:
                    shutil.rmtree(self.work)


def _is_open_at(file: IO[Any], path: Path) -> bool:
    # who held the lock before may have taken the file away, or given it another name
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
