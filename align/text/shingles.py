"""Runs of words: shingles, how much of one text stands in another, and the longest run in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

__all__ = ["containment", "longest_run", "longest_stretch", "shingles"]


def shingles(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Every run of `size` neighbouring words, in order; none for a text that is shorter."""
    return list(zip(*(words[start:] for start in range(size)), strict=False))


def containment(first: Sequence[str], second: Sequence[str], size: int) -> float:
    """The share in [0, 1] of the shorter text's distinct shingles that stand in the other (Broder 1997, section 2)."""
    one, other = set(shingles(first, size)), set(shingles(second, size))
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


def longest_run(first: Sequence[str], second: Sequence[str]) -> int:
    """How many neighbouring words the longest run has that stands in both texts."""
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.find_longest_match(0, len(first), 0, len(second)).size


def longest_stretch(words: Sequence[str], known: Collection[tuple[str, ...]], size: int) -> int:
    """How many neighbouring words the longest stretch has all of whose shingles of `size` words are known.

    With the shingles of another text, it is hardly ever longer than `longest_run` of the two, and is found in one pass.
    """
    best = length = 0
    for shingle in shingles(words, size):
        length = length + 1 if shingle in known else 0
        best = max(best, length)
    return best + size - 1 if best else 0
