"""Which sentences are held against each other: a semantic join and a lexical one, wide and cheap.

Candidates come from sentences, not from whole stories: on machine re-tellings in Turkish, sentences cover .990 of
the true pairs within ten candidates where story vectors cover .800.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from align.config import ReuseConfig
from align.reuse.search.columns import Columns
from align.reuse.search.comparable import Comparable
from align.reuse.search.lexical_join import sharing
from align.reuse.search.neighbours import DECIMALS, nearest_among
from align.reuse.search.ordering import distinct
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["Candidates", "cosines_of", "find_candidates"]

_PAIRS = 2**13  # pairs whose vectors are multiplied at a time


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
    near = _semantic(columns, windows, comparable, config)
    known = _keys(near.first, near.second, len(columns))
    joined = [
        sharing(columns, [columns.ragged["runs"], columns.ragged["english_runs"]], comparable, config),
        sharing(columns, [columns.ragged["figures"]], comparable, config),
    ]
    every = distinct(np.concatenate([_keys(*pairs, len(columns)) for pairs in joined]))
    missing = np.setdiff1d(every, known, assume_unique=True)
    others = missing // max(len(columns), 1), missing % max(len(columns), 1)
    first, second = np.concatenate([near.first, others[0]]), np.concatenate([near.second, others[1]])
    cosine = np.concatenate([near.cosine, cosines_of(windows, *others)])
    order = np.lexsort((second, first))
    return Candidates(first[order], second[order], np.round(cosine[order], DECIMALS))


def _keys(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return first * count + second


def cosines_of(windows: Windows, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cosine of each pair of rows, at most 1: vectors in half precision are not quite of length 1."""
    found = [
        np.einsum("ij,ij->i", windows.whole(first[at : at + _PAIRS]), windows.whole(second[at : at + _PAIRS]))
        for at in range(0, len(first), _PAIRS)
    ]
    cosines: NDArray[np.float64] = np.minimum(np.concatenate([np.zeros(0), *found]), 1.0)
    return cosines


def _semantic(columns: Columns, windows: Windows, comparable: Comparable, config: ReuseConfig) -> Candidates:
    """For each sentence its nearest ones in comparable stories, each two in rising order and once."""
    count = len(columns)
    rows, others, cosines = nearest_among(np.arange(count), columns, windows, comparable, config)
    keys, place = np.unique(_keys(np.minimum(rows, others), np.maximum(rows, others), count), return_index=True)
    return Candidates(keys // max(count, 1), keys % max(count, 1), cosines[place])
