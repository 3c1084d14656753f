"""Words or syllables said over and over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import regex

__all__ = ["repetition"]

_LONGEST_LOOP = 20  # words
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CHARACTER_LOOP = regex.compile(r"(?P<unit>\p{L}{1,6}?)(?P=unit){4,}")
_SIGN_LOOP = regex.compile(r"(?P<sign>[^\p{L}\p{N}\s])(?:\s+(?P=sign)){5,}")


def repetition(source: str, output: str) -> bool:
    """A loop: words or syllables said over and over, more often than the source says anything.

    The signs, after Raunak et al. (2021) and Guerreiro et al. (2023): three to twenty words that follow themselves, one
    or two words said three times on end, four words that come three times anywhere, five times the same syllable, six
    times the same sign. All are held against the source, by a margin of two, so that a chorus, a litany or "no, no,
    no" stays unflagged. A list whose members have one word each in the source and three in English ("he sees, he sees
    that") is flagged wrongly, and so is a source that says a thing in two languages.
    """
    said, given = _words(output), _words(source)
    in_source = _longest_loop(given)
    for length in range(1, _LONGEST_LOOP + 1):
        least = 3 if length <= 2 else 2
        if _loops(said, length) >= max(least, in_source + 2 if in_source else 0):
            return True
    if _most_frequent(said, 4) >= max(3, _most_frequent(given, 4) + 2):
        return True
    return any(loop.search(output) and not loop.search(source) for loop in (_CHARACTER_LOOP, _SIGN_LOOP))


def _loops(words: Sequence[str], length: int) -> int:
    """How many times at most a run of `length` words follows itself, the first time counted."""
    most, matching = 0, 0
    for index in range(length, len(words)):
        matching = matching + 1 if words[index] == words[index - length] else 0
        most = max(most, matching // length)
    return most + 1 if most else 0


def _longest_loop(words: Sequence[str]) -> int:
    return max(_loops(words, length) for length in range(1, _LONGEST_LOOP + 1))


def _most_frequent(words: Sequence[str], length: int) -> int:
    runs = Counter(zip(*(words[start:] for start in range(length)), strict=False))
    return max(runs.values(), default=0)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
