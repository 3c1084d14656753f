"""Which files the inputs of a run are, and what is found among them that is none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from align.errors import InputError
from align.records import Rejected

__all__ = ["InputFile", "find_files", "printable"]

# Files that `datasets` saves beside its tables; they hold no articles.
_DATASET_NOTES = frozenset(("state.json", "dataset_info.json", "dataset_dict.json"))


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file with its name in ids; `problem` says why it cannot be read, if it cannot."""

    path: Path
    name: str
    problem: Rejected | None = None


def find_files(paths: Sequence[Path], suffixes: Sequence[str]) -> list[InputFile]:
    """The files of files and folders, in the order given; folders whole, in sorted order.

    In a folder, hidden files, files of other suffixes and links to folders are passed over; what has a suffix and is
    no file (a pipe, a device, a link that leads nowhere), and a subfolder that cannot be listed, has a problem.

    Raises InputError for a path that does not exist or cannot be opened, and for a folder without anything to read.
    """
    found: list[InputFile] = []
    for path in paths:
        if path.is_dir():
            found += _files_of_folder(path, suffixes)
        else:
            _check_opens(path, suffixes)
            found.append(InputFile(path, printable(path.name)))
    return found


def _files_of_folder(folder: Path, suffixes: Sequence[str]) -> list[InputFile]:
    found: list[tuple[tuple[str, ...], InputFile]] = []
    unlisted: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        tables = any(name.lower().endswith(".arrow") for name in names) or "dataset_dict.json" in names
        for name in names:
            known = name.lower().endswith(tuple(suffixes)) and not name.startswith(".")
            if known and not (tables and name in _DATASET_NOTES):
                parts = Path(place, name).relative_to(folder).parts
                found.append((parts, _looked_at(Path(place, name), printable("/".join(parts)))))
    for error in unlisted:
        parts = Path(error.filename).relative_to(folder).parts
        if not parts:
            raise InputError(f"{folder}: cannot list the folder: {_reason(error)}") from error
        found.append((parts, _unlisted(error, printable("/".join(parts)))))
    if not found:
        raise InputError(f"{folder}: no file to read in the folder; allowed: {' '.join(suffixes)}")
    return [file for _, file in sorted(found, key=lambda item: item[0])]


def _looked_at(path: Path, name: str) -> InputFile:
    """A file of a folder. A pipe is never opened: whoever opens one waits for its writer."""
    try:
        if not path.is_file():
            path.stat()
            return InputFile(path, name, Rejected(name, "read", "not-a-file", "a pipe, a socket or a device"))
        with path.open("rb"):
            pass
    except OSError as error:
        return InputFile(path, name, Rejected(name, "read", "unreadable", f"cannot open: {_reason(error)}"))
    return InputFile(path, name)


def _unlisted(error: OSError, name: str) -> InputFile:
    problem = Rejected(name, "read", "unreadable", f"cannot list the folder: {_reason(error)}")
    return InputFile(Path(error.filename), name, problem)


def _check_opens(path: Path, suffixes: Sequence[str]) -> None:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: neither a file nor a folder; allowed: {' '.join(suffixes)}")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = _reason(error) if isinstance(error, OSError) else str(error).lower()
        raise InputError(
            f"{path}: cannot be read: {reason}; allowed: folders, and files named "
            f"{' '.join('*' + suffix for suffix in suffixes)}"
        ) from error


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()


def printable(name: str) -> str:
    """A file name that UTF-8 can carry; bytes of another encoding become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")
