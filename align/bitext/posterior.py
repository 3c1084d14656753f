"""How sure each bead is: its share of the weight of all paths (forward and backward sums; Rabiner 1989)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.bitext.search import BEAD, DELETE, Lattice, Step, backward, forward, moved

__all__ = ["RowPosteriors", "path_scores", "row_posteriors"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RowPosteriors:
    """Probabilities in one row of the band.

    `beads` (width, shapes): of each bead that ends there. `opened` and `extended`: of a run of deletions beginning or
    going on with the source sentence after the row (0 in the last row), by column; and the same for the insertion of
    the target sentence after each column.
    """

    beads: Floats
    deletion_opened: Floats
    deletion_extended: Floats
    insertion_opened: Floats
    insertion_extended: Floats


def row_posteriors(lattice: Lattice) -> Iterator[RowPosteriors]:
    """The posteriors of each row, the first first."""
    after = list(backward(lattice))[::-1]
    total = float(after[0][BEAD, 0])
    low = lattice.band.low
    for i, (row, begins) in enumerate(forward(lattice, np.logaddexp)):
        here, width = int(low[i]), row.shape[1]
        beads = np.exp(begins + lattice.beads[i] + after[i][BEAD][:, None] - total)
        if i + 1 < len(after):
            ends = moved(after[i + 1][DELETE], int(low[i + 1]), here, width) + lattice.deletions[i] - total
        else:
            ends = np.full(width, -np.inf)
        across = after[i][-1, 1:] + lattice.insertions[here : here + width - 1] - total
        yield RowPosteriors(
            beads,
            np.exp(row[BEAD] + lattice.open + ends),
            np.exp(row[DELETE] + lattice.extend + ends),
            np.exp(np.logaddexp(row[BEAD], row[DELETE])[:-1] + lattice.open + across),
            np.exp(row[-1, :-1] + lattice.extend + across),
        )


def path_scores(lattice: Lattice, steps: Sequence[Step]) -> list[float]:
    """The posterior probability of each step of a path, in [0, 1].

    That of a sentence without a partner is summed over all places in the other text where it may have been left out.
    """
    (n, m), low = lattice.size, lattice.band.low
    number_of = {shape: number for number, shape in enumerate(lattice.shapes)}
    ends = np.cumsum(np.array([(0, 0), *steps]), axis=0)[1:]
    wanted: dict[int, list[tuple[int, int, int]]] = {}
    for place, ((i, j), step) in enumerate(zip(ends.tolist(), steps, strict=True)):
        if step in number_of:
            wanted.setdefault(i, []).append((place, j - int(low[i]), number_of[step]))
    scores, deleted, inserted = np.zeros(len(steps)), np.zeros(n + 1), np.zeros(m + 1)
    for i, row in enumerate(row_posteriors(lattice)):
        for place, column, number in wanted.get(i, ()):
            scores[place] = row.beads[column, number]
        deleted[i] = (row.deletion_opened + row.deletion_extended).sum()
        here = int(low[i])
        inserted[here : here + len(row.insertion_opened)] += row.insertion_opened + row.insertion_extended
    for place, ((i, j), step) in enumerate(zip(ends.tolist(), steps, strict=True)):
        if step not in number_of:
            scores[place] = deleted[i - 1] if step == (1, 0) else inserted[j - 1]
    return [float(score) for score in np.clip(scores, 0.0, 1.0)]
