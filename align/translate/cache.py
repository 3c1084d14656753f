"""Translations made before, kept in one SQLite file for all runs of a user.

A translation is a function of its text, the weights, the engine and the decode settings: all of them are in the key,
so nothing in the file is ever wrong, only unused. Each value has a checksum, and a damaged one is made anew. What was
translated is written every few hundred texts; a process that is killed leaves it there. Several processes may read and
write at once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from align.errors import AlignError, ConfigError, OutputError
from align.records import Translated

__all__ = ["CachedTranslator", "TranslationCache"]

_WAIT = 120.0  # seconds for another process to finish its writing
_CHUNK = 256  # texts, between two times that something is written
_ASKED = 500  # keys in one question
_DIGITS = 16  # of a value's checksum
_TABLE = "CREATE TABLE IF NOT EXISTS translations (key BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


class TranslationCache:
    """Results by recipe and text, in the SQLite file `path`; its folder is made when something is first kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self, recipe: str, texts: Sequence[str]) -> dict[str, Translated]:
        """The results that are kept for any of `texts` under `recipe`; one that is damaged is dropped.

        Raises ConfigError for a file that is no database, OutputError for one that another process does not let go.
        """
        if not self._path.exists():
            return {}
        keys = {_key(recipe, text): text for text in texts}
        found, damaged = {}, []
        with self._connected() as connection, connection:
            wanted = list(keys)
            for begin in range(0, len(wanted), _ASKED):
                part = wanted[begin : begin + _ASKED]
                marks = ",".join("?" * len(part))
                question = f"SELECT key, value FROM translations WHERE key IN ({marks})"  # noqa: S608 - only marks
                for key, value in connection.execute(question, part):
                    result = _read(value)
                    if result is None:
                        damaged.append((key,))
                    else:
                        found[keys[key]] = result
            if damaged:
                connection.executemany("DELETE FROM translations WHERE key = ?", damaged)
        return found

    def keep(self, recipe: str, results: Mapping[str, Translated]) -> None:
        """Keep the result of each text; what another process kept first stays. Raises as `known`."""
        rows = [(_key(recipe, text), _written(result)) for text, result in results.items()]
        with self._connected() as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO translations VALUES (?, ?)", rows)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as connection:
                connection.text_factory = bytes  # a damaged value need not be UTF-8
                connection.execute(_TABLE)
                yield connection
        except AlignError:
            raise
        except (OSError, sqlite3.Error) as error:
            kind, remedy = _told(error)
            raise kind(
                f"{self._path}: cannot be used to keep translations: {error}; "
                f"{remedy}, name another folder in ALIGN_HOME, or run with --no-cache"
            ) from error


def _told(error: Exception) -> tuple[type[AlignError], str]:
    """What kind of error it is, and what to do first."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more of the same
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return OutputError, "wait for the process that holds it"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return OutputError, "make room on the disk"
    return ConfigError, "remove the file"


def _key(recipe: str, text: str) -> bytes:
    return hashlib.sha256(f"{recipe}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _written(result: Translated) -> str:
    kept = [result.text, result.score, list(result.flags)]
    return json.dumps([*kept, _checksum(kept)])


def _read(value: bytes) -> Translated | None:
    """The result, or None for a value that is not as it was written."""
    try:
        *kept, checksum = json.loads(value)
        text, score, flags = kept
    except (ValueError, TypeError, RecursionError):
        return None
    return Translated(text, score, tuple(flags)) if checksum == _checksum(kept) else None


def _checksum(kept: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(list(kept)).encode("ascii")).hexdigest()[:_DIGITS]


class Retrying(Protocol):
    """A translator with a second, safer way, whose `recipe` names everything that its results depend on."""

    model: str
    revision: str
    recipe: str

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """One result for each text."""
        ...

    def retry(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """One result for each text, in the safer way."""
        ...


class CachedTranslator:
    """A translator that looks first whether it has met a text before."""

    def __init__(self, translator: Retrying, cache: TranslationCache) -> None:
        self.model, self.revision = translator.model, translator.revision
        self._translator, self._cache = translator, cache

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """As the translator behind it."""
        return self._cached("translate", self._translator.translate, texts, source)

    def retry(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """As the translator behind it."""
        return self._cached("retry", self._translator.retry, texts, source)

    def _cached(
        self, way: str, work: Callable[..., list[Translated]], texts: Sequence[str], source: str
    ) -> list[Translated]:
        recipe = f"{way}|{source}|{self._translator.recipe}"
        found = self._cache.known(recipe, texts)
        # of like length together, so that a chunk makes full batches
        new = sorted({text for text in texts if text not in found}, key=lambda text: (-len(text), text))
        for begin in range(0, len(new), _CHUNK):
            part = new[begin : begin + _CHUNK]
            results = dict(zip(part, work(part, source=source), strict=True))
            self._cache.keep(recipe, results)
            found.update(results)
        return [found[text] for text in texts]
