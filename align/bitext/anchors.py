"""Sentence pairs that surely belong together, in the order of both texts."""

from __future__ import annotations

import bisect

import numpy as np
from numpy.typing import NDArray

__all__ = ["Anchors", "chain_anchors", "find_anchors", "longest_chain", "mutual_neighbours"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Anchors = list[tuple[int, int]]

_MIN_COSINE = 0.3
_MIN_MARGIN = 0.03  # by which a pair's cosine exceeds the mean of both sides' second best
_BLOCK_CELLS = 4_000_000  # cosines that are in memory at once
_REACH = 3  # anchors on either side that an anchor is held against
_MAX_JUMP = 8  # sentences that an anchor may lie off the diagonals of all anchors around it


def find_anchors(source: Floats, target: Floats) -> tuple[Anchors, float]:
    """Anchors (i, j) with both numbers rising, and the share of all mutual neighbours that were in order.

    `source` (n, d) and `target` (m, d) are rows of length 1. The share is 1 where there is no pair at all; near
    2 / sqrt(pairs) it is what chance gives.
    """
    return chain_anchors(*mutual_neighbours(source, target))


def chain_anchors(pairs: Ints, margins: NDArray[np.float64]) -> tuple[Anchors, float]:
    """The heaviest rising chain of pairs, less those that stand far from the chain's other pairs, and its share."""
    if not len(pairs):
        return [], 1.0
    chain = longest_chain(pairs, margins)
    share = len(chain) / len(pairs)
    return [(int(i), int(j)) for i, j in _without_outliers(pairs[chain])], share


def longest_chain(pairs: Ints, weights: NDArray[np.float64], *, jump: float = np.inf) -> list[int]:
    """Indices of the heaviest chain of pairs that rises strictly on both sides; `pairs` rise in their first number.

    At the price of `jump` the second number may fall. A pair enters a frontier of (second number, weight so far) that
    rises in both, so each step is a binary search.
    """
    ends: list[int] = []
    totals: list[float] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for index, (_, j) in enumerate(pairs.tolist()):
        place = bisect.bisect_left(ends, j)
        total, before[index] = (totals[place - 1], last[place - 1]) if place else (0.0, -1)
        if totals and totals[-1] - jump > total:
            total, before[index] = totals[-1] - jump, last[-1]
        total += float(weights[index])
        stop = place
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        if place < len(ends) and stop == place and ends[place] == j:
            continue  # an equal end with more weight stands already
        ends[place:stop], totals[place:stop], last[place:stop] = [j], [total], [index]
    chain, index = [], last[-1] if last else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def mutual_neighbours(source: Floats, target: Floats) -> tuple[Ints, NDArray[np.float64]]:
    """Pairs (p, 2) that are each other's nearest neighbour by a margin, and the margins, in the order of the source.

    One pass over blocks of rows, of which only the largest values of each row and column are kept.
    """
    n, m = len(source), len(target)
    best, second, partner = np.zeros(n, np.float32), np.zeros(n, np.float32), np.zeros(n, np.int64)
    rest = np.full(m, -2, np.float32)  # of each column the largest value that is not the largest of its row
    step = max(_BLOCK_CELLS // max(m, 1), 32)
    for begin in range(0, n, step):
        block = source[begin : begin + step] @ target.T
        rows, index = slice(begin, begin + len(block)), np.arange(len(block))
        partner[rows] = block.argmax(axis=1)
        best[rows] = block[index, partner[rows]]
        block[index, partner[rows]] = -2
        second[rows] = block.max(axis=1)
        rest = np.maximum(rest, block.max(axis=0))
    chosen, runner_up = _first_and_second(partner, best, m)
    i = np.arange(n)
    other = np.maximum(rest, runner_up)[partner]
    margin = best - (np.maximum(second, 0) + np.maximum(other, 0).astype(np.float64)) / 2
    mutual = (chosen[partner] == i) & (best > rest[partner])
    kept = mutual & (margin > _MIN_MARGIN) & (best > _MIN_COSINE)
    return np.stack([i[kept], partner[kept]], axis=1), margin[kept]


def _first_and_second(partner: Ints, best: Floats, m: int) -> tuple[Ints, Floats]:
    """Of each column: the row that prefers it most (-1 if none does), and how much the next one does (-2 if none)."""
    order = np.lexsort((np.arange(len(partner)), -best, partner))
    columns, first = np.unique(partner[order], return_index=True)
    chosen, runner_up = np.full(m, -1), np.full(m, -2, np.float32)
    chosen[columns] = order[first]
    following = np.minimum(first + 1, len(order) - 1)
    same = (partner[order[following]] == columns) & (following > first)
    runner_up[columns[same]] = best[order[following[same]]]
    return chosen, runner_up


def _without_outliers(chain: Ints) -> Ints:
    if len(chain) < 5:
        return chain
    diagonal = chain[:, 1] - chain[:, 0]
    kept = []
    for index in range(len(chain)):
        around = np.r_[diagonal[max(0, index - _REACH) : index], diagonal[index + 1 : index + 1 + _REACH]]
        kept.append(np.abs(around - diagonal[index]).min() <= _MAX_JUMP)
    return np.asarray(chain[np.array(kept)])
