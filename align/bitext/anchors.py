"""Sentence pairs that surely belong together, in the order of both texts."""

from __future__ import annotations

import bisect

import numpy as np
from numpy.typing import NDArray

__all__ = ["Anchors", "find_anchors", "longest_chain"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Anchors = list[tuple[int, int]]

_MIN_COSINE = 0.3
_MIN_MARGIN = 0.03  # by which a pair's cosine exceeds the mean of both sides' second best
_BLOCK_ROWS = 1024
_REACH = 3  # anchors on either side that an anchor is held against
_MAX_JUMP = 8  # sentences that an anchor may lie off the diagonals of all anchors around it


def find_anchors(source: Floats, target: Floats) -> tuple[Anchors, float]:
    """Anchors (i, j) with both numbers rising, and the share of all mutual neighbours that were in order.

    Pairs that are each other's nearest neighbour by a margin, cut down to the longest rising chain, less those that
    stand far from the chain's other pairs. `source` (n, d) and `target` (m, d) are rows of length 1. The share is 1
    where there is no pair at all; near 2 / sqrt(pairs) it is what chance gives.
    """
    pairs, margins = _mutual_neighbours(source, target)
    if not len(pairs):
        return [], 1.0
    chain = longest_chain(pairs, margins)
    share = len(chain) / len(pairs)
    return [(int(i), int(j)) for i, j in _without_outliers(pairs[chain])], share


def longest_chain(pairs: Ints, weights: NDArray[np.float64]) -> list[int]:
    """Indices of the heaviest chain of pairs that rises strictly on both sides; `pairs` rise in their first number.

    A pair enters a frontier of (second number, weight so far) that rises in both, so each step is a binary search.
    """
    ends: list[int] = []
    totals: list[float] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for index, (_, j) in enumerate(pairs.tolist()):
        place = bisect.bisect_left(ends, j)
        total = float(weights[index]) + (totals[place - 1] if place else 0.0)
        before[index] = last[place - 1] if place else -1
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


def _mutual_neighbours(source: Floats, target: Floats) -> tuple[Ints, NDArray[np.float64]]:
    """Pairs (p, 2) that are each other's nearest by a margin, and the margins; one pass over blocks of rows."""
    n, m = len(source), len(target)
    best_i, second_i, partner_i = np.full(n, -2.0), np.full(n, -2.0), np.zeros(n, np.int64)
    best_j, second_j, partner_j = np.full(m, -2.0), np.full(m, -2.0), np.zeros(m, np.int64)
    for begin in range(0, n, _BLOCK_ROWS):
        block = source[begin : begin + _BLOCK_ROWS] @ target.T
        rows = slice(begin, begin + len(block))
        partner_i[rows], best_i[rows], second_i[rows] = _top_two(block)
        where, best, second = _top_two(block.T)
        second_j = np.maximum(np.maximum(second_j, second), np.minimum(best_j, best))
        partner_j = np.where(best > best_j, where + begin, partner_j)
        best_j = np.maximum(best_j, best)
    i = np.arange(n)
    margin = best_i - (np.maximum(second_i, 0) + np.maximum(second_j[partner_i], 0)) / 2
    kept = (partner_j[partner_i] == i) & (margin > _MIN_MARGIN) & (best_i > _MIN_COSINE)
    return np.stack([i[kept], partner_i[kept]], axis=1), margin[kept]


def _top_two(block: Floats) -> tuple[Ints, Floats, Floats]:
    """Of each row: where its largest value stands, that value, and the next one (-2 where there is none)."""
    where = block.argmax(axis=1)
    best = np.take_along_axis(block, where[:, None], axis=1)[:, 0]
    if block.shape[1] < 2:
        return where, best, np.full(len(block), -2, np.float32)
    return where, best, np.partition(block, -2, axis=1)[:, -2]


def _without_outliers(chain: Ints) -> Ints:
    if len(chain) < 5:
        return chain
    diagonal = chain[:, 1] - chain[:, 0]
    kept = []
    for index in range(len(chain)):
        around = np.r_[diagonal[max(0, index - _REACH) : index], diagonal[index + 1 : index + 1 + _REACH]]
        kept.append(np.abs(around - diagonal[index]).min() <= _MAX_JUMP)
    return np.asarray(chain[np.array(kept)])
