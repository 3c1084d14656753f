"""The source, come through untranslated."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from align.translate.verbatim.protect import protected

__all__ = ["source_copied"]

# what joins the words of an English name or title; a name that stays is no copy
_ENGLISH_JOINTS = frozenset({"of", "the", "and", "for", "to", "with", "from", "by"})
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def source_copied(source: str, output: str) -> bool:
    """The source, or a long part of it, came through untranslated.

    Only words that a translation should change count: no digits, addresses, handles, no capitalized words, since names
    stay what they are, nor "of", "the" and the like, which join an English one. Flagged are an output that keeps at
    least three in five of four such words or more, and one that holds six words of the source in a row, three
    different ones of them such. A title in the original inside quotation marks is mostly too short for that; a long
    one is flagged wrongly. A source that is already English is flagged, and rightly: it was routed wrongly.
    """
    kept = set(_changeable(output))
    telling = _changeable(source)
    if len(telling) >= 2 and _words(source) == _words(output):
        return True
    if len(telling) >= 4 and sum(word in kept for word in telling) >= 0.6 * len(telling):
        return True
    return _copied_run(source, output, telling)


def _changeable(text: str) -> list[str]:
    """The words of a text that are neither names nor their joints nor signs, of two letters or more."""
    bare = text
    for item in protected(text):
        bare = bare.replace(item, " ")
    words = (word for word in _WORD.findall(bare) if len(word) > 1 and word.isalpha() and not word[0].isupper())
    return [word for word in words if word not in _ENGLISH_JOINTS]


def _copied_run(source: str, output: str, telling: Sequence[str]) -> bool:
    changeable = set(telling)
    given, said = _WORD.findall(source), _WORD.findall(output)
    runs = {tuple(said[start : start + 6]) for start in range(len(said) - 5)}
    for start in range(len(given) - 5):
        run = tuple(given[start : start + 6])
        if run in runs and len(changeable.intersection(run)) >= 3:
            return True
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
