"""Vectors of every run of neighbouring sentences at little more than the price of the sentences themselves.

The encoder sums token features over a text before its head, so the sum of a run is a difference of prefix sums, put
right at each joint for the four tokens on either side that see across it. What is left out: a sentence shorter than
four tokens lets a joint reach beyond its two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.embed.network import CONTEXT, DIMENSIONS, Network, Piece

__all__ = ["run_vectors"]

_REACH = 2 * CONTEXT  # tokens on either side of a joint that its corrected features are computed from

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]


def run_vectors(network: Network, tokens: Sequence[Sequence[int]], marks: tuple[int, int], k_max: int) -> Floats:
    """Vectors (k_max, n, 512): row i of layer k - 1 is that of the sentences i to i + k - 1 joined by a space.

    `tokens` are the sentences' token numbers, `marks` the numbers of begin and end of text. Rows of runs that would
    reach beyond the last sentence, and of runs without a token, are zero.
    """
    rows = np.zeros((k_max, len(tokens), DIMENSIONS), np.float32)
    full = [list(sentence) for sentence in tokens if sentence]
    if not full:
        return rows
    inner, begins, ends, heads, tails = _sentence_sums(network, full, marks)
    inner_to = _prefix(inner)
    joints_to = _prefix(_joint_sums(network, full, marks) - tails[:-1] - heads[1:])
    tokens_to = np.cumsum([0, *map(len, full)])
    place = np.cumsum([0, *(bool(sentence) for sentence in tokens)])  # sentences with a token, up to each
    for k in range(1, min(k_max, len(tokens)) + 1):
        first, last = place[:-k], place[k:]
        (used,) = np.nonzero(last > first)
        a, b = first[used], last[used]
        sums = (inner_to[b] - inner_to[a]) + (joints_to[b - 1] - joints_to[a]) + begins[a] + ends[b - 1]
        rows[k - 1, used] = network.head(sums.astype(np.float32), tokens_to[b] - tokens_to[a] + 2)
    return rows


def _prefix(rows: Floats) -> Sums:
    return np.concatenate([np.zeros((1, DIMENSIONS)), np.cumsum(rows, axis=0, dtype=np.float64)])


def _sentence_sums(network: Network, full: Sequence[list[int]], marks: tuple[int, int]) -> list[Floats]:
    """Of each sentence by itself: sums over its tokens, its two marks, its first and its last few tokens."""
    begin, end = marks
    pieces = []
    for sentence in full:
        last = len(sentence) + 1
        near = min(CONTEXT, len(sentence))
        ranges = ((1, last), (0, 1), (last, last + 1), (1, 1 + near), (last - near, last))
        pieces.append(Piece([begin, *sentence, end], ranges))
    sums = network.feature_sums(pieces)
    return [sums[part::5] for part in range(5)]


def _joint_sums(network: Network, full: Sequence[list[int]], marks: tuple[int, int]) -> Floats:
    """At each joint: the sum over the last few tokens before it and the first few after it, as the run has them."""
    begin, end = marks
    pieces = []
    for left, right in pairwise(full):
        before, after = [begin, *left][-_REACH:], [*right, end][:_REACH]
        joint = len(before)
        pieces.append(Piece([*before, *after], ((joint - min(CONTEXT, len(left)), joint + min(CONTEXT, len(right))),)))
    return network.feature_sums(pieces)
