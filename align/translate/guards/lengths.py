"""Nothing, too little or too much came out."""

from __future__ import annotations

import math

import regex

from align.translate.verbatim.protect import has_words

__all__ = ["empty", "length_ratio", "truncated"]

_LENGTH_RATIO = (0.45, 2.2)  # output characters a source character
_LENGTH_SLACK = 25  # characters
# English characters a character of the source, in news and encyclopaedia articles, and how far from it a translation
# may lie: in characters, for each root of a character of the source
_EXPECTED = {"ar": 1.13, "fr": 0.84, "ru": 0.91, "tr": 0.97}
_DEVIATION = 5.5
_DENSE_SCRIPT = 3.0  # English characters that a Chinese, Japanese or Thai character stands for
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_CLOSED = regex.compile(r"[.!?…。！？؟۔][\s»”\"'’)\]]*$")
_BROKEN_OFF = regex.compile(r"(?:[\p{L}\p{N},]|\p{L}-)$")


def empty(source: str, output: str) -> bool:
    """Words went in and none came out. A source without a word (stars, a date, an address) cannot be empty."""
    return has_words(source) and _WORD.search(output) is None


def truncated(source: str, output: str) -> bool:
    """The source is a closed sentence of some length; the output breaks off at a word or a comma.

    Systems that drop the last full stop of a sentence are flagged too, wrongly; a heading, which has none, never is.
    The engine's own word on an output that ran into its limit comes on top.
    """
    if len(_WORD.findall(source)) < 6 or not _WORD.findall(output):
        return False
    end = _closed(output)
    return _closed(source) and not end and _BROKEN_OFF.search(output.strip()) is not None


def _closed(text: str) -> bool:
    return _CLOSED.search(text) is not None


def length_ratio(source: str, output: str, source_language: str = "") -> bool:
    """The output is much shorter or longer than the source would make one expect, and by at least 25 characters.

    For any language: under 0.45 or over 2.2 times the source's characters; one of a Chinese, Japanese or Thai text
    counts as three. For languages whose ratio to English is known: off by more than 5.5 times the root of the source's
    characters, since lengths scatter with the root (Gale & Church 1993). Lists of abbreviations that the output writes
    out are flagged wrongly; so are texts that say a thing in two languages. A sentence lost from a long paragraph can
    be too little to be seen.
    """
    given, length = len(source.strip()), len(output.strip())
    if source_language in _EXPECTED:
        off = abs(length - _EXPECTED[source_language] * given)
        if off > max(_DEVIATION * math.sqrt(given), _LENGTH_SLACK):
            return True
    expected = given + (_DENSE_SCRIPT - 1) * len(_DENSE.findall(source))
    low, high = _LENGTH_RATIO
    too_short = length < low * expected and expected - length > _LENGTH_SLACK
    too_long = length > high * expected and length - expected > _LENGTH_SLACK
    return too_short or too_long
