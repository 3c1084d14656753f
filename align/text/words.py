"""Words and their folded forms, for comparing texts that spell alike things differently."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from itertools import islice

import regex

from align.records import Span

__all__ = ["fold", "fold_word", "has_words", "word_places", "word_spans", "words", "written_words"]

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
# Letters that no canonical decomposition takes apart, and Arabic letters whose variants mix in print.
_LETTERS = str.maketrans(
    {"ı": "i", "İ": "i", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ё": "е", "ى": "ي", "ة": "ه"}
    | dict.fromkeys("أإآٱ", "ا")
)


def fold(text: str) -> str:
    """`text` without case, accents and vowel signs, so that İdlib is idlib and Erdoğan is erdogan.

    The Turkish dotted and dotless i become one letter: what is lost there is less than what case would break.
    """
    plain = unicodedata.normalize("NFKD", text.lower())  # presentation forms become letters before letters are mapped
    return "".join(character for character in plain if not unicodedata.combining(character)).lower().translate(_LETTERS)


def word_spans(text: str) -> Iterator[Span]:
    """Runs of letters and digits, in order; an apostrophe or a hyphen ends a word."""
    for match in _WORD.finditer(text):
        yield Span(match.start(), match.end())


def word_places(text: str) -> Iterator[tuple[int, str]]:
    """Where each word begins, and the word as it is written, in order: for many words, without a span of each."""
    for match in _WORD.finditer(text):
        yield match.start(), match[0]


def written_words(text: str) -> list[str]:
    """The words of a text as they are written, in order."""
    return _WORD.findall(text)


def has_words(text: str, count: int) -> bool:
    """Whether a text has so many words or more; no more of them are looked for."""
    return sum(1 for _ in islice(_WORD.finditer(text), count)) >= count


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return [fold_word(word) for word in written_words(text)]


@functools.lru_cache(maxsize=2**17)
def fold_word(word: str) -> str:
    """`fold`, remembered: the words of a language come again and again."""
    return fold(word)
