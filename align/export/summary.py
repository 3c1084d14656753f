"""What an export is told about where its pairs come from, and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from align.export.provenance import SourcedPair

__all__ = ["SPLITS", "ExportSummary", "Recipe", "Tally"]

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the pairs came to be: the run's manifest, and what picked them, in words.

    `name` is the stem of the files that are written. `licence` is an identifier of the Hub's list, for the texts.
    """

    name: str = "align"
    manifest: Mapping[str, Any] = field(default_factory=dict)
    selection: tuple[str, ...] = ()
    licence: str = "unknown"


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """The files that were written, how many pairs they hold, how many were left out and how many changed, by reason.

    A pair is changed when a text of it holds what the format cannot: what became of it is said in the reason.
    `splits` counts the pairs of each part of a split, and is empty without one.
    """

    files: tuple[Path, ...]
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    splits: Mapping[str, int] = field(default_factory=dict)


class Tally:
    """Counts under way: `take` a pair that was written, count what was left out or changed, then `summary`."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self._splits: Counter[str | None] = Counter()

    def take(self, sourced: SourcedPair, change: str | None = None) -> None:
        """Count a pair that was written, and that it was changed where `change` says how."""
        self._splits[sourced.split] += 1
        if change:
            self.changed[change] += 1

    def add(self, split: str | None, count: int) -> None:
        """Count many pairs of one part that were written."""
        self._splits[split] += count

    def summary(self, files: Iterable[Path]) -> ExportSummary:
        """The counts so far, with the files that were written."""
        parts = {split: self._splits[split] for split in SPLITS if self._splits[split]}
        counts = dict(sorted(self.left_out.items())), dict(sorted(self.changed.items()))
        return ExportSummary(tuple(files), self._splits.total(), *counts, parts)
