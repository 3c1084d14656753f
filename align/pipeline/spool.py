"""Matches in the order of their file, however many there are: what does not fit into memory waits on disk."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from align.records import PassageMatch
from align.runfolder import read_records, write_records, writing_lines

__all__ = ["Spool"]

_HELD = 2_000  # matches in memory
_FILES = 64  # files of so many that are read at once before they are made one


class Spool:
    """Matches, given in any order and read, as often as one likes, the best first.

    Files are written to `folder` when there are too many.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[PassageMatch] = []
        self._files: list[Path] = []
        self._merged: list[Path] = []
        self._count = 0

    def add(self, matches: Iterable[PassageMatch]) -> None:
        """Take matches."""
        for match in matches:
            self._held.append(match)
            self._count += 1
            if len(self._held) >= _HELD:
                self._files.append(self._path("matches"))
                write_records(self._files[-1], sorted(self._held, key=_place))
                self._held = []
            if len(self._files) >= _FILES:
                self._merged.append(self._path("merged"))
                _merge(self._files, self._merged[-1])
                self._files = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[PassageMatch]:
        parts = [read_records(path, PassageMatch) for path in (*self._merged, *self._files)]
        return heapq.merge(*parts, sorted(self._held, key=_place), key=_place)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-{self._count}.jsonl"


def _place(match: PassageMatch) -> tuple[float, str]:
    return -match.score, match.id


def _merge(paths: Sequence[Path], into: Path) -> None:
    """Make one file of sorted ones, and take those away."""
    with writing_lines(into) as write:
        for _, _, line in heapq.merge(*map(_lines, paths)):
            write(line)
    for path in paths:
        path.unlink()


def _lines(path: Path) -> Iterator[tuple[float, str, str]]:
    """The lines of a file, each led by its place."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            match = json.loads(line)
            yield -match["score"], match["id"], line.removesuffix("\n")
