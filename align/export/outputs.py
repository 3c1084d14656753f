"""Several files that take their names together, when all of them are complete."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from align.errors import AlignError, OutputError
from align.runfolder import naming, remedy_for, sole_writer

__all__ = ["Outputs", "outputs"]


class Outputs:
    """Files under way below one folder. `open_path` gives a temporary path for a file that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partials: dict[Path, Path] = {}

    def open_path(self, name: str) -> Path:
        """Where to write the file that will be called `name`, a path relative to the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return self.partials.setdefault(path, path.with_name(path.name + ".tmp"))

    def open(self, name: str) -> IO[str]:
        """The file that will be called `name`, for UTF-8 text that is written as it is."""
        return self.open_path(name).open("w", encoding="utf-8", newline="")

    @property
    def files(self) -> tuple[Path, ...]:
        """The final names, sorted."""
        return tuple(sorted(self.partials))


@contextlib.contextmanager
def outputs(folder: Path) -> Iterator[Outputs]:
    """Write files below `folder`; they are renamed when the block ends well and removed when it does not.

    Raises OutputError when the folder cannot be written, or another process is writing into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    writing = Outputs(folder)
    with sole_writer(folder):
        try:
            yield writing
            for path in writing.files:
                with naming(path):
                    writing.partials[path].replace(path)
        except BaseException as error:
            for partial in writing.partials.values():
                partial.unlink(missing_ok=True)
            if isinstance(error, OSError) and not isinstance(error, AlignError):
                raise _unwritable(folder, error) from error
            raise


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"{folder}: cannot write the export: {error.strerror or error}; {remedy_for(error)}")
