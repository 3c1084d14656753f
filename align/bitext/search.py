"""The best path of beads through the band, and the weight of all paths.

Semi-Markov dynamic programme: a step takes a bead of some shape, or leaves one sentence of one side without a
partner; neighbouring sentences without a partner pay the opening once (affine gaps). Of a run of both kinds the source
sentences come first, so that no two paths mean the same beads. Time and memory grow with the band's cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.bitext.band import Band

__all__ = ["BEAD", "DELETE", "IMPOSSIBLE", "INSERT", "Lattice", "Step", "backward", "best_path", "forward"]

Floats = NDArray[np.float64]
Step = tuple[int, int]

IMPOSSIBLE = -1e30
BEAD, DELETE, INSERT = 0, 1, 2  # what a path did last


@dataclass(frozen=True, slots=True)
class Lattice:
    """Log scores of everything a path may do.

    `beads[i]` (width of row i, shapes): score of a bead of each shape that ends in that row's cells. `deletions` (n)
    and `insertions` (m): score of leaving a sentence without a partner, beside `open` for the first of a run and
    `extend` for each further one.
    """

    band: Band
    shapes: Sequence[Step]
    beads: Sequence[NDArray[np.float32]]
    deletions: Floats
    insertions: Floats
    open: float
    extend: float

    @property
    def size(self) -> tuple[int, int]:
        """Sentences on the two sides."""
        return len(self.deletions), len(self.insertions)


class Window:
    """The latest rows of some values a cell, at their place in the full width, looked up by shape.

    Looks back to where a bead began (`direction` -1) or on to where it ends (1). `depth` values a cell: 1, or as many
    as there are shapes.
    """

    def __init__(self, lattice: Lattice, direction: int, depth: int) -> None:
        x, y = np.array(lattice.shapes, np.int64).reshape(-1, 2).T
        self._x, self._y = direction * x, direction * y
        self._reach = int(max(x.max(initial=1), y.max(initial=1)))
        self._depth, self._columns = depth, lattice.size[1] + 1 + 2 * self._reach
        self._values = np.full((self._reach + 1, self._columns, depth), IMPOSSIBLE)
        self._used = [slice(0, 0)] * (self._reach + 1)

    def put(self, i: int, low: int, values: Floats) -> None:
        """Take in row i, which begins at column `low`: (width, depth)."""
        place = i % len(self._values)
        self._values[place, self._used[place]] = IMPOSSIBLE
        self._used[place] = slice(low + self._reach, low + self._reach + len(values))
        self._values[place, self._used[place]] = values

    def get(self, i: int, low: int, width: int) -> Floats:
        """(width, shapes): for each cell of row i and each shape the value at the bead's other end."""
        rows = (i + self._x) % len(self._values)
        columns = np.arange(low, low + width)[:, None] + self._y + self._reach
        depth = np.arange(len(self._x)) if self._depth > 1 else 0
        return np.asarray(self._values[rows, columns, depth])


def moved(values: Floats, low: int, to_low: int, width: int) -> Floats:
    """Values of a row that begins at column `low`, cut or filled up to `width` columns from `to_low` on."""
    out = np.full(width, IMPOSSIBLE)
    begin, end = max(low, to_low), min(low + len(values), to_low + width)
    if begin < end:
        out[begin - to_low : end - to_low] = values[begin - low : end - low]
    return out


def forward(lattice: Lattice, add: np.ufunc) -> Iterator[tuple[Floats, Floats]]:
    """For each row the weight of the ways to its cells, by what was done last (3, width), and to each bead's begin.

    `add` joins ways: numpy's maximum for the best one, logaddexp for the sum of all. The second value is
    (width, shapes).
    """
    (n, _), low, widths = lattice.size, lattice.band.low, lattice.band.widths
    window = Window(lattice, -1, 1)
    row = np.zeros((3, 0))
    for i in range(n + 1):
        here, width, above = int(low[i]), int(widths[i]), row
        begins = window.get(i, here, width)
        row = np.full((3, width), IMPOSSIBLE)
        if lattice.shapes:
            row[BEAD] = add.reduce(begins + lattice.beads[i], axis=1)
        if i:
            deleted = add(above[BEAD] + lattice.open, above[DELETE] + lattice.extend) + lattice.deletions[i - 1]
            row[DELETE] = moved(deleted, int(low[i - 1]), here, width)
        else:
            row[BEAD, 0] = 0.0
        row[INSERT, 1:] = _insertions(lattice, here, add(row[BEAD], row[DELETE])[:-1], add)
        window.put(i, here, add.reduce(row, axis=0)[:, None])
        yield row, begins


