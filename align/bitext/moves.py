"""Parts of a text that stand in another place in the other: where they begin and end on both sides.

Mutual neighbours are chained as for a text in order, but at a price the chain may jump back. It is cut where its
pairs do not follow each other on both sides at once, as blocks of genes are told by the breakpoints between two
genomes. Parts of few pairs are noise and are left out, so texts in order stay whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.bitext.anchors import Anchors, longest_chain

__all__ = ["Part", "find_parts"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_JUMP = 6.0  # what a jump back costs, in pairs of mean margin
_MIN_PAIRS = 5  # that make a part


@dataclass(frozen=True, slots=True)
class Part:
    """Half-open ranges of sentences that stand for each other, and the rising pairs that say so."""

    source: tuple[int, int]
    target: tuple[int, int]
    anchors: Anchors


def find_parts(pairs: Ints, margins: NDArray[np.float64], source: Floats, target: Floats) -> list[Part]:
    """The parts in the order of the source; together they hold every sentence of both sides once.

    `pairs` (p, 2) and `margins` are the mutual neighbours of the rows of `source` and `target`. One part, or none,
    means that nothing was moved.
    """
    runs = _blocks(pairs, margins)
    if len(runs) < 2:
        return []
    ordered = [_ranges(runs, side, source, target) for side in (0, 1)]
    return [
        Part(ordered[0][number], ordered[1][number], [(int(i), int(j)) for i, j in run])
        for number, run in enumerate(runs)
    ]


def _blocks(pairs: Ints, margins: NDArray[np.float64]) -> list[Ints]:
    """Pairs that follow each other on both sides, with nothing of another block in between."""
    if len(pairs) < 2 * _MIN_PAIRS:
        return []
    chain = longest_chain(pairs, margins / margins.mean(), jump=_JUMP)
    kept = pairs[chain]
    while len(kept):
        ranks = np.argsort(np.argsort(kept[:, 1], kind="stable"), kind="stable")
        runs = np.split(kept, np.flatnonzero(np.diff(ranks) != 1) + 1)
        smallest = min(len(run) for run in runs)
        if smallest >= _MIN_PAIRS:
            return runs
        kept = np.concatenate([run for run in runs if len(run) > smallest] or [kept[:0]])
    return []


def _ranges(runs: list[Ints], side: int, source: Floats, target: Floats) -> list[tuple[int, int]]:
    """For each run the range of one side's sentences that belong to it.

    Sentences between two runs go to the one whose free sentences on the other side they are more like: those before
    some place to the run before it, the others to the run after.
    """
    own, other = (source, target) if side == 0 else (target, source)
    order = sorted(range(len(runs)), key=lambda number: int(runs[number][0, side]))
    free = _free(runs, 1 - side, len(other))
    begins = {order[0]: 0}
    for before, after in pairwise(order):
        begin, end = int(runs[before][-1, side]) + 1, int(runs[after][0, side])
        first = _likeness(own[begin:end], other[slice(*free[before][1])])
        second = _likeness(own[begin:end], other[slice(*free[after][0])])
        totals = np.concatenate([[0], np.cumsum(first)]) + np.append(np.cumsum(second[::-1])[::-1], 0)
        begins[after] = begin + int(totals.argmax())
    ends = {before: begins[after] for before, after in pairwise(order)} | {order[-1]: len(own)}
    return [(begins[number], ends[number]) for number in range(len(runs))]


def _free(runs: list[Ints], side: int, count: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """For each run the range up to its first and from its last sentence on one side, as far as no other run has it."""
    order = sorted(range(len(runs)), key=lambda number: int(runs[number][0, side]))
    lasts = [-1, *(int(runs[number][-1, side]) for number in order)]
    firsts = [*(int(runs[number][0, side]) for number in order), count]
    found = {
        number: ((lasts[place] + 1, firsts[place] + 1), (lasts[place + 1], firsts[place + 1]))
        for place, number in enumerate(order)
    }
    return [found[number] for number in range(len(runs))]


def _likeness(rows: Floats, others: Floats) -> NDArray[np.float64]:
    """Of each row the highest cosine to one of the others, at least 0."""
    if not len(rows) or not len(others):
        return np.zeros(len(rows))
    return np.asarray(np.maximum((rows @ others.T).max(axis=1), 0), np.float64)
