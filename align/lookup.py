"""Values by key that need not fit into memory: filled first, then asked, on disk until it is closed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar

from align.errors import OutputError

__all__ = ["Lookup", "batches"]

Item = TypeVar("Item")

_CACHE = 4_000  # kibibytes of the table that are held in memory
_ROWS = 1_000  # rows that are written at a time
_CHARACTERS = 2**20  # or fewer, where their values are long
_ASKED = 500  # keys in one question


class Lookup:
    """JSON values by text, in a temporary file of the system's that has no name and goes with this object.

    Keys are told apart by 16 bytes of their hash. Of several values of one key the last one counts. Raises OutputError
    where the temporary folder is full or cannot be written.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, str]] = []
        self._characters = 0  # of the values that wait
        self._indexed = False
        with _told():
            self._database = sqlite3.connect("", isolation_level=None)  # the empty name: a temporary file
            for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE}"):
                self._database.execute(f"PRAGMA {setting}").close()
            self._database.execute("CREATE TABLE held (key BLOB NOT NULL, value TEXT NOT NULL)")

    def __enter__(self) -> Lookup:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def add(self, key: str, value: Any) -> None:
        """Take a value that JSON can hold; tuples come back as lists."""
        text = json.dumps(value)
        self._waiting.append((_digest(key), text))
        self._characters += len(text)
        if len(self._waiting) >= _ROWS or self._characters >= _CHARACTERS:
            self._write()

    def fill(self, rows: Iterable[tuple[str, Any]]) -> Lookup:
        """Take many values, and give this object back."""
        for key, value in rows:
            self.add(key, value)
        return self

    def find(self, keys: Iterable[str]) -> dict[str, Any]:
        """The values of those keys that have one."""
        if self._waiting or not self._indexed:
            self._write()
            with _told():
                # made when all is there, it is sorted on disk; kept up to date, it would be written all over
                self._database.execute("CREATE INDEX IF NOT EXISTS by_key ON held (key)")
            self._indexed = True
        wanted = {_digest(key): key for key in keys}
        found: dict[str, Any] = {}
        for part in batches(wanted, _ASKED):
            marks = ",".join("?" * len(part))
            question = f"SELECT key, value FROM held WHERE key IN ({marks}) ORDER BY rowid"  # noqa: S608 - only marks
            with _told():
                found.update((wanted[key], json.loads(value)) for key, value in self._database.execute(question, part))
        return found

    def _write(self) -> None:
        with _told():
            self._database.execute("BEGIN")
            self._database.executemany("INSERT INTO held VALUES (?, ?)", self._waiting)
            self._database.execute("COMMIT")
        self._waiting.clear()
        self._characters = 0


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`, the last one shorter."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(f"the temporary folder cannot be used: {error}; name another one in TMPDIR") from error
