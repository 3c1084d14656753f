"""Parts of long sentences, so that a clause taken over into another sentence is still seen.

A sentence's vector is the mean of what it says: where two sentences share one clause of several, the whole vectors
lie far apart and the clauses do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from align.records import Encoder, Vectors

__all__ = ["Windows", "cut_windows", "encode_windows"]

_WORDS = 12
_STEP = 6
_LONG = 16  # words from which a sentence is cut


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


def encode_windows(texts: Sequence[str], encoder: Encoder) -> Windows:
    """Encode texts and their windows in one call."""
    cut = [cut_windows(text) for text in texts]
    begins = [0]
    for windows in cut:
        begins.append(begins[-1] + len(windows))
    return Windows(encoder.encode([window for windows in cut for window in windows]), tuple(begins))
