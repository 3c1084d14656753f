"""How a run of number words makes a number: "two hundred and five", "quatre-vingt-dix", "خمسة وعشرون ألفا"."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from align.language.numerals import Numerals, is_lookalike, split_word
from align.records import Span
from align.text.words import fold, fold_word, word_places, word_spans, written_words

__all__ = ["Written", "compound_numbers", "written_numbers"]

_GAP = regex.compile(r"[\s\u00a0-]*(?:\p{L}+[\s\u00a0-]+)?")
_PREFIX_GAP = regex.compile(r"[\s\u00a0]*(?:\p{L}[\p{M}ـ]*[\s\u00a0]*)?")
_HALF_GAP = regex.compile(r"[\s\u00a0-]*(?:\p{L}+[\s\u00a0-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Written:
    """A number in words; an `ordinal` counts nothing, an `idiom` may be a mere manner of speaking."""

    span: Span
    value: float
    ordinal: bool = False
    idiom: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """What a word does in a number; one that is `last` ends it."""

    value: float
    kind: str  # unit, scale, dual, half, filler
    last: bool = False
    ordinal: bool = False


_Run = Sequence[tuple[Span, str, _Part]]


def written_numbers(text: str, table: Numerals) -> Iterator[Written]:
    """Runs of number words, each read as one number, in order."""
    if not any(_begins(word, table) for word in written_words(text)):
        return
    run: list[tuple[Span, str, _Part]] = []
    before = ""
    for begin, end, word, following in _with_next(text, table):
        if run and (word in table.joins or (word in table.ones and following in table.halves)):
            before = word
            continue
        part = _part(word, following, run[-1][2] if run else None, before, table)
        if run and not (part and _goes_on(text, run[-1], Span(begin, end), part, table)):
            yield from _read(run, table)
            run = []
            part = _part(word, following, None, before, table)
        if part is not None:
            run.append((Span(begin, end), word, part))
        before = word
    if run:
        yield from _read(run, table)


def compound_numbers(text: str, table: Numerals) -> Iterator[Written]:
    """Numbers that begin a word which also says what they count, in order: 25 in "двадцатипятилетний"."""
    if table.compound is None or not any(_compound(word, table) for word in written_words(text) if len(word) > 6):
        return
    for span in word_spans(text):
        found = _compound(span.of(text), table)
        if found is not None:
            yield Written(Span(span.begin, span.begin + found[1]), found[0])


@functools.lru_cache(maxsize=2**17)
def _compound(word: str, table: Numerals) -> tuple[float, int] | None:
    """The number that a word begins with, and how many of its characters name it."""
    match = table.compound.match(fold_word(word)) if table.compound else None
    if match is None:
        return None
    length = next(end for end in range(1, len(word) + 1) if len(fold(word[:end])) >= match.end("number"))
    return float(sum(table.compounds[part] for part in match.captures("part"))), length


@functools.lru_cache(maxsize=2**17)
def _begins(word: str, table: Numerals) -> bool:
    """Whether a number may begin with a word: most sentences have none, and are done with."""
    if not table.prefixes:
        folded = fold(word)
        return folded in table.scales or _part(folded, "", None, "", table) is not None
    pieces = [piece for _, piece in split_word(word, table)]
    return any(piece in table.scales or _part(piece, "", None, "", table) is not None for piece in pieces)


def _with_next(text: str, table: Numerals) -> list[tuple[int, int, str, str]]:
    """Where each word begins and ends, the word folded, and the next one.

    Nothing stands where a word merely folds into a number word.
    Where units stand before tens the next one is that after the join: "واحد وعشرون".
    """
    pieces: list[tuple[int, int, str]] = []
    for begin, written in word_places(text):
        end = begin + len(written)
        split = split_word(written, table)
        if len(split) == 1:
            pieces.append((begin, end, split[0][1]))
            continue
        middle = begin + split[1][0]
        pieces += [(begin, middle, split[0][1]), (middle, end, split[1][1])]
    nexts = [word for _, _, word in pieces[1:]] + ["", ""]
    if table.units_first:
        nexts = [second if first in table.joins else first for first, second in pairwise(nexts)]
    return [(*piece, following) for piece, following in zip(pieces, nexts, strict=False)]


def _part(word: str, following: str, last: _Part | None, before: str, table: Numerals) -> _Part | None:
    """What a word adds to a number, or None for any other word; `last` is the part that it would follow."""
    if word in table.scales:
        alone = last is None and (word in table.plurals or before in table.no_numbers)
        return None if alone else _Part(table.scales[word], "scale")
    if word in table.before_tens and table.units.get(following, 0) in range(10, 100, 10):
        return _Part(table.before_tens[word], "unit")
    if word in table.ones:
        if last is None:
            return None
        return _Part(0, "filler") if last.kind == "half" and following in table.scales else _Part(1, "unit")
    if word in table.halves_after:
        return _Part(0.5, "half") if last else None
    if word in table.halves:
        # "two and a half": only a word between lets it go on; "half a million": only a scale makes it begin
        return _Part(0.5, "half") if before in (table.joins | table.ones) or last is None else None
    if word in table.units:
        return _Part(table.units[word], "unit")
    if word in table.duals:
        return _Part(table.duals[word], "dual")
    if word in table.ordinals:
        return _Part(table.ordinals[word], "unit", last=True, ordinal=True)
    return _inflected(word, last, table)


def _inflected(word: str, last: _Part | None, table: Numerals) -> _Part | None:
    for pattern, ordinal in ((table.ordinal_endings, True), (table.endings, False)):
        match = pattern.fullmatch(word) if pattern else None
        if match and (ordinal or last is not None or match["stem"] not in table.homographs):
            if not ordinal and is_lookalike(word, table):
                continue
            stem = match["stem"]
            kind = "scale" if stem in table.scales else "unit"
            return _Part(table.scales.get(stem) or table.units[stem], kind, last=True, ordinal=ordinal)
    return None


def _goes_on(text: str, last: tuple[Span, str, _Part], span: Span, part: _Part, table: Numerals) -> bool:
    """Whether a word goes on with the number: "vingt deux" is one number, "deux trois" and "cinq deux" are two."""
    if table.units_first:
        gap = _PREFIX_GAP.fullmatch(text, last[0].end, span.begin)
        return gap is not None and _goes_on_units_first(last[2], part, joined=bool(gap[0].strip(" \u00a0")))
    gap = _GAP.fullmatch(text, last[0].end, span.begin)
    gap_of_half = _HALF_GAP.fullmatch(text, last[0].end, span.begin)
    words_between = gap is not None and bool(gap[0].strip(" -\u00a0"))
    if part.kind == "half":
        return not last[2].last and last[2].kind != "half" and gap_of_half is not None
    # "and" goes on with a number only before units: "two hundred and five", not "five and a thousand"
    if gap is None or last[2].last or (words_between and part.kind == "scale"):
        return False
    if part.kind == last[2].kind == "scale" and part.value == last[2].value:  # Turkish "yüz yüze", face to face
        return False
    if part.kind in ("scale", "filler") or last[2].kind == "scale":
        return True
    if last[2].kind != "unit":
        return False
    first, second = last[2].value, part.value
    tens = first >= 20 and first % 10 == 0 and second < 20
    hundreds = first >= 100 and first % 100 == 0 and second < 100
    return tens or hundreds or (first == 4 and second == 20) or (first == 10 and second < 10)


def _goes_on_units_first(last: _Part, part: _Part, *, joined: bool) -> bool:
    """The same where units stand before tens: "خمسة عشر", "خمسة وعشرون", "ألف ومئتان وستة", "سبعين ألفا"."""
    first, second = last.value, part.value
    if part.kind == "half":
        return joined and not last.last and last.kind != "half"
    if last.kind == "half":
        return part.kind == "scale" and not joined
    if not joined:
        teen = part.kind == "unit" and second == 10 and first < 10
        rising = part.kind == "scale" and not last.last and (last.kind == "unit" or first < second)
        return (teen and last.kind == "unit") or rising
    if last.last:
        return False
    if last.kind in ("scale", "dual"):
        return second < first
    tens = first < 10 and second in range(20, 100, 10)
    return part.kind == "unit" and (tens or (first >= 100 and second < 100))


def _read(run: _Run, table: Numerals) -> Iterator[Written]:
    for number in _apart(run):
        kinds = [part.kind for _, _, part in number]
        if kinds != ["half"]:
            idiom = len(number) == 1 and number[0][1] in table.idioms
            ordinal = any(part.ordinal for _, _, part in number)
            yield Written(
                Span(number[0][0].begin, number[-1][0].end), _value([p for _, _, p in number]), ordinal, idiom
            )


def _apart(run: _Run) -> Iterator[_Run]:
    """A run cut before what would count a scale again: "three thousand and four thousand" are two numbers."""
    begin = 0
    large: int | None = None
    hundred: int | None = None
    for place, (_, _, part) in enumerate(run):
        if part.kind not in ("scale", "dual"):
            continue
        earlier = large if part.value > 100 else hundred
        between = run[earlier + 1 : place] if earlier is not None and run[earlier][2].value <= part.value else ()
        if earlier is not None and any(other.kind in ("unit", "scale") for _, _, other in between):
            yield run[begin : earlier + 1]
            begin = earlier + 1
        large, hundred = (place, None) if part.value > 100 else (large, place)
    yield run[begin:]


def _value(parts: Sequence[_Part]) -> float:
    total, group, last_scale = 0.0, 0.0, 0.0
    for place, part in enumerate(parts):
        if part.kind == "half":
            group, total = (group, total + last_scale / 2) if last_scale and not group else (group + 0.5, total)
        elif part.kind == "scale" and part.value == last_scale and parts[place - 1].kind == "half" and not group:
            continue  # "three million and a half million", the scale said again
        elif part.kind == "scale" and part.value <= 100:
            group = (group or 1) * part.value
        elif part.kind == "scale":
            total, group, last_scale = total + (group or 1) * part.value, 0.0, part.value
        elif part.kind == "dual":
            total, last_scale = total + 2 * part.value, part.value
        elif part.value == 20 and group % 100 == 4:  # quatre-vingts
            group += 76
        else:
            group += part.value
    return total + group
