"""Candidates in half of their memory, and how a computation over all of them is cut into parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from align.reuse.search.candidates import Candidates
from align.reuse.search.neighbours import DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PackedPairs", "packed", "pairs_of_stories", "stretches", "unpacked"]

_STRETCHES = 64


@dataclass(frozen=True, slots=True)
class PackedPairs:
    """`Candidates` with rows in 32 bits and cosines in single precision, from which their six decimals come back.

    No arithmetic is done on these: a part of them is unpacked for that.
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    cosine: NDArray[np.float32]

    @classmethod
    def of(cls, parts: Iterable[Candidates]) -> PackedPairs:
        """Candidates that come in parts, one after the other."""
        first, second, cosine = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for part in parts:
            first.append(part.first.astype(np.int32))
            second.append(part.second.astype(np.int32))
            cosine.append(packed(part.cosine))
        return cls(np.concatenate(first), np.concatenate(second), np.concatenate(cosine))

    def __len__(self) -> int:
        return len(self.first)

    def part(self, places: slice | NDArray[np.int64]) -> Candidates:
        """Some of them, unpacked."""
        first, second = self.first[places].astype(np.int64), self.second[places].astype(np.int64)
        return Candidates(first, second, unpacked(self.cosine[places]))


def packed(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Numbers in [-1, 1] with six decimals in half of their memory."""
    return values.astype(np.float32)


def unpacked(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """What was packed, to the last bit; other numbers as they are."""
    if values.dtype != np.float32:
        return values.astype(np.float64, copy=False)
    return np.asarray(np.round(values.astype(np.float64), DECIMALS))


def stretches(sizes: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges that cover all places in order and hold about `most` in sum, or one place that holds more.

    They hold more where there would be too many of them: for each, all pairs are gone through.
    """
    if len(sizes):
        ends = np.cumsum(sizes)
        number = (ends - sizes) // max(most, int(ends[-1]) // _STRETCHES)
        yield from pairwise(np.flatnonzero(np.diff(number, prepend=-1, append=-1)).tolist())


def pairs_of_stories(
    pairs: Candidates | PackedPairs, story: NDArray[np.int64], most: int
) -> Iterator[NDArray[np.int64]]:
    """Places of pairs, about `most` at a time, by the story of their first: those of two stories are in one part."""
    sizes = np.bincount(story, np.bincount(pairs.first, minlength=len(story))).astype(np.int64)
    for begin, end in stretches(sizes, most):
        inside = (story >= begin) & (story < end)
        yield np.flatnonzero(inside[pairs.first])
