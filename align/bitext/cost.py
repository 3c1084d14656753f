"""What speaks for two runs of sentences being one bead, as numbers, and the weights they are added up with.

A bead's score is a weighted sum of the features below: a linear-chain conditional random field over beads (Lafferty
et al. 2001; semi-Markov: Sarawagi & Cohen 2004). The margin against neighbours follows Bertalign (Liu & Zhu 2023),
the length deviation Gale & Church (1993). All features treat both sides alike, so swapping the texts swaps the beads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.bitext.band import Band
from align.bitext.vectors import Vectors

__all__ = [
    "BEAD_FEATURES",
    "GAP_FEATURES",
    "Block",
    "Shape",
    "Side",
    "best_cosines",
    "blocks",
    "end_marks",
    "gap_features",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Shape = tuple[int, int]

BEAD_FEATURES = (
    "is-1-1",
    "is-1-2",
    "is-2-2",
    "is-1-3",
    "is-larger",
    "cosine",
    "cosine-by-length",
    "margin-by-length",
    "length-deviation",
    "cosine-over-hub",
    "cosine-over-hub-by-length",
    "extension-gain",
    "over-shrunk",
    "under-shrunk",
    "under-shrunk-by-size",
    "over-split",
    "size",
    "cosine-by-size",
    "length-agreement",
    "same-end-mark",
    "other-end-mark",
    "cosine-over-best",
    "length-agreement-1-1",
    "cosine-1-1",
)
GAP_FEATURES = ("open", "extend", "best-cosine", "log-length")

_VARIANCE = 6.8  # of the length difference per character (Gale & Church 1993)
_MAX_DEVIATION = 6.0
_BLOCK_ROWS = 32
_BLOCK_COLUMNS = 1024
_LOG_LENGTH = 4.0  # about the logarithm of a sentence's length, so that the feature is centred


@dataclass(frozen=True, slots=True)
class Side:
    """One text, or a part of it, as the features see it.

    `vectors` are the whole text's, of which the part begins at sentence `begin`. `ends` (n + 1): characters before each
    sentence, scaled so that both sides count alike. `marks` (n): class of the last punctuation mark. `best` (n):
    highest cosine to a sentence in band. `other` (d): mean of the other side's sentences, for how alike a run is to
    any sentence there.
    """

    vectors: Vectors
    begin: int
    ends: NDArray[np.float64]
    marks: Ints
    best: Floats
    other: Floats

    def __len__(self) -> int:
        return len(self.marks)

    def runs(self, first: int, last: int) -> Floats:
        """(k, last - first + 1, d): vectors of the runs that end before `first` to `last`; zeros for no run."""
        depth, n = self.vectors.depth, len(self)
        base = max(first - depth, 0)
        rows = self.vectors.rows(self.begin + base, self.begin + max(min(last, n), base))
        out = np.zeros((depth, last - first + 1, rows.shape[2]), np.float32)
        for k in range(1, depth + 1):
            low, high = max(first, k), min(last, n)
            if low <= high:
                out[k - 1, low - first : high + 1 - first] = rows[k - 1, low - k - base : high + 1 - k - base]
        return out

    def lengths(self, k: int, ends: Ints) -> NDArray[np.float64]:
        """Scaled characters of the runs of `k` sentences that end before `ends`."""
        return np.asarray(self.ends[ends] - self.ends[np.maximum(ends - k, 0)])


class Block:
    """The features of all beads that end in a rectangle of the search plane.

    `rows` and `columns` are counts of sentences read; a bead of shape (x, y) in cell (i, j) covers the source
    sentences i - x to i - 1 and the target sentences j - y to j - 1.
    """

    def __init__(self, source: Side, target: Side, rows: Ints, columns: Ints) -> None:
        self._source, self._target, self._rows, self._columns = source, target, rows, columns
        self._k = k = source.vectors.depth
        left = source.runs(int(rows[0]) - k, int(rows[-1]) + 1)
        right = target.runs(int(columns[0]) - k, int(columns[-1]) + 1)
        flat = left.reshape(-1, left.shape[2]) @ right.reshape(-1, right.shape[2]).T
        self._cosines = flat.reshape(k, left.shape[1], k, right.shape[1])
        self._best_to = [np.concatenate([[0], np.cumsum(side.best, dtype=np.float64)]) for side in (source, target)]
        self._hubs = left[:, k : k + len(rows)] @ source.other, right[:, k : k + len(columns)] @ target.other

    def features(self, shape: Shape) -> Floats:
        """(features, rows, columns) in the order of BEAD_FEATURES; meaningless where the bead would begin before 0."""
        x, y = shape
        rows, columns = self._rows[:, None], self._columns[None, :]
        cosine = self._at(x, y)
        size = x + y - 2
        source_length, target_length = self._source.lengths(x, rows), self._target.lengths(y, columns)
        total = source_length + target_length
        longer = np.maximum(np.maximum(source_length, target_length), 1e-9)
        agreement = np.log2(1 + np.minimum(source_length, target_length) / longer)
        deviation = np.abs(source_length - target_length) / np.sqrt(_VARIANCE * np.maximum(total, 1e-9) / 2)
        over_hub = cosine - (self._hubs[0][x - 1, :, None] + self._hubs[1][y - 1, None, :]) / 2
        over_shrunk = cosine - self._shrunk(x, y) if size else np.zeros_like(cosine)
        out = np.zeros((len(BEAD_FEATURES), *cosine.shape), np.float32)
        out[_shape_class(x, y)] = 1
        out[5] = cosine
        out[6] = cosine * agreement
        out[7] = (cosine - self._neighbours(x, y)) * agreement
        out[8] = -np.minimum(deviation, _MAX_DEVIATION)
        out[9] = over_hub
        out[10] = over_hub * agreement
        out[11] = -np.maximum(self._extended(x, y) - cosine, 0)
        out[12] = over_shrunk
        out[13] = np.minimum(over_shrunk, 0)
        out[14] = np.minimum(over_shrunk - 0.02, 0) * size
        out[15] = cosine - self._split(x, y) if x > 1 and y > 1 else 0
        out[16] = size
        out[17] = cosine * max(x, y)
        out[18] = agreement
        out[19:21] = self._end_marks()
        out[21] = cosine - self._mean_best(x, y)
        if not size:
            out[22] = np.square(agreement)
            out[23] = cosine
        return out

    def _at(self, x: int, y: int, down: int = 0, right: int = 0) -> Floats:
        """Cosines of the runs of x and y sentences that end `down` and `right` of each cell."""
        k = self._k
        return self._cosines[
            x - 1, k + down : k + down + len(self._rows), y - 1, k + right : k + right + len(self._columns)
        ]

    def _neighbours(self, x: int, y: int) -> Floats:
        """Mean cosine of either run to the single sentences right before and after the other."""
        n, m = len(self._source), len(self._target)
        rows, columns = self._rows[:, None], self._columns[None, :]
        beside_target = self._at(x, 1, 0, 1) + self._at(x, 1, 0, -y)
        beside_source = self._at(1, y, 1, 0) + self._at(1, y, -x, 0)
        target_count = np.maximum(1 * (columns < m) + (columns > y), 1)
        source_count = np.maximum(1 * (rows < n) + (rows > x), 1)
        return np.asarray((beside_target / target_count + beside_source / source_count) / 2, np.float32)

    def _extended(self, x: int, y: int) -> Floats:
        """Highest cosine when one sentence more is taken in at an edge."""
        found = [np.full((len(self._rows), len(self._columns)), -1, np.float32)]
        if y < self._k:
            found += [np.where(self._columns < len(self._target), self._at(x, y + 1, 0, 1), -1)]
            found += [np.where(self._columns > y, self._at(x, y + 1), -1)]
        if x < self._k:
            found += [np.where(self._rows[:, None] < len(self._source), self._at(x + 1, y, 1, 0), -1)]
            found += [np.where(self._rows[:, None] > x, self._at(x + 1, y), -1)]
        return np.asarray(np.maximum.reduce(found), np.float32)

    def _shrunk(self, x: int, y: int) -> Floats:
        """Highest cosine when one sentence at an edge is left out."""
        found = []
        if y > 1:
            found += [self._at(x, y - 1), self._at(x, y - 1, 0, -1)]
        if x > 1:
            found += [self._at(x - 1, y), self._at(x - 1, y, -1, 0)]
        return np.asarray(np.maximum.reduce(found), np.float32)

    def _split(self, x: int, y: int) -> Floats:
        """Highest mean cosine when the bead is cut into two."""
        found = [self._at(p, q, p - x, q - y) + self._at(x - p, y - q) for p in range(1, x) for q in range(1, y)]
        return np.asarray(np.maximum.reduce(found) / 2, np.float32)

    def _mean_best(self, x: int, y: int) -> Floats:
        """Mean over the members of the highest cosine each has to a sentence of the other side."""
        sides = zip(self._best_to, (x, y), (self._rows[:, None], self._columns[None, :]), strict=True)
        totals = [before[ends] - before[np.maximum(ends - k, 0)] for before, k, ends in sides]
        return np.asarray((totals[0] + totals[1]) / (x + y), np.float32)

    def _end_marks(self) -> Floats:
        """Whether both last sentences end in the same mark; whether not and one is more than a full stop."""
        rows, columns = np.maximum(self._rows - 1, 0), np.maximum(self._columns - 1, 0)
        source, target = self._source.marks[rows][:, None], self._target.marks[columns][None, :]
        same = source == target
        return np.stack([same, ~same & ((source > 1) | (target > 1))]).astype(np.float32)


def blocks(band: Band) -> Iterator[tuple[int, int, int, int]]:
    """Rectangles (first row, last row, first column, last column), both ends included, that cover the band."""
    count = len(band.low)
    for begin in range(0, count, _BLOCK_ROWS):
        end = min(begin + _BLOCK_ROWS, count) - 1
        for left in range(int(band.low[begin]), int(band.high[end]) + 1, _BLOCK_COLUMNS):
            right = min(left + _BLOCK_COLUMNS - 1, int(band.high[end]))
            if ((band.low[begin : end + 1] <= right) & (band.high[begin : end + 1] >= left)).any():
                yield begin, end, left, right


def best_cosines(source: Floats, target: Floats, band: Band) -> tuple[Floats, Floats]:
    """For each sentence of either side the highest cosine to a sentence of the other within the band; at least 0."""
    best_source, best_target = np.zeros(len(source), np.float32), np.zeros(len(target), np.float32)
    for begin in range(0, len(source), _BLOCK_ROWS):
        rows = np.arange(begin, min(begin + _BLOCK_ROWS, len(source)))
        left, right = int(band.low[begin]), int(band.high[rows[-1] + 1])
        columns = np.arange(left, min(right, len(target)))
        inside = (columns >= band.low[rows, None]) & (columns < band.high[rows + 1, None])
        cosines = np.where(inside, source[rows] @ target[columns].T, 0)
        if cosines.size:
            best_source[rows] = np.maximum(cosines.max(axis=1), 0)
            best_target[columns] = np.maximum(best_target[columns], cosines.max(axis=0))
    return best_source, best_target


def gap_features(side: Side) -> Floats:
    """(2, n): the last two of GAP_FEATURES for each sentence, were it left without a partner."""
    lengths = np.maximum(np.diff(side.ends), 1)
    return np.stack([side.best, np.log(lengths) - _LOG_LENGTH]).astype(np.float32)


def end_marks(texts: Sequence[str]) -> Ints:
    """Class of each text's last punctuation mark, closing quotes and brackets left out; 0 for none."""
    return np.array([_MARKS.get(text.rstrip(_CLOSING)[-1:], 0) for text in texts], np.int64)


_CLOSING = " \t\r\n\u00a0\"'»”’)]』」"
_CLASSES = (".。۔", "?？؟", "!！", ":：", ";；؛", ",，،", "…")
_MARKS = {mark: number for number, marks in enumerate(_CLASSES, start=1) for mark in marks}


def _shape_class(x: int, y: int) -> int:
    if (x, y) == (2, 2):
        return 2
    return {2: 0, 3: 1, 4: 3}.get(x + y, 4)
