"""The vectors of one text's runs as the aligner uses them: centred, and a stretch at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from align.bitext.overlaps import Runs

__all__ = ["Vectors", "no_vectors"]

Floats = NDArray[np.float32]

_MEAN_WEIGHT = 4  # sentences' worth of doubt whether the mean of a few vectors says anything
_STRETCH = 256  # sentences whose runs are made at once
_KEPT_BYTES = 96 * 2**20  # of stretches that are kept for the next rows of the search
_SINGLES = 4096  # sentences encoded at once


class Vectors:
    """Vectors of runs, less what all sentences of the text have in common, of length 1 again; zero rows stay zero.

    `singles` (n, d) are those of the sentences; longer runs, of up to `depth` sentences, are made when they are asked
    for, so that memory does not grow with `depth` times n.
    """

    def __init__(self, runs: Runs, count: int, depth: int) -> None:
        self.depth, self._runs = depth, runs
        first = runs.rows((1,), 0, min(_SINGLES, count))[0]
        self.singles = np.zeros((count, first.shape[1]), np.float32)
        self.singles[: len(first)] = first
        for begin in range(_SINGLES, count, _SINGLES):
            end = min(begin + _SINGLES, count)
            self.singles[begin:end] = runs.rows((1,), begin, end)[0]
        self._mean = (self.singles.sum(axis=0, dtype=np.float64) / (count + _MEAN_WEIGHT)).astype(np.float32)
        for begin in range(0, count, _SINGLES):
            self.singles[begin : begin + _SINGLES] = self._centred(self.singles[begin : begin + _SINGLES])
        self._kept: OrderedDict[int, Floats] = OrderedDict()

    def __len__(self) -> int:
        return len(self.singles)

    def mean(self) -> Floats:
        """Mean of the sentences' centred vectors (d)."""
        return np.asarray(self.singles.mean(axis=0, dtype=np.float64), np.float32)

    def rows(self, begin: int, end: int) -> Floats:
        """(depth, end - begin, d): row i of layer k - 1 is the run of k sentences that begins at `begin` + i."""
        parts = []
        for number in range(begin // _STRETCH, -(-end // _STRETCH)):
            at = number * _STRETCH
            parts.append(self._stretch(number)[:, max(begin - at, 0) : end - at])
        return np.concatenate(parts, axis=1) if parts else np.zeros((self.depth, 0, self.singles.shape[1]), np.float32)

    def _stretch(self, number: int) -> Floats:
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        begin, end = number * _STRETCH, min((number + 1) * _STRETCH, len(self))
        rows = self.singles[None, begin:end]
        if self.depth > 1:
            longer = self._centred(self._runs.rows(range(2, self.depth + 1), begin, end))
            rows = np.concatenate([rows, longer])
        self._kept[number] = rows
        if len(self._kept) * rows.nbytes > _KEPT_BYTES and len(self._kept) > 2:
            self._kept.popitem(last=False)
        return rows

    def _centred(self, rows: Floats) -> Floats:
        present = rows.any(axis=-1, keepdims=True)
        rows = np.where(present, rows - self._mean, 0)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


def no_vectors(count: int, depth: int) -> Vectors:
    """Vectors that say nothing: one zero a run."""
    return Vectors(_Zeros(), count, depth)


class _Zeros:
    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        return np.zeros((len(sizes), end - begin, 1), np.float32)
