"""What stands around a pair of sentences: their other neighbours, their parts, the other pairs of their stories.

All of it by whole arrays, for all pairs of some stories at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from align.reuse.search.candidates import Candidates
from align.reuse.search.neighbours import DECIMALS
from align.reuse.search.ordering import rank_in_runs
from align.reuse.search.packed import PackedPairs, packed, stretches, unpacked
from align.reuse.search.windows import Windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "LONELY",
    "NEAREST",
    "USUAL",
    "Crowds",
    "Surroundings",
    "clauses",
    "crowds",
    "crowds_of",
    "packed_clauses",
    "surroundings",
]

NEAREST = (1, 4)  # ranks, from 0, of the other sentences whose mean cosine a margin is taken from
LONELY = 0.4  # and what stands for it where a sentence has no other candidate
STAND_OUT = 0.3  # cosine
USUAL = (4, 8)  # and of those that say what is usual
_NEARLY = 0.8  # cosine from which a pair is on the way to a copy
_FAR = 0.4  # cosine that what is no candidate may have
_PAIRS = 2**12  # pairs whose windows are in memory at once
_MANY = 2**17  # pairs that are unpacked at a time, a multiple of these
_ENDS = 2**18  # sentences of pairs that are ranked at a time


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of each candidate pair, in their order: the best cosine between parts of the two, in `clause`, and more.

    `crowd` and `clause_crowd` are by sentence: the mean cosine to its nearest candidates, the very best one left out.
    `best` is, for each pair, how far its cosine lies above the best other pair of either sentence between the two
    stories, within `STAND_OUT`. `strength` says how far it supports others, and `support` is that of all other pairs of
    its two stories together: a bound to what they can add. `group` numbers the pairs of stories, rising.
    """

    crowd: NDArray[np.float64]
    clause: NDArray[np.float64]
    clause_crowd: NDArray[np.float64]
    best: NDArray[np.float64]
    strength: NDArray[np.float64]
    group: NDArray[np.int64]
    support: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crowds:
    """Of each sentence the mean cosine to its nearest candidates, whole and by parts, and to those behind them."""

    crowd: NDArray[np.float64]
    clause_crowd: NDArray[np.float64]
    usual: NDArray[np.float64]


def crowds_of(pairs: Candidates | PackedPairs, clause: NDArray[np.floating[Any]], count: int) -> Crowds:
    """The crowds of all `count` sentences; `clause` has what `clauses` says of all pairs."""
    return Crowds(
        crowds(count, pairs, pairs.cosine), crowds(count, pairs, clause), crowds(count, pairs, pairs.cosine, USUAL)
    )


def packed_clauses(pairs: PackedPairs, windows: Windows) -> NDArray[np.float32]:
    """`clauses` of packed pairs, packed."""
    found = np.zeros(len(pairs), np.float32)
    for at in range(0, len(pairs), _MANY):
        found[at : at + _MANY] = packed(clauses(pairs.part(slice(at, at + _MANY)), windows))
    return found


def surroundings(
    pairs: Candidates, story: NDArray[np.int64], clause: NDArray[np.float64], means: Crowds
) -> Surroundings:
    """The same for all candidates of some pairs of stories, of which `clauses` and the sentences' crowds are known."""
    keys = story[pairs.first] * (int(story.max(initial=0)) + 1) + story[pairs.second]
    _, group = np.unique(keys, return_inverse=True)
    each = strength(pairs, len(story), means.usual)
    support = np.bincount(group, each)[group] - each if len(pairs) else each
    return Surroundings(
        crowd=means.crowd,
        clause=clause,
        clause_crowd=means.clause_crowd,
        best=_above_others(pairs, group),
        strength=each,
        group=group.astype(np.int64),
        support=np.maximum(support, 0.0),
    )


