"""Parts of long sentences, so that a clause taken over into another sentence is still seen.

A sentence's vector is the mean of what it says: where two sentences share one clause of several, the whole vectors
lie far apart and the clauses do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from align.reuse.search.ragged import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from align.records import Encoder, Vectors

__all__ = ["WindowEncoder", "Windows", "cut_windows", "encode_windows"]

_WORDS = 12
_STEP = 6
_LONG = 16  # words from which a sentence is cut
_TOKENS, _TOKEN_STEP = 18, 9


def cut_windows(text: str) -> list[str]:
    """The whole text and, if it is long, its runs of 12 words, each half over the next."""
    words = text.split()
    if len(words) <= _LONG:
        return [text]
    return [text, *(" ".join(words[begin : begin + _WORDS]) for begin in range(0, len(words) - _STEP, _STEP))]


@dataclass(frozen=True, slots=True)
class Windows:
    """Vectors of the windows of each text: those of text i are rows `begins[i]` to `begins[i + 1]`, its own first."""

    vectors: Rows
    begins: NDArray[np.int64]

    def whole(self, texts: NDArray[np.int64]) -> Vectors:
        """The vectors of some whole texts, float32 (n, d)."""
        return np.asarray(self.vectors[self.begins[texts]], np.float32)

    def of(self, texts: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.int64]]:
        """All windows of some texts, one text after the other, and where each text's begin, with the end of all."""
        sizes = self.begins[texts + 1] - self.begins[texts]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        inside = np.arange(begins[-1]) - np.repeat(begins[:-1], sizes)
        return np.asarray(self.vectors[np.repeat(self.begins[texts], sizes) + inside], np.float32), begins


@runtime_checkable
class WindowEncoder(Protocol):
    """An encoder that makes the vectors of a text's windows along with its own."""

    def encode_windows(self, texts: Sequence[str], width: int, step: int) -> tuple[Vectors, tuple[int, ...]]:
        """Rows of each text, its own vector first, then those of its runs of tokens; where each text's rows begin."""
        ...


def encode_windows(texts: Sequence[str], encoder: Encoder) -> Windows:
    """Encode texts and their windows in one call.

    An encoder that can cut by itself does, into runs of 18 tokens, for about a third of the price; others are given
    each window of 12 words as a text.
    """
    if isinstance(encoder, WindowEncoder):
        vectors, rows = encoder.encode_windows(texts, _TOKENS, _TOKEN_STEP)
        return Windows(vectors, np.array(rows, np.int64))
    cut = [cut_windows(text) for text in texts]
    begins = [0]
    for windows in cut:
        begins.append(begins[-1] + len(windows))
    return Windows(encoder.encode([window for windows in cut for window in windows]), np.array(begins, np.int64))
