"""What is compared: each sentence of a story with everything that the evidence needs, read off once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import regex

from align.language.content import content_stems
from align.language.numbers import Number, find_numbers
from align.records import Role, Segment, Translation
from align.reuse.attribution import claimant
from align.reuse.names import find_names
from align.text.words import words

__all__ = ["BROKEN", "COMPARED_ROLES", "Sentence", "compared", "read_sentences"]

COMPARED_ROLES: frozenset[Role] = frozenset({"body", "quote", "post"})
_MIN_WORDS = 4  # a shorter sentence says too little to have been taken from anywhere
# A translation with one of these flags says little of its source: its words would agree by chance with those of others.
BROKEN = frozenset({"repetition", "empty", "source-copied", "truncated", "wrong-language", "low-score"})
_QUOTED = regex.compile(r"«([^«»]{3,})»?|“([^“”]{3,})”?|\"([^\"]{3,})\"?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A segment as the tracer sees it.

    `row` is its vector's row; `place` its number among the compared sentences of its story. Stems and names are
    folded; `english` is the translation, or the text itself in English; what is read off it is empty where a guard
    found it broken. `quoted` holds the stems between quotation marks and `claimant` those of whoever is said to
    have said it, both in the sentence's own language.
    """

    segment: Segment
    row: int
    place: int
    english: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    english_stems: tuple[str, ...]
    numbers: tuple[Number, ...]
    names: frozenset[str]
    english_names: frozenset[str]
    quoted: frozenset[str]
    claimant: frozenset[str]
    english_claimant: frozenset[str]


def compared(segment: Segment) -> bool:
    """Whether a segment is compared at all: running text of four words or more."""
    return segment.role in COMPARED_ROLES and len(words(segment.text)) >= _MIN_WORDS


def read_sentences(segments: Iterable[Segment], translations: Mapping[str, Translation]) -> list[Sentence]:
    """The sentences that are compared, in order. A segment that has no translation is compared in its own words."""
    sentences: list[Sentence] = []
    places: dict[str, int] = {}
    for segment in segments:
        if compared(segment):
            place = places.setdefault(segment.story_id, 0)
            places[segment.story_id] += 1
            translation = translations.get(segment.id)
            usable = translation is not None and BROKEN.isdisjoint(translation.flags)
            english = translation.text if translation else ""
            sentences.append(_sentence(segment, len(sentences), place, english, usable))
    return sentences


def _sentence(segment: Segment, row: int, place: int, english: str, usable: bool) -> Sentence:
    text, language = segment.text, segment.language
    stems, names, says = tuple(content_stems(text, language)), find_names(text), claimant(text, language)
    reading = (stems, names, says)
    if not usable:
        reading = ((), frozenset(), frozenset())
    elif english != text or language != "en":
        reading = (tuple(content_stems(english, "en")), find_names(english), claimant(english, "en"))
    return Sentence(
        segment=segment,
        row=row,
        place=place,
        english=english,
        words=tuple(words(text)),
        stems=stems,
        english_stems=reading[0],
        numbers=tuple(find_numbers(text, language)),
        names=names,
        english_names=reading[1],
        quoted=_quoted_stems(text, language),
        claimant=says,
        english_claimant=reading[2],
    )


def _quoted_stems(text: str, language: str) -> frozenset[str]:
    quotes = (next(filter(None, match.groups())) for match in _QUOTED.finditer(text))
    return frozenset(stem for quote in quotes for stem in content_stems(quote, language))