def strength(pairs: Candidates, count: int, usual: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """How far each pair supports others of its two stories, in [0, 1]: by how much it stands out from what is usual.

    What is usual for a sentence are its nearest candidates but the very first ones, since a dispatch may have
    many copies here; and what is as good as a copy stands out wherever it is.
    """
    usual = crowds(count, pairs, pairs.cosine, USUAL) if usual is None else usual
    margin = pairs.cosine - np.maximum(usual[pairs.first], usual[pairs.second])
    copy = (pairs.cosine - _NEARLY) / (1 - _NEARLY)
    found: NDArray[np.float64] = np.clip(np.maximum(margin / STAND_OUT, copy), 0.0, 1.0)
    return found


def _above_others(pairs: Candidates, group: NDArray[np.int64]) -> NDArray[np.float64]:
    others = np.full(len(pairs), _FAR)
    for row in (pairs.first, pairs.second):
        order = np.lexsort((-pairs.cosine, row, group))
        new = np.ones(len(order), np.bool_)
        new[1:] = (np.diff(group[order]) != 0) | (np.diff(row[order]) != 0)
        begins = np.flatnonzero(new)
        sizes = np.diff(begins, append=len(order))
        ranked = pairs.cosine[order]
        second = np.where(sizes > 1, ranked[np.minimum(begins + 1, len(order) - 1)], _FAR) if len(order) else begins
        rival = np.where(new, np.repeat(second, sizes), np.repeat(ranked[begins], sizes))
        others[order] = np.maximum(others[order], rival)
    above: NDArray[np.float64] = np.clip(pairs.cosine - others, -STAND_OUT, STAND_OUT)
    return above


def crowds(
    count: int,
    pairs: Candidates | PackedPairs,
    cosines: NDArray[np.floating[Any]],
    ranks: tuple[int, int] = NEAREST,
) -> NDArray[np.float64]:
    """For each of `count` sentences the mean cosine to its nearest candidates, from one rank to another, from 0."""
    means = np.full(count, LONELY)
    ends = sum(np.bincount(rows, minlength=count) for rows in (pairs.first, pairs.second))
    for begin, end in stretches(np.asarray(ends, np.int64), _ENDS):
        chosen = [np.flatnonzero((rows >= begin) & (rows < end)) for rows in (pairs.first, pairs.second)]
        rows = np.concatenate([pairs.first[chosen[0]], pairs.second[chosen[1]]]).astype(np.int64)
        values = np.concatenate([unpacked(cosines[places]) for places in chosen])
        means[begin:end] = _crowd(rows - begin, values, end - begin, ranks)
    return means


def _crowd(
    rows: NDArray[np.int64], values: NDArray[np.float64], count: int, ranks: tuple[int, int]
) -> NDArray[np.float64]:
    order = np.lexsort((-values, rows))
    rows, values = rows[order], values[order]
    rank = rank_in_runs(rows)
    near = (rank >= ranks[0]) & (rank <= ranks[1])
    number = np.bincount(rows[near], minlength=count)
    total = np.bincount(rows[near], values[near], minlength=count)
    means: NDArray[np.float64] = np.where(number > 0, total / np.maximum(number, 1), LONELY)
    return means


def clauses(pairs: Candidates, windows: Windows) -> NDArray[np.float64]:
    """The highest cosine between a window of the first and one of the second sentence of each pair."""
    best: list[NDArray[np.float64]] = [np.zeros(0)]
    for at in range(0, len(pairs), _PAIRS):
        first, second = pairs.first[at : at + _PAIRS], pairs.second[at : at + _PAIRS]
        ours, one = np.unique(first, return_inverse=True)
        theirs, other = np.unique(second, return_inverse=True)
        (rows, begins), (others, starts) = windows.of(ours), windows.of(theirs)
        bounds = np.searchsorted(one, np.arange(len(ours) + 1))  # pairs come in the order of their first sentence
        for number in range(len(ours)):
            partners = other[bounds[number] : bounds[number + 1]]
            sizes = starts[partners + 1] - starts[partners]
            joints = np.cumsum(sizes) - sizes
            columns = np.repeat(starts[partners] - joints, sizes) + np.arange(int(sizes.sum()))
            cosines = (rows[begins[number] : begins[number + 1]] @ others[columns].T).max(axis=0)
            best.append(np.maximum.reduceat(cosines, joints).astype(np.float64))
    return np.asarray(np.round(np.minimum(np.concatenate(best), 1.0), DECIMALS))
