"""Which sentences are held against each other: a semantic join and a lexical one, wide and cheap.

Candidates come from sentences, not from whole stories: on machine re-tellings in Turkish, sentences cover .990 of
the true pairs within ten candidates where story vectors cover .800.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.reuse.columns import Columns
from align.reuse.comparable import Comparable
from align.reuse.lexical_join import sharing
from align.reuse.ordering import distinct, rank_in_runs
from align.reuse.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["Candidates", "cosines_of", "find_candidates", "nearest_among"]

_BLOCK = 2048  # rows of the cosine matrix that are held at a time
_NEAR = 8_192  # its columns
_FIRST = 2_048  # and those of the first stretch
_PAIRS = 2**13  # pairs whose vectors are multiplied at a time
_DECIMALS = 6

Found = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of sentence rows, `first[k] < second[k]`, in rising order, with the cosine of their vectors."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cosine: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.first)


def find_candidates(columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig) -> Candidates:
    """Pairs of sentence rows that are worth scoring.

    With a date window the cost grows with the sentences times those within a window of them; without one, with the
    square of the sentences.
    """
    first, second, cosine = _semantic(columns, windows, comparable, config)
    known = _keys(first, second, len(columns))
    joined = [
        sharing(columns, [columns.ragged["runs"], columns.ragged["english_runs"]], comparable, config),
        sharing(columns, [columns.ragged["figures"]], comparable, config),
    ]
    every = distinct(np.concatenate([_keys(*pairs, len(columns)) for pairs in joined]))
    missing = np.setdiff1d(every, known, assume_unique=True)
    others = missing // max(len(columns), 1), missing % max(len(columns), 1)
    first, second = np.concatenate([first, others[0]]), np.concatenate([second, others[1]])
    cosine = np.concatenate([cosine, cosines_of(windows, *others)])
    order = np.lexsort((second, first))
    return Candidates(first[order], second[order], np.round(cosine[order], _DECIMALS))


def _keys(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return first * count + second


def cosines_of(windows: Windows, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cosine of each pair of rows."""
    found = [
        np.einsum("ij,ij->i", windows.whole(first[at : at + _PAIRS]), windows.whole(second[at : at + _PAIRS]))
        for at in range(0, len(first), _PAIRS)
    ]
    return np.concatenate([np.zeros(0), *found])


def _semantic(columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig) -> Found:
    """For each sentence its nearest ones in comparable stories, each two in rising order and once."""
    every, count = np.arange(len(columns)), len(columns)
    rows, others, cosines = nearest_among(every, every, columns, windows, comparable, config)
    keys, place = np.unique(_keys(np.minimum(rows, others), np.maximum(rows, others), count), return_index=True)
    return keys // max(count, 1), keys % max(count, 1), cosines[place]


def nearest_among(
    rows: NDArray[np.int64],
    others: NDArray[np.int64],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> Found:
    """For each of some rows its nearest ones among others, in comparable stories: (row, other, cosine).

    By exact cosine, a stretch of days at a time. Of one row, the highest cosine comes first.
    """
    begins, ends = comparable.days(columns.story)
    order = rows[np.argsort(begins[rows], kind="stable")]
    reach = config.window_days or np.inf
    found = []
    for at in range(0, len(order), _BLOCK):
        block = order[at : at + _BLOCK]
        within = (begins[others] <= ends[block].max() + reach) & (ends[others] >= begins[block].min() - reach)
        found.append(_nearest_of(block, others[within], columns, windows, comparable, config))
    empty = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    ones, theirs, cosines = (np.concatenate(parts) for parts in zip(empty, *found, strict=True))
    return ones, theirs, cosines


def _nearest_of(
    rows: NDArray[np.int64],
    near: NDArray[np.int64],
    columns: Columns,
    windows: Windows,
    comparable: Comparable,
    config: ReuseConfig,
) -> Found:
    vectors = windows.whole(rows)
    bar = np.full(len(rows), config.min_cosine)  # what the next neighbour of each row has to reach
    found: Found = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))  # by place in `rows`
    for at in _starts(len(near)):
        others = near[at : at + (_NEAR if at else _FIRST)]
        cosines = vectors @ windows.whole(others).T
        # what rounds up to the bar reaches it
        reached = np.flatnonzero(cosines >= (bar - 10.0**-_DECIMALS).astype(np.float32)[:, None])
        one, other = np.divmod(reached, max(len(others), 1))
        # rounded before they are ranked: the last bits depend on what else is in a block
        values: NDArray[np.float64] = cosines[one, other].astype(np.float64)
        values = np.round(values, _DECIMALS)
        kept = (values >= bar[one]) & comparable.each(columns.story[rows[one]], columns.story[others[other]])
        more = one[kept], others[other[kept]], values[kept]
        ones, theirs, both = (np.concatenate(part) for part in zip(found, more, strict=True))
        found = _nearest(ones, theirs, both, config.neighbours)
        last = rank_in_runs(found[0]) == config.neighbours - 1
        bar[found[0][last]] = found[2][last]
    return rows[found[0]], found[1], found[2]


def _starts(count: int) -> Iterator[int]:
    """Where the stretches of a block begin: a short one, which raises the bar for all others, then long ones."""
    yield from range(min(count, 1))
    yield from range(_FIRST, count, _NEAR)


def _nearest(rows: NDArray[np.int64], others: NDArray[np.int64], cosines: NDArray[np.float64], count: int) -> Found:
    """Of pairs (row, other, cosine) the `count` with the highest cosine for each row."""
    order = np.lexsort((others, -cosines, rows))
    rows, others, cosines = rows[order], others[order], cosines[order]
    kept = rank_in_runs(rows) < count
    return rows[kept], others[kept], cosines[kept]
