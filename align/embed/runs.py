"""Vectors of every run of neighbouring sentences at little more than the price of the sentences themselves.

The encoder sums token features over a text before its head, so the sum of a run is that of its sentences, put right at
each joint for the four tokens on either side that see across it. What is left out: a sentence shorter than four tokens
lets a joint reach beyond its two sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.embed.network import CONTEXT, DIMENSIONS, Network
from align.embed.pieces import Piece

__all__ = ["RunVectors"]

_REACH = 2 * CONTEXT  # tokens on either side of a joint that its corrected features are computed from
_TEXTS = 2048  # texts whose tokens are in memory at once

Floats = NDArray[np.float32]
Tokens = list[int]


class RunVectors:
    """The vectors of all runs of some texts, made when they are asked for.

    What costs time, the features of the tokens, is done once, here; what would cost memory, a vector for each run, is
    not kept. Two rows of 512 numbers a text are. `marks` are the numbers of begin and end of text.
    """

    def __init__(
        self,
        network: Network,
        tokenize: Callable[[Sequence[str]], list[Tokens]],
        texts: Sequence[str],
        marks: tuple[int, int],
    ) -> None:
        self._network = network
        self._lengths = np.zeros(len(texts), np.int64)
        self._sums = np.zeros((len(texts), DIMENSIONS), np.float32)  # of each text by itself
        self._joints = np.zeros((len(texts), DIMENSIONS), np.float32)  # what joining it to the text before adds
        before: list[Tokens] = []
        edge = np.zeros((0, DIMENSIONS), np.float32)
        for at in range(0, len(texts), _TEXTS):
            tokens = tokenize(texts[at : at + _TEXTS])
            self._lengths[at : at + _TEXTS] = [len(numbers) for numbers in tokens]
            full = [numbers for numbers in tokens if numbers]
            if not full:
                continue
            place = at + np.array([index for index, numbers in enumerate(tokens) if numbers])
            self._sums[place], heads, tails = _sentence_sums(network, full, marks)
            lefts = np.concatenate([edge, tails])
            joints = _joint_sums(network, before + full, marks) - lefts[:-1] - heads[1 - len(before) :]
            self._joints[place[1 - len(before) :]] = joints
            before, edge = full[-1:], tails[-1:]

    def rows(self, sizes: Sequence[int], begin: int, end: int) -> Floats:
        """Vectors (sizes, end - begin, 512): those of `sizes[0]` texts joined by a space that begin at each text, etc.

        Rows of runs that would reach beyond the last text, and of runs without a token, are zero.
        """
        count = len(self._lengths)
        out = np.zeros((len(sizes), end - begin, DIMENSIONS), np.float32)
        sums, lengths = np.zeros_like(out[0]), np.zeros(end - begin, np.int64)
        for size in range(1, min(max(sizes, default=0), count - begin) + 1):
            inside = min(end, count - size + 1) - begin
            last = slice(begin + size - 1, begin + size - 1 + inside)
            sums, lengths = sums[:inside], lengths[:inside]
            sums += self._sums[last]
            sums[lengths > 0] += self._joints[last][lengths > 0]
            lengths += self._lengths[last]
            if size in sizes:
                used = lengths > 0
                out[list(sizes).index(size), :inside][used] = self._network.head(sums[used], lengths[used] + 2)
        return out


def _sentence_sums(network: Network, full: Sequence[Tokens], marks: tuple[int, int]) -> list[Floats]:
    """Of each sentence by itself: sums over all of it, its beginning and its end; the marks belong to all three."""
    begin, end = marks
    pieces = []
    for sentence in full:
        length, near = len(sentence) + 2, 1 + min(CONTEXT, len(sentence))
        pieces.append(Piece([begin, *sentence, end], ((0, length), (0, near), (length - near, length))))
    sums = network.feature_sums(pieces)
    return [sums[part::3] for part in range(3)]


def _joint_sums(network: Network, full: Sequence[Tokens], marks: tuple[int, int]) -> Floats:
    """At each joint: the sum over the last few tokens before it and the first few after it, as the run has them."""
    begin, end = marks
    pieces = []
    for left, right in pairwise(full):
        before, after = [begin, *left][-_REACH:], [*right, end][:_REACH]
        joint = len(before)
        pieces.append(Piece([*before, *after], ((joint - min(CONTEXT, len(left)), joint + min(CONTEXT, len(right))),)))
    return network.feature_sums(pieces)
