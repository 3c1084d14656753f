"""What stored sentences state: numbers with what they count, names, and who is said to have said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import regex

from align.language.content import content_stems, is_function_word, stem
from align.language.numbers import Number, find_numbers
from align.language.tags import LANGUAGES
from align.records import Segment, Span, Story, Translation
from align.reuse.attribution import claimant
from align.reuse.calendar import is_month, weekdays
from align.reuse.names import find_names, known_name, same_name
from align.text.words import fold, word_spans

__all__ = ["Counted", "Line", "Telling", "Wording", "folded_names", "read_tellings"]

# A translation with one of these flags states little that its source does; what it says still counts as told.
_BROKEN = frozenset({"repetition", "empty", "source-copied", "truncated", "wrong-language", "low-score"})
_CASED = frozenset({"Latn", "Cyrl", "Grek"})
_READABLE = 0.8  # share of a story's lines that need an English reading before it is compared across languages

_LABEL = 3  # words of what is counted that are shown
_COUNTED_STEMS = 4  # stems after a number that may say what it counts
_BORDER = regex.compile(r"[.,;:()«»“”\"\n–—?!،؛]")
_PERCENT = regex.compile(r"\s?(?:%|percent\b|per cent\b|pour cent\b|процент\p{L}*)", regex.IGNORECASE)
# Between a number and what it counts: "seven of their colleagues", "twelve were wounded", "deux autres soldats".
_PASSED_OVER = frozenset(
    "of the its their his her our other others more were was are is have has had been be being "
    "de des du d la le les leurs leur ses autres autre ont a ete sont etaient furent из были было".split()
)
_ARTICLES = frozenset({"the", "a", "la", "le", "les"})
_FEWEST = 2.0  # one is mostly an article
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

_JOINT = regex.compile(r"[\s’'-]{1,2}(?:(?:of|the|de|du|des|la|le|el|al|d|l|von|van|bin|ibn)[\s’'-])*")
_LONGEST_NAME = 6  # words
_ALSO_WORDS = frozenset({"march", "may"})  # months that `is_month` leaves out, and no names
_STEM = 5  # letters that two spellings of a name have in common at least, see `same_name`
_BESIDE = regex.compile(r"[\s’'-]{1,2}")
_LONGEST_CLAIMANT = 8  # words


@dataclass(frozen=True, slots=True)
class Counted:
    """A number as a text states it: its value, the words that say what it counts ("" where none do), their stems."""

    value: float
    percent: bool
    words: str
    stems: frozenset[str]

    @property
    def figure(self) -> str:
        """The value with all its digits, a share with its sign."""
        return f"{self.value:.15g}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Wording:
    """A name or a claimant: as it is written, and the folded words or stems that it is known by."""

    text: str
    keys: tuple[str, ...]


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
        return _counted(self.text, self.language)

    @cached_property
    def english_numbers(self) -> tuple[Counted, ...]:
        """What its English counts."""
        return _counted(self.english, "en") if self.usable else ()

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

    def names(self) -> list[Wording]:
        """Names in its own words, neighbouring words as one; in scripts without capitals those that are known."""
        if self.language in LANGUAGES and LANGUAGES[self.language].script not in _CASED:
            spans = [span for span in word_spans(self.text) if known_name(fold(span.of(self.text))) is not None]
            return [Wording(span.of(self.text), (fold(span.of(self.text)),)) for span in spans]
        return _names(self.text, self.language)

    def claimants(self, *, english: bool) -> list[Wording]:
        """Who is said to have said it, as it or its English writes them."""
        if english:
            return _claimants(self.english, "en", self.english_claimant)
        return _claimants(self.text, self.language, self.claimant)


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
        scripts = [LANGUAGES[line.language].script in _CASED for line in self.lines if line.language in LANGUAGES]
        return 2 * sum(scripts) >= len(scripts)

    @cached_property
    def lower(self) -> frozenset[str]:
        """Folded words that it or its English also writes with a small letter: no names."""
        texts = [text for line in self.all_lines for text in (line.text, line.english)]
        words = (span.of(text) for text in texts for span in word_spans(text))
        return frozenset(fold(word) for word in words if word[0].islower())

    @cached_property
    def _words(self) -> tuple[dict[str, list[str]], frozenset[int]]:
        """Its words and those of its English as `find_names` folds names, by their first letters; known names."""
        texts = [text for line in self.all_lines for text in (line.text, line.english)]
        words = {span.of(text) for text in texts for span in word_spans(text)}
        found = {fold(word) for word in words} | folded_names(words)
        by_begin: dict[str, list[str]] = defaultdict(list)
        for word in sorted(found):
            by_begin[word[:_STEM]].append(word)
        return by_begin, frozenset(number for word in found if (number := known_name(word)) is not None)

    @cached_property
    def claimants(self) -> frozenset[str]:
        """Stems of everybody who is said to have said something, in its own language and in English."""
        return frozenset().union(*(line.claimant | line.english_claimant for line in self.all_lines))

    def has_name(self, word: str) -> bool:
        """Whether a folded name is anywhere in it, in whatever spelling is known, also where it opens a sentence."""
        by_begin, known = self._words
        return known_name(word) in known or any(same_name(word, other) for other in by_begin.get(word[:_STEM], ()))

    def around(self, ids: Iterable[str]) -> list[Line]:
        """These lines and those right before and after each, in order."""
        places = {self.place[name] for name in ids if name in self.place}
        near = {place + step for place in places for step in (-1, 0, 1)}
        return [line for number, line in enumerate(self.lines) if number in near]


def folded_names(words: Iterable[str]) -> frozenset[str]:
    """Words as `find_names` would fold them were they names."""
    return find_names("".join(f", {word[:1].upper()}{word[1:]}" for word in words))


def read_tellings(
    wanted: Iterable[str], stories: Iterable[Story], segments: Iterable[Segment], translations: Iterable[Translation]
) -> dict[str, Telling]:
    """The stories of these ids, by id. `segments` and `translations` are read once; what is not wanted is not kept."""
    lines: dict[str, list[tuple[str, str, str]]] = {story: [] for story in wanted}
    for segment in segments:
        if segment.story_id in lines:
            lines[segment.story_id].append((segment.id, segment.text, segment.language))
    kept = {name for held in lines.values() for name, _, _ in held}
    english = {
        item.segment_id: (item.text, _BROKEN.isdisjoint(item.flags)) for item in translations if item.segment_id in kept
    }
    titles = {story.id: story.title for story in stories if story.id in lines}
    return {
        story: Telling(titles.get(story), (Line(*line, *english.get(line[0], ("", False))) for line in held))
        for story, held in lines.items()
    }


def _counted(text: str, language: str) -> tuple[Counted, ...]:
    """The numbers that count something: no article, no day of a date, no year, no manner of speaking."""
    numbers = find_numbers(text, language)
    counts = [
        number
        for number in numbers
        if number.value >= _FEWEST and not number.idiom and not _is_date(number, text, language)
    ]
    return tuple(
        Counted(number.value, number.percent, *_what(number.following, language, percent=number.percent))
        for number in counts
    )


def _is_date(number: Number, text: str, language: str) -> bool:
    """Whether it is a day beside a month, or four figures that read as a year."""
    if number.value != int(number.value):
        return False
    before = [fold(word.strip(",.")) for word in text[: number.span.begin].split()[-1:]]
    after = [fold(word.strip(",.")) for word in number.following.split()[:1]]
    if number.value <= 31:  # noqa: PLR2004 -- days of a month
        return any(is_month(word, language) for word in (*before, *after))
    figure = number.span.of(text)
    return _FIRST_YEAR <= number.value <= _LAST_YEAR and len(figure) == 4 and figure.isdigit()  # noqa: PLR2004


def _what(following: str, language: str, *, percent: bool) -> tuple[str, frozenset[str]]:
    """The words that say what a number counts, and the stems of what follows it more loosely."""
    if percent:
        following = _PERCENT.sub("", following, count=1)
    if following[:1] in ("'", "’"):  # "64'e çıktı": an ending, and nothing is counted
        return "", frozenset()
    clause = _BORDER.split(following, maxsplit=1)[0]
    stems = frozenset(content_stems(clause, language)[:_COUNTED_STEMS])
    words: list[Span] = []
    for span in word_spans(clause):
        word = fold(span.of(clause))
        if not words and word in _PASSED_OVER and (span.begin > 0):
            continue
        if len(words) == _LABEL or not _may_be_counted(word, language):
            break
        words.append(span)
    article = fold(clause.split()[0]) in _ARTICLES if clause.split() else False
    if not words or article or _cut_off(clause, following, words[-1]):
        words = words[:-1] if words and not article else []
    return (clause[words[0].begin : words[-1].end] if words else ""), stems


def _may_be_counted(word: str, language: str) -> bool:
    if is_function_word(word, language) or any(character.isnumeric() for character in word):
        return False
    return not (is_month(word, language) or weekdays([word], language) or find_numbers(word, language))


def _cut_off(clause: str, following: str, last: Span) -> bool:
    """Whether the last word runs into the end of the stretch that is kept of what follows, and may be half a word."""
    return last.end == len(clause) == len(following) and len(following) >= 60  # noqa: PLR2004 -- see `Number`


def _names(text: str, language: str) -> list[Wording]:
    """Capitalised words that open no sentence, joined with their neighbours: "Beit Safsaf", "Sea of Marmara"."""
    found = find_names(text)
    numbers = [number.span for number in find_numbers(text, language)]
    runs: list[list[Span]] = []
    for span in word_spans(text) if found else ():
        word = span.of(text)
        if not word[0].isupper() or not _is_name(word, language, found):
            continue
        if any(span.begin < number.end and number.begin < span.end for number in numbers):
            continue
        if runs and len(runs[-1]) < _LONGEST_NAME and _JOINT.fullmatch(text[runs[-1][-1].end : span.begin]):
            runs[-1].append(span)
        else:
            runs.append([span])
    return [
        Wording(
            " ".join(text[run[0].begin : run[-1].end].split()),
            tuple(sorted(folded_names(span.of(text) for span in run))),
        )
        for run in runs
    ]


def _is_name(word: str, language: str, found: frozenset[str]) -> bool:
    folded = fold(word)
    if folded in _ALSO_WORDS or is_month(folded, language) or weekdays([folded], language):
        return False
    return not is_function_word(word, language) and not folded_names([word]).isdisjoint(found)


def _claimants(text: str, language: str, stems: frozenset[str]) -> list[Wording]:
    """The stretches of a text that name its claimants, the longest first, until all their stems are named."""
    runs: list[list[tuple[Span, str]]] = [[]]
    end = 0
    for span in word_spans(text) if stems else ():
        word = span.of(text)
        if not _BESIDE.fullmatch(text[end : span.begin]):
            runs.append([])
        end = span.end
        if is_function_word(word, language):
            runs[-1] += [(span, "")] if runs[-1] else []
        elif (root := stem(word, language)) in stems:
            runs[-1].append((span, root))
        else:
            runs.append([])
    found: list[Wording] = []
    left = set(stems)
    for run in sorted(runs, key=lambda run: -len({root for _, root in run} & stems)):
        while run and not run[-1][1]:
            run.pop()
        roots = {root for _, root in run} - {""}
        if roots & left and len(run) <= _LONGEST_CLAIMANT:
            words = text[run[0][0].begin : run[-1][0].end]
            found.append(Wording(" ".join(words.split()), tuple(sorted(roots))))
        left -= roots
    return found

