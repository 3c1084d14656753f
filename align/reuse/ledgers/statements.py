"""What stored sentences state, line by line, and what is told anywhere in a story."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from align.language.content import content_stems
from align.language.numbers import find_numbers
from align.language.numerals import numerals
from align.language.tags import LANGUAGES
from align.records import Segment, Story, Translation
from align.reuse.ledgers.wordings import Counted, Wording, claimants_in, counted_in, folded_names, names_in
from align.reuse.reading.attribution import claimant
from align.reuse.reading.names import CASED, known_name, same_name
from align.reuse.reading.sentences import BROKEN
from align.text.words import fold, fold_word, word_spans, written_words

__all__ = ["Line", "Telling", "Tellings", "read_tellings"]

_READABLE = 0.8  # share of a story's lines that need an English reading before it is compared across languages

_DUALS = frozenset({"ar"})  # languages that say "two" by an ending, which is not read
_LATELY = 1024  # stories
_STEM = 5  # letters that two spellings of a name have in common at least, see `same_name`


def _reads_numbers(language: str) -> bool:
    """Whether number words are read: in other languages a number that is not found may be written out."""
    table = numerals(language)
    return table is not None and table.whole


_Stored = tuple[str, str, str, str, bool]  # what a line is made of


@dataclass(frozen=True)
class Line:
    """A segment as it was stored. `english` is "" where there is none, `usable` says that no guard found it broken."""

    id: str
    text: str
    language: str
    english: str
    usable: bool

    @cached_property
    def numbers(self) -> tuple[Counted, ...]:
        """What it counts, in its own words."""
        return counted_in(self.text, self.language)

    @cached_property
    def english_numbers(self) -> tuple[Counted, ...]:
        """What its English counts."""
        return counted_in(self.english, "en") if self.usable else ()

    @property
    def legible(self) -> bool:
        """Whether its numbers can be read also where they are written out, in its own words or in English."""
        return _reads_numbers(self.language) or (self.usable and bool(self.english))

    def surely(self, number: Counted) -> bool:
        """Whether one of its numbers is what it seems; where words for it are not read, its English has to say so."""
        reads = _reads_numbers(self.language) and not (self.language in _DUALS and number.value == 2)
        return reads or self.reading(number) in self.english_numbers

    @cached_property
    def values(self) -> frozenset[float]:
        """Every value that it or its English has, however it is meant."""
        found = [*find_numbers(self.text, self.language), *find_numbers(self.english, "en")]
        return frozenset(value for number in found for value in (number.value, number.decimal) if value is not None)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems in its own language."""
        return frozenset(content_stems(self.text, self.language))

    @cached_property
    def english_stems(self) -> frozenset[str]:
        """Stems of its English, broken or not."""
        return frozenset(content_stems(self.english, "en"))

    @cached_property
    def claimant(self) -> frozenset[str]:
        """Stems of who is said to have said it, in its own language."""
        return claimant(self.text, self.language)

    @cached_property
    def english_claimant(self) -> frozenset[str]:
        """The same, in English."""
        return claimant(self.english, "en") if self.usable else frozenset()

    def reading(self, number: Counted) -> Counted:
        """The number as the line's English states it, or as it is where the English does not."""
        found = [item for item in self.english_numbers if (item.value, item.percent) == (number.value, number.percent)]
        return next((item for item in found if item.words), number)

    @cached_property
    def names(self) -> list[Wording]:
        """Names in its own words, neighbouring words as one; in scripts without capitals those that are known."""
        if self.language in LANGUAGES and LANGUAGES[self.language].script not in CASED:
            spans = [span for span in word_spans(self.text) if known_name(fold(span.of(self.text))) is not None]
            return [Wording(span.of(self.text), (fold(span.of(self.text)),)) for span in spans]
        return names_in(self.text, self.language)

    @cached_property
    def claimants(self) -> list[Wording]:
        """Who is said to have said it, in its own words."""
        return claimants_in(self.text, self.language, self.claimant)

    @cached_property
    def in_english(self) -> Telling:
        """Its English by itself, as a story is told."""
        return Telling(None, [Line("", self.english, "en", self.english, self.usable)])


