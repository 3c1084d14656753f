"""Installed models: a folder each below `home() / "models"`, whose `model.json` says what it is and what it was.

A folder takes its name when it is complete, by renaming, so a name that exists is a whole model. What is not yet, or
no longer, a model lies in `.partial`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cattrs

from align.errors import ConfigError, ModelUnavailableError
from align.translate.store.folder import Kind
from align.translate.store.home import VARIABLE, home

__all__ = [
    "RECORD",
    "Installed",
    "StoredFile",
    "building",
    "check_name",
    "download",
    "exists",
    "find",
    "folder_size",
    "installed",
    "locked",
    "names",
    "place",
    "publish",
    "read",
    "reading",
    "remove",
    "unfinished",
    "write_record",
]

RECORD = "model.json"
_FORMAT = 1
_NAME = re.compile(r"\w[\w.+-]*")
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a file was when it was installed; `modified` is its time in nanoseconds."""

    size: int
    sha256: str
    modified: int


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed model.

    `reference` is its name in the output: the hub id, or else `name`, that of its folder here. `revision` is the hub
    commit, or the first twelve digits of the weights' SHA-256. `source` is where it came from, `source_sha256` the
    hash that its weight file had there. `link` is the folder that holds the files where they were not copied.
    """

    name: str
    reference: str
    revision: str
    languages: tuple[str, ...]
    kind: Kind
    licence: str | None
    source: str
    source_sha256: str
    weights: str
    files: dict[str, StoredFile]
    link: str | None = None

    @property
    def path(self) -> Path:
        """The folder that holds the files."""
        return Path(self.link) if self.link else place(self.name)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())

    @property
    def weight_hash(self) -> str:
        """SHA-256 of the weight file."""
        return self.files[self.weights].sha256


def _models() -> Path:
    return home() / "models"


def check_name(name: str) -> str:
    """The name, if a model can have it. Raises ConfigError."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"model name: not allowed: {name!r}; expected letters, digits and _ . + -")
    return name


def names() -> list[str]:
    """Names of installed models, sorted; a folder without a record is none."""
    return sorted(path.parent.name for path in _models().glob(f"[!.]*/{RECORD}"))


def place(name: str) -> Path:
    """The folder of the model of this name, there or not."""
    return _models() / name


def exists(name: str) -> bool:
    """Whether the name is taken, by a model or by anything else."""
    return place(name).exists()


def read(name: str) -> Installed:
    """The record of an installed model. Raises ModelUnavailableError when it cannot be read."""
    path = place(name) / RECORD
    if not path.is_file():
        raise ModelUnavailableError(f"{path.parent}: not an installed model, it lacks {RECORD}; move it elsewhere")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != _FORMAT:
            raise ValueError("written by another version of align")
        record = cattrs.structure(data | {"name": name}, Installed)
        if record.weights not in record.files or not record.languages:
            raise ValueError("no weights or no language in it")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cattrs.BaseValidationError) as error:
        raise ModelUnavailableError(
            f"{path}: cannot read what is installed: {error}; `align models remove {name}` and install it again"
        ) from error
    return record


def write_record(folder: Path, model: Installed) -> None:
    """Write `model.json` into a folder, whole or not at all."""
    data: dict[str, Any] = {"format": _FORMAT, **dataclasses.asdict(model)}
    del data["name"]  # the folder's
    path = folder / RECORD
    temporary = path.with_suffix(".json.part")
    temporary.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def installed() -> list[Installed]:
    """Every installed model, by name. Raises ModelUnavailableError for one whose record cannot be read."""
    return [read(name) for name in names()]


def reading(tag: str) -> list[Installed]:
    """Installed models that read a language, the best first: the larger weight file, then the name."""
    models = [model for model in installed() if tag in model.languages]
    return sorted(models, key=lambda model: (-model.files[model.weights].size, model.name))


def find(reference: str) -> Installed | None:
    """The installed model of this name, else the first by name that was installed from this hub id."""
    models = installed()
    by_name = [model for model in models if model.name == reference]
    return next(iter(by_name + [model for model in models if model.reference == reference]), None)


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the name: another process that installs or removes the same model waits until it is free."""
    path = _partial("locks", name)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file lets go


def _partial(kind: str, name: str) -> Path:
    """A path in `.partial` whose parent exists. Raises ConfigError when it cannot be made."""
    parent = _models() / _PARTIAL / kind
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{parent}: cannot keep models there: {error.strerror}; "
            f"name another folder in the environment variable {VARIABLE}"
        ) from error
    return parent / name


def download(name: str) -> Path:
    """Where a model's files are collected before it is installed; what an earlier try has left stays."""
    return _partial("downloads", name)


@contextlib.contextmanager
def building(name: str) -> Iterator[Path]:
    """An empty folder to put a model together in, which is gone afterwards unless it was published."""
    path = _partial("building", name)
    shutil.rmtree(path, ignore_errors=True)  # of a process that was killed: we hold the lock
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def publish(folder: Path, name: str) -> None:
    """Give a complete folder its name."""
    folder.rename(place(name))


def remove(name: str) -> None:
    """Delete a model and what is left of unfinished tries. A folder that it links to stays as it is."""
    removed = _partial("removed", name)
    shutil.rmtree(removed, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        place(name).rename(removed)
    for path in (removed, download(name), _partial("building", name)):
        if path.exists():
            shutil.rmtree(path)


def unfinished() -> dict[str, int]:
    """Models whose download has begun and not ended, and the bytes that are there."""
    begun = sorted(path for path in (_models() / _PARTIAL / "downloads").glob("*") if path.is_dir())
    return {path.name: folder_size(path) for path in begun}


def folder_size(folder: Path) -> int:
    """Bytes of all files in a folder that may change meanwhile."""
    size = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(FileNotFoundError):
                size += (Path(parent) / name).stat().st_size
    return size