def _insertions(lattice: Lattice, low: int, before: Floats, add: np.ufunc) -> Floats:
    """Ways that end in a run of insertions: a running sum over the cells where the run may have begun."""
    if not len(before):
        return before
    to = np.cumsum(lattice.insertions[low : low + len(before)] + lattice.extend)
    opened = before + (lattice.open - lattice.extend) - np.concatenate([[0.0], to[:-1]])
    return np.asarray(to + add.accumulate(opened))


def backward(lattice: Lattice, add: np.ufunc = np.logaddexp) -> Iterator[Floats]:
    """For each row, the last first, the log weight of the ways from its cells to the end, by what was done last.

    `add` joins ways as in `forward`.
    """
    (n, _), low, widths = lattice.size, lattice.band.low, lattice.band.widths
    window = Window(lattice, 1, max(len(lattice.shapes), 1))
    row = np.zeros((3, 0))
    for i in range(n, -1, -1):
        here, width, below = int(low[i]), int(widths[i]), row
        row = np.full((3, width), IMPOSSIBLE)
        if lattice.shapes:
            row[INSERT] = add.reduce(window.get(i, here, width), axis=1)
        if i == n:
            row[INSERT, -1] = add(row[INSERT, -1], 0.0)
        row[BEAD] = row[DELETE] = row[INSERT]
        to = np.concatenate([[0.0], np.cumsum(lattice.insertions[here : here + width - 1] + lattice.extend)])
        row[INSERT] = add.accumulate((row[INSERT] + to)[::-1])[::-1] - to
        inserted = lattice.open + lattice.insertions[here : here + width - 1] + row[INSERT, 1:]
        row[:INSERT, :-1] = add(row[:INSERT, :-1], inserted)
        if i < n:
            deleted = moved(below[DELETE], int(low[i + 1]), here, width) + lattice.deletions[i]
            row[BEAD] = add(row[BEAD], deleted + lattice.open)
            row[DELETE] = add(row[DELETE], deleted + lattice.extend)
        if lattice.shapes:
            window.put(i, here, row[BEAD][:, None] + lattice.beads[i])
        yield row


def best_path(lattice: Lattice) -> list[Step]:
    """The steps of the best path; (1, 0) and (0, 1) leave a sentence without a partner. Ties go to the first shape."""
    rows = [row for row, _ in forward(lattice, np.maximum)]
    low = lattice.band.low
    (i, j), steps = lattice.size, []
    state = int(rows[i][:, j - low[i]].argmax())
    while i or j:
        if state == BEAD:
            x, y = _best_shape(lattice, rows, i, j)
            i, j = i - x, j - y
            state = int(rows[i][:, j - low[i]].argmax())
            steps.append((x, y))
            continue
        step = (1, 0) if state == DELETE else (0, 1)
        i, j = i - step[0], j - step[1]
        ways = rows[i][:, j - low[i]].copy()
        ways[:state] += lattice.open
        ways[state] += lattice.extend
        state = int(ways[: state + 1].argmax())
        steps.append(step)
    return steps[::-1]


def _best_shape(lattice: Lattice, rows: Sequence[Floats], i: int, j: int) -> Step:
    low, high = lattice.band.low, lattice.band.high
    best, best_value = (0, 0), -np.inf
    for number, (x, y) in enumerate(lattice.shapes):
        if x <= i and y <= j and low[i - x] <= j - y <= high[i - x]:
            value = rows[i - x][:, j - y - low[i - x]].max() + lattice.beads[i][j - low[i], number]
            if value > best_value:
                best, best_value = (x, y), value
    return best