class Telling:
    """A story as a whole: what is told anywhere in it, its title included, is not missing from it."""

    def __init__(self, title: str | None, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self.place = {line.id: number for number, line in enumerate(self.lines)}
        language = self.lines[0].language if self.lines else "und"
        self.all_lines = [*self.lines, *([Line("", title, language, "", usable=False)] if title else [])]

    @cached_property
    def readable(self) -> bool:
        """Whether nearly all of it can be read in English."""
        return sum(bool(line.english) for line in self.lines) >= _READABLE * len(self.lines)

    @cached_property
    def cased(self) -> bool:
        """Whether names in it can be told by their capitals in most lines."""
        scripts = [LANGUAGES[line.language].script in CASED for line in self.lines if line.language in LANGUAGES]
        return 2 * sum(scripts) >= len(scripts)

    @cached_property
    def _written(self) -> frozenset[str]:
        """Its words and those of its English, as they are written."""
        texts = (text for line in self.all_lines for text in (line.text, line.english))
        return frozenset(word for text in texts for word in written_words(text))

    @cached_property
    def lower(self) -> frozenset[str]:
        """Folded words that it or its English also writes with a small letter: no names."""
        return frozenset(fold_word(word) for word in self._written if word[0].islower())

    @cached_property
    def _words(self) -> tuple[dict[str, list[str]], frozenset[int]]:
        """Its words and those of its English as `find_names` folds names, by their first letters; known names."""
        found = set(map(fold_word, self._written)) | folded_names(self._written)
        by_begin: dict[str, list[str]] = defaultdict(list)
        for word in sorted(found):
            by_begin[word[:_STEM]].append(word)
        return by_begin, frozenset(number for word in found if (number := known_name(word)) is not None)

    @cached_property
    def claimants(self) -> frozenset[str]:
        """Stems of everybody who is said to have said something, in its own language and in English."""
        return frozenset().union(*(line.claimant | line.english_claimant for line in self.all_lines))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Folded words that it or its English writes with a capital, names and what opens sentences, in order."""
        return tuple(sorted(folded_names(word for word in self._written if word[0].isupper())))

    def has_name(self, word: str) -> bool:
        """Whether a folded name is anywhere in it, in whatever spelling is known, also where it opens a sentence."""
        by_begin, known = self._words
        return known_name(word) in known or any(same_name(word, other) for other in by_begin.get(word[:_STEM], ()))

    def around(self, ids: Iterable[str]) -> list[Line]:
        """These lines and those right before and after each, in order."""
        places = {self.place[name] for name in ids if name in self.place}
        near = {place + step for place in places for step in (-1, 0, 1)}
        return [line for number, line in enumerate(self.lines) if number in near]


class Tellings(Mapping[str, Telling]):
    """Stories by id. What is read off one is kept while it is among those that were asked for lately."""

    def __init__(self, titles: Mapping[str, str | None], lines: Mapping[str, Sequence[_Stored]]) -> None:
        self._titles, self._lines = titles, lines
        self._lately: OrderedDict[str, Telling] = OrderedDict()

    def __getitem__(self, story: str) -> Telling:
        if story not in self._lately:
            self._lately[story] = Telling(self._titles.get(story), (Line(*stored) for stored in self._lines[story]))
            if len(self._lately) > _LATELY:
                self._lately.popitem(last=False)
        self._lately.move_to_end(story)
        return self._lately[story]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def languages(self) -> dict[str, str]:
        """The language of each line, by its id."""
        return {name: language for held in self._lines.values() for name, _, language, _, _ in held}


def read_tellings(
    wanted: Iterable[str], stories: Iterable[Story], segments: Iterable[Segment], translations: Iterable[Translation]
) -> Tellings:
    """The stories of these ids. `segments` and `translations` are read once; what is not wanted is not kept."""
    lines: dict[str, list[tuple[str, str, str]]] = {story: [] for story in wanted}
    for segment in segments:
        if segment.story_id in lines:
            lines[segment.story_id].append((segment.id, segment.text, segment.language))
    kept = {name for held in lines.values() for name, _, _ in held}
    english = {
        item.segment_id: (item.text, BROKEN.isdisjoint(item.flags)) for item in translations if item.segment_id in kept
    }
    titles = {story.id: story.title for story in stories if story.id in lines}
    stored = {story: [(*line, *english.get(line[0], ("", False))) for line in held] for story, held in lines.items()}
    return Tellings(titles, stored)
