"""The part of the search plane that a path may cross."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.bitext.anchors import Anchors

__all__ = ["Band", "band_around"]

Ints = NDArray[np.int64]

_MARGIN = 6  # sentences around the anchors' rectangles, on either side
_MAX_CELLS = 400_000  # of one rectangle; a larger one keeps a corridor along its diagonal


@dataclass(frozen=True, slots=True)
class Band:
    """For each count i of source sentences read, the counts `low[i]` to `high[i]` of target sentences, both included.

    Both rise, each row touches the next, `low[0]` is 0 and `high[-1]` is the number of target sentences.
    """

    low: Ints
    high: Ints

    @property
    def widths(self) -> Ints:
        """Cells in each row."""
        return self.high - self.low + 1


def band_around(anchors: Anchors, n: int, m: int, *, margin: int = _MARGIN, max_cells: int = _MAX_CELLS) -> Band:
    """The rectangles between neighbouring anchors, widened by `margin` sentences all around.

    Between anchors that lie far apart the rectangle is as wide as the texts, so that a part that one text lacks is
    still found; one of more than `max_cells` is cut down to a corridor along its diagonal.
    """
    low, high = np.full(n + 1, m, np.int64), np.zeros(n + 1, np.int64)
    corners = [(0, 0), *((i + 1, j + 1) for i, j in anchors), (n, m)]
    for (i, j), (next_i, next_j) in pairwise(corners):
        rows = np.arange(i, next_i + 1)
        left, right = _rectangle(rows, j, next_j, max_cells)
        low[i : next_i + 1] = np.minimum(low[i : next_i + 1], left)
        high[i : next_i + 1] = np.maximum(high[i : next_i + 1], right)
    before = np.maximum(np.arange(n + 1) - margin, 0)
    after = np.minimum(np.arange(n + 1) + margin, n)
    return Band(np.maximum(low[before] - margin, 0), np.minimum(high[after] + margin, m))


def _rectangle(rows: Ints, j: int, next_j: int, max_cells: int) -> tuple[Ints, Ints]:
    height, width = len(rows), next_j - j
    if height * (width + 1) <= max_cells:
        return np.full(height, j), np.full(height, next_j)
    middle = j + (rows - rows[0]) * width // max(height - 1, 1)
    half = max(max_cells // (2 * height), width // height + 1)
    return np.maximum(middle - half, j), np.minimum(middle + half, next_j)
