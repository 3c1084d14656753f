"""Parts of long sentences, so that a clause taken over into another sentence is still seen.

A sentence's vector is the mean of what it says: where two sentences share one clause of several, the whole vectors
lie far apart and the clauses do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
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
    """Vectors of the windows of each text: those of text i are rows `begins[i]` to `begins[i + 1]`."""

    vectors: Vectors
    begins: tuple[int, ...]

    def best(self, first: Sequence[int], second: Sequence[int]) -> float:
        """The highest cosine between a window of the texts `first` and one of the texts `second`."""
        return max(float((self._of(one) @ self._of(other).T).max()) for one in first for other in second)

    def _of(self, text: int) -> Vectors:
        return self.vectors[self.begins[text] : self.begins[text + 1]]

    def whole(self) -> Vectors:
        """The vectors of the whole texts, (n, d)."""
        return self.vectors[list(self.begins[:-1])]


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
        return Windows(*encoder.encode_windows(texts, _TOKENS, _TOKEN_STEP))
    cut = [cut_windows(text) for text in texts]
    begins = [0]
    for windows in cut:
        begins.append(begins[-1] + len(windows))
    return Windows(encoder.encode([window for windows in cut for window in windows]), tuple(begins))
