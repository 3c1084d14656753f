"""What is compared: each sentence of a story with everything that the evidence needs, read off once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import regex

from align.language.content import content_stems
from align.language.numbers import Number, find_numbers
from align.records import Role, Segment, Translation
from align.reuse.reading.attribution import claimant
from align.reuse.reading.names import find_names
from align.text.words import has_words, words

__all__ = ["BROKEN", "COMPARED_ROLES", "Sentence", "compared", "read_sentences"]

COMPARED_ROLES: frozenset[Role] = frozenset({"body", "quote", "post"})
_MIN_WORDS = 4  # a shorter sentence says too little to have been taken from anywhere
# A translation with one of these flags says little of its source: its words would agree by chance with those of others.
BROKEN = frozenset({"repetition", "empty", "source-copied", "truncated", "wrong-language", "low-score"})
_QUOTED = regex.compile(r"«([^«»]{3,})»?|“([^“”]{3,})”?|\"([^\"]{3,})\"?")


@dataclass(frozen=True)
class Sentence:
    """A segment as the tracer sees it; what is read off it is worked out when it is asked for.

    `row` is its vector's row; `place` its number among the compared sentences of its story. `english` is the
    translation, or the text itself in English; nothing is read off one that is not `usable`, since a guard found it
    broken. Stems and names are folded.
    """

    segment: Segment
    row: int
    place: int
    english: str
    usable: bool

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Folded words of its own language, in order."""
        return tuple(words(self.segment.text))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Stems in its own language, in order."""
        return tuple(content_stems(self.segment.text, self.segment.language))

    @cached_property
    def english_stems(self) -> tuple[str, ...]:
        """Stems of its English, in order."""
        return self.stems if self._is_english else tuple(content_stems(self._legible, "en"))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers in its own words, in order."""
        return tuple(find_numbers(self.segment.text, self.segment.language))

    @cached_property
    def names(self) -> frozenset[str]:
        """Names as it writes them."""
        return find_names(self.segment.text)

    @cached_property
    def english_names(self) -> frozenset[str]:
        """Names in its English."""
        return self.names if self._is_english else find_names(self._legible)

    @cached_property
    def quoted(self) -> frozenset[str]:
        """Stems between quotation marks, in its own language."""
        text, language = self.segment.text, self.segment.language
        quotes = (next(filter(None, match.groups())) for match in _QUOTED.finditer(text))
        return frozenset(stem for quote in quotes for stem in content_stems(quote, language))

    @cached_property
    def claimant(self) -> frozenset[str]:
        """Stems of whoever is said to have said it, in its own language."""
        return claimant(self.segment.text, self.segment.language)

    @cached_property
    def english_claimant(self) -> frozenset[str]:
        """The same, in English."""
        return self.claimant if self._is_english else claimant(self._legible, "en")

    @property
    def _legible(self) -> str:
        return self.english if self.usable else ""

    @property
    def _is_english(self) -> bool:
        return self.usable and self.segment.language == "en" and self.english == self.segment.text


def compared(segment: Segment) -> bool:
    """Whether a segment is compared at all: running text of four words or more."""
    return segment.role in COMPARED_ROLES and has_words(segment.text, _MIN_WORDS)


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
            sentences.append(Sentence(segment, len(sentences), place, english, usable))
    return sentences
