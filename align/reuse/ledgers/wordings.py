"""Numbers with what they count, names, and claimants, as a text words them: for a reader, and for comparing."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from align.language.content import content_stems, is_function_word, stem
from align.language.numbers import Number, find_numbers
from align.records import Span
from align.reuse.reading.calendar import is_month, weekdays
from align.reuse.reading.names import find_names
from align.text.words import fold, word_spans, words

__all__ = ["Counted", "Wording", "claimants_in", "counted_in", "folded_names", "names_in"]

_LABEL = 3  # words of what is counted that are shown
_COUNTED_STEMS = 4  # stems after a number that may say what it counts
_BORDER = regex.compile(r"[.,;:()«»“”\"\n–—?!،؛]")
_PERCENT = regex.compile(
    r"\s?(?:%|percentage points?\b|percent\b|per cent\b|pour cent\b|процент\p{L}*|٪|(?:في |ب)ال(?:مئة|مائة))",
    regex.IGNORECASE,
)
_ORDINAL_BEFORE = regex.compile(r"(?:\b(?:number|numéro|no\.?|n°)|№)\s?$", regex.IGNORECASE)
_COUNT_ENDING = regex.compile(r"-(?:х|ти|ми|ка)(?!\p{L})")  # "3-х человек"
# What may stand between a number and what it counts: "seven of their colleagues", "twelve were wounded".
_PASSED_OVER = frozenset(
    words("of others other more were was are is have has had been de des du d autres autre ont ete sont etaient furent")
    + words("из были было من")
)
_ENDS = frozenset({"because", "while", "including", "amid"})  # what is counted ends before these
_DETERMINERS = frozenset(words("the its their his her our la le l les leurs leur ses"))
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# "04.17", "saat 4.17", "в 18.30", "18.30 Uhr", "4 h 17", "à 4 heures": the time of day
_CLOCK = regex.compile(
    r"(?<!\d)0\d\.[0-5]\d(?!\d)|\b(?:saat|at|um|в)\s[0-2]?\d\.[0-5]\d(?!\d)|"
    r"(?<!\d)[0-2]?\d\.[0-5]\d\sUhr\b|(?<!\d)[0-2]?\d\s?h\b(?:\s?[0-5]\d(?!\d))?|"
    r"\b(?:à|dès|vers)\s[0-2]?\d\sheures?\b|\bв\s[0-2]?\d\sчас|"
    r"\b(?:\d+|\p{L}+)\sчас(?:а|ов)?\s(?:утра|дня|вечера|ночи)\b",
    regex.IGNORECASE,
)

_JOINT = regex.compile(r"[\s’'-]{1,2}(?:(?:of|the|de|du|des|la|le|el|al|d|l|von|van|bin|ibn)[\s’'-])*")
_OPENING = regex.compile(rf"(?<!\p{{L}})(?P<word>\p{{Lu}}[\p{{L}}\p{{M}}]+){_JOINT.pattern}$")
_LONGEST_NAME = 6  # words
_ALSO_WORDS = frozenset({"march", "may"})  # months that `is_month` leaves out, and no names
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


def counted_in(text: str, language: str) -> tuple[Counted, ...]:
    """The numbers that count something: no article, date, year, clock, ordinal or manner of speaking."""
    numbers = find_numbers(text, language)
    clocks = [(match.start(), match.end()) for match in _CLOCK.finditer(text)] if numbers else []
    counts = [
        number
        for number in numbers
        if number.value not in (0, 1)
        and not number.idiom
        and not _is_date(number, text, language)
        and not _ORDINAL_BEFORE.search(text, max(0, number.span.begin - 12), number.span.begin)
        and not any(number.span.begin < end and begin < number.span.end for begin, end in clocks)
    ]
    return tuple(
        Counted(number.value, number.percent, *_what(text[number.span.end :], language, percent=number.percent))
        for number in counts
    )


def _is_date(number: Number, text: str, language: str) -> bool:
    """Whether it is a day beside a month, or four figures that read as a year."""
    if number.value != int(number.value):
        return False
    before = [fold(word.strip(",.")) for word in text[: number.span.begin].split()[-1:]]
    after = [fold(word.strip(",.")) for word in number.following.split()[:1]]
    if number.value <= 31:
        return any(is_month(word, language) for word in (*before, *after))
    figure = number.span.of(text)
    return _FIRST_YEAR <= number.value <= _LAST_YEAR and len(figure) == 4 and figure.isdigit()


def _what(following: str, language: str, *, percent: bool) -> tuple[str, frozenset[str]]:
    """The words that say what a number counts, and the stems of what follows it more loosely."""
    if percent:
        following = _PERCENT.sub("", following, count=1)
    following = _COUNT_ENDING.sub("", following) if _COUNT_ENDING.match(following) else following
    if following[:1] in ("'", "’"):  # "64'e çıktı": an ending, and nothing is counted
        return "", frozenset()
    clause = _BORDER.split(following, maxsplit=1)[0]
    said: list[Span] = []
    passed = False
    for span in word_spans(clause):
        word = fold(span.of(clause))
        if not said and (word in _PASSED_OVER or (passed and word in _DETERMINERS)):
            passed = True
            continue
        if len(said) == _LABEL or not _may_be_counted(word, language):
            break
        said.append(span)
    label = " ".join(clause[said[0].begin : said[-1].end].split()) if said else ""
    return label, frozenset(content_stems(clause, language)[:_COUNTED_STEMS])


@functools.lru_cache(maxsize=2**16)
def _may_be_counted(word: str, language: str) -> bool:
    if word in _ENDS or is_function_word(word, language) or any(character.isnumeric() for character in word):
        return False
    is_number = any(number.span.end == len(word) for number in find_numbers(word, language))
    return not (is_month(word, language) or weekdays([word], language) or is_number)


def names_in(text: str, language: str) -> list[Wording]:
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
    runs = [_with_opening(text, run[0], language) + run for run in runs]
    return [
        Wording(
            " ".join(text[run[0].begin : run[-1].end].split()),
            tuple(sorted(folded_names(span.of(text) for span in run))),
        )
        for run in runs
    ]


def _with_opening(text: str, first: Span, language: str) -> list[Span]:
    """The capitalised word that opens a sentence right before a name, and belongs to it: "Aïn el-Jawz"."""
    before = _OPENING.search(text, 0, first.begin)
    if before is None or is_function_word(before["word"], language):
        return []
    return [Span(before.start("word"), before.end("word"))]


def _is_name(word: str, language: str, found: frozenset[str]) -> bool:
    folded = fold(word)
    if folded in _ALSO_WORDS or is_month(folded, language) or weekdays([folded], language):
        return False
    return not is_function_word(word, language) and not folded_names([word]).isdisjoint(found)


def claimants_in(text: str, language: str, stems: frozenset[str]) -> list[Wording]:
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
            written = text[run[0][0].begin : run[-1][0].end]
            found.append(Wording(" ".join(written.split()), tuple(sorted(roots))))
        left -= roots
    return found


def folded_names(words: Iterable[str]) -> frozenset[str]:
    """Words as `find_names` would fold them were they names."""
    return find_names("".join(f", {word[:1].upper()}{word[1:]}" for word in words))
