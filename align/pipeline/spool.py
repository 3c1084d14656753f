"""Matches in the order of their file, however many there are: what does not fit into memory waits on disk."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

from align.records import PassageMatch
from align.runfolder import read_records, write_records

__all__ = ["Spool"]

_HELD = 5_000  # matches in memory


class Spool:
    """Matches, given in any order and read, as often as one likes, the best first.

    Files are written to `folder` when there are too many.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[PassageMatch] = []
        self._files: list[Path] = []
        self._count = 0

    def add(self, matches: Iterable[PassageMatch]) -> None:
        """Take matches."""
        for match in matches:
            self._held.append(match)
            self._count += 1
            if len(self._held) >= _HELD:
                path = self._folder / f"matches-{len(self._files)}.jsonl"
                write_records(path, sorted(self._held, key=_place))
                self._files.append(path)
                self._held = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[PassageMatch]:
        parts = [read_records(path, PassageMatch) for path in self._files]
        return heapq.merge(*parts, sorted(self._held, key=_place), key=_place)


def _place(match: PassageMatch) -> tuple[float, str]:
    return -match.score, match.id
