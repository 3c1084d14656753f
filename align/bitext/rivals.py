"""How far the best path falls behind where one of its beads is forbidden, and what stands in the bead's place then.

Every path covers each sentence once. A path without some bead covers the bead's first sentence in another way, so the
best of those other ways (max-marginals, by a forward and a backward pass) is the best path without the bead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from align.bitext.search import BEAD, DELETE, Lattice, Step, backward, forward, moved

__all__ = ["Ranges", "best_rivals"]

Ranges = tuple[tuple[int, int], tuple[int, int]]

_NONE = -1e29  # below which nothing is possible


def best_rivals(lattice: Lattice, steps: Sequence[Step]) -> list[tuple[float, Ranges | None]]:
    """Of each step of the best path the distance, 0 and above, and the rival; (0, None) where there is none."""
    losses = _Losses(lattice)
    found: list[tuple[float, Ranges | None]] = []
    i = j = 0
    for x, y in steps:
        loss, place = losses.insertion_rival(j) if not x else losses.rival(i, j, (x, y))
        found.append((max(-loss, 0.0), place) if loss > _NONE else (0.0, None))
        i, j = i + x, j + y
    return found


class _Losses:
    """Score of the best path through each bead and gap, less that of the best path: 0 on it, negative elsewhere."""

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        n, _ = lattice.size
        self._beads: list[NDArray[np.float32]] = []
        self._deleted, self._deleted_at = np.full(n, -np.inf), np.zeros(n, np.int64)
        after = list(backward(lattice, np.maximum))[::-1]
        total = float(after[0][BEAD, 0])
        for i, (row, begins) in enumerate(forward(lattice, np.maximum)):
            self._beads.append((begins + lattice.beads[i] + after[i][BEAD][:, None] - total).astype(np.float32))
            if i < n:
                low = int(lattice.band.low[i])
                ends = moved(after[i + 1][DELETE], int(lattice.band.low[i + 1]), low, row.shape[1])
                ways = np.maximum(row[BEAD] + lattice.open, row[DELETE] + lattice.extend) + ends
                self._deleted_at[i] = low + ways.argmax()
                self._deleted[i] = ways.max() + lattice.deletions[i] - total

    def rival(self, i: int, j: int, step: Step) -> tuple[float, Ranges | None]:
        """The best way to cover source sentence i, other than by the step that begins at sentences i and j."""
        best: tuple[float, Ranges | None] = (-np.inf, None)
        if step != (1, 0):
            column = int(self._deleted_at[i])
            best = float(self._deleted[i]), ((i, i + 1), (column, column))
        for row in range(i + 1, min(i + self._reach, self._lattice.size[0]) + 1):
            low, values = int(self._lattice.band.low[row]), self._beads[row].copy()
            for number, (x, _) in enumerate(self._lattice.shapes):
                if x < row - i:
                    values[:, number] = -np.inf
            if row == i + step[0] and step in self._lattice.shapes:
                values[j + step[1] - low, list(self._lattice.shapes).index(step)] = -np.inf
            if values.size and values.max() > best[0]:
                column, number = divmod(int(values.argmax()), values.shape[1])
                best = float(values[column, number]), self._ranges(row, low + column, number)
        return best

    def insertion_rival(self, j: int) -> tuple[float, Ranges | None]:
        """The best bead that covers target sentence j."""
        band, best, place = self._lattice.band, -np.inf, None
        longest = max((y for _, y in self._lattice.shapes), default=0)
        rows = range(int(np.searchsorted(band.high, j + 1)), int(np.searchsorted(band.low, j + longest, "right")))
        for row in rows:
            low = int(band.low[row])
            begin, end = max(j + 1, low), min(j + longest, int(band.high[row])) + 1
            values = self._beads[row][begin - low : end - low].copy()
            for number, (_, y) in enumerate(self._lattice.shapes):
                values[max(j + y + 1 - begin, 0) :, number] = -np.inf
            if values.size and values.max() > best:
                column, number = divmod(int(values.argmax()), values.shape[1])
                best = float(values[column, number])
                place = self._ranges(row, begin + column, number)
        return best, place

    @property
    def _reach(self) -> int:
        return max((x for x, _ in self._lattice.shapes), default=0)

    def _ranges(self, i: int, j: int, number: int) -> Ranges:
        x, y = self._lattice.shapes[number]
        return (i - x, i), (j - y, j)
