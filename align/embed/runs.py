"""Vectors of every run of neighbouring sentences at little more than the price of the sentences themselves.

The encoder sums token features over a text before its head, so the sum of a run is a difference of prefix sums, put
right at each joint for the four tokens on either side that see across it. What is left out: a sentence shorter than
four tokens lets a joint reach beyond its two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    inner, begins, ends = _sentence_sums(network, full, marks)
    inner_to = _prefix(inner)
    joints_to = _prefix(_joint_sums(network, full, marks))
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


def _sentence_sums(
    network: Network, full: Sequence[list[int]], marks: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Of each sentence by itself: the sum of its own tokens, and the features of its two marks."""
    begin, end = marks
    pieces = [
        Piece([begin, *sentence, end], ((1, len(sentence) + 1), (0, 1), (len(sentence) + 1, len(sentence) + 2)))
        for sentence in full
    ]
    sums = network.feature_sums(pieces)
    return sums[0::3], sums[1::3], sums[2::3]


def _joint_sums(network: Network, full: Sequence[list[int]], marks: tuple[int, int]) -> Floats:
    """At each joint: what the tokens beside it sum to in the run, less what they sum to in their own sentences."""
    begin, end = marks
    pieces = []
    for left, right in zip(full, full[1:], strict=False):
        left_side, right_side = [begin, *left][-_REACH:], [*right, end][:_REACH]
        tail, head = min(CONTEXT, len(left)), min(CONTEXT, len(right))
        joint, alone_left, alone_right = len(left_side), [*left_side, end], [begin, *right_side]
        pieces.append(Piece([*left_side, *right_side], ((joint - tail, joint + head),)))
        pieces.append(Piece(alone_left, ((joint - tail, joint),)))
        pieces.append(Piece(alone_right, ((1, 1 + head),)))
    sums = network.feature_sums(pieces)
    return np.asarray(sums[0::3] - sums[1::3] - sums[2::3], np.float32)
